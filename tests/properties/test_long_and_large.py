"""Long runs and large markets: everything adds up, and numbers stay such that somebody could believe them.

What is too large or too long is refused when it is read. The largest there can be take minutes: ``make nightly``.
"""

import os
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from market import Parameters, TokenMarket
from market.conduct import BestResponse
from market.markets.tokens.demand import TokenDemand
from market.markets.tokens.prices import lab_layer
from market.parameters.overriding import overridden
from market.records.identities import Audit
from scenarios.errors import BadInput
from scenarios.files.loading import load

HORIZON = {"horizon.rounds": 1_000}
"""Beyond the months that are played: the price games of a last month are no matter here."""


COUNTS = tuple(f"{layer}.count" for layer in ("vendors", "makers", "power", "labs", "resellers"))
SEGMENTS = tuple(Parameters().population.segments)
RULES = ("marginal-cost", "cost-plus", "joint-profit", "undercut", "hill-climbing", "penetration")


def followed(rule: str) -> dict[str, str]:
    """A conduct of all who set prices."""
    return {f"{layer}.pricing.rule": rule for layer in ("labs", "resellers", "makers", "vendors")}


def played(changes: dict[str, Any], months: int) -> TokenMarket:
    audit = Audit(TokenMarket(overridden(Parameters(), HORIZON | changes), rng=1, collect=False))
    for _ in range(months):
        audit.step()
    return audit.model


@pytest.mark.slow
@pytest.mark.spread
def test_fifty_years_end_in_a_market_that_could_be():
    rounds = played({"population.users": 2_000, "population.engine": "cohort"}, 600).results().rounds
    late = rounds.tail(240)
    assert (late["labs"] >= 1).all()
    assert (late["resellers"] >= 1).all()
    assert late["utilisation"].between(0.0, 0.82 + 1e-9).all()
    assert (late["price_retail"].to_numpy() > 0).all()
    assert late["price_retail"].iloc[-1] <= late["price_retail"].iloc[0]  # machines and software go on getting better
    assert np.isfinite(late["tokens"]).all()
    assert late["tokens"].iloc[-1] >= late["tokens"].iloc[0]


@pytest.mark.slow
@pytest.mark.spread
@pytest.mark.parametrize(
    ("changes", "months"),
    [
        ({"labs.count": 60}, 12),
        ({"labs.count": 200}, 3),
        ({"resellers.count": 400}, 3),
        ({"vendors.count": 50, "makers.count": 50}, 3),
        ({"population.users": 10**10}, 12),
        ({"population.types": 1}, 24),
        ({"labs.count": 1, "vendors.count": 1, "makers.count": 1, "power.count": 1, "resellers.count": 1}, 24),
        ({"resellers.count": 0}, 24),
        ({f"population.segments.{name}": False for name in ("students", "consumers", "enterprises")}, 24),
    ],
    ids=lambda value: ", ".join(map(str, value.items())) if isinstance(value, dict) else None,
)
def test_many_and_few_of_everything(changes, months):
    rounds = played({"population.users": 20_000} | changes, months).results().rounds
    assert rounds["price_retail"].between(1e-3, 1e3).all()
    assert rounds["unserved_share"].between(0.0, 1.0).all()
    assert (rounds["tokens"] > 0).all()


@pytest.mark.slow  # and not spread: one of these at a time fills gigabytes
@pytest.mark.skipif("ANY_SCENARIOS" not in os.environ, reason="takes minutes; make nightly runs it")
@pytest.mark.parametrize(
    ("changes", "months"),
    [
        ({"labs.count": 60, "resellers.count": 1_000}, 12),
        ({"labs.count": 60, "resellers.count": 1_000, "population.engine": "individual"}, 2),
        ({"labs.count": 200, "vendors.count": 50}, 80),
        (dict(zip(COUNTS, (50, 50, 100, 200, 1_000), strict=True)), 2),
        *(({"labs.count": 60, "resellers.count": 300} | followed(rule), 3) for rule in RULES),
    ],
    ids=str,
)
def test_the_largest_there_can_be(changes, months):
    assert (played({"population.engine": "cohort"} | changes, months).results().rounds["tokens"] > 0).all()


# prices that may leap -------------------------------------------------------------------------------------------------


def monopoly(value: float, elasticity: float) -> TokenMarket:
    """A lab that sells alone, may move its price as far as it likes, and is worth so much to users."""
    changes = {f"population.segments.{name}.base_value": value for name in SEGMENTS}
    changes |= {"population.quantity_elasticity": elasticity, "labs.count": 1, "resellers.count": 0}
    changes |= {"labs.pricing.largest_move": 1e9, "population.types": 1, "population.engine": "cohort"}
    return TokenMarket(**changes, rng=1, collect=False)


def settled(model: TokenMarket, capacity: float) -> tuple[float, TokenDemand]:
    """Let the lab set its price until it stays; return it, and demand there."""
    rule, (lab,) = BestResponse(largest_move=1e9), model.labs
    for _ in range(2_000):
        model.retail.publish_demand()
        layer = lab_layer(model.retail.posted_demand, [lab], model.retail.costs(), 0.0)
        layer = replace(layer, capacity=np.array([capacity]))
        before, lab.retail_price = lab.retail_price, float(rule.post(layer)[0])
        if lab.retail_price == pytest.approx(before, rel=1e-9):
            model.retail.publish_demand()
            return lab.retail_price, model.retail.posted_demand
    raise AssertionError(f"the price is still moving, from {before} to {lab.retail_price}")


@pytest.mark.parametrize("elasticity", [0.0, 0.9])
@pytest.mark.parametrize("value", [1.5, 5.0])
def test_a_monopolist_finds_its_best_price_however_far_it_may_move(elasticity: float, value: float) -> None:
    """Who can do without has a price at which he does, so there is a best price; a lab goes there and stays."""
    model = monopoly(value, elasticity)
    price, demand = settled(model, np.inf)
    costs = model.retail.costs()

    def profit(at: float) -> float:
        margin = at * costs.net_share_retail - float(costs.marginal_cost[0])
        return margin * float(demand.at(np.array([at])).quantity[0])

    for factor in (0.5, 0.99, 1.01, 2.0):
        assert 0 < profit(price) > profit(factor * price)


@pytest.mark.parametrize("value", [1.5, 5.0])
def test_a_price_that_may_leap_clears_a_short_capacity_and_goes_no_further(value: float) -> None:
    model = monopoly(value, 0.0)
    _, demand = settled(model, np.inf)
    capacity = 0.5 * float(demand.quantity[0])
    _, demand = settled(model, capacity)
    assert float(demand.quantity[0]) == pytest.approx(capacity, rel=1e-5)


@pytest.mark.parametrize("value", [1.5, 50.0])
def test_prices_that_may_leap_do_not_drive_everybody_away(value: float) -> None:
    changes: dict[str, Any] = {f"{layer}.pricing.largest_move": 1e9 for layer in ("labs", "makers", "vendors")}
    changes |= {f"population.segments.{name}.base_value": value for name in SEGMENTS}
    changes |= {"population.quantity_elasticity": 0.0, "labs.count": 1, "resellers.count": 0}
    changes |= {"labs.repricing_hazard": 1.0, "labs.pricing.patience": 0.0, "vendors.repricing_hazard": 1.0}
    price = played({"population.engine": "cohort"} | changes, 36).results().rounds["price_retail"]
    assert (price.pct_change(fill_method=None).abs().dropna() < 0.25).all()


# what is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fleet.software_growth": 1.0}, "fleet.software_growth = 1 "),
        ({"training.algorithmic_growth": 1.0}, "training.algorithmic_growth = 1 "),
        ({"vendors.capacity_growth": 1.0}, "vendors.capacity_growth = 1 "),
        ({"vendors.capacity_growth": -0.5}, "vendors.capacity_growth = -0.5 "),
        ({"population.need_growth_later": 1.0}, "population.need_growth_later = 1 "),
        ({"population.need_growth": 1.0, "population.need_growth_fades": 1200.0}, "population.need_growth = 1 "),
        ({"events": [{"round": 10, "set": {"vendors.capacity_growth": 1.0}}]}, "vendors.capacity_growth = 1 "),
    ],
)
def test_growth_beyond_numbers_is_refused_and_the_horizon_named_runs(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=f"{re.escape(says)}.* horizon.rounds = 600 months") as refused:
        load("baseline", changes | {"horizon.rounds": 600})
    found = re.search(r"(\d+) months would do", str(refused.value))
    assert found
    enough = int(found[1])
    load("baseline", changes | {"horizon.rounds": enough})
    with pytest.raises(BadInput):
        load("baseline", changes | {"horizon.rounds": enough + 1})


def test_growth_that_an_event_raises_for_a_while_is_counted_for_that_while() -> None:
    short = {"round": 10, "months": 12, "set": {"vendors.capacity_growth": 1.0}}
    load("baseline", {"horizon.rounds": 600, "events": [short]})


def test_growth_just_within_bounds_is_played_to_the_end() -> None:
    found = played({"population.engine": "cohort", "training.algorithmic_growth": 1.0} | {"horizon.rounds": 332}, 330)
    assert np.isfinite(found.results().rounds["quality_frontier"]).all()


def test_more_types_and_sellers_than_can_be_added_up_are_refused() -> None:
    changes = {"population.types": 1_024, "resellers.count": 1_000}
    with pytest.raises(BadInput, match=r"population\.types = 1024 .* 4096 types of users, at most 990 "):
        load("baseline", changes)
    load("baseline", changes | {"population.types": 128})


def test_more_users_one_by_one_than_memory_holds_are_refused() -> None:
    changes = {"population.users": 10**10}
    with pytest.raises(BadInput, match=r"population\.engine = individual .* 20 GB"):
        load("baseline", changes | {"population.engine": "individual"})
    for engine in ("auto", "cohort"):
        load("baseline", changes | {"population.engine": engine})
    load("theory/bertrand-nash")
