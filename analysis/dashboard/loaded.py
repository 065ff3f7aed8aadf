"""The large packages behind models and figures, loaded by one thread at a time."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

LOADING = threading.Lock()


def load() -> None:
    """Import what models, tables, figures and results need, once; threads that come meanwhile wait.

    A package whose modules are imported by its own ``__init__`` (scipy, ``market.firms``) is half there while a thread
    imports it: Python lets a second thread in rather than have the two wait for each other, and that one fails.
    """
    with LOADING:
        import analysis.dashboard.taking
        import analysis.dashboard.views.compare
        import analysis.dashboard.views.every
        import analysis.results  # noqa: F401


def when_loaded(work: Callable[P, R]) -> Callable[P, R]:
    """Let a function begin when everything is loaded."""

    @wraps(work)
    def begin(*arguments: P.args, **named: P.kwargs) -> R:
        load()
        return work(*arguments, **named)

    return begin
