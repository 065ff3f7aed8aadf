"""Where a sequence that comes to rest is going."""

from typing import Protocol

import numpy as np

from market.arrays import Vector

TURN = 2.0
"""Times the last step, beyond which what was seen before tells nothing."""
MEMORY = 5
"""Steps of a fixed point that are looked back on to see where it leads."""
NEAR = 0.05
"""Where prices come to rest is foreseen once none moves by more than this (logarithm)."""
REACH = 0.7
"""Largest change of a logarithm of price in a leap."""
BACK, ONWARD = 0.5, 1.5
"""By how much the part of its way that a price goes changes where it turns back and where it goes on."""


class Progress:
    """Whether a sequence comes nearer to rest: its largest move is halved, again and again, within so many steps.

    Attributes:
        since: Steps since it was last halved.
    """

    def __init__(self, within: int) -> None:
        self._within = within
        self._nearest = np.inf
        self.since = 0

    def ends(self, farthest: float) -> bool:
        """Return whether a largest move shows, with those before, that there is no progress any more."""
        if farthest < self._nearest / 2:
            self._nearest, self.since = farthest, 0
        self.since += 1
        return self.since == self._within or not np.isfinite(farthest)


class Path:
    """The way of prices to a fixed point, to see where it leads (Anderson 1965; Walker and Ni 2011).

    In logarithms against the first prices seen, so that the currency makes no difference, to the bit.
    """

    def __init__(self) -> None:
        self._points: list[Vector] = []
        self._steps: list[Vector] = []
        self._first: Vector = np.empty(0)

    def ahead(self, price: Vector, step: Vector, part: Vector | float = 1.0) -> Vector:
        """Return a longer step than the map's own: to where the last ones, taken as linear, come to rest.

        A step of more than twice the one before starts anew, and so do other prices than before.

        Args:
            price: [price], above zero.
            step: [price], to where the map takes them (logarithm).
            part: [price], of what the last steps do not tell that is gone.
        """
        if self._steps and (step.size != self._first.size or np.abs(step).max() > TURN * np.abs(self._steps[-1]).max()):
            self._points, self._steps = [], []
        if not self._steps:
            self._first = price
        point = np.log(price / self._first)
        self._points, self._steps = [*self._points[-MEMORY:], point], [*self._steps[-MEMORY:], step]
        if len(self._steps) == 1:
            return np.asarray(part * step, dtype=np.float64)
        turned, moved = np.diff(self._steps, axis=0).T, np.diff(self._points, axis=0).T
        weights = np.linalg.lstsq(turned, step, rcond=None)[0]
        return np.asarray(step - (moved + turned) @ weights - (1 - part) * (step - turned @ weights), dtype=np.float64)


class Way(Protocol):
    """How prices go to their answers, round by round."""

    @property
    def farthest(self) -> float:
        """How far they went towards them at most (logarithm)."""

    def after(self, before: Vector, posted: Vector) -> Vector:
        """Return the prices of the next round, [price], from those of the last one and the answers to them."""


class Leaps:
    """The way of prices that follow a fixed point's map to where the last steps, taken as linear, come to rest."""

    def __init__(self) -> None:
        self._path = Path()
        self.farthest = np.inf

    def after(self, before: Vector, posted: Vector) -> Vector:
        """Return the prices of the next round."""
        step = np.log(posted / before)
        self.farthest = float(np.abs(step).max())
        return np.asarray(before * np.exp(np.clip(self._path.ahead(before, step), -REACH, REACH)))


class Approach:
    """The way of prices that answer each other to where none moves any more.

    Each goes a part of the way to its answer: half of the part before where it has turned back, for it overshot, and
    some more where it goes on, at most all of it.

    Args:
        onward: By how much more of its way a price goes where it goes on.
        every: Rounds of which one goes to where the last ones lead. Where demand has many small kinks, steps of a few
            rounds in between tell better where prices drift than those of leaps next to each other.
    """

    def __init__(self, onward: float = ONWARD, every: int = 1) -> None:
        self._onward, self._every, self._rounds = onward, every, 0
        self._path = Path()
        self._part: Vector = np.empty(0)
        self._last: Vector = np.empty(0)

    def after(self, before: Vector, posted: Vector) -> Vector:
        """Return the prices of the next round: on their way, or where they come to rest once that is foreseen.

        What is not a price yet, being zero, goes its own way. Ratios of prices do not depend on the currency, to the
        bit.
        """
        moves, found = (before > 0) & (posted > 0), posted.copy()
        step = np.log(posted[moves] / before[moves])
        if step.size != self._last.size:
            self._part, self._last = np.ones(step.size), step
        turned = self._last * step < 0
        self._part = np.where(turned, BACK * self._part, np.minimum(self._onward * self._part, 1.0))
        self._last, ahead = step, self._part * step
        self._rounds += 1
        if np.abs(step).max(initial=0.0) <= NEAR:
            led = self._path.ahead(before[moves], step, self._part)
            if self._rounds % self._every == 0:
                ahead = np.clip(led, -NEAR, NEAR)
        found[moves] = before[moves] * np.exp(ahead)
        return found

    @property
    def farthest(self) -> float:
        """How far the parts of their ways led, of the price that went farthest (logarithm)."""
        return float(np.abs(self._part * self._last).max(initial=0.0))
