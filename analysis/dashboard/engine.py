"""The markets of one visitor in a thread of their own: it takes orders at once and publishes snapshots now and then."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from analysis.dashboard.choice import Choice
from analysis.dashboard.loaded import when_loaded
from analysis.dashboard.played import Played
from analysis.dashboard.snapshot import Snapshot

LOG = logging.getLogger(__name__)

LEAST_INTERVAL = 0.1
"""Seconds between snapshots while playing."""

SHARE_OF_TIME = 0.15
"""Most of the time that may go into snapshots: tables of long runs, and the page, take a while to draw up."""


class Engine:
    """Plays what a visitor has chosen: a market, or two side by side, month by month together.

    All methods return at once; what comes of them is told in snapshots, from the engine's thread. Markets are told by
    their place, 0 or 1.
    """

    def __init__(self, choice: Choice, tell: Callable[[Snapshot], None]) -> None:
        self._tell = tell
        self._wake = threading.Condition()
        self._markets = [Played(choice)]
        self._anew: dict[int, int] = {0: 0}
        self._amended: set[int] = set()
        self._coming = 0
        self._steps = 0
        self._playing = False
        self._interval = 0.2
        self._closed = False
        self._last_run: Snapshot | None = None
        self._ghost = False
        self._stale = False
        self._due = self._next_snapshot = 0.0
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)

    # orders -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What has been chosen last, of each market."""
        return tuple(market.choice for market in self._markets)

    def build(self, choice: Choice, place: int = 0, months: int = 0) -> None:
        """Start all markets again, one of them with this choice and all with its seed, and play some months.

        Steps asked for and not yet played are forgotten.
        """
        with self._wake:
            self._markets[place].choice = choice
            for market in self._markets:
                market.choice = replace(market.choice, seed=choice.seed)
            self._anew = dict.fromkeys(range(len(self._markets)), months)
            self._amended.clear()
            self._steps, self._playing, self._coming = 0, False, months
            self._wake.notify()

    def change(self, place: int, changes: Mapping[str, Any], months: int | None = None, name: str = "") -> bool:
        """Let changes hold from the next month on; return False where only a market built anew can have them."""
        with self._wake:
            market = self._markets[place]
            if not self._coming or self._anew or not market.takes(changes):
                return False
            market.choice = market.choice.with_event(market.dated(self._coming, changes, months, name))
            self._amended.add(place)
            self._wake.notify()
            return True

    def undo(self, place: int, event: int) -> None:
        """Take back an event: the market is played again without it, up to the same month."""
        with self._wake:
            self._markets[place].choice = self._markets[place].choice.without_event(event)
            self._amended.discard(place)
            self._anew[place] = self._coming
            self._wake.notify()

    def beside(self, choice: Choice | None) -> None:
        """Play a second market beside the first, up to the same month; None: no longer."""
        with self._wake:
            del self._markets[1:]
            self._anew.pop(1, None)
            self._amended.discard(1)
            if choice is not None:
                self._markets.append(Played(choice))
                self._anew[1] = self._coming
            self._stale = True
            self._wake.notify()

    def compare_with_last(self, on: bool) -> None:
        """Show the run before the last start beside this one, or no longer."""
        with self._wake:
            self._ghost = on
            self._stale = True
            self._wake.notify()

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
                if self._anew:
                    return self._build
                if self._amended:
                    return self._amend
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
        return all(market.ready for market in self._markets)

    @property
    def _failed(self) -> bool:
        """Whether something went wrong with a market, other than one that is to be opened anew."""
        return any(market.seen.error and place not in self._anew for place, market in enumerate(self._markets))

    def _build(self) -> None:
        """Open markets anew, and play those that others wait for up to their month.

        What is played from its start is told before it is open, which may take seconds.
        """
        with self._wake:
            place, months = next(iter(self._anew.items()))
            del self._anew[place]
            market = self._markets[place]
            choice = market.choice
            if not place and not months and market.seen.taken is not None:
                self._last_run = replace(market.seen, other=None)
        market.read(choice)
        try:
            if not place and not months:
                self._publish()
        finally:  # it opens, whatever the page makes of what it is told
            self._open(market, place, months)

    def _open(self, market: Played, place: int, months: int) -> None:
        market.open()
        for _ in range(months):
            if self._closed or place in self._anew or not market.ready:
                break
            market.step()
        if not self._anew:
            self._publish()

    def _amend(self) -> None:
        with self._wake:
            place = self._amended.pop()
            market = self._markets[place]
            choice = market.choice
        market.amend(choice)
        self._stale = True

    def _step(self) -> None:
        """Play a month of every market."""
        with self._wake:
            markets = list(self._markets)
            self._coming += 1
        for market in markets:
            market.step()
        with self._wake:
            if self._failed:
                self._playing, self._steps = False, 0
            if self._coming >= markets[0].seen.rounds:
                self._playing = False
            self._stale = True
            busy = self._playing or self._steps > 0
        if not busy or time.monotonic() >= self._next_snapshot:
            self._publish()

    def _publish(self) -> None:
        """Tell of the markets as they are."""
        started = time.monotonic()
        with self._wake:
            self._stale = False
            markets, ghost = list(self._markets), self._last_run if self._ghost else None
        for market in markets:
            market.take()
        with self._wake:
            if self._failed:
                self._playing, self._steps = False, 0
            playing, behind = self._playing, self._playing and self._due <= time.monotonic()
        other, has_last = markets[1].seen if len(markets) > 1 else ghost, self._last_run is not None
        self._tell(replace(markets[0].seen, playing=playing, behind=behind, other=other, has_last=has_last))
        took = time.monotonic() - started
        self._next_snapshot = started + max(LEAST_INTERVAL, took / SHARE_OF_TIME)
