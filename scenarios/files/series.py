"""Series from outside as CSV files: one row per month with the columns ``date``, ``value``, ``unit``."""

import math
from pathlib import Path

from market.fields import checked_month
from market.parameters import HIGHEST
from scenarios.errors import BadInput, quoted
from scenarios.files.rows import NUMBER, read_rows

COLUMNS = ("date", "value", "unit")


def read_series(path: Path, unit: str) -> list[dict[str, str | float]]:
    """Return the records of a series.

    Args:
        path: A CSV file with a header; columns beyond ``COLUMNS``, such as the source, are left alone.
        unit: The unit every value must be in.

    Raises:
        BadInput: If the file cannot be read, a column is missing or comes twice, a row is longer than the header, a
            date is no month (YYYY-MM) or not after the one before it, a value is no number above 0, or a unit another.
    """
    records: list[dict[str, str | float]] = []
    for where, row in read_rows(path, COLUMNS):
        date = _month(row["date"], where)
        if records and date <= str(records[-1]["date"]):
            raise BadInput(f"{where}: date {date} does not come after {records[-1]['date']}")
        if row["unit"] != unit:
            raise BadInput(f"{where}: unit is {quoted(row['unit'])}, must be {unit}")
        records.append({"date": date, "value": _value(row["value"], where)})
    return records


def _month(text: str, where: str) -> str:
    try:
        return checked_month(text)
    except ValueError as problem:
        raise BadInput(f"{where}: date {quoted(text)} is not a month: {problem}") from None


def _value(text: str, where: str) -> float:
    value = float(text) if NUMBER.fullmatch(text) else math.nan
    if not 0 < value <= HIGHEST:
        raise BadInput(f"{where}: value {quoted(text)} is not a number above 0 and at most {HIGHEST:g}")
    return value
