from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from market.choice.expected import Probabilities
from market.choice.people import Integers, People, Stage


class Cohorts(People):
    """Users as counts: those of one type and one last provider choose together, by multinomial draws.

    Equal in distribution to `Individuals`; the cost does not depend on the number of users (up to about 10^15).
    """

    name: ClassVar[str] = "cohort"

    def choose(self, table: Probabilities, nest: ArrayLike, round: int) -> Integers:
        """See `People.choose`. Users who draw from the same table are pooled: O(types × offers) draws."""
        nests = self._nests(table, nest)
        draw = self._stream(round, Stage.CHOICE)
        provided, fresh = self.counts[:, :-1], self.counts[:, -1]
        leaving = draw.binomial(provided, table.leave)
        captive = draw.binomial(provided - leaving, table.captive)
        pool = draw.multinomial(fresh, table.fresh)
        for g in range(table.elsewhere.shape[1]):
            members = nests == g
            pool += draw.multinomial(leaving[:, members].sum(axis=1), table.elsewhere[:, g])
            pool[:, g] += (provided - leaving - captive)[:, members].sum(axis=1)
        chosen = np.empty_like(self.counts)
        chosen[:, -1] = pool[:, -1]
        chosen[:, :-1] = captive
        for g in range(table.elsewhere.shape[1]):
            members = np.flatnonzero(nests == g)
            if members.size:
                chosen[:, members] += draw.multinomial(pool[:, g], table.within[:, members])
        self.counts = chosen
        return chosen.copy()

    def turn_away(self, served_share: ArrayLike, round: int) -> Integers:
        """See `People.turn_away`."""
        share = self._served(served_share)
        if (share < 1.0).any():
            asking = self.counts[:, :-1]
            served = self._stream(round, Stage.SERVICE).binomial(asking, share)
            self.counts[:, -1] += (asking - served).sum(axis=1)
            self.counts[:, :-1] = served
        return self.counts[:, :-1].copy()

    def _stream(self, round: int, stage: Stage) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(round, stage)))
