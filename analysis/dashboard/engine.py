"""The model of one visitor in a thread of its own: it takes orders at once and publishes snapshots now and then."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.dashboard.choice import Choice
from analysis.dashboard.loaded import when_loaded
from analysis.dashboard.snapshot import Snapshot
from scenarios.errors import BadInput

if TYPE_CHECKING:
    from market.economy import Economy

LOG = logging.getLogger(__name__)

LEAST_INTERVAL = 0.1
"""Seconds between snapshots while playing."""

SHARE_OF_TIME = 0.25
"""Most of the time that may go into snapshots: tables of long runs take a while to draw up."""


class Engine:
    """Plays what a visitor has chosen.

    All methods return at once; what comes of them is told in snapshots, from the engine's thread.
    """

    def __init__(self, choice: Choice, tell: Callable[[Snapshot], None]) -> None:
        self._tell = tell
        self._wake = threading.Condition()
        self._choice: Choice | None = choice
        self._ordered = choice
        self._steps = 0
        self._playing = False
        self._interval = 0.2
        self._closed = False
        self._model: Economy | None = None
        self._last = Snapshot(choice)
        self._stale = False
        self._due = self._next_snapshot = 0.0
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)

    # orders -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def build(self, choice: Choice) -> None:
        """Start again with this choice; steps asked for and not yet played are forgotten."""
        with self._wake:
            self._choice, self._ordered, self._steps, self._playing = choice, choice, 0, False
            self._wake.notify()

    def ordered(self) -> Choice:
        """Return what is played, or will be once it is built."""
        with self._wake:
            return self._ordered

    def step(self) -> None:
        """Play one round."""
        with self._wake:
            self._steps += 1
            self._wake.notify()

    def play(self) -> None:
        """Play on until paused or until the scenario's last round."""
        with self._wake:
            self._playing, self._due = True, time.monotonic()
            self._wake.notify()

    def pause(self) -> None:
        """Stop after the round that is being played."""
        with self._wake:
            self._playing, self._steps, self._stale = False, 0, True
            self._wake.notify()

    def set_speed(self, rounds_per_second: float) -> None:
        """Set how fast Play goes; ``inf``: as fast as it can."""
        with self._wake:
            self._interval = 1 / rounds_per_second
            self._wake.notify()

    def close(self) -> None:
        """End the thread."""
        with self._wake:
            self._closed = True
            self._wake.notify()

    # the thread -------------------------------------------------------------------------------------------------

    @when_loaded
    def _work(self) -> None:
        while task := self._next():
            try:
                task()
            except Exception:  # a page that fails to show this may show what comes next
                LOG.exception("the page was not told")

    def _next(self) -> Callable[[], None] | None:
        """Wait for something to do and return it; None at the end."""
        with self._wake:
            while not self._closed:
                if self._choice is not None:
                    return self._build
                if self._ready and self._steps > 0:
                    self._steps -= 1
                    return self._step
                wait = None
                if self._ready and self._playing:
                    wait = self._due - time.monotonic()
                    if wait <= 0:
                        self._due = max(self._due + self._interval, time.monotonic())
                        return self._step
                if self._stale:
                    return self._publish
                self._wake.wait(wait)
        return None

    @property
    def _ready(self) -> bool:
        return self._model is not None and not self._last.error

    def _build(self) -> None:
        from market.models import model_for

        with self._wake:
            choice, self._choice = self._choice, None
        if choice is None:
            return
        self._model = None
        try:
            scenario = choice.load()
            self._model = model_for(scenario.parameters)(scenario.parameters, rng=choice.seed)
        except BadInput as problem:
            self._last = Snapshot(choice, error=str(problem))
        except Exception as problem:
            self._last = Snapshot(choice, error=f"The model cannot be built: {type(problem).__name__}: {problem}")
        else:
            self._last = Snapshot.of(choice, scenario)
        self._publish()

    def _step(self) -> None:
        model = self._model
        if model is None:
            return
        month = model.month
        try:
            model.step()
        except Exception as problem:
            self._stop(f"The model stopped in {month}: {type(problem).__name__}: {problem}")
            self._publish()
            return
        self._last = replace(self._last, round=model.round, month=month)
        with self._wake:
            if model.round == self._last.rounds:
                self._playing = False
            self._stale = True
            busy = self._playing or self._steps > 0
        if not busy or time.monotonic() >= self._next_snapshot:
            self._publish()

    def _stop(self, message: str) -> None:
        """Play no more until the market is built anew."""
        self._last = replace(self._last, error=message)
        with self._wake:
            self._playing, self._steps = False, 0

    def _publish(self) -> None:
        """Tell of the model as it is."""
        from analysis.dashboard.taking import tables_of

        started = time.monotonic()
        with self._wake:
            self._stale = False
        model = self._model
        if model is not None and not self._last.error and model.round > 0:
            try:
                self._last = replace(self._last, **tables_of(model))
            except Exception as problem:
                self._stop(f"The tables of {self._last.month} cannot be drawn up: {type(problem).__name__}: {problem}")
        took = time.monotonic() - started
        self._next_snapshot = started + max(LEAST_INTERVAL, took / SHARE_OF_TIME)
        with self._wake:
            self._last = replace(self._last, playing=self._playing)
        self._tell(self._last)
