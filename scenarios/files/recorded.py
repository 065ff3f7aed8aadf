"""Series of the record that a back-test holds a model to, as rows of a CSV file."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scenarios.errors import BadInput, quoted
from scenarios.files.finding import RECORDS
from scenarios.files.periods import first_and_last_month
from scenarios.files.rows import NUMBER, read_rows

SHIPPED: Final = RECORDS / "backtest.csv"
COLUMNS: Final = ("series", "agent", "measure", "period", "low", "high", "unit", "source")


@dataclass(frozen=True)
class Recorded:
    """One number of a series: of whom, what, when, and between which values it lies.

    Attributes:
        series: It belongs to.
        agent: ``market``, or what stands for a firm.
        measure: A column of the table rounds, or a measure of the firm.
        period: In which it was recorded.
        since: Period to which it is the ratio; none if empty.
        low: Lowest value on record.
        high: Highest.
        unit: Of both values.
        source: Where it was read.
        where: File and line, to open messages.
    """

    series: str
    agent: str
    measure: str
    period: str
    since: str
    low: float
    high: float
    unit: str
    source: str
    where: str

    @property
    def months(self) -> tuple[str, str]:
        """First and last month of the period."""
        return first_and_last_month(self.period)


def read_recorded(path: Path = SHIPPED) -> list[Recorded]:
    """Return the rows of a record, in order.

    Raises:
        BadInput: If the file or a row will not do, or a series has two numbers for a period, several units or measures.
    """
    rows = [_row(where, row) for where, row in read_rows(path, COLUMNS)]
    for (series, period), times in Counter((row.series, row.period) for row in rows).items():
        if times > 1:
            raise BadInput(f"{path}: {times} rows of {quoted(series)} are of {period}")
    for row in rows:
        first = next(one for one in rows if one.series == row.series)
        for name in ("agent", "measure", "unit", "since"):
            if getattr(row, name) != getattr(first, name):
                was, found = quoted(getattr(first, name)), quoted(getattr(row, name))
                raise BadInput(f"{row.where}: {name} = {found} of {quoted(row.series)} is {was} in the rows before")
    return rows


def _row(where: str, row: dict[str, str]) -> Recorded:
    for name in COLUMNS:
        if not row[name]:
            raise BadInput(f"{where}: {name} is missing")
    for name in ("low", "high"):
        if not NUMBER.fullmatch(row[name]):
            raise BadInput(f"{where}: {name} = {quoted(row[name])} must be a number")
    low, high, since = float(row["low"]), float(row["high"]), row.get("since", "")
    if high < low:
        raise BadInput(f"{where}: high = {row['high']} is below low = {row['low']}")
    for name in filter(None, (row["period"], since)):
        try:
            first_and_last_month(name)
        except ValueError as problem:
            raise BadInput(f"{where}: {problem}") from None
    text = {name: row[name] for name in ("series", "agent", "measure", "period", "unit", "source")}
    return Recorded(**text, since=since, low=low, high=high, where=where)
