"""What a Q-learner remembers: what each markup is worth after what it and its rivals asked last."""

from collections.abc import Callable, Sequence
from math import exp
from typing import NamedTuple

import numpy as np

from market.conduct.trials import Markups


class State(NamedTuple):
    """Where a seller stands: places among the markups of its own last one, and of its rivals' mean."""

    own: int
    rivals: int


class Learning(NamedTuple):
    """How a seller learns.

    Attributes:
        rate: Weight of the latest in what a markup is taken to be worth after a state.
        discount: Of the next repricing.
        fades: Per repricing, of the share of times at any markup.
    """

    rate: float
    discount: float
    fades: float


class Values(Markups):
    """Markups over marginal cost, and what each is worth after a state.

    Attributes:
        worth: USD a month, discounted over repricings, by state and markup.
    """

    def __init__(self, seed: Callable[[], np.random.SeedSequence]) -> None:
        super().__init__(seed)
        self.worth: dict[tuple[State, float], float] = {}
        self._state: State | None = None
        self._usual = 0.0
        self._profits: list[float] = []
        self._periods = 0

    def decide(self, markups: Sequence[float], state: State, how: Learning, largest_move: float) -> float:
        """Return the markup to go to, the same until it has been in force: see `market.conduct.trying.QLearning`."""
        if self._next is None:
            self._take_in(markups, state, how)
            if self.draws.random() < exp(-how.fades * self._periods):
                chosen = markups[int(self.draws.integers(len(markups)))]
            else:
                chosen = max(markups, key=lambda markup: self._worth(state, markup))
            self._state = state
            self._set_out(chosen, markups, largest_move)
            return chosen
        return self._next

    def begin(self) -> None:
        """Note that the price is set anew, with the markup decided on."""
        self._periods += self._next is not None
        super().begin()

    def note(self, profit: float) -> None:
        """Take down a month's profit, USD, under the markup in force, and decide anew."""
        if self.now is not None:
            self._profits.append(profit)
            self._last, self._next = self.now, None

    def _take_in(self, markups: Sequence[float], state: State, how: Learning) -> None:
        """Learn from what the last markup has brought: a month's profit, and what the state it led to is worth.

        Q(s, a) moves towards π + δ max Q(s', ·) by the learning rate (Watkins and Dayan 1992). At first every markup is
        taken to bring for ever what the first one did.
        """
        if not self._profits or self._state is None or self._last is None:
            return
        profit = sum(self._profits) / len(self._profits)
        if not self.worth:
            self._usual = profit / (1 - how.discount)
        known = self._worth(self._state, self._last)
        then = profit + how.discount * max(self._worth(state, markup) for markup in markups)
        self.worth[self._state, self._last] = known + how.rate * (then - known)
        self._profits.clear()

    def _worth(self, state: State, markup: float) -> float:
        return self.worth.get((state, markup), self._usual)
