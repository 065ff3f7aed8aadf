"""The currency is of no consequence: where a dollar is worth a 128th, money is 128 times as much and all else stays.

A factor that is a power of two leaves every rounding as it was, so that the comparison can be exact.
"""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel

from market import Parameters, TokenMarket
from market.records.results import Results

FACTOR, ROUNDS = 128.0, 12
TABLES = ("rounds", "firms", "layers", "flows", "plans", "commons")


def power_of_money(unit: str) -> int:
    """Return the exponent of USD in a unit such as USD/(kW*month)."""
    above, _, below = unit.partition("/")
    return above.count("USD") - below.count("USD")


def in_other_money(model: BaseModel) -> BaseModel:
    """Return parameters with every number scaled by its unit's power of money; bounds are set aside."""
    changed: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        value, extra = getattr(model, name), field.json_schema_extra or {}
        scale = FACTOR ** power_of_money(str(extra.get("unit", "1")))
        if isinstance(value, BaseModel):
            changed[name] = in_other_money(value)
        elif isinstance(value, dict):
            changed[name] = {key: scaled(item, scale) for key, item in value.items()}
        elif isinstance(value, tuple):
            changed[name] = tuple(item.model_copy(update={"value": item.value * scale}) for item in value)
        elif isinstance(value, int | float) and scale != 1.0:
            changed[name] = value * scale
    return model.model_copy(update=changed)


def scaled(item: Any, scale: float) -> Any:
    return in_other_money(item) if isinstance(item, BaseModel) else item * scale if scale != 1.0 else item


def played(parameters: Parameters) -> Results:
    model = TokenMarket(parameters, rng=4)
    for _ in range(ROUNDS):
        model.step()
    return model.results()


def differences(one: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    """Return the columns of another currency that are not exactly those of the first, scaled by their unit."""
    wrong = []
    for column, unit in one.attrs["units"].items():
        if pd.api.types.is_numeric_dtype(one[column]) and one[column].dtype != bool:
            expected = one[column].to_numpy() * FACTOR ** power_of_money(unit)
            if not np.array_equal(other[column].to_numpy(), expected, equal_nan=True):
                wrong.append(column)
        elif not one[column].equals(other[column]):
            wrong.append(column)
    return wrong


def everyone(rule: dict[str, Any]) -> dict[str, Any]:
    return {
        layer: {"pricing": rule, "repricing_hazard": 0.5} for layer in ("vendors", "makers", "labs", "resellers")
    } | {"power": {"pricing": rule}}


CONDUCT = ("marginal-cost", "cost-plus", "best-response", "joint-profit", "undercut", "hill-climbing", "bandit",
           "q-learning", "penetration")  # fmt: skip
BUDGETS = ["race", "truce", "match-the-frontier", "runway", "fixed-share"]

SETTINGS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "chosen wholesale": {"labs": {"wholesale": "chosen", "pricing": {"rule": "best-response", "patience": 0.5}}},
    "discount, tax and caps": {
        "labs": {"wholesale": "discount"},
        "policy": {"token_tax": 0.1, "price_cap": 4.0, "wholesale_cap": 1.5},
    },
    "shortage of power and chips": {"power": {"capacity": 60.0}, "vendors": {"capacity": 8000.0}},
    "entry without loans": {"resellers": {"entry": True}, "funding": {"loan_to_value": 0.0}},
    "labs run out of money": {
        "funding": {"opening_months": 0.0, "appetite": 0.0},
        "labs": {"lowest_runway": 0.0, "overhead_share": 0.6},
    },
    "one of each": {"labs": {"count": 1}, "vendors": {"count": 1}, "makers": {"count": 1}, "power": {"count": 1}},
    "plans of all kinds": {
        "tariffs": {"subscription": "two-part", "free": {"rule": "lifetime"}},
        "resellers": {"aggregator_share": 0.25, "wrapper_share": 0.25},
    },
    "a series of prices": {
        "data": {
            "electricity": [{"date": "2023-01", "value": 0.07}, {"date": "2024-05", "value": 0.11}],
            "chip_prices": [{"date": "2024-01", "value": 31e3}],
        }
    },
    "vendors invest, windfalls are taxed": {
        "vendors": {"investing": 0.5},
        "policy": {"windfall_tax": 0.4},
        "funding": {"opening_months": 3.0},
    },
    "a commons that pays creators": {"commons": {"mode": "on", "licence_share": 0.05}},
    "cohorts": {"population": {"engine": "cohort"}},
}
SETTINGS |= {f"all {rule}": everyone({"rule": rule}) for rule in CONDUCT}
SETTINGS |= {f"train to {rule}": {"training": {"budget": {"rule": rule}}} for rule in BUDGETS}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_all_money_scales_with_the_currency_and_all_else_stays_bit_for_bit(name):
    parameters = Parameters(**SETTINGS[name])
    here, there = played(parameters), played(in_other_money(parameters))
    for table in TABLES:
        one, other = getattr(here, table), getattr(there, table)
        if one.size:
            assert differences(one, other) == [], table
    assert here.rounds.tokens.sum() > 0


@pytest.mark.parametrize("key", [("resellers", "support_cost"), ("fleet", "network_cost"), ("power", "price_cap")])
def test_a_single_number_left_in_the_old_currency_is_found(key):
    section, name = key
    parameters = Parameters(power={"capacity": 60.0})
    there = in_other_money(parameters)
    kept = getattr(there, section).model_copy(update={name: getattr(getattr(parameters, section), name)})
    mixed = played(there.model_copy(update={section: kept}))
    assert differences(played(parameters).rounds, mixed.rounds)


def test_money_is_recognised_by_its_unit():
    powers = {"USD": 1, "USD/(kW*month)": 1, "1/USD": -1, "tokens/USD": -1, "1": 0, "Mtok/month": 0, "USD/Mtok": 1}
    assert {unit: power_of_money(unit) for unit in powers} == powers


def test_the_parameters_that_are_money_are_those_scaled():
    """What differs between the two currencies, and by how much, read off the parameters themselves."""

    def leaves(node: Any, path: str = "") -> dict[str, Any]:
        if isinstance(node, dict):
            return {k: v for key, item in node.items() for k, v in leaves(item, f"{path}.{key}").items()}
        if isinstance(node, list | tuple):
            return {k: v for key, item in enumerate(node) for k, v in leaves(item, f"{path}.{key}").items()}
        return {path.lstrip("."): node}

    here = leaves(Parameters().model_dump())
    there = leaves(in_other_money(Parameters()).model_dump(warnings=False))
    moved = {name for name in here if here[name] != there[name]}
    assert all(there[name] == FACTOR ** (1 if here[name] < there[name] else -1) * here[name] for name in moved)
    assert moved >= {
        "vendors.opening_price", "vendors.unit_cost", "makers.parts_cost", "power.fixed_cost", "power.price_cap",
        "fleet.network_cost", "fleet.facility_cost", "resellers.support_cost", "resellers.staff",
        "population.reference_price", "policy.price_cap", "data.electricity.0.value",
    }  # fmt: skip
