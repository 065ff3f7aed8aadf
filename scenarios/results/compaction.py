"""Parts into final files: one per table, runs in the order of the plan, whatever order they finished in."""

import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from market.records.columns import TABLES as OF_THE_MARKET
from scenarios.results.disk import ASIDE, sha256, sync_folder
from scenarios.results.parts import Key, Part, parquet_options
from scenarios.results.reading import TABLES

BLOCK = 64
"""Runs per row group. Fixed, so that the files do not depend on how the runs were spread over parts."""
OPEN_PARTS = 16
"""Parts held in memory; runs finish nearly in order, so a block needs few."""


def compact(folder: Path, parts: Sequence[Part], order: Sequence[Key]) -> dict[str, str]:
    """Write the final files and return their checksums by name.

    Args:
        folder: Of the results.
        parts: Which together hold every run; of one that was run again, the last part that holds it counts.
        order: Of the runs in the files.

    Raises:
        OSError: If the disk does not take them; nothing is left behind.
    """
    aside = {name: folder / f"{ASIDE}{name}.parquet" for name in TABLES}
    try:
        for name, path in aside.items():
            _write(path, name, _schema(name, parts), _blocks(name, parts, order))
        sums = {f"{name}.parquet": sha256(path) for name, path in aside.items()}
        for name, path in aside.items():
            path.replace(folder / f"{name}.parquet")
    finally:
        for path in aside.values():
            path.unlink(missing_ok=True)
    sync_folder(folder)
    return sums


def _write(path: Path, name: str, schema: pa.Schema, blocks: Iterator[pa.Table]) -> None:
    with path.open("wb") as file:
        with pq.ParquetWriter(file, schema, **parquet_options(name)) as writer:
            for block in blocks:
                writer.write_table(block.cast(schema))
        file.flush()
        os.fsync(file.fileno())


def _schema(name: str, parts: Sequence[Part]) -> pa.Schema:
    """Return the schema of a table; one with units, which parts of failed runs alone do not have."""
    schemas = (pq.read_schema(part.folder / f"{name}.parquet") for part in parts)
    first = next(schemas)
    if name not in OF_THE_MARKET:
        return first
    return next((schema for schema in chain((first,), schemas) if any(field.metadata for field in schema)), first)


def _blocks(name: str, parts: Sequence[Part], order: Sequence[Key]) -> Iterator[pa.Table]:
    """Yield the rows of ``BLOCK`` runs at a time."""
    places = _places(name, parts)
    tables: OrderedDict[Path, pa.Table] = OrderedDict()
    for start in range(0, len(order), BLOCK):
        pieces = []
        for key in order[start : start + BLOCK]:
            folder, first, rows = places[key]
            if folder not in tables:
                tables[folder] = pq.read_table(folder / f"{name}.parquet")
                if len(tables) > OPEN_PARTS:
                    tables.popitem(last=False)
            pieces.append(tables[folder].slice(first, rows))
        yield pa.concat_tables(pieces).combine_chunks()


def _places(name: str, parts: Sequence[Part]) -> Mapping[Key, tuple[Path, int, int]]:
    """Return for every run the part that holds it, its first row there and the number of its rows."""
    places: dict[Key, tuple[Path, int, int]] = {}
    for part in parts:
        first = 0
        for key, rows in part.runs:
            places[key] = (part.folder, first, rows.get(name, 0))
            first += rows.get(name, 0)
    return places
