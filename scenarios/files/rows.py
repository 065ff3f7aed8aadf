"""CSV files that people bring: a header, and one row after the other with the place where it stands."""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from scenarios.errors import BadInput, did_you_mean, quoted
from scenarios.files.toml import read_text

NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE | re.ASCII)
"""Python would also read ``1_000`` and digits of other scripts, whatever was meant by them."""


def read_rows(path: Path, columns: Collection[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where each row stands, to open messages, and its values by column.

    Args:
        path: A CSV file with a header.
        columns: That it must have; others are left alone.

    Raises:
        BadInput: If the file cannot be read or holds no rows, a column is missing or comes twice, or a row is longer
            than the header, once what is in front of it has been looked at.
    """
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""))
    empty = True
    try:
        reader.fieldnames = _header(reader, path, columns)
        for row in reader:
            empty, where = False, f"{path}, line {reader.line_num}"
            beyond = row.pop(None, None)  # where DictReader puts what is too much
            yield where, {name: (value or "").strip() for name, value in row.items()}
            if any(beyond or ()):
                raise BadInput(f"{where}: holds more values than the header names")
    except csv.Error as error:
        raise BadInput(f"{path}, line {reader.line_num}: is not valid CSV: {error}") from None
    if empty:
        raise BadInput(f"{path}: holds no rows")


def header_of(path: Path) -> list[str]:
    """Return the names of the columns of a CSV file; none of a file that opens with no line of CSV."""
    try:
        return [name.strip() for name in next(csv.reader(io.StringIO(read_text(path), newline="")), [])]
    except csv.Error:
        return []


def _header(reader: "csv.DictReader[str]", path: Path, columns: Collection[str]) -> list[str]:
    header = [name.strip() for name in reader.fieldnames or ()]
    for column in columns:
        if column not in header:
            raise BadInput(f"{path}: there is no column {column!r}{did_you_mean(column, header) if header else ''}")
    for name, times in Counter(filter(None, header)).items():
        if times > 1:
            raise BadInput(f"{path}: the column {quoted(name)} comes {times} times")
    return header
