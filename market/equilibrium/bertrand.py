"""Price equilibria of one layer of sellers with differentiated products."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import root

from market.arrays import TINY, Matrix, Vector
from market.demand.checks import finite
from market.demand.mixed import MixedLogit

ITERATIONS = 400
TOLERANCE = 1e-13
ACCEPTED = 1e-9


@dataclass(frozen=True)
class Equilibrium:
    """Prices from which no seller wants to move.

    Attributes:
        prices, quantities, profits: [offer].
        consumer_surplus: Of all consumers, in money.
        converged: Whether the first-order conditions hold to 1e-9 of a price.
        iterations: Steps of the fixed point.
        residual: Largest distance of a price from its first-order condition, relative to the price scale.
    """

    prices: Vector
    quantities: Vector
    profits: Vector
    consumer_surplus: float
    converged: bool
    iterations: int
    residual: float


def bertrand_nash(demand: MixedLogit, marginal_cost: ArrayLike, ownership: ArrayLike | None = None) -> Equilibrium:
    """Return the Bertrand-Nash equilibrium.

    Iterates p ← c + Λ⁻¹(H∘Γ)ᵀ(p − c) − Λ⁻¹q, the ζ fixed point of Morrow and Skerlos (2011), and turns to Newton's
    method (Powell's hybrid) where that stalls.

    Args:
        demand: A logit, nested or mixed logit.
        marginal_cost: [offer]; may be negative.
        ownership: [offer, offer], weight of the row's seller on the profit of the column's offer; each offer has a
            seller of its own if omitted.

    Raises:
        ValueError: For shapes that do not fit or values that are not finite.
    """
    if not isinstance(demand, MixedLogit):
        raise ValueError(
            "demand must be a logit, nested logit or mixed logit: offers must differ for prices to be unique"
        )
    offers = demand.offers
    cost = finite("marginal_cost", marginal_cost, (offers,))
    owned = np.eye(offers) if ownership is None else finite("ownership", ownership)
    if owned.shape != (offers, offers):
        raise ValueError(f"ownership has shape {owned.shape}, but there are {offers} offers")
    prices, iterations = _fixed_point(demand, cost, owned)
    residual = _residual(demand, cost, owned, prices)
    if not residual < ACCEPTED:
        prices, residual = _newton(demand, cost, owned, prices)
    quantities = demand.quantities(prices)
    return Equilibrium(
        prices=prices,
        quantities=quantities,
        profits=(prices - cost) * quantities,
        consumer_surplus=demand.consumer_surplus(prices),
        converged=bool(residual < ACCEPTED),
        iterations=iterations,
        residual=residual,
    )


def joint_profit(demand: MixedLogit, marginal_cost: ArrayLike) -> Equilibrium:
    """Return the prices that maximise the joint profit of all offers; arguments and errors as `bertrand_nash`."""
    return bertrand_nash(demand, marginal_cost, np.ones((demand.offers, demand.offers)))


def zeta(demand: MixedLogit, cost: Vector, owned: Matrix, prices: Vector) -> Vector:
    """Return the markups p − c that the ζ map of Morrow and Skerlos asks for, [offer]."""
    own, cross = demand.split(prices)
    pull = (owned * cross.T) @ (prices - cost)
    # An offer nobody buys has no first-order condition: its price stays.
    bought = own < -TINY
    return np.divide(pull - demand.quantities(prices), own, out=prices - cost, where=bought)


def _scale(demand: MixedLogit, prices: Vector) -> float:
    """Return the size of a typical markup, to measure errors by."""
    return float(np.abs(prices).max() + demand.reference_price / demand.price_coefficient.max())


def _residual(demand: MixedLogit, cost: Vector, owned: Matrix, prices: Vector) -> float:
    if not np.isfinite(prices).all():
        return float("inf")
    return float(np.abs(cost + zeta(demand, cost, owned, prices) - prices).max() / _scale(demand, prices))


def _start(demand: MixedLogit, cost: Vector) -> Vector:
    """Return prices above cost by the markup of a seller without share."""
    if demand.elasticity > 0:
        return np.maximum(cost, 0.0) * 1.5 + demand.reference_price * 1e-3
    draw = demand.need * demand.reference_price / demand.price_coefficient
    return cost + (1 - demand.rho) * float(demand.weights @ draw / demand.weights.sum()) / demand.need.mean()


def _fixed_point(demand: MixedLogit, cost: Vector, owned: Matrix) -> tuple[Vector, int]:
    prices = _start(demand, cost)
    iteration = 0
    while (iteration := iteration + 1) < ITERATIONS:
        moved = cost + zeta(demand, cost, owned, prices)
        if demand.elasticity > 0:
            moved = np.clip(moved, prices / 4, prices * 4)
        step = float(np.abs(moved - prices).max())
        prices = moved
        if step < TOLERANCE * _scale(demand, prices):
            break
    return prices, iteration


def _newton(demand: MixedLogit, cost: Vector, owned: Matrix, prices: Vector) -> tuple[Vector, float]:
    """Solve the first-order conditions from the best prices so far; keep whichever is closer to meeting them."""

    def gap(candidate: Vector) -> Vector:
        return cost + zeta(demand, cost, owned, candidate) - candidate

    start = prices if np.isfinite(prices).all() else _start(demand, cost)
    found = root(gap, start, method="hybr", options={"xtol": 1e-14}).x
    before, after = _residual(demand, cost, owned, start), _residual(demand, cost, owned, found)
    return (found, after) if after < before else (start, before)
