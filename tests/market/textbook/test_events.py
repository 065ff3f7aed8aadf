"""Parameters of the textbook chain that change at a date: in force from then on, nothing keeps what was."""

from typing import Any

import numpy as np
import pytest

from market import TextbookMarket, TextbookParameters
from market.demand import Linear
from market.equilibrium import chain_equilibrium
from market.parameters.overriding import overridden
from market.parameters.spells import dated_keys
from market.records.columns import LAYERS
from market.records.results import Results

MONTHS, AT = 12, 5
DATED = dated_keys(TextbookParameters())
LOGIT = {"chain.demand": "logit", "vendors.pricing.rule": "marginal-cost", "labs.pricing.rule": "marginal-cost"}
WITHOUT_EFFECT = {f"{layer}.pricing.patience" for layer in ("vendors", "labs", "resellers")} | {
    f"{layer}.pricing.largest_move" for layer in ("vendors", "labs")
}
"""Keys that are refused with any other value: buyers have no habits, and quantities are not bounded by a move."""

NEEDS: dict[str, dict[str, Any]] = {
    "chain.value": LOGIT,
    "chain.price_coefficient": LOGIT,
    "chain.users": LOGIT,
    "resellers.pricing.largest_move": LOGIT | {"chain.price_coefficient": 0.5, "resellers.pricing.largest_move": 0.001},
}
VALUES: dict[str, Any] = {
    "chain.timing": "simultaneous",
    "chain.intercept": 8.0,
    "chain.slope": 1.5,
    "chain.value": 9.0,
    "chain.price_coefficient": 3.0,
    "chain.users": 2.0,
    "chain.hardware_cost": 2.5,
    "chain.lab_cost": 0.5,
    "chain.reseller_cost": 0.5,
    "vendors.pricing.rule": "cost-plus",
    "labs.pricing.rule": "marginal-cost",
    "resellers.pricing.rule": "joint-profit",
    "resellers.pricing.largest_move": 0.01,
}


def played(parameters: TextbookParameters, months: int = MONTHS) -> Results:
    audit = TextbookMarket(parameters, rng=1, collect=False).audit()
    for _ in range(months):
        audit.step()
    return audit.model.results()


def same(one: Results, two: Results, until: int = MONTHS) -> bool:
    names = ("rounds", "firms", "layers", "flows", "plans")
    parts = [[table[table["round"] < until] for table in (getattr(one, name), getattr(two, name))] for name in names]
    return all(left.equals(right) for left, right in parts)


def as_it_was(base: TextbookParameters, name: str) -> dict[str, Any]:
    """Return what sets a key as it is; a rule with all that it has."""
    section, key, *rest = name.split(".")
    value = base.model_dump(mode="json")[section][key]
    return {name: value} if not rest else {f"{section}.{key}": value}


def test_what_can_change_is_known_here() -> None:
    assert set(DATED) == set(VALUES) | WITHOUT_EFFECT


@pytest.mark.parametrize("name", VALUES)
def test_a_change_is_in_force_from_its_month_on_and_nothing_keeps_what_was(name: str) -> None:
    """A chain made with the later value, but told the earlier one for the first months, is the same to the byte."""
    base = overridden(TextbookParameters(), {"horizon.rounds": MONTHS} | NEEDS.get(name, {}))
    event = {"round": AT, "set": {name: VALUES[name]}}
    changed = played(overridden(base, {"events": [event]}))
    back = [{"round": 0, "months": AT, "set": as_it_was(base, name)}]
    assert same(changed, played(overridden(base, {name: VALUES[name], "events": back})))
    never = played(base)
    assert same(changed, never, AT)
    assert not same(changed, never, AT + 1)


def test_the_chain_settles_where_the_later_costs_lead() -> None:
    cost = (1.0, 1.5, 0.5)
    names = ("chain.hardware_cost", "chain.lab_cost", "chain.reseller_cost")
    event = {"round": 150, "set": dict(zip(names, cost, strict=True))}
    found = played(overridden(TextbookParameters(), {"horizon.rounds": 300, "events": [event]}), 300)
    for month, costs in ((149, (2.0, 0.0, 0.0)), (299, cost)):
        theory = chain_equilibrium(Linear(10, 1.0), (2, 3, 5), costs)
        profit = found.layers[found.layers["round"] == month].set_index("layer")["profit"]
        np.testing.assert_allclose(profit[list(LAYERS)].to_numpy(), theory.profits, rtol=1e-6)
        assert found.rounds["price_retail"][month] == pytest.approx(theory.prices[-1], rel=1e-7)


def test_a_change_for_some_months_passes() -> None:
    event = {"month": "2024-03", "months": 2, "set": {"chain.intercept": 20.0}}
    model = TextbookMarket(overridden(TextbookParameters(), {"events": [event]}), rng=1)
    choke = []
    for _ in range(6):
        model.step()
        choke.append(model.chain.users.choke)
    assert choke == [10.0, 10.0, 20.0, 20.0, 10.0, 10.0]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"labs.count": 2}, "events.0.set.labs.count holds for a whole run"),
    ({"chain.demand": "logit", "chain.timing": "simultaneous"}, "events.0.set.chain.demand holds for a whole run"),
    ({"chain.integrated": 1, "vendors.pricing.rule": "marginal-cost"}, "chain.integrated holds for a whole run"),
    ({"horizon.rounds": 7}, "events.0.set.horizon.rounds holds for a whole run"),
    ({"name": "other"}, "events.0.set.name holds for a whole run"),
    ({"chain.users": 2.0}, "events.0.set.chain.users = 2.0 has no effect where chain.demand is linear"),
    ({"chain.hardware_cost": 11.0}, "events.0.set: marginal costs (chain.hardware_cost"),
    ({"chain.slop": 2.0}, "did you mean chain.slope"),
    ({"policy.token_tax": 0.1}, "policy.token_tax is a key of scenarios with model"),
    ({"vendors.pricing.rule": "undercut"}, "events.0.set.vendors.pricing.rule"),
    ({"resellers.pricing.patience": 0.5}, "resellers.pricing.patience has no effect"),
]


@pytest.mark.parametrize(("change", "words"), REFUSED, ids=[next(iter(change)) for change, _ in REFUSED])
def test_what_cannot_happen_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises((ValueError, TypeError)) as refused:
        overridden(TextbookParameters(), {"events": [{"round": 1, "set": change}]})
    assert words in str(refused.value)


def test_results_carry_the_parameters_as_given() -> None:
    parameters = overridden(TextbookParameters(), {"events": [{"round": 1, "set": {"chain.slope": 2.0}}]})
    model = TextbookMarket(parameters, rng=1)
    model.step()
    model.step()
    assert model.parameters.chain.slope == 2.0
    assert model.results().parameters == parameters
