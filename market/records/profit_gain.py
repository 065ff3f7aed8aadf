"""Where a layer's profit stands between competition and cartel.

The profit gain Δ = (π − π_Nash)/(π_joint − π_Nash) of Calvano et al. (2020): 0 where the layer earns what its price
equilibrium would give, 1 where it earns what a cartel of its firms would; demand and costs are those of the run, the
other layers answer as the layer's firms expect.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from market.arrays import Matrix, Vector
from market.conduct.markup import settled_markup
from market.equilibrium.path import Leaps, Progress, Way

ITERATIONS = 500
WITHOUT_PROGRESS = 100
"""Iterations in which prices come no nearer to rest, by half, after which they are taken to have none."""
LARGEST_STEP = 2.0
TOLERANCE = 1e-7
NEARLY = 2e-3
"""Move of a price, relatively, that hardly is one."""
WELL_TRIED = 20
"""Iterations without progress after which prices that hardly move stand for those at rest."""
LEAST_ROOM = 1e-6
"""Of the cartel's profit: where it lies no farther from the equilibrium's, the layer has one seller in effect."""


def profit_gain(profit: float, nash: float, joint: float) -> float:
    """Return Δ; NaN where a cartel would gain nothing, or one of the profits is not known."""
    room = joint - nash
    return (profit - nash) / room if room > LEAST_ROOM * abs(joint) else float("nan")


@dataclass(frozen=True)
class Sales:
    """What is sold at some prices.

    Attributes:
        quantity: [instrument].
        response: [instrument, instrument], ∂quantity/∂price, price along the second axis.
        own_slope: [instrument], ∂quantity/∂price as if inclusive values stood still, or `turning_slope`.
        cost: USD that all sold costs, where it is not the quantities times their marginal costs.
        cost_response: [seller, instrument], ∂cost of a seller/∂price, then.
    """

    quantity: Vector
    response: Matrix
    own_slope: Vector
    cost: float | None = None
    cost_response: Matrix | None = None

    def taken(self, owned: Matrix, seller: NDArray[np.int64]) -> Vector:
        """[instrument], ∂cost/∂price that its decision-maker counts: of all sellers whose prices it owns."""
        if self.cost_response is None:
            return np.zeros(seller.size)
        counted = np.zeros((len(self.cost_response), seller.size), dtype=np.bool_)
        np.logical_or.at(counted, seller, owned > 0)
        return np.asarray((self.cost_response * counted).sum(axis=0))


@dataclass(frozen=True)
class PriceGame:
    """The firms of one layer as they set prices.

    Attributes:
        price: [instrument], posted, USD per unit.
        marginal_cost: [instrument], USD per unit, grossed up for costs that follow revenue; 0 where sales tell the
            cost.
        net_share: [instrument], share of the price left after costs that follow it.
        seller: [instrument], index of the firm.
        chosen: [instrument], False where the price stays as agreed.
        sales: Gives what is sold at any prices.
    """

    price: Vector
    marginal_cost: Vector
    net_share: Vector
    seller: NDArray[np.int64]
    chosen: NDArray[np.bool_]
    sales: Callable[[Vector], Sales]

    def profit(self, price: Vector) -> float:
        """Return what all firms earn together at these prices, USD a month, fixed costs left out."""
        sales = self.sales(price)
        return float((self.net_share * (price - self.marginal_cost)) @ sales.quantity) - (sales.cost or 0.0)

    def way(self) -> Way:
        """Return how prices go to their answers."""
        return Leaps()

    def settled(self, owned: Matrix) -> Vector:
        """Return the prices from which no decision-maker wants to move, [instrument]; NaN if none such are found.

        Where use is satiated demand has a kink: a price may be best there, from which its first-order condition leads
        up on one side and down on the other. Where none moves by more than ``NEARLY`` prices stand for those at rest.

        Args:
            owned: [instrument, instrument], 1 where one decision-maker owns both.
        """
        way, progress, weight = self.way(), Progress(WITHOUT_PROGRESS), self.weight(owned)
        price = np.where(self.chosen, np.maximum(self.price, self.marginal_cost), self.price)
        nearest, least = price, np.inf
        for _ in range(ITERATIONS):
            before, after = price, self._answer(price, weight, owned)
            if np.abs(np.log(after / before)).max() < TOLERANCE:
                return after
            price = way.after(before, after)
            if way.farthest < least:
                nearest, least = before, way.farthest
            if progress.ends(way.farthest) or (least < NEARLY and progress.since >= WELL_TRIED):
                break
        return nearest if least < NEARLY else np.full(price.size, np.nan)

    def weight(self, owned: Matrix) -> Matrix:
        """[instrument, instrument], what a unit more of each brings its decision-maker for a unit of another."""
        return np.asarray(owned * self.net_share[:, None] / self.net_share)

    def _answer(self, price: Vector, weight: Matrix, owned: Matrix) -> Vector:
        """Return the prices the firms turn to from these, [instrument]; see `settled_markup`."""
        sales = self.sales(price)
        sold = self.chosen & (sales.own_slope < 0)
        slope = np.where(sold, sales.own_slope, -1.0)
        margins = price - self.marginal_cost
        gained = sales.quantity - sales.taken(owned, self.seller) / self.net_share
        wanted = self.marginal_cost + settled_markup(gained, sales.response * weight, slope, margins)
        return np.where(sold, np.clip(wanted, price / LARGEST_STEP, price * LARGEST_STEP), price)

    @property
    def alone(self) -> Matrix:
        """[instrument, instrument], ownership where every firm decides for itself."""
        return (self.seller[:, None] == self.seller).astype(np.float64)

    def gain(self) -> float:
        """Return the profit gain at the posted prices; NaN where it is not defined."""
        profits = []
        for owned in (self.alone, np.ones_like(self.alone)):
            price = self.settled(owned)
            if not np.isfinite(price).all():
                return float("nan")
            profits.append(self.profit(price))
        return profit_gain(self.profit(self.price), *profits)
