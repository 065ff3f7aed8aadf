"""Series from outside as CSV files: one row per month with the columns ``date``, ``value``, ``unit``."""

import csv
import io
import math
import re
from collections import Counter
from pathlib import Path

from market.fields import checked_month
from market.parameters import HIGHEST
from scenarios.errors import BadInput, did_you_mean, quoted
from scenarios.toml import read_text

COLUMNS = ("date", "value", "unit")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE | re.ASCII)


def read_series(path: Path, unit: str) -> list[dict[str, str | float]]:
    """Return the records of a series.

    Args:
        path: A CSV file with a header; columns beyond ``COLUMNS``, such as the source, are left alone.
        unit: The unit every value must be in.

    Raises:
        BadInput: If the file cannot be read, a column is missing or comes twice, a row is longer than the header, a
            date is no month (YYYY-MM) or not after the one before it, a value is no number above 0, or a unit another.
    """
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""))
    records: list[dict[str, str | float]] = []
    try:
        reader.fieldnames = _header(reader, path)
        for row in reader:
            where = f"{path}, line {reader.line_num}"
            date = _month(row["date"], where)
            if records and date <= str(records[-1]["date"]):
                raise BadInput(f"{where}: date {date} does not come after {records[-1]['date']}")
            if (found := (row["unit"] or "").strip()) != unit:
                raise BadInput(f"{where}: unit is {quoted(found)}, must be {unit}")
            if any(row.get(None) or ()):  # where DictReader puts what is too much
                raise BadInput(f"{where}: holds more values than the header names")
            records.append({"date": date, "value": _value(row["value"], where)})
    except csv.Error as error:
        raise BadInput(f"{path}, line {reader.line_num}: is not valid CSV: {error}") from None
    if not records:
        raise BadInput(f"{path}: holds no rows")
    return records


def _header(reader: "csv.DictReader[str]", path: Path) -> list[str]:
    header = [name.strip() for name in reader.fieldnames or ()]
    for column in COLUMNS:
        if column not in header:
            raise BadInput(f"{path}: there is no column {column!r}{did_you_mean(column, header) if header else ''}")
    for name, times in Counter(filter(None, header)).items():
        if times > 1:
            raise BadInput(f"{path}: the column {quoted(name)} comes {times} times")
    return header


def _month(text: str | None, where: str) -> str:
    month = (text or "").strip()
    try:
        return checked_month(month)
    except ValueError as problem:
        raise BadInput(f"{where}: date {quoted(month)} is not a month: {problem}") from None


def _value(text: str | None, where: str) -> float:
    """Return a value; Python would also read ``1_000`` and digits of other scripts, whatever was meant by them."""
    digits = (text or "").strip()
    value = float(digits) if NUMBER.fullmatch(digits) else math.nan
    if not 0 < value <= HIGHEST:
        raise BadInput(f"{where}: value {quoted(text or '')} is not a number above 0 and at most {HIGHEST:g}")
    return value
