"""Progress on standard error, for what takes more than two seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PATIENCE = 2.0
"""Seconds without a progress line."""


class RoundsShown:
    """A bar over the rounds of one run; it appears once the run has lasted ``PATIENCE`` seconds."""

    def __init__(self, bar: Progress) -> None:
        self.bar = bar
        self.started = time.monotonic()

    def __call__(self, played: int, rounds: int) -> None:
        """Show how many rounds are played."""
        if not self.bar.tasks:
            self.bar.add_task("rounds", total=rounds)
        self.bar.update(self.bar.tasks[0].id, completed=played)
        if time.monotonic() - self.started > PATIENCE and not self.bar.live.is_started:
            self.bar.start()


@contextmanager
def rounds_shown() -> Iterator[RoundsShown]:
    """Watch a run; nothing is shown where standard error is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.disable = not bar.console.is_terminal
    try:
        yield RoundsShown(bar)
    finally:
        bar.stop()
