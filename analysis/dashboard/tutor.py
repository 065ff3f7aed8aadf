"""Plays the runs of a lesson in a thread of its own, beside the market that the page shows."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.dashboard.loaded import when_loaded
from scenarios.errors import BadInput

if TYPE_CHECKING:
    from analysis.lessons import Outcome
    from scenarios.files.lessons import Lesson

LOG = logging.getLogger(__name__)

LEAST_INTERVAL = 0.5
"""Seconds between two words on how far the runs are."""


@dataclass(frozen=True)
class Progress:
    """How far a lesson is.

    Attributes:
        said: What is going on, or what went wrong.
        outcome: What was measured; None before the end.
        failed: Whether something went wrong.
    """

    said: str
    outcome: "Outcome | None" = None
    failed: bool = False

    @property
    def going_on(self) -> bool:
        """Whether the runs are being played."""
        return self.outcome is None and not self.failed


class Left(Exception):  # noqa: N818 - says what happened
    """Nobody waits for the runs any more."""


class Tutor:
    """Plays one lesson; ``tell`` is called from the tutor's thread."""

    def __init__(self, lesson: "Lesson", tell: Callable[[Progress], None]) -> None:
        self._lesson = lesson
        self._tell = tell
        self._closed = threading.Event()
        self._next_word = 0.0

    def start(self) -> None:
        """Play the runs; return at once."""
        self._say(Progress("loading …"))
        threading.Thread(target=self._work, name="tutor", daemon=True).start()

    def close(self) -> None:
        """Stop after the month that is being played; nothing is told any more."""
        self._closed.set()

    @when_loaded
    def _work(self) -> None:
        from analysis.lessons import play

        try:
            outcome = play(self._lesson, self._watch)
        except Left:
            return
        except BadInput as problem:
            self._say(Progress(str(problem), failed=True))
        except Exception as problem:
            self._say(Progress(f"The runs stopped: {type(problem).__name__}: {problem}", failed=True))
        else:
            self._say(Progress("done", outcome))

    def _watch(self, title: str, played: int, months: int) -> None:
        if self._closed.is_set():
            raise Left
        if time.monotonic() >= self._next_word:
            self._next_word = time.monotonic() + LEAST_INTERVAL
            self._say(Progress(f"playing “{title}”: {played} of {months} months"))

    def _say(self, progress: Progress) -> None:
        if self._closed.is_set():
            return
        try:
            self._tell(progress)
        except Exception:  # a page that fails to show this may show what comes next
            LOG.exception("the page was not told of the lesson")
