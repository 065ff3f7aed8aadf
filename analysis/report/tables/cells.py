"""Cells that several tables write alike: a mean with its interval, the colour of a verdict."""

from collections.abc import Callable
from math import isnan
from typing import Final

from analysis.palette import number, percent, span
from analysis.results import Row

SHADES: Final = {
    "confirmed": "yes",
    "holds in this run": "yes",
    "refuted": "no",
    "fails in this run": "no",
    "met": "yes",
    "missed": "no",
    "higher": "yes",
    "lower": "no",
}
"""Class of a cell by the verdict in it; other verdicts are open."""


def spread(row: Row, measure: str) -> str:
    """Return a mean, and small below it its interval if there is one."""
    write = percent if "margin" in measure else number
    if isnan(row["low"]):
        return write(row["mean"])
    return f"{write(row['mean'])}\n{span(row['low'], row['high'], write)}"


def interval(row: Row, write: Callable[[float], str], mean: str = "mean", prefix: str = "") -> str:
    """Return a mean, and beside it its interval if there is one; ``prefix`` opens the names of the bounds."""
    if isnan(row[f"{prefix}low"]):
        return write(row[mean])
    return f"{write(row[mean])} ({span(row[f'{prefix}low'], row[f'{prefix}high'], write)})"
