"""A chain of layers: each buys from the one above and sells to the one below, the last to consumers.

Oracles: Spengler (1950) for one firm per layer, Greenhut and Ohta (1979) and Salinger (1988) for several.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Chebyshev
from numpy.typing import ArrayLike
from scipy.optimize import bisect, brentq

from market.arrays import Vector
from market.demand.linear import Linear
from market.demand.logit import Logit
from market.equilibrium.chain_setting import TIMING, Setting, checked

NODES = 32
REACH = 5e-2
DOUBLINGS = 7
HUGE = 1e9


@dataclass(frozen=True)
class Chain:
    """Equilibrium of a chain; layers from the top to the one that serves consumers.

    Attributes:
        prices: [layer]; the last is the mean consumer price by quantity.
        quantity: Units sold, one of each layer in each.
        profits: [layer], of all its firms together, fees included.
        profit_shares: [layer]; NaN unless all profits together are above zero.
        fees: [layer], fixed fees a layer receives from the one below.
        pass_through: Rise of the consumer price per unit rise of the top layer's marginal cost.
        consumer_surplus, total_surplus: In money.
        converged: Whether every condition was solved.
    """

    prices: Vector
    quantity: float
    profits: Vector
    profit_shares: Vector
    fees: Vector
    pass_through: float
    consumer_surplus: float
    total_surplus: float
    converged: bool


def chain_equilibrium(
    demand: Linear | Logit,
    firms: Sequence[int],
    marginal_cost: ArrayLike,
    conduct: str | Sequence[str] = "cournot",
    timing: str = "sequential",
    contract: str = "linear",
    integrated: int = 0,
) -> Chain:
    """Return the equilibrium of a chain of layers.

    Args:
        demand: Linear demand for a homogeneous good, or a logit over the offers of the last layer's firms, which then
            compete in prices whatever ``conduct`` says.
        firms: Firms in each layer, from the top.
        marginal_cost: [layer], own cost per unit on top of the input; may be negative (value added).
        conduct: "cournot" (quantities) or "bertrand" (prices: two firms sell a homogeneous input at cost), one for all
            layers or one per layer.
        timing: "sequential": a layer knows how those below will react; "simultaneous": it takes their margins as given.
        contract: "linear" price; "two-part": input at cost and a fee that takes the buyers' profit; "cost": no fee.
        integrated: Firms that own both tiers of a two-layer Cournot chain and leave the market for the input
            (Salinger 1988).

    Raises:
        ValueError: Naming what is impossible.
    """
    setting = checked(demand, firms, marginal_cost, conduct, timing, contract, integrated)
    if contract != "linear":
        return _at_cost(setting, fee=contract == "two-part")
    ladder = _climb(setting)
    return _report(setting, ladder.prices, ladder.pass_through)


@dataclass(frozen=True)
class _Ladder:
    """Prices of all layers, and the consumer price's answer to a cost at the top and to the last input price."""

    prices: Vector
    pass_through: float
    last_pass_through: float


def _climb(setting: Setting) -> _Ladder:
    """Solve the chain: first over all input prices of the last layer that can be, then close to the solution.

    Where demand is too curved for one look at all of them, the solution is searched for in small steps.
    """
    base = float(setting.cost[:-1].sum())
    if len(setting.firms) == 1:
        return _ladder(setting, base, setting.scale * REACH, at=base)
    room = min(setting.scale, setting.highest() - base)
    high = base + room * (1 - 1e-9)
    for _ in range(DOUBLINGS):
        found = _solution(_curves(setting, base, high), base, high)
        if found is not None:
            near = REACH * min(room, setting.highest() - found)
            if _solution(_curves(setting, found - near, found + near), found - near, found + near) is not None:
                return _ladder(setting, found, near)
        high = high + (high - base) if np.isinf(setting.highest()) else high
    return _search(setting, base)


def _search(setting: Setting, base: float) -> _Ladder:
    """Solve the chain by looking at small windows of input prices, one after the other."""
    reach = setting.scale * REACH

    def top_input(price: float) -> float:
        curves = _curves(setting, price - reach, price + reach)
        return float(np.clip(curves.layers[-1](price), -HUGE, HUGE)) if curves else -HUGE

    low, high = base, base + setting.scale
    while top_input(high) < 0:
        low, high = high, high + 1.5 * (high - low)
        if high - base > HUGE * setting.scale:
            raise ArithmeticError("the equilibrium of the chain was not found")
    found = float(bisect(top_input, low, high, xtol=reach / 4))
    return _ladder(setting, found, reach)


@dataclass(frozen=True)
class _Curves:
    """Prices as smooth functions of the last layer's input price: inputs of all layers, the last first; consumers'."""

    layers: list[Chebyshev]
    consumer: Chebyshev


def _curves(setting: Setting, low: float, high: float) -> _Curves | None:
    """Climb from the last layer to the top, everything a smooth function of the last layer's input price t.

    A layer that knows the demand Q for what it sells at p asks p − c = −Q/(n Q'), so that its input price is
    u = p − c + Q p'/(n dQ/dt); one that takes the margins of others as given loses custom as if its price moved
    consumer prices one for one. None where demand does not answer to prices.
    """
    domain = [low, high]
    nodes = low + (high - low) * (np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES) + 1) / 2
    sold = [setting.consumers(float(node)) for node in nodes]
    quantity = np.array([outcome[0] for outcome in sold])
    consumer = Chebyshev.fit(nodes, [outcome[1] for outcome in sold], NODES - 1, domain=domain)
    linear = isinstance(setting.demand, Linear)
    fit = Chebyshev.fit(nodes, quantity if linear else np.log(quantity), NODES - 1, domain=domain)
    fall = fit.deriv()(nodes) / (quantity if linear else 1.0)
    if not (np.abs(fall) * setting.scale > 1 / HUGE).all():
        return None
    given = np.array([setting.given_margin(float(node)) for node in nodes]) if setting.timing == TIMING[1] else None
    curves = [Chebyshev.fit(nodes, nodes, NODES - 1, domain=domain)]
    for layer in range(len(setting.firms) - 2, -1, -1):
        margin = np.zeros(NODES)
        if not _competitive(setting, layer):
            margin = (-curves[-1].deriv()(nodes) / fall if given is None else given) / setting.firms[layer]
        paid = curves[-1](nodes) - setting.cost[layer] - margin
        curves.append(Chebyshev.fit(nodes, paid, NODES - 1, domain=domain))
    return _Curves(curves, consumer)


def _solution(curves: _Curves | None, low: float, high: float) -> float | None:
    """Return where the top input is free; None if that is not between ``low`` and ``high``."""
    if curves is None or not curves.layers[-1](low) <= 0 <= curves.layers[-1](high):
        return None
    return float(brentq(curves.layers[-1], low, high, xtol=1e-15, rtol=8.9e-16))


def _ladder(setting: Setting, center: float, reach: float, at: float | None = None) -> _Ladder:
    """Return the chain's prices from a window of input prices that holds the solution, or at a given one."""
    curves = _curves(setting, center - reach, center + reach)
    solution = _solution(curves, center - reach, center + reach) if at is None else at
    if curves is None or solution is None:
        raise ArithmeticError("the equilibrium of the chain was not found")
    prices = [float(curve(solution)) for curve in curves.layers[-2::-1]]
    prices.append(setting.consumers(solution)[1])
    slope = float(curves.consumer.deriv()(solution))
    return _Ladder(np.array(prices), slope / float(curves.layers[-1].deriv()(solution)), slope)


def _competitive(setting: Setting, layer: int) -> bool:
    return setting.conduct[layer] == "bertrand" and setting.firms[layer] > 1


def _report(setting: Setting, prices: Vector, pass_through: float, fees: Vector | None = None) -> Chain:
    inputs = np.array([0.0, *prices[:-1]])
    quantity, _, last_profit, surplus = setting.consumers(float(inputs[-1]))
    profits = (prices - inputs - setting.cost) * quantity
    profits[-1] = last_profit
    total = quantity
    if setting.integrated:
        assert isinstance(setting.demand, Linear)
        total += setting.integrated_output(quantity)
    fees = np.zeros(profits.size) if fees is None else fees
    profits = profits + fees - np.append(0.0, fees[:-1])
    together = float(profits.sum())
    extra = (prices[-1] - setting.cost.sum()) * (total - quantity)
    return Chain(
        prices=prices,
        quantity=float(total),
        profits=profits,
        profit_shares=profits / together if together > 0 else np.full(profits.size, np.nan),
        fees=fees,
        pass_through=pass_through,
        consumer_surplus=float(surplus),
        total_surplus=float(surplus + together + extra),
        converged=True,
    )


def _at_cost(setting: Setting, fee: bool) -> Chain:
    """Return the chain in which every input is sold at cost, with or without a fee that takes all profit below."""
    base = float(setting.cost[:-1].sum())
    _, price, profit, _ = setting.consumers(base)
    prices = np.append(np.cumsum(setting.cost)[:-1], price)
    fees = np.append(np.full(prices.size - 1, profit if fee else 0.0), 0.0)
    ladder = _ladder(setting, base, setting.scale * REACH, at=base)
    return _report(setting, prices, ladder.last_pass_through, fees)
