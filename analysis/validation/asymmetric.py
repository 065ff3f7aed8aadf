"""Asymmetric firms: rules that each post for their own firms, played until they settle, against Nash equilibria.

Logit demand with value 8 and price coefficient 4, as in Calvano et al. (2020); costs differ around 1. And labs of the
stationary world, of which one serves twice as many tokens with a server.
"""

from collections.abc import Sequence
from functools import cache, partial

import numpy as np

from analysis.validation.check import Check
from analysis.validation.stationary import free_to_switch, nash_prices, opened, played
from market.arrays import Vector
from market.conduct.following import Following, posted
from market.conduct.layer import Layer
from market.conduct.pricing import BestResponse, JointProfit
from market.conduct.rule import Rule
from market.demand import Logit
from market.equilibrium import bertrand_nash

COSTS = (0.8, 1.0, 1.2, 1.4)
PRICE_COEFFICIENT = 4.0
DEMAND = Logit(np.full(len(COSTS), 8.0), PRICE_COEFFICIENT)
CARTELS = (2, 3)
ROUNDS, TOLERANCE = 400, 1e-8
EFFICIENT, MONTHS = 1, 60


def settled(rules: Sequence[Rule], costs: Sequence[float]) -> Vector:
    """Return the prices at which firms of these rules and costs come to rest, all of them moving every month."""
    cost = np.array(costs)
    prices = cost + 0.3

    def layer(_: Following) -> Layer:
        own, _cross = DEMAND.split(prices)
        return Layer(prices, cost, DEMAND.quantities(prices), DEMAND.jacobian(prices), own_slope=own)

    for _ in range(ROUNDS):
        prices = posted(rules, layer)
    return prices


@cache
def competing() -> Vector:
    return settled([BestResponse()] * len(COSTS), COSTS)


@cache
def nash(members: int = 0) -> Vector:
    """Return the equilibrium prices where the first so many firms have one owner."""
    owned = np.eye(len(COSTS))
    owned[:members, :members] = 1.0
    return bertrand_nash(DEMAND, np.array(COSTS), owned).prices


@cache
def cartel(members: int) -> Vector:
    outside = len(COSTS) - members
    return settled([JointProfit()] * members + [BestResponse()] * outside, COSTS)


def _price(of: "partial[Vector]", firm: int) -> float:
    return float(of()[firm])


@cache
def over_nash() -> Vector:
    """Return prices of labs over the Bertrand-Nash prices of their costs, [lab], where one is twice as efficient."""
    efficient = {"firm": EFFICIENT + 1, "set": {"efficiency": 2.0}}
    model = played(opened({"resellers.count": 0, "labs.firms": [efficient]} | free_to_switch()), MONTHS)
    return np.array([lab.price for lab in model.labs]) / nash_prices(model)


CHECKS = (
    *(
        Check(f"price of a firm with cost {cost:g} among four", "Bertrand-Nash, solved by itself",
              float(nash()[firm]), partial(_price, partial(competing), firm), TOLERANCE)
        for firm, cost in enumerate(COSTS)
    ),
    *(
        Check(f"price of firm {firm + 1} where the first {members} of four collude",
              "Nash equilibrium of merged owners, solved by itself",
              float(nash(members)[firm]), partial(_price, partial(cartel, members), firm), TOLERANCE)
        for members in CARTELS
        for firm in (0, 3)
    ),
    Check("price of a lab whose servers serve twice as many tokens over the Bertrand-Nash price",
          "market.equilibrium at each lab's cost", 1.0, lambda: float(over_nash()[EFFICIENT]), 1e-5, slow=True),
    Check("price of the others over theirs", "market.equilibrium at each lab's cost", 1.0,
          lambda: float(np.delete(over_nash(), EFFICIENT).mean()), 1e-5, slow=True),
)  # fmt: skip
