"""Make or buy: what a vendor asks of a lab that can have chips of its own made.

One vendor sells to one lab, through makers who add nothing. The lab makes a share s of its orders, a logit in the
logarithms of user cost, so that the vendor earns B(p) (k p − c) with B = 1 − s(p). Without the threat no price would be
too high, as orders are given; with it the optimum lies inside (Katz 1987).
"""

from functools import cache

import numpy as np
from scipy.optimize import minimize_scalar

from analysis.validation.check import Check
from analysis.validation.chip_prices import at_rest
from market import TokenMarket
from market.markets.servers.demand import ServerDemand

ALONE = {"vendors.count": 1, "labs.count": 1, "own_chips.labs": 1, "own_chips.lag": 0.3}


@cache
def settled() -> tuple[TokenMarket, ServerDemand]:
    """Return a market whose vendor has come to rest, and what it sees."""
    return at_rest(ALONE)


def share_bought() -> float:
    """Return the share of its orders that the lab buys in the market."""
    own = settled()[1].own
    return float(own.bought[0]) if own else 1.0


def bought(price: float) -> float:
    """Return the share of its orders that the lab buys at a chip price, written out; 1 − s."""
    model, seen = settled()
    parameters, parts = model.parameters, model.parameters.makers.parts_cost
    dear, own = (float(seen.cost(np.array([chip + parts]))[0]) for chip in (price, parameters.vendors.unit_cost))
    theirs = float(seen.fleet_shares[0, 0])
    lead = parameters.own_chips.lag + parameters.vendors.lock_in * (theirs - (1 - theirs))
    return 1 / (1 + float(np.exp(-lead)) * (dear / own) ** parameters.vendors.substitution)


def best_price() -> float:
    """Return the price at which the vendor would earn most."""
    vendor = settled()[0].vendors[0].own
    net_share, cost = 1 - vendor.research_share, vendor.unit_cost
    best = minimize_scalar(lambda price: -bought(price) * (net_share * price - cost), bounds=(cost, 20 * cost))
    return float(best.x)


CHECKS = (
    Check("what a lab with chips of its own buys over the logit written out", "McFadden (1974)", 1.0,
          lambda: share_bought() / bought(settled()[0].vendors[0].price), 1e-6),
    Check("price of the vendor it buys from over the best one", "numerical optimum; Katz (1987)", 1.0,
          lambda: settled()[0].vendors[0].price / best_price(), 1e-4),
)  # fmt: skip
