"""Free plans: what is given is a price below cost today, for users who are loyal and pay later (Klemperer 1987).

It is worth giving while what it costs is less than the discounted margin of those it wins. Prices as they are, twice as
much for nothing brings users and the makers of chips profit, and costs labs margin.
"""

from functools import cache, partial

import numpy as np

from analysis.validation import stationary
from analysis.validation.check import Check
from analysis.validation.stationary import Vector
from analysis.validation.tariffs import SEGMENTS
from market import TokenMarket
from market.markets.tokens import setters

GIVING: dict[str, object] = {
    "resellers.count": 0,
    "labs.repricing_hazard": 1.0,
    "vendors.capacity": 1e7,
    "tariffs.subscription": "flat",
    "tariffs.free.rule": "lifetime",
    "tariffs.allowances": "tokens",
    "population.segments.students.sees_metered": False,
    "population.segments.consumers.sees_metered": False,
    "population.segments.developers.sees_free": False,
    "population.segments.enterprises.sees_free": False,
}
YEARS, LOYAL, GROWS = 2, 5.0, 0.05


@cache
def given(loyalty: float, growth: float) -> Vector:
    """Return the first lab's free allowance, [month], over that at the start."""
    loyal: dict[str, object] = {f"population.segments.{name}.loyalty": loyalty for name in SEGMENTS}
    grows = ("population.need_growth", "population.need_growth_later", "vendors.capacity_growth", "power.expansion")
    model, found = stationary.opened(GIVING | loyal | dict.fromkeys(grows, growth)), []
    start = model.labs[0].free_allowance
    for _ in range(12 * YEARS):
        model.step()
        found.append(model.labs[0].free_allowance / start)
    return np.array(found)


def shrinks(loyalty: float, growth: float) -> float:
    """Return the share of months in which the allowance fell."""
    allowances = np.concatenate([[1.0], given(loyalty, growth)])
    return float((np.diff(allowances) < 0).mean())


STICKY: dict[str, object] = {
    "tariffs.free.rule": "fixed",
    "labs.repricing_hazard": 0.0,
    "labs.reprice_at_launch": False,
    "labs.answer_hazard": 0.0,
    "resellers.count": 8,
    "resellers.repricing_hazard": 0.0,
    "resellers.wrapper_share": 0.25,
    "resellers.aggregator_share": 0.25,
    "population.users": 2_000_000,
    "population.engine": "cohort",
}
BEFORE, AFTER, SEEDS = 12, 6, (1, 2, 3)


@cache
def generous(seed: int, times: float) -> tuple[float, float, float]:
    """Return users served, profit of hardware in half a year and margin of labs after labs gave so much more.

    Users and the margin are those of the first month; no fee and no price moves. The margin is gross, servers at their
    user cost: those there are do not cost more for being used.
    """
    from scenarios.files.loading import load

    model = TokenMarket(load("stationary", GIVING | STICKY).parameters, rng=seed, collect=False)
    stationary.played(model, BEFORE)
    for lab in model.labs:
        lab.free_allowance *= times
    model.step()
    users, labs, demand = float(model.retail.served.sum()), model.open_labs, model.retail.demand
    costs = model.retail.costs()
    earned = setters.gross_profit(demand, labs, costs)
    margin = float(earned.sum() / setters.revenue_of_labs(demand, labs, costs).sum())
    hardware = 0.0
    for _ in range(AFTER):
        hardware += sum(vendor.statement.operating_profit for vendor in model.vendors)
        model.step()
    return users, hardware, margin


def raised(what: int) -> float:
    """Return the share of seeds in which twice as much for nothing raises one of them."""
    return float(np.mean([generous(seed, 2.0)[what] > generous(seed, 1.0)[what] for seed in SEEDS]))


CHECKS = (
    Check("months in which free plans shrink, nobody loyal, nothing grows", "what is given brings nothing later", 1.0,
          partial(shrinks, 0.0, 0.0), 0.0, slow=True),
    Check("months in which free plans shrink, nobody loyal, need grows", "what is given brings nothing later", 1.0,
          partial(shrinks, 0.0, GROWS), 0.0, slow=True),
    Check("free plans grow again where users are loyal and need grows", "they pay later (Klemperer 1987)", 1.0,
          lambda: float(given(LOYAL, GROWS)[-1] > 2 * given(LOYAL, GROWS).min()), 0.0, slow=True),
    Check("loyal users whose need grows are given more than those whose need does not", "they pay later", 1.0,
          lambda: float(given(LOYAL, GROWS)[-1] > 10 * given(LOYAL, 0.0)[-1]), 0.0, slow=True),
    Check("seeds in which twice as much for nothing brings users", "it is a lower price", 1.0,
          partial(raised, 0), 0.0, slow=True),
    Check("seeds in which it brings hardware profit", "users use more", 1.0, partial(raised, 1), 0.0, slow=True),
    Check("seeds in which it raises labs' gross margin that month", "it costs and pays later", 0.0,
          partial(raised, 2), 0.0, slow=True),
)  # fmt: skip
