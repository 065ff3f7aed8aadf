"""Series from outside as CSV files: one row per month with the columns ``date``, ``value``, ``unit``."""

import csv
import io
import math
import re
from pathlib import Path

from scenarios.errors import BadInput, did_you_mean, quoted
from scenarios.toml import read_text

COLUMNS = ("date", "value", "unit")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def read_series(path: Path, unit: str) -> list[dict[str, str | float]]:
    """Return the records of a series.

    Args:
        path: A CSV file with a header; columns beyond ``COLUMNS``, such as the source, are left alone.
        unit: The unit every value must be in.

    Raises:
        BadInput: If the file cannot be read, a column is missing, a date is no month (YYYY-MM) or not after the one
            before it, a value is no number above 0, or a unit is another one.
    """
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""))
    header = [name.strip() for name in reader.fieldnames or ()]
    for column in COLUMNS:
        if column not in header:
            raise BadInput(f"{path}: there is no column {column!r}{did_you_mean(column, header) if header else ''}")
    reader.fieldnames = header
    records: list[dict[str, str | float]] = []
    try:
        for row in reader:
            where = f"{path}, line {reader.line_num}"
            date = _month(row["date"], where)
            if records and date <= str(records[-1]["date"]):
                raise BadInput(f"{where}: date {date} does not come after {records[-1]['date']}")
            if (found := (row["unit"] or "").strip()) != unit:
                raise BadInput(f"{where}: unit is {quoted(found)}, must be {unit}")
            records.append({"date": date, "value": _value(row["value"], where)})
    except csv.Error as error:
        raise BadInput(f"{path}, line {reader.line_num}: is not valid CSV: {error}") from None
    if not records:
        raise BadInput(f"{path}: holds no rows")
    return records


def _month(text: str | None, where: str) -> str:
    month = (text or "").strip()
    if not MONTH.fullmatch(month):
        raise BadInput(f"{where}: date {quoted(month)} is not a month written YYYY-MM")
    return month


def _value(text: str | None, where: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise BadInput(f"{where}: value {quoted(text or '')} is not a number above 0")
    return value
