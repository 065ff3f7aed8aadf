"""Shocks: what may happen to any market at any time, as files with what changes and for how long."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from market.conduct.own_rules import RULE
from scenarios.errors import BadInput, did_you_mean, quoted
from scenarios.files.finding import SHOCKS
from scenarios.files.merging import flatten
from scenarios.files.toml import read_toml

KEYS = ("title", "about", "months", "set")


@dataclass(frozen=True)
class Shock:
    """An event without a date.

    Attributes:
        title: Its name.
        about: What happens, in a sentence.
        months: How long.
        changes: Values by dotted name, a rule with its own parameters as one value.
    """

    title: str
    about: str
    months: int
    changes: dict[str, Any]


@cache
def shocks() -> tuple[Shock, ...]:
    """Return the shipped shocks, by title."""
    return tuple(sorted((read_shock(path) for path in SHOCKS.glob("*.toml")), key=lambda shock: shock.title))


def read_shock(path: Path) -> Shock:
    """Return the shock of a file.

    Raises:
        BadInput: If a key is unknown, missing, or of another type.
    """
    table = read_toml(path)
    for key in table:
        if key not in KEYS:
            raise BadInput(f"{path}: unknown key {quoted(key)}{did_you_mean(key, KEYS)}")
    for key, kind in zip(KEYS, (str, str, int, dict), strict=True):
        if not isinstance(table.get(key), kind) or not table[key]:
            raise BadInput(f"{path}: {key} must be {'a table' if kind is dict else 'whole' if kind is int else 'text'}")
    return Shock(table["title"], table["about"], table["months"], flatten(table["set"], (RULE,)))
