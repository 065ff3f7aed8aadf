"""Parameters that change at a date: from then on they are in force everywhere, and before they are not."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from market import Parameters, TokenMarket
from market.month import Calendar
from market.parameters.keys import Leaf, leaves
from market.parameters.overriding import overridden
from market.parameters.spells import dated_keys
from market.records.identities import Audit

MONTHS, AT = 12, 5
SMALL = {"population.users": 2_000, "population.types": 4, "horizon.rounds": MONTHS}
COMMONS = {"commons.mode": "on"}
CLOUDS = {"clouds.count": 3}
OWN_CHIPS = {"own_chips.labs": 2, "own_chips.months": 1}
HOSTS = CLOUDS | {"hosts.count": 4}
LEAVES = {leaf.name: leaf for leaf in leaves(Parameters, Parameters().model_dump(mode="json"))}
DATED = [name for name in dated_keys(Parameters()) if ".segments." not in name or ".developers." in name]

MENUS = {
    "tariffs.subscription": "flat",
    "tariffs.free": {"rule": "lifetime"},
    "tariffs.subscription_allowance": 0.5,
    "resellers.wrapper_share": 0.5,
    "resellers.wrapper_allowance": 0.5,
    "population.segments.developers.need": 0.2,
    "population.segments.developers.need_spread": 0.2,
}
"""Developers who use little have a use for every plan."""

NEEDS: dict[str, dict[str, Any]] = {
    "population.plan_correlation": MENUS,
    "population.satiation": MENUS,
    "tariffs.allowances": MENUS,
    "population.segments.developers.sees_free": MENUS,
    "population.segments.developers.sees_subscription": MENUS,
    "population.segments.developers.sees_metered": MENUS,
    "tariffs.subscription_allowance": MENUS,
    "tariffs.free.rule": MENUS | {"tariffs.free": {"rule": "none"}},
    "small_models.behind": {"small_models.plans": "metered"},
    "small_models.lightness": {"small_models.plans": "metered"},
    "resellers.wrapper_allowance": MENUS,
    "labs.opens_after": HOSTS,
    "hosts.pricing.patience": {"hosts.repricing_hazard": 1.0},
    "hosts.repricing_hazard": {"labs.opens_after": 1},
    "hosts.entry": {"hosts.staff": 0.0, "labs.opens_after": 1},
    "hosts.entry_return": {"hosts.entry": True, "hosts.count": 1, "hosts.staff": 0.0, "labs.opens_after": 1},
    "labs.entry_cost": CLOUDS | {"labs.entrants": 3, "labs.entry_cost": 1e15},
    "labs.wholesale_discount": {"labs.wholesale": "discount"},
    "labs.revenue_share": {"labs.wholesale": "revenue-share"},
    "resellers.entry": {"population.nest_correlation": 0.5},
    "resellers.entry_return": {"resellers.entry": True, "population.nest_correlation": 0.5},
    "training.budget.months_to_adjust": {"funding.opening_months": 100.0},
    "training.expectations": {"funding.opening_months": 100.0},
    "training.horizon": {"funding.opening_months": 100.0},
    "labs.answer_hazard": {
        "labs.pricing.rule": "hill-climbing",
        "labs.pricing.step": 0.4,
        "labs.pricing.largest_move": 1.0,
    },
    "vendors.capacity_growth": {"vendors.capacity": 3_000.0},
    "power.attractive_margin": {"power.fixed_cost": 3.0},
    "vendors.capacity": {"vendors.capacity": 3_000.0},
    "power.price_cap": {"power.capacity": 20.0},
    "funding.highest_growth": {"funding.appetite": 0.2, "funding.opening_months": 1.0, "funding.valued": "growth"},
    "funding.appetite": {"funding.opening_months": 1.0},
    "funding.valued": {"funding.opening_months": 1.0},
    "funding.stake": {"funding.opening_months": 1.0},
    "funding.foresight": {"funding.opening_months": 1.0},
    "funding.required_return": {"funding.opening_months": 1.0},
    "vendors.investing": {"funding.opening_months": 2.0},
    "policy.windfall_margin": {"policy.windfall_tax": 0.5},
    "policy.windfall_on": {"policy.windfall_tax": 0.5},
    "labs.lowest_runway": {"funding.opening_months": 2.0},
    "labs.wholesale_terms": {"labs.repricing_hazard": 1.0},
    "vendors.allocation": {"vendors.capacity": 3_000.0},
    "funding.buffer": {"funding.opening_months": 30.0},
    "policy.wholesale_cap": {"labs.repricing_hazard": 1.0},
    "commons.creator_income": {"commons.licence_share": 0.1},
    "commons.creator_response": {"commons.licence_share": 0.1},
}
"""What else must hold for a key to matter within a year."""

VALUES: dict[str, Any] = {
    "labs.firms": [{"firm": 2, "set": {"pricing": {"rule": "undercut"}, "repricing_hazard": 1.0}}],
    "resellers.firms": [{"firm": [1, 3], "set": {"support_cost": 0.3, "staff": 1e5}}],
    "hosts.firms": [{"firm": 2, "set": {"staff": 1e6}}],
    "hosts.repricing_hazard": 1.0,
    "hosts.pricing.patience": 0.1,
    "hosts.pricing.rule": "cost-plus",
    "hosts.entry_return": 0.9,
    "vendors.firms": [{"firm": 2, "set": {"unit_cost": 9_000.0, "research_share": 0.2}}],
    "makers.firms": [{"firm": 1, "set": {"parts_cost": 6_000.0}}],
    "policy.price_cap": 1.5,
    "policy.wholesale_cap": 1.05,
    "policy.token_tax": 0.2,
    "training.largest_step": 0.01,
    "training.expectations": "saturation",
    "funding.valued": "growth",
    "clouds.conduct": "cournot",
    "funding.stake": 1e-3,
    "labs.answer_hazard": 0.0,
    "policy.windfall_on": "labs",
    "labs.entry_cost": 0.0,
    "labs.wholesale": "discount",
    "labs.wholesale_terms": "each",
    "vendors.allocation": "prepaid",
    "population.plan_correlation": 0.97,
    "population.satiation": 1.2,
    "tariffs.allowances": "tokens",
    "tariffs.free.rule": "fixed",
    "resellers.wrapper_allowance": 0.3,
    "tariffs.subscription_allowance": 0.3,
    "population.nests": "channel",
    "population.need_growth_fades": 3.0,
    "commons.licence_share": 0.1,
    "commons.false_alarms": 0.5,
    "commons.detection": 0.0,
    "commons.posting_elasticity": 1.0,
    "resellers.repricing_hazard": 1.0,
    "vendors.repricing_hazard": 1.0,
    "makers.repricing_hazard": 0.0,
    "labs.repricing_hazard": 1.0,
    "resellers.switching_hazard": 1.0,
    "resellers.entry_return": 0.9,
    "resellers.choice_sharpness": 0.0,
    "power.price_cap": 0.05,
    "power.attractive_margin": 0.9,
    "funding.highest_growth": 0.1,
    "funding.appetite": 0.0,
    "funding.buffer": 0.0,
    "labs.pricing.rule": "undercut",
    "vendors.pricing.rule": "cost-plus",
    "makers.pricing.rule": "cost-plus",
    "power.pricing.rule": "cost-plus",
    "resellers.pricing.rule": "cost-plus",
    "training.budget.rule": "fixed-share",
    "training.launch_interval": 2,
    "population.quantity_elasticity": 0.3,
}
"""Other values, where half as much again would not do or not matter."""

WITHOUT_EFFECT_IN_A_YEAR = {
    "labs.salvage", "clouds.entry", "makers.pricing.patience", "vendors.pricing.patience",
    "resellers.pricing.largest_move", "hosts.pricing.largest_move", "labs.pricing.largest_move",
    "vendors.pricing.largest_move", "makers.pricing.largest_move", "power.pricing.largest_move",
}  # fmt: skip
"""No lab or cloud leaves; patience counts only where buyers have habits; no price moves as far as it may."""


def other(leaf: Leaf) -> Any:
    """Return another value that is allowed."""
    if leaf.name in VALUES:
        return VALUES[leaf.name]
    if isinstance(leaf.value, bool):
        return not leaf.value
    if isinstance(leaf.value, int):
        return leaf.value + 2
    limits = [getattr(limit, "le", getattr(limit, "lt", None)) for limit in leaf.field.metadata]
    highest = [limit for limit in limits if limit is not None]
    more = 1.5 * leaf.value if leaf.value else 0.5
    return more if more < highest[0] else 0.75 * leaf.value


def tables(parameters: Parameters, months: int = MONTHS) -> dict[str, pd.DataFrame]:
    model = TokenMarket(parameters, rng=3, collect=False)
    for _ in range(months):
        model.step()
    results = model.results()
    return {"rounds": results.rounds, "firms": results.firms, "layers": results.layers, "flows": results.flows}


def given(name: str) -> dict[str, Any]:
    section = {"commons": COMMONS, "clouds": CLOUDS, "hosts": HOSTS, "own_chips": OWN_CHIPS}.get(
        name.partition(".")[0], {}
    )
    return SMALL | section | NEEDS.get(name, {})


def as_it_was(base: Parameters, name: str) -> dict[str, Any]:
    """Return what sets a key as it is; a rule with all that it has."""
    values = base.model_dump(mode="json")
    *above, key = name.split(".")
    for step in above:
        values = values[step]
    return {".".join(above): values} if key == "rule" else {name: values[key]}


def same(one: dict[str, pd.DataFrame], two: dict[str, pd.DataFrame], until: int = MONTHS) -> bool:
    parts = [[run[name][run[name]["round"] < until] for run in (one, two)] for name in one]
    return all(left.equals(right) for left, right in parts)


@pytest.mark.spread
@pytest.mark.parametrize("name", DATED)
def test_a_change_is_in_force_from_its_month_on_and_nothing_keeps_what_was(name):
    """A market made with the later value, but told the earlier one for the first months, is the same to the byte."""
    base, value = overridden(Parameters(), given(name)), other(LEAVES[name])
    event = {"round": AT, "set": {name: value}}
    changed = tables(overridden(base, {"events": [event]}))
    back = [{"round": 0, "months": AT, "set": as_it_was(base, name)}]
    kept = tables(overridden(base, {name: value, "events": back}))
    assert same(changed, kept), name
    never = tables(base)
    assert same(changed, never, AT), name
    if name not in WITHOUT_EFFECT_IN_A_YEAR:
        assert not same(changed, never), name


def test_an_event_that_changes_nothing_is_none():
    base = overridden(Parameters(), SMALL)
    event = {"month": "2024-06", "set": {"labs.overhead_share": base.labs.overhead_share}}
    assert same(tables(base), tables(overridden(base, {"events": [event]})))


def test_a_price_cap_binds_at_once_and_as_long_as_it_holds():
    events = [{"month": "2024-05", "months": 3, "set": {"policy": {"price_cap": 2.0}}}]
    firms = tables(overridden(Parameters(), SMALL | {"events": events}))["firms"]
    sellers = firms[firms["kind"].isin(["lab", "reseller"])].groupby("round")["price"].max()
    assert (sellers.loc[4:6] == 2.0).all()
    assert (sellers.loc[:3] > 2.0).all()
    assert sellers.loc[11] > 2.0


def test_a_tax_is_priced_and_billed_from_its_month_on():
    events = [{"round": AT, "set": {"policy.token_tax": 0.25, "labs.repricing_hazard": 1.0}}]
    free = [{"round": AT, "set": {"labs.repricing_hazard": 1.0}}]
    taxed, untaxed = (tables(overridden(Parameters(), SMALL | {"events": given_})) for given_ in (events, free))
    flows = taxed["flows"]
    paid = flows[flows["category"] == "tax"].groupby("round")["amount"].sum()
    assert list(paid.index) == list(range(AT, MONTHS))
    prices = [run["rounds"].set_index("round")["price_retail"] for run in (taxed, untaxed)]
    assert prices[0].loc[AT] > 1.05 * prices[1].loc[AT]


def test_growth_goes_on_from_where_it_is():
    events = [{"round": 10, "set": {"fleet.software_growth": 0.0, "population.need_growth": 0.0}}]
    parameters = overridden(Parameters(), {"population.need_growth_later": 0.0, "events": events})
    calendar, without = Calendar(parameters), Calendar(parameters.model_copy(update={"events": ()}))
    assert calendar.month(10).technology.mtok == without.month(10).technology.mtok
    assert calendar.month(30).technology.mtok == pytest.approx(without.month(10).technology.mtok)
    assert calendar.month(30).need_factor == pytest.approx(without.month(10).need_factor)
    assert calendar.technology(5, 12) == without.technology(5, 12)  # nobody foresees it


def test_adoption_goes_on_from_where_it_is():
    name = "population.segments.students.adoption_speed"
    calendar = Calendar(overridden(Parameters(), {"events": [{"round": 12, "set": {name: 0.0}}]}))
    before = Calendar(Parameters()).adopted("students", 12)
    assert calendar.adopted("students", 12) == calendar.adopted("students", 40) == before
    assert calendar.adopted("consumers", 40) == Calendar(Parameters()).adopted("consumers", 40)


def test_nobody_foresees_what_an_event_does_to_adoption():
    speed = {"population.segments.consumers.adoption_speed": 0.5}
    told = Calendar(overridden(Parameters(), {"events": [{"round": AT, "set": speed}]}))
    plain = Calendar(Parameters())
    assert told.adopted("consumers", AT - 1, 6) == plain.adopted("consumers", AT - 1, 6)
    assert told.adopted("consumers", AT, 6) > plain.adopted("consumers", AT, 6)


def test_events_lie_over_each_other_in_their_order():
    events = [
        {"round": 2, "set": {"policy.token_tax": 0.1}},
        {"round": 4, "months": 2, "set": {"policy.token_tax": 0.2}},
        {"month": "2024-06", "set": {"labs.pricing.rule": "undercut", "labs.pricing.cut": 0.05}},
    ]
    calendar = Calendar(overridden(Parameters(), {"events": events}))
    assert [calendar.parameters(month).policy.token_tax for month in range(8)] == [0, 0, 0.1, 0.1, 0.2, 0.2, 0.1, 0.1]
    assert [calendar.parameters(month).labs.pricing.rule for month in (4, 5)] == ["best-response", "undercut"]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"set": {"policy.token_tax": 0.1}}, "either a month"),
        ({"month": "2024-05", "round": 4, "set": {"policy.token_tax": 0.1}}, "either a month"),
        ({"month": "2023-12", "set": {"policy.token_tax": 0.1}}, "before horizon.start = 2024-01"),
        ({"round": 1, "set": {}}, "set"),
        ({"round": 1, "months": 0, "set": {"policy.token_tax": 0.1}}, "months"),
        ({"round": 1, "set": {"labs.count": 2}}, "events.0.set.labs.count holds for a whole run"),
        ({"round": 1, "set": {"data.electricity": []}}, "events.0.set.data.electricity"),
        ({"round": 1, "set": {"policy.token_taxes": 0.1}}, "did you mean policy.token_tax"),
        ({"round": 1, "set": {"policy.token_tax": 2}}, "events.0.set.policy.token_tax = 2 must be"),
        ({"round": 1, "set": {"labs.pricing.cut": 0.1}}, "cut belongs to undercut"),
        ({"round": 1, "set": {"population.segments.students": False}}, "holds for a whole run"),
        ({"round": 1, "set": {"population.segments.new.need": 1.0}}, "add or take away segments"),
        ({"round": 1, "set": {"labs.overhead_share": 0.9, "policy.token_tax": 0.3}}, "events.0.set"),
    ],
)
def test_what_cannot_happen_is_refused(event, words):
    with pytest.raises((ValueError, TypeError), match=words):
        overridden(Parameters(), {"events": [event]})


def test_books_and_machines_add_up_when_everything_changes_at_once():
    values = {name: other(LEAVES[name]) for name in DATED if name not in VALUES and not name.endswith(".rule")}
    values = {name: value for name, value in values.items() if not name.startswith("commons.") and ".sees_" not in name}
    audit = Audit(TokenMarket(overridden(Parameters(), SMALL | {"events": [{"round": AT, "set": values}]}), rng=1))
    for _ in range(MONTHS):
        audit.step()
    assert all(math.isfinite(value) for value in audit.model.results().rounds["consumer_surplus"])


def test_results_carry_the_parameters_as_given():
    parameters = overridden(Parameters(), {"events": [{"round": 1, "set": {"policy.token_tax": 0.1}}]})
    model = TokenMarket(parameters, rng=1)
    model.step()
    model.step()
    assert model.parameters.policy.token_tax == 0.1
    assert model.results().parameters == parameters
    assert np.isclose(parameters.policy.token_tax, 0.0)


def test_parameters_with_events_are_checked_when_they_are_made():
    with pytest.raises(ValidationError, match="holds for a whole run"):
        Parameters(events=({"round": 1, "set": {"labs.count": 2}},))
