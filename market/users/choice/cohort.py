from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from market.arrays import Integers
from market.users.choice.expected import Probabilities
from market.users.choice.people import People, Stage


class Cohorts(People):
    """Users as counts: those of one type and one last provider choose together, by multinomial draws.

    Equal in distribution to `Individuals`; the cost does not depend on the number of users (up to about 10^15).
    """

    name: ClassVar[str] = "cohort"

    def choose(self, table: Probabilities, nest: ArrayLike, round: int) -> Integers:
        """See `People.choose`. Users who draw from the same table are pooled: O(types × offers) draws."""
        nests = self._nests(table, nest)
        members = [of_nest(nests, g) for g in range(table.elsewhere.shape[1])]
        draw = self._stream(round, Stage.CHOICE)
        provided, fresh = self.counts[:, :-1], self.counts[:, -1]
        leaving = draw.binomial(provided, table.leave)
        staying = provided - leaving
        captive = draw.binomial(staying, table.captive)
        free = staying - captive
        searching = np.array([fresh, *(leaving[:, own].sum(axis=1) for own in members)])
        found = np.concatenate([table.fresh[None], table.elsewhere.swapaxes(0, 1)])
        pool = draw.multinomial(searching, found).sum(axis=0)
        pool[:, :-1] += np.array([free[:, own].sum(axis=1) for own in members]).T
        chosen = np.empty_like(self.counts)
        chosen[:, -1] = pool[:, -1]
        chosen[:, :-1] = captive
        for g, own in enumerate(members):
            within = table.within[:, own]
            if within.size:
                chosen[:, own] += draw.multinomial(pool[:, g], within)
        self.counts = chosen
        return chosen.copy()

    def turn_away(self, served_share: ArrayLike, round: int) -> Integers:
        """See `People.turn_away`."""
        share = self._served(served_share)
        if share is not None:
            asking = self.counts[:, :-1]
            served = self._stream(round, Stage.SERVICE).binomial(asking, share)
            self.counts[:, -1] += (asking - served).sum(axis=1)
            self.counts[:, :-1] = served
        return self.counts[:, :-1].copy()

    def _stream(self, round: int, stage: Stage) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(round, stage)))


def of_nest(nests: Integers, nest: int) -> slice | Integers:
    """Return where a nest's offers are; where they stand together a slice, which is taken without copying."""
    places = np.flatnonzero(nests == nest)
    if places.size and places[-1] - places[0] == places.size - 1:
        return slice(int(places[0]), int(places[-1]) + 1)
    return places
