"""Prices written to files: a tidy table, a scenario. What is there already stays."""

import io
import os
from collections.abc import Mapping
from pathlib import Path

from scenarios.errors import BadInput
from scenarios.prices.table import Prices
from scenarios.results.disk import disk_errors_explained, make_folder, take_away, write_whole

TABLES, SCENARIOS = (".csv", ".parquet"), (".toml",)


def check_new(path: Path, option: str, endings: tuple[str, ...]) -> None:
    """Make sure that a file may be written.

    Raises:
        BadInput: If its name has another ending, or something is there.
    """
    if path.suffix not in endings:
        raise BadInput(f"{option} {path}: must end in {' or '.join(endings)}")
    if os.path.lexists(path):
        raise BadInput(f"{option} {path}: is there already; choose another name")


def table_bytes(prices: Prices, path: Path) -> bytes:
    """Return the tidy table as the ending of a file says: CSV, or Parquet."""
    if path.suffix == TABLES[0]:
        return prices.frame.to_csv(index=False, lineterminator="\n").encode()
    buffer = io.BytesIO()
    prices.frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write each file whole or not at all; folders made for one that cannot be written go.

    Raises:
        BadInput: If one cannot be written there.
        WorkFailed: If the disk does not take it.
    """
    for path, content in contents.items():
        made: list[Path] = []
        with disk_errors_explained(path, "nothing is there", "the file"):
            try:
                make_folder(path.parent, made)
                write_whole(path, content)
            except OSError:
                take_away(made)
                raise
