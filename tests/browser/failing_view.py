"""Serves a page of which one part, named on the command line, fails."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from analysis.dashboard import page, panel, serve
from analysis.dashboard.views import compare
from analysis.dashboard.views.every import VIEWS


def fail(*_: Any, **__: Any) -> NoReturn:
    raise FloatingPointError("put in by the test")


def only(condition: Callable[[Any], bool], work: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Work as ever, but fail where the condition holds."""
    return lambda value: fail() if condition(value) else work(value)


def figures_and_tables() -> None:
    VIEWS["Prices"] = replace(VIEWS["Prices"], figures=(fail,))
    VIEWS["Chain"] = replace(VIEWS["Chain"], table=fail)
    VIEWS["Market"] = replace(VIEWS["Market"], heading=fail)
    compare.FIGURES = (fail, *compare.FIGURES[1:])


def rendering() -> None:
    panel.commands = only(lambda painting: painting.tab in ("Market", "Compare"), panel.commands)


def picker() -> None:
    panel.left_out = fail


def header() -> None:
    page._when = only(lambda snapshot: snapshot.round == 2, page._when)


PARTS = {part.__name__: part for part in (figures_and_tables, rendering, picker, header)}
PARTS[sys.argv[1]]()
serve(port=0, results=Path(sys.argv[2]))
