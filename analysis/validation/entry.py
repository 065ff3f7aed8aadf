"""Salop's circle, free entry and the planner's number of firms; labs that enter the stationary world.

There the race is off: users do not care for quality, and labs train with a share of what they take in, so that all are
alike. The n-th is worth A π(n), with π(n) the profit of one of n at the Bertrand-Nash prices of n − 1, at which it
comes, and A what a dollar a month is worth for ever. Labs come until one more is not worth what it and its model cost.
"""

from functools import cache, partial

import numpy as np

from analysis.validation.check import Check
from analysis.validation.stationary import free_to_switch, mixed_logit, nash_prices, opened, played
from market import TokenMarket
from market.accounts.finance import monthly_rate
from market.demand import Linear
from market.equilibrium import chain_equilibrium
from market.equilibrium.entry import best_number, circle_price, free_entry

CONSUMERS, FIXED, COST, TRANSPORT = 100.0, 1.0, 2.0, 1.0
COURNOT = Linear(10, 1)


def circle_profit(firms: int) -> float:
    if firms < 2:
        return CONSUMERS * TRANSPORT - FIXED
    return (circle_price(firms, COST, TRANSPORT) - COST) * CONSUMERS / firms - FIXED


def circle_welfare(firms: int) -> float:
    """Less transport, at a quarter of the distance between firms on average, and less fixed costs."""
    return -CONSUMERS * TRANSPORT / (4 * firms) - FIXED * firms


def cournot_profit(firms: int) -> float:
    return float(chain_equilibrium(COURNOT, (firms,), (2,)).profits[0]) / firms - FIXED


def cournot_welfare(firms: int) -> float:
    return chain_equilibrium(COURNOT, (firms,), (2,)).total_surplus - FIXED * firms


REST, MOST = 60, 8
"""Months in which a world comes to rest, and labs that may enter it."""


def world(labs: int, **changes: object) -> TokenMarket:
    """Return the stationary world with alike labs, who rent from three clouds, and ample chips and power."""
    alike: dict[str, object] = {
        f"population.segments.{segment.name}.quality_taste": 0.0 for segment in opened().segments
    }
    alike |= {"training.budget.rule": "fixed-share", "training.budget.share": 0.3, "labs.repricing_hazard": 1.0}
    free = {"resellers.count": 0, "labs.overhead_share": 0.0, "labs.research_staff": 0.0, "clouds.count": 3}
    ample = {"vendors.capacity": 1e7, "power.capacity": 1e4, "labs.count": labs}
    return opened(free_to_switch() | alike | free | ample | {f"labs.{key}": value for key, value in changes.items()})


@cache
def at_rest(labs: int) -> TokenMarket:
    """Return the world of so many labs, none of which enters, at rest."""
    return played(world(labs), REST)


def worth_of_last(labs: int) -> float:
    """Return what the last of so many labs would be worth at the Bertrand-Nash prices of the others, USD."""
    before, model = at_rest(labs - 1), at_rest(labs)
    prices = np.full(labs, nash_prices(before)[0])
    margin = prices * model.retail.net_share_retail - np.array(model.retail.marginal_costs())
    funding = model.parameters.funding
    for_ever = model.prospect.worth(monthly_rate(funding.required_return), funding.foresight)
    return float((margin * mixed_logit(model).quantities(prices))[0] * for_ever)


def entered(labs: int) -> float:
    """Return how many labs there are in the end, from two, where one more than so many would not be worth its cost."""
    last = at_rest(labs - 1).labs[-1]
    cost = (worth_of_last(labs) * worth_of_last(labs + 1)) ** 0.5 - last.knowledge * last.training_cost
    return len(played(world(2, entrants=MOST, entry_cost=cost), REST).open_labs)


CHECKS = (
    *(
        Check(f"price of {n} firms on a circle", "Salop (1979): c + t/n", COST + TRANSPORT / n,
              partial(circle_price, n, COST, TRANSPORT), 1e-6)
        for n in (2, 5, 10)
    ),
    Check("free entry on the circle", "Salop (1979): √(tL/F)", 10, lambda: free_entry(circle_profit), 0),
    Check("a planner's number on the circle", "Salop (1979): half of it", 5, lambda: best_number(circle_welfare), 0),
    Check("free entry, Cournot", "Mankiw and Whinston (1986): (a − c)/√(bF) − 1", 7,
          lambda: free_entry(cournot_profit), 0),
    Check("a planner's number, Cournot", "Mankiw and Whinston (1986): ((a − c)²/(bF))^⅓ − 1", 3,
          lambda: best_number(cournot_welfare), 0),
    *(
        Check(f"labs in the end where there is room for {labs}", "Bertrand-Nash profits, discounted, over entry cost",
              labs, partial(entered, labs), 0, slow=True)
        for labs in (3, 4, 5)
    ),
)  # fmt: skip
