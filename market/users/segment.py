"""Segments of users."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from market.accounts import ledger
from market.agent import Agent
from market.parameters import Segment as SegmentParameters
from market.users.choice import ENGINES, Probabilities
from market.users.choice.people import apportion
from market.users.types import Types, types_of
from market.wording import printable

if TYPE_CHECKING:
    from market.model import TokenMarket

STREAM = 6


def spread_over_alike(users: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the thresholds at which the users who are active are rounded, by type [type], in (0, 1).

    n types of m users each have threshold (k + 1/2) / n, k = 0 ... n - 1: where a share a of people is active,
    ⌊m a + threshold⌋ add up to n m a but for half a user.

    Args:
        users: Of each type [type].
    """
    thresholds = np.empty(users.size)
    for size in np.unique(users):
        alike = np.flatnonzero(users == size)
        thresholds[alike] = (np.arange(alike.size) + 0.5) / alike.size
    return thresholds


class Segment(Agent):
    """People of one segment, held as arrays: their types, who is active, and everybody's last provider."""

    model: "TokenMarket"

    def __init__(self, model: "TokenMarket", index: int, name: str, users: int) -> None:
        super().__init__(model)
        self.index = index
        self.name = name
        people = self.types.people
        per_type = apportion([users], np.full((1, people.size), 1 / people.size))[0]
        seed = np.random.SeedSequence(model.seed, spawn_key=(STREAM, index)).generate_state(1, np.uint64)
        self.people = ENGINES[model.engine](per_type, 0, int(seed[0] >> np.uint64(1)))
        stands_for = np.divide(people, per_type, out=np.zeros(per_type.size), where=per_type > 0)
        stood_for = float(stands_for @ per_type)
        self.weight: NDArray[np.float64] = stands_for * (self.traits.people / stood_for if stood_for > 0 else 0.0)
        """People a user stands for, [type]; types without a user are stood for by the others."""
        self.thresholds = spread_over_alike(per_type)
        self.account = f"{name} (users)"
        model.ledger.open(self.account, ledger.USERS)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({printable(self.name)}, {int(self.people.users_per_type.sum()):,} users)"

    @property
    def traits(self) -> SegmentParameters:
        """The segment's parameters in force."""
        return self.model.parameters.population.segments[self.name]

    @property
    def types(self) -> Types:
        """The segment's types, with the tastes in force."""
        return types_of(self.traits, self.model.parameters)

    def adopt(self, round_: int) -> None:
        """Let people take up AI along the adoption curve.

        Whole users are rounded at `thresholds`, so that the sum follows the curve.
        """
        users = self.people.users_per_type
        self.people.adopt((self.model.calendar.adopted(self.name, round_) * users + self.thresholds).astype(np.int64))

    def mass(self) -> NDArray[np.float64]:
        """People active by type and last provider, [type, last provider or none]."""
        return self.people.mass() * self.weight[:, None]

    def choose(self, table: Probabilities, nest: NDArray[np.int64], round_: int) -> NDArray[np.float64]:
        """Let every active user choose; return people [type, offer or nothing].

        Args:
            table: Of the segment's types.
            nest: [offer].
            round_: Of the market.
        """
        return self.people.choose(table, nest, round_) * self.weight[:, None]

    def remember(self, served_share: NDArray[np.float64], round_: int) -> None:
        """Let users who were cut short leave where an offer is short: each with the share [offer] it did not get."""
        self.people.turn_away(served_share, round_)
