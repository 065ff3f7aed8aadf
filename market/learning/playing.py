"""The game of a scenario, played: its months, and what became of its sessions."""

from dataclasses import dataclass

import numpy as np

from market.arrays import Matrix, Vector
from market.demand import Logit
from market.learning.game import PricingGame
from market.learning.parameters import LearningParameters
from market.learning.sessions import Learners, sessions
from market.records.sessions import Ended


def game_of(parameters: LearningParameters) -> PricingGame:
    """Return the game; ValueError if there is nothing to learn or no equilibrium is found."""
    demand = Logit(parameters.values, parameters.demand.price_coefficient, parameters.demand.outside)
    learning = parameters.learning
    return PricingGame.between(demand, parameters.marginal_costs, learning.prices, learning.stretch)


def learners_of(parameters: LearningParameters) -> Learners:
    """Return how sellers learn, until the end of the horizon at most."""
    told = parameters.learning
    return Learners(
        rate=told.rate,
        discount=told.discount,
        decay=told.decay,
        memory=told.memory,
        every_price=told.updating == "synchronous",
        stable=told.stable,
        longest=parameters.horizon.rounds * told.periods,
    )


@dataclass(frozen=True)
class Sold:
    """What is sold in a month, on the mean over sessions and their periods.

    Attributes:
        quantity: [lab], Mtok.
        revenue: [lab], USD.
        consumer_surplus: USD.
    """

    quantity: Vector
    revenue: Vector
    consumer_surplus: float


class Played:
    """All sessions of a scenario, from its first period to its last.

    Attributes:
        game: That was played.
        ended: What became of each session, in order.
    """

    def __init__(self, parameters: LearningParameters, seed: int) -> None:
        self.game = game = game_of(parameters)
        self._users, months, window = parameters.demand.users, parameters.horizon.rounds, parameters.learning.periods
        facts = _facts(game)
        self._months, self._after = np.zeros((months, facts.shape[1])), np.zeros(facts.shape[1])
        self.ended: list[Ended] = []
        count = parameters.learning.sessions
        for session in sessions(game, learners_of(parameters), count, seed, facts, months, window):
            self._months += session.sums / (window * count)
            self._after += facts[session.cycle].mean(axis=0) / count
            self.ended.append(
                Ended(session.profit_gain, len(session.cycle), session.price, session.periods, session.converged)
            )

    def month(self, round_: int) -> Sold:
        """Return what is sold in a month; beyond the horizon nobody learns any more."""
        found = self._users * (self._months[round_] if round_ < len(self._months) else self._after)
        labs = self.game.sellers
        return Sold(found[:labs], found[labs:-1], float(found[-1]))


def _facts(game: PricingGame) -> Matrix:
    """Return what months are added up from, [outcome, fact]: quantities, revenues, consumer surplus, per user."""
    revenues = game.prices * game.quantities
    return np.column_stack([game.quantities, revenues, game.consumer_surplus])
