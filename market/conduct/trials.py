"""What a seller that learns by trying remembers: a bandit's arms are markups, its reward is the month's profit."""

from collections.abc import Callable, Sequence
from math import ceil, log, log1p

import numpy as np


class Markups:
    """Markups over marginal cost, one after the other, each reached in as many repricings as it takes.

    Args:
        seed: Makes what choices are drawn from, when there is a first.

    Attributes:
        now: Markup in force; None before the first and on the way from one to another, which tells nothing of either.
    """

    def __init__(self, seed: Callable[[], np.random.SeedSequence]) -> None:
        self.now: float | None = None
        self._last: float | None = None
        self._next: float | None = None
        self._repricings = 0
        self._seed = seed
        self._draws: np.random.Generator | None = None

    @property
    def draws(self) -> np.random.Generator:
        """What choices are drawn from."""
        self._draws = self._draws or np.random.default_rng(self._seed())
        return self._draws

    def _set_out(self, markup: float, markups: Sequence[float], largest_move: float) -> None:
        """Go to a markup: in as many repricings as that takes from the last one, or from any before the first."""
        starts = markups if self._last is None else [self._last]
        way = max(abs(log((1 + markup) / (1 + start))) for start in starts)
        self._next, self._repricings = markup, ceil(way / log1p(largest_move))

    def begin(self) -> None:
        """Note that the price is set anew: the markup chosen is in force once no more repricings lead to it."""
        if self._next is not None:
            self._repricings -= 1
            self.now = self._next if self._repricings <= 0 else None


class Trials(Markups):
    """Markups that have been tried, and what was earned by each.

    Attributes:
        earned: USD a month, by markup: of the last trials more than of those before.
        times: Months in which each was in force.
    """

    def __init__(self, seed: Callable[[], np.random.SeedSequence]) -> None:
        super().__init__(seed)
        self.earned: dict[float, float] = {}
        self.times: dict[float, int] = {}
        self._latest = 0.0

    def choose(self, markups: Sequence[float], explore: float, latest: float, largest_move: float) -> float:
        """Return the markup to go to, the same until it has been in force: see `market.conduct.trying.Bandit`."""
        self._latest = latest
        if self._next is None:
            unknown = [markup for markup in markups if markup not in self.earned]
            if unknown or self.draws.random() < explore:
                among = unknown or markups
                chosen = among[int(self.draws.integers(len(among)))]
            else:
                chosen = max(markups, key=self.earned.__getitem__)
            self._set_out(chosen, markups, largest_move)
            return chosen
        return self._next

    def note(self, profit: float) -> None:
        """Take down a month's profit, USD, under the markup in force, and choose anew."""
        if self.now is None:
            return
        self.times[self.now] = times = self.times.get(self.now, 0) + 1
        before = self.earned.get(self.now, 0.0)
        self.earned[self.now] = before + max(1 / times, self._latest) * (profit - before)
        self._last, self._next = self.now, None
