"""What an allowance is worth to a lab, and how labs decide on it."""

from dataclasses import replace

import numpy as np
import pytest
from all_plans import market, still
from menu_moves import asked, earned

from market import TokenMarket
from market.accounts.finance import monthly_rate
from market.markets.tokens.giving import Giving, give
from market.parameters.overriding import overridden
from market.parameters.plans import FREE

LAB, GIVEN = 0, 0.4


def giving(model: TokenMarket, months: int, weight: float) -> Giving:
    return Giving(model, model.retail.posted_demand, model.retail.costs(), months, weight)


def at(model: TokenMarket, allowance: float):
    """Return demand where the lab gives so much."""
    demand = model.retail.posted_demand
    given = demand.menu.allowance.copy()
    given[LAB, FREE] = allowance
    return demand.among(demand.offers.at(menu=demand.menu.giving(given)))


@pytest.mark.parametrize("loyalty", [0.0, 2.0])
@pytest.mark.parametrize("allowance", [0.01, GIVEN])
def test_with_eyes_on_today_an_allowance_is_worth_this_months_profit(allowance, loyalty):
    model = market(loyalty=loyalty)
    found = giving(model, 12, 0.0).worth(LAB, FREE, allowance)
    assert found == pytest.approx(earned(model, at(model, allowance), asked(model))[LAB], rel=1e-9)


@pytest.mark.parametrize("months", [0, 12])
def test_where_nothing_changes_and_nobody_is_loyal_later_is_today_discounted(months):
    model = still(market())
    today = earned(model, at(model, GIVEN), asked(model))[LAB]
    interest = monthly_rate(model.parameters.fleet.cost_of_capital)
    found = giving(model, months, 0.6).worth(LAB, FREE, GIVEN)
    assert found == pytest.approx(today * (0.4 + 0.6 * (1 + interest) ** -months), rel=1e-6)


def test_in_the_end_all_have_chosen_by_what_is_given_and_are_loyal_to_that():
    """A few per cent of loyal users choose anew in a month; after twenty years all have."""
    model = still(market(loyalty=2.0))
    demand, interest = at(model, GIVEN), monthly_rate(model.parameters.fleet.cost_of_capital)
    come = demand.reconsidered.users
    outside = demand.mass.sum(axis=1) - come.sum(axis=1)
    then = replace(demand, mass=np.column_stack([come, outside]))
    found = giving(model, 240, 1.0).worth(LAB, FREE, GIVEN) * (1 + interest) ** 240
    assert found == pytest.approx(earned(model, then, asked(model))[LAB], rel=1e-6)


def test_those_who_stay_do_not_see_what_is_given_until_they_choose_anew():
    """Right away nobody has changed providers: providers are today's, so is the choice."""
    model = still(market(loyalty=2.0))
    found = giving(model, 0, 1.0)
    assert found.stays == 1.0
    assert found.worth(LAB, FREE, GIVEN) == pytest.approx(giving(model, 0, 0.0).worth(LAB, FREE, GIVEN), rel=0.05)


def test_the_longer_a_lab_looks_ahead_the_fewer_stay_and_the_more_they_need():
    model = market(loyalty=2.0)
    near, far = giving(model, 3, 0.9), giving(model, 24, 0.9)
    assert 0 < far.stays < near.stays < 1
    assert far.ahead.need > near.ahead.need > 1
    assert (far.ahead.costs.marginal_cost < near.ahead.costs.marginal_cost).all()
    assert far.discount < near.discount < 1


def ruled(rule: dict[str, object]) -> TokenMarket:
    model = market()
    model.now = replace(
        model.now,
        parameters=overridden(model.parameters, {f"tariffs.free.{key}": value for key, value in rule.items()}),
    )
    model.labs[0].free_allowance, model.labs[1].free_allowance = 0.2, 0.05
    model.retail.publish_demand()
    return model


def decide(model: TokenMarket, places: list[int]) -> list[float]:
    give(model, [model.labs[place] for place in places], model.retail.posted_demand, model.retail.costs())
    return [lab.free_allowance for lab in model.labs]


def test_labs_decide_when_they_reprice_and_at_once():
    assert decide(ruled({"rule": "fixed"}), [0, 1]) == [0.2, 0.05]
    assert decide(ruled({"rule": "match"}), [0, 1]) == [0.05, 0.2]
    assert decide(ruled({"rule": "match"}), [1, 0]) == [0.05, 0.2]
    assert decide(ruled({"rule": "match"}), [1]) == [0.2, 0.2]
    assert decide(ruled({"rule": "match"}), []) == [0.2, 0.05]


def test_a_lifetime_takes_the_step_that_is_worth_most():
    rule = {"rule": "lifetime", "step": 0.5, "months": 6, "weight": 0.8}
    model = ruled(rule)
    ahead, chosen = giving(model, 6, 0.8), []
    for place, own in enumerate((0.2, 0.05)):
        steps = (own, own / 1.5, own * 1.5)
        chosen.append(max(steps, key=lambda value, place=place: ahead.worth(place, FREE, value)))
    assert decide(model, [0, 1]) == chosen
    assert decide(ruled(rule), [1, 0]) == chosen
