"""Where a sequence that comes to rest is going."""

import numpy as np

from market.arrays import Vector

TURN = 2.0
"""Times the last step, beyond which what was seen before tells nothing."""
MEMORY = 5
"""Steps of a fixed point that are looked back on to see where it leads."""


class Progress:
    """Whether a sequence comes nearer to rest: its largest move is halved, again and again, within so many steps."""

    def __init__(self, within: int) -> None:
        self._within = self._left = within
        self._nearest = np.inf

    def ends(self, farthest: float) -> bool:
        """Return whether a largest move shows, with those before, that there is no progress any more."""
        if farthest < self._nearest / 2:
            self._nearest, self._left = farthest, self._within
        self._left -= 1
        return not self._left or not np.isfinite(farthest)


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
