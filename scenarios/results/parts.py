"""Parts of a batch's results: folders that appear whole, each with the tables of some runs and an index."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios import schema
from scenarios.errors import BadInput
from scenarios.files.toml import checked_file
from scenarios.results.disk import sha256
from scenarios.results.reading import INDEX, TABLES

Key = tuple[str, int]
"""A run: its setting and replication."""


@dataclass(frozen=True)
class Finished:
    """What the store knows of a run without reading its tables: how it ended, and what its precision is judged by."""

    status: str
    error: str
    precision: float | None


@dataclass(frozen=True)
class Part:
    """Some runs on disk: their folder and, for each in order, its rows per table."""

    folder: Path
    runs: tuple[tuple[Key, Mapping[str, int]], ...]


def parquet_options(table: str) -> dict[str, Any]:
    """Return how a table is written: names as dictionaries, checksums on pages."""
    return {"compression": "zstd", "use_dictionary": schema.names(table), "write_page_checksum": True}


def read_part(folder: Path) -> Part | None:
    """Return what a part holds, or None if it is damaged."""
    try:
        index = json.loads(checked_file(folder / INDEX).read_bytes())
        runs = tuple(((setting, replication), rows) for setting, replication, rows in index["runs"])
        sums = index["sha256"].items()
    except (OSError, BadInput, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    whole = {name for name, _ in sums} == {f"{name}.parquet" for name in TABLES}
    whole = whole and all(intact(folder / name, sums_of) for name, sums_of in sums)
    return Part(folder, runs) if whole else None


def finished_runs(runs: pa.Table) -> dict[Key, Finished]:
    """Return how each run of the table of runs ended."""
    rows = runs.select(["setting", "replication", "status", "error", "precision"]).to_pylist()
    return {
        (row["setting"], row["replication"]): Finished(row["status"], row["error"], row["precision"]) for row in rows
    }


def keys_of(path: Path) -> Iterator[Key]:
    """Yield the run of every row of a table."""
    table = pq.read_table(path, columns=["setting", "replication"])
    return zip(table["setting"].to_pylist(), table["replication"].to_pylist(), strict=True)


def intact(path: Path, checksum: str) -> bool:
    """Whether a file is there and holds what was written."""
    try:
        return sha256(checked_file(path)) == checksum
    except (OSError, BadInput):
        return False


def parquet_bytes(name: str, table: pa.Table) -> bytes:
    """Return a table as a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **parquet_options(name))
    return bytes(sink.getvalue().to_pybytes())
