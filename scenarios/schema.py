"""The tables of a folder of results: what the market records, with the run in front, and what is known of runs."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import pyarrow as pa

from market.records.columns import TABLES
from market.table import Headed, Heading

VERSION: Final = 11
"""Of the layout of a results folder; raised when old readers would misread it."""

RUN: Final = Headed("run", (
    Heading("setting", "name", str, "Of the experiment, or the scenario of a single run"),
    Heading("replication", "number", int, "From 0; the same replication meets the same seed in every setting"),
    Heading("seed", "number", int, "Of all random numbers of the run"),
))  # fmt: skip
"""Columns that open every table."""

RUNS: Final = Headed("runs", (
    Heading("status", "name", str, "done or failed"),
    Heading("error", "text", str, "What went wrong; empty of a run that is done"),
    Heading("rounds", "month", int, "Months played"),
    Heading("conservation_error", "1", float, "Largest imbalance of all accounts relative to money moved until then"),
    Heading("precision", "varies", float, "What the experiment's precision is judged by, where it asks for one"),
))  # fmt: skip
"""One row a run; the parameters that differ between settings follow, by their dotted names."""

TIMINGS: Final = Headed("timings", (
    Heading("seconds", "s", float, "What the run took"),
))  # fmt: skip
"""Apart from ``runs``, so that the other tables of a repeated batch are equal."""

ALL: Final[Mapping[str, Headed[Any]]] = {**TABLES, RUNS.name: RUNS, TIMINGS.name: TIMINGS}
"""Every table of a folder of results, by name."""

ARROW: Final = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}


def columns(table: str) -> tuple[Heading, ...]:
    """Return the columns of a table as it is stored, those of the run in front."""
    return (*RUN.columns, *ALL[table].columns)


def names(table: str) -> list[str]:
    """Return the columns of a table that hold text with few different values."""
    return [column.name for column in columns(table) if column.type is str and column.unit != "text"]


def measures(layer: str | None) -> list[str]:
    """Return what precision may be asked of: columns of layers or, without a layer, of rounds."""
    table = TABLES["rounds" if layer is None else "layers"]
    return [column.name for column in table.columns if column.type in (int, float) and column.name != "round"]


def schema(table: str, varied: Mapping[str, type] | None = None) -> pa.Schema:
    """Return the schema of a table.

    Args:
        table: Its name in ``ALL``.
        varied: Types of the parameters that differ between settings, columns of ``runs`` by their dotted names.
    """
    parameters = varied or {} if table == RUNS.name else {}
    fields = [(column.name, column.type) for column in columns(table)]
    return pa.schema([pa.field(name, ARROW[kind]) for name, kind in (*fields, *parameters.items())])


def encode(table: str, frame: Any, run: Mapping[str, Any]) -> pa.Table:
    """Return a model's table with the columns of the run in front and units as metadata of the fields.

    Args:
        table: Its name.
        frame: pandas.DataFrame with exactly the table's columns.
        run: Values of the columns in ``RUN``.

    Raises:
        ValueError: If columns are missing or unknown, or hold another type.
    """
    units = TABLES[table].units
    if differing := set(frame.columns) ^ set(units):
        raise ValueError(f"table {table} has other columns than the store: {', '.join(sorted(differing))}")
    stored = _with_units(table)
    bare = frame.copy(deep=False)
    bare.attrs = {}  # every column would get a copy of them
    values = [pa.repeat(pa.scalar(run[name], stored.field(name).type), len(frame)) for name in RUN.names]
    values += [_array(bare[name], stored.field(name).type) for name in TABLES[table].names]
    return pa.Table.from_arrays(values, schema=stored)


@cache
def _with_units(table: str) -> pa.Schema:
    """Return the schema of a model's table with units as metadata of its fields."""
    units = TABLES[table].units
    fields = [
        field.with_metadata({"unit": units[field.name]}) if field.name in units else field for field in schema(table)
    ]
    return pa.schema(fields)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    """Return a column of a frame; what is missing in a text is null, but a number that is none stays one."""
    return pa.array(values, kind) if kind == pa.string() else pa.array(values.to_numpy(), kind)
