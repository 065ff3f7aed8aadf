"""How a column of results is declared: name, unit, type, meaning and how it is read, in one line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import nan
from numbers import Integral
from typing import Any, Final, Generic, TypeVar

import numpy as np
import pandas as pd

Seen = TypeVar("Seen")
"""What a row of a table, or a month's rows, are read from."""

Other = TypeVar("Other")
"""The same of a table with the same columns."""

TYPES: Final = (str, int, float, bool)


@dataclass(frozen=True)
class Heading:
    """A column whose values are handed over by name.

    Attributes:
        name: In tables and files.
        unit: Of its values; ``1`` of shares and ratios, ``name`` and the like of what is no quantity.
        type: ``str``, ``int``, ``float`` or ``bool``; only a float may be missing, as NaN.
        meaning: One line.
    """

    name: str
    unit: str
    type: type[str | int | float | bool]
    meaning: str

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"{self.name!r} is no name of a column")
        if self.type not in TYPES:
            known = ", ".join(kind.__name__ for kind in TYPES)
            raise TypeError(f"column {self.name}: {self.type!r} is none of {known}")
        for fact in ("unit", "meaning"):
            text = getattr(self, fact)
            if not (isinstance(text, str) and text.strip() and text.isprintable()):
                raise ValueError(f"column {self.name}: its {fact} is {text!r}, not a line of text")

    def array(self, values: Sequence[Any]) -> Any:
        """Return values in one piece, as a frame takes them fastest."""
        return list(values) if self.type is str else np.array(values, dtype=self.type)

    def takes(self, value: object) -> bool:
        """Whether a value is of the column's type."""
        if self.type in (str, bool):
            return isinstance(value, self.type)
        kinds = (Integral,) if self.type is int else (Integral, float)
        return isinstance(value, kinds) and not isinstance(value, bool)


@dataclass(frozen=True)
class Column(Heading, Generic[Seen]):
    """A column that is read off what happened.

    Attributes:
        read: Returns the value or, in a table that is read as a whole, the values of all rows.
        stock: Whether it cannot be below zero; where nothing is sold a price or a cost may be missing.
        always: Whether it is never missing.
        collected: Whether Mesa's data collector has it, where it does not have whole tables.
    """

    read: Callable[[Seen], Any]
    stock: bool = False
    always: bool = False
    collected: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not callable(self.read):
            raise TypeError(f"column {self.name}: {self.read!r} is no function that reads it")
        if (self.stock or self.always) and self.type not in (int, float):
            raise TypeError(f"column {self.name}: a {self.type.__name__} is no quantity")


AnyHeading = TypeVar("AnyHeading", bound=Heading)


@dataclass(frozen=True)
class Headed(Generic[AnyHeading]):
    """A table: its name and its columns, in order."""

    name: str
    columns: tuple[AnyHeading, ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"table {self.name} has two columns {name}")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of its columns."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def units(self) -> Mapping[str, str]:
        """Of its columns, by name."""
        return {column.name: column.unit for column in self.columns}

    @property
    def types(self) -> Mapping[str, type]:
        """Of its columns, by name."""
        return {column.name: column.type for column in self.columns}

    def frame(self, rows: Sequence[Any]) -> pd.DataFrame:
        """Return rows, each in the order of the columns or by their names, as a frame that knows the units."""
        rows = [[row[name] for name in self.names] if isinstance(row, Mapping) else row for row in rows]
        values = zip(*rows, strict=True) if rows else [()] * len(self.columns)
        columns = zip(self.columns, values, strict=True)
        frame = pd.DataFrame({column.name: column.array(content) for column, content in columns})
        frame.attrs["units"] = self.units
        return frame

    def check(self, row: tuple[Any, ...]) -> None:
        """Make sure that a row is one of this table.

        Raises:
            TypeError: If a value is not of its column's type, or there are more or fewer than columns.
        """
        if len(row) != len(self.columns):
            raise TypeError(f"table {self.name} has {len(self.columns)} columns, a row {len(row)} values")
        for column, value in zip(self.columns, row, strict=True):
            if not column.takes(value):
                raise TypeError(f"column {self.name}.{column.name} is {value!r}, which is no {column.type.__name__}")


@dataclass(frozen=True)
class Table(Headed[Column[Seen]]):
    """A table that is read off what happened: row by row or, where a month has many rows, as a whole."""

    @cached_property
    def stocks(self) -> frozenset[str]:
        """Columns that cannot be below zero."""
        return frozenset(column.name for column in self.columns if column.stock)

    @cached_property
    def always(self) -> frozenset[str]:
        """Columns that are never missing."""
        return frozenset(column.name for column in self.columns if column.always)

    @property
    def collected(self) -> Mapping[str, int]:
        """Columns that Mesa's data collector has, with their places in a row."""
        return {column.name: place for place, column in enumerate(self.columns) if column.collected}

    @cached_property
    def _reads(self) -> tuple[Callable[[Seen], Any], ...]:
        return tuple(column.read for column in self.columns)

    def row(self, seen: Seen) -> tuple[Any, ...]:
        """Read a row."""
        return tuple([read(seen) for read in self._reads])

    def rows(self, seen: Seen) -> list[tuple[Any, ...]]:
        """Read all rows of a table whose columns are each read as a whole."""
        return list(zip(*[read(seen) for read in self._reads], strict=True))

    def read_off(self, reads: Mapping[str, Callable[[Other], Any]]) -> "Table[Other]":
        """Return a table of the same columns that is read off something else.

        Args:
            reads: By column; what is not named is missing there, NaN.

        Raises:
            KeyError: If there is no such column.
            ValueError: If a column that is never missing, or cannot be, is not named.
        """
        if unknown := reads.keys() - set(self.names):
            raise KeyError(f"table {self.name} has no column {', '.join(sorted(unknown))}")
        for column in self.columns:
            if column.name not in reads and (column.always or column.type is not float):
                raise ValueError(f"column {self.name}.{column.name} cannot be missing")
        return Table(self.name, tuple([_read_by(column, reads.get(column.name, _missing)) for column in self.columns]))


def _read_by(column: Column[Any], read: Callable[[Other], Any]) -> Column[Other]:
    return replace(column, read=read)


def _missing(_: object) -> float:
    return nan
