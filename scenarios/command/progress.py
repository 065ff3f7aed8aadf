"""Progress on standard error, for what takes more than two seconds."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from scenarios.batches.batch import Count

PATIENCE = 2.0
"""Seconds without a progress line."""
PLAIN_SECONDS = 15.0


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
        if bar.live.is_started:
            bar.stop()


class BatchShown:
    """One line on how far a batch is; it appears once the batch has lasted ``PATIENCE`` seconds.

    Where standard error is no terminal, a plain line is written every ``PLAIN_SECONDS``.
    """

    def __init__(self, bar: Progress) -> None:
        self.bar = bar
        self.task = bar.add_task("", total=None)
        self.last_line = 0.0

    def __call__(self, count: "Count") -> None:
        """Show the count."""
        line = progress_line(count)
        done = count.done + count.failed
        self.bar.update(self.task, total=done + count.left, completed=done, description=line)
        if count.seconds < PATIENCE:
            return
        if self.bar.console.is_terminal:
            if not self.bar.live.is_started:
                self.bar.start()
        elif count.seconds - self.last_line > PLAIN_SECONDS:
            self.last_line = count.seconds
            print(line, file=sys.stderr, flush=True)


def progress_line(count: "Count") -> str:
    """Return done, failed and left, runs per second and the time left."""
    rate = count.fresh / count.seconds if count.seconds > 0 else 0.0
    minutes, seconds = divmod(round(count.left / rate), 60) if rate > 0 else (0, 0)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    speed = f"{rate:.2g} runs/s, {clock} left" if rate > 0 else "starting"
    return f"{count.done} done, {count.failed} failed, {count.left} left, {speed}"


@contextmanager
def batch_shown() -> Iterator[BatchShown]:
    """Watch a batch."""
    bar = Progress(BarColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True)
    try:
        yield BatchShown(bar)
    finally:
        if bar.live.is_started:
            bar.stop()
