"""Rules from outside: where Python finds the modules that a scenario names."""

import sys
from collections.abc import Iterator, Mapping
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from market.conduct.own_rules import PATH, RULE, is_path


def make_importable(table: Mapping[str, Any], folder: Path) -> None:
    """Let the modules of rules named in a table be imported from a folder or the working directory.

    Folders join the end of Python's path, so that nothing installed is hidden; worker processes inherit it.
    """
    for rule in _rules(table):
        module = rule.partition(":")[0].partition(".")[0]
        if not PATH.fullmatch(rule) or _lasting(module):
            continue
        for place in (folder.resolve(), Path.cwd()):
            if PathFinder.find_spec(module, [str(place)]) is not None:
                sys.path.append(str(place))
                break


def _lasting(module: str) -> bool:
    """Whether a module is found where worker processes look as well: not by way of this process's working directory."""
    fixed = [place for place in sys.path if place and Path(place).is_absolute()]
    return PathFinder.find_spec(module, fixed) is not None


def _rules(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield every import path of a rule in nested tables."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _rules(value)
        elif key == RULE and is_path(value):
            yield value
