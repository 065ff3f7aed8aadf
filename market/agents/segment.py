"""Segments of users."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from market import ledger
from market.agents.agent import Agent
from market.choice import ENGINES, Probabilities
from market.choice.people import apportion
from market.parameters import Segment as SegmentParameters
from market.population import Types, adoption, types_of
from market.wording import printable

if TYPE_CHECKING:
    from market.model import TokenMarket

STREAM = 6


class Segment(Agent):
    """People of one segment, held as arrays: their types, who is active, and everybody's last provider."""

    def __init__(self, model: "TokenMarket", index: int, name: str, traits: SegmentParameters, users: int) -> None:
        super().__init__(model)
        self.index = index
        self.name = name
        self.traits = traits
        self.types: Types = types_of(traits, model.parameters)
        per_type = apportion([users], np.full((1, self.types.people.size), 1 / self.types.people.size))[0]
        seed = np.random.SeedSequence(model.seed, spawn_key=(STREAM, index)).generate_state(1, np.uint64)
        self.people = ENGINES[model.engine](per_type, 0, int(seed[0] >> np.uint64(1)))
        stands_for = np.divide(self.types.people, per_type, out=np.zeros(per_type.size), where=per_type > 0)
        stood_for = float(stands_for @ per_type)
        self.weight: NDArray[np.float64] = stands_for * (traits.people / stood_for if stood_for > 0 else 0.0)
        """People a user stands for, [type]; types without a user are stood for by the others."""
        self.thresholds = (np.arange(per_type.size) + 0.5) / per_type.size
        self.account = f"{name} (users)"
        model.ledger.open(self.account, ledger.USERS)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({printable(self.name)}, {int(self.people.users_per_type.sum()):,} users)"

    def adopt(self, round_: int) -> None:
        """Let people take up AI along the adoption curve.

        Whole users are rounded at thresholds spread evenly over the types, so that the sum follows the curve.
        """
        users = self.people.users_per_type
        self.people.adopt((adoption(self.traits, round_) * users + self.thresholds).astype(np.int64))

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
