"""The game that is played again and again: what each seller earns at each combination of prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from market.arrays import Floats, Integers, Matrix, Vector
from market.demand import Logit, MixedLogit
from market.demand.checks import finite
from market.equilibrium import bertrand_nash, joint_profit
from market.equilibrium.bertrand import Equilibrium

LEAST_ROOM = 1e-9
"""Between equilibrium and cartel, as a part of a price or of the profit: below it a grid or a gain is but rounding."""


@dataclass(frozen=True)
class PricingGame:
    """Sellers of one layer who each choose among a few prices.

    Outcomes, combinations of prices, are numbered Σ_i step_i · places_i: the first seller's step counts most.

    Attributes:
        demand: Users' choice among the sellers and the outside option.
        cost: [seller], marginal, in money.
        grid: [seller, step], prices from the lowest.
        nash, joint: What sellers would do in price competition, and as a cartel.
    """

    demand: Logit
    cost: Vector
    grid: Matrix
    nash: Equilibrium
    joint: Equilibrium

    @classmethod
    def between(cls, demand: Logit, cost: Sequence[float] | Vector, steps: int, stretch: float) -> "PricingGame":
        """Return the game with prices from p_N − ξ(p_M − p_N) to p_M + ξ(p_M − p_N), each seller by its own ends.

        Args:
            demand: Users' choice.
            cost: [seller], marginal, in money.
            steps: Prices a seller chooses among, at least two.
            stretch: ξ.

        Raises:
            ValueError: If equilibrium or cartel are not found, or a cartel would change nothing.
        """
        costs = finite("cost", cost, (demand.offers,))
        nash, joint = bertrand_nash(demand, costs), joint_profit(demand, costs)
        if not (nash.converged and joint.converged):
            raise ValueError("no equilibrium of prices is found: utilities or costs lie too far apart")
        room = joint.prices - nash.prices
        least = LEAST_ROOM * np.maximum(np.abs(joint.prices), 1 / float(demand.price_coefficient[0]))
        gains = float(joint.profits.sum() - nash.profits.sum())
        if not (room > least).all() or not gains > LEAST_ROOM * float(joint.profits.sum()):
            raise ValueError("a cartel would charge what competitors do: there is nothing to learn")
        low, high = nash.prices - stretch * room, joint.prices + stretch * room
        return cls(demand, costs, np.linspace(low, high, steps, axis=1), nash, joint)

    @property
    def sellers(self) -> int:
        """How many there are."""
        return self.grid.shape[0]

    @property
    def steps(self) -> int:
        """Prices that a seller chooses among."""
        return self.grid.shape[1]

    @cached_property
    def places(self) -> Integers:
        """[seller], by how much a step up in price moves the number of an outcome."""
        return self.steps ** np.arange(self.sellers - 1, -1, -1, dtype=np.int64)

    @cached_property
    def prices(self) -> Matrix:
        """[outcome, seller]."""
        return np.stack(np.meshgrid(*self.grid, indexing="ij"), axis=-1).reshape(-1, self.sellers)

    @cached_property
    def _choice(self) -> tuple[Matrix, Vector]:
        """Shares [outcome, seller] and consumer surplus [outcome]: each outcome is a draw of its own utilities."""
        coefficient = float(self.demand.price_coefficient[0])
        utility = self.demand.value - coefficient * self.prices
        draws = MixedLogit(utility, np.full(len(utility), coefficient), outside=self.demand.outside)
        found = draws.choice(np.zeros(self.sellers))
        return found.share, found.log_sum / coefficient

    @property
    def quantities(self) -> Matrix:
        """[outcome, seller], as shares of all users."""
        return self._choice[0]

    @property
    def consumer_surplus(self) -> Vector:
        """[outcome], in money per user."""
        return self._choice[1]

    @cached_property
    def profits(self) -> Matrix:
        """[outcome, seller], in money per user."""
        return np.ascontiguousarray((self.prices - self.cost) * self.quantities)

    @cached_property
    def ends(self) -> tuple[float, float]:
        """Profit of all sellers together in price competition and as a cartel, in money per user."""
        return float(self.nash.profits.sum()), float(self.joint.profits.sum())

    def gain(self, profit: Floats) -> Floats:
        """Return Δ = (π − π_Nash)/(π_joint − π_Nash) of the profit of all sellers together."""
        nash, joint = self.ends
        return (profit - nash) / (joint - nash)
