"""Chips of two generations beside each other: what their vendors ask for both.

Makers add nothing and orders Q are given, so that a vendor earns Σ (k pⱼ − c) Q sⱼ/aⱼ from its chips j, which compute
aⱼ each, with shares s of a logit in the logarithms of user cost. Its first-order conditions are

    (pⱼ − c/k)/aⱼ − uⱼ/(σ aⱼ ∂uⱼ/∂pⱼ) = Π,  Π = Σ sᵢ (pᵢ − c/k)/aᵢ over its own i,

the same for both where buyers are alike: what a unit of compute sold in either takes from both chips is in proportion
to their shares.
"""

from functools import cache

import numpy as np
from scipy.optimize import minimize

from analysis.validation.check import Check
from analysis.validation.chip_prices import at_rest
from market import TokenMarket
from market.arrays import Integers, Vector
from market.markets.servers.demand import ServerDemand

LAUNCH = {"fleet.generation_months": 12, "fleet.ramp_months": 6}


@cache
def settled() -> tuple[TokenMarket, ServerDemand]:
    """Return a market in the month of the second generation whose vendors have come to rest, and what they see."""
    return at_rest(LAUNCH, months=13)


def chips_of(vendor: int) -> Integers:
    """Return the places of a vendor's chips among all, newest first."""
    return np.flatnonzero(settled()[1].products.vendor_of_chip == vendor)


def earned(prices: Vector, vendor: int) -> float:
    """Return what a vendor earns a month at the logarithms of its prices, newest chip first, the others' given."""
    (model, seen), chips = settled(), chips_of(vendor)
    own, price = model.vendors[vendor].own, model.servers.chip_prices
    price[chips] = np.exp(prices)
    cost = seen.cost(price + model.parameters.makers.parts_cost)
    sellers = seen.products.vendor_of_chip
    utility = -own.lead * sellers - own.substitution * np.log(cost)
    weight = np.exp(utility + own.lock_in * seen.fleet_shares[:, sellers])
    sold = seen.serving @ (weight / weight.sum(axis=1, keepdims=True)) / seen.performance
    return float(((1 - own.research_share) * price - own.unit_cost)[chips] @ sold[chips])


def over_best(vendor: int) -> Vector:
    """Return a vendor's prices over those at which it would earn most, newest chip first."""
    asked = np.log(settled()[0].vendors[vendor].prices)
    best = minimize(lambda prices: -earned(prices, vendor) / earned(asked, vendor), asked, tol=1e-12)
    return np.asarray(np.exp(asked - best.x))


def left_of_a_sale(vendor: int) -> Vector:
    """Return what a vendor's chips earn by what they compute less what a sale is worth to it, newest chip first.

    The left side of the condition above, which is Π for both.
    """
    (model, seen), chips = settled(), chips_of(vendor)
    own, price = model.vendors[vendor].own, model.servers.chip_prices
    margin = (price - own.unit_cost / (1 - own.research_share)) / seen.performance
    return np.asarray(margin - seen.product_cost / (own.substitution * seen.cost.slope * seen.performance))[chips]


CHECKS = (
    Check("price of the first vendor's new chips beside its older ones, over the best one", "numerical optimum", 1.0,
          lambda: float(over_best(0)[0]), 1e-4),
    Check("price of its older chips over the best one", "numerical optimum", 1.0,
          lambda: float(over_best(0)[1]), 1e-4),
    Check("the same of the second vendor's older chips", "numerical optimum", 1.0,
          lambda: float(over_best(1)[1]), 1e-4),
    Check("what compute in its new chips earns less u/(σ a ∂u/∂p), over the same of older ones",
          "first-order condition", 1.0, lambda: float(np.divide(*left_of_a_sale(0))), 1e-4),
)  # fmt: skip
