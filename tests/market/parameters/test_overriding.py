import numpy as np
import pytest

from market.conduct.pricing import Undercut
from market.parameters import Parameters
from market.parameters.keys import leaves
from market.parameters.overriding import overridden
from scenarios.files.loading import load

BASELINE = Parameters()
VALUES = BASELINE.model_dump(mode="json")


def value_of(name):
    value = VALUES
    for key in name.split("."):
        value = value[key]
    return value


@pytest.mark.parametrize("name", [leaf.name for leaf in leaves(Parameters, VALUES) if leaf.name.count(".") < 2])
def test_what_is_in_effect_can_be_said_by_its_name(name):
    assert overridden(BASELINE, {name: value_of(name)}) == BASELINE


@pytest.mark.parametrize(
    "changes",
    [
        {"labs.count": 3, "resellers.count": 0},
        {"population.segments.students.need": 0.2},
        {"population.segments.students": False},
        {"horizon.rounds": 12.0},
        {"data.electricity": [{"date": "2024-01", "value": 0.1}]},
        {"labs.pricing.patience": 0.5, "policy.token_tax": 0.1},
    ],
)
def test_names_mean_what_they_mean_in_scenarios(changes):
    assert overridden(BASELINE, changes) == load("by-the-token", {**changes, "name": BASELINE.name}).parameters


def test_another_rule_keeps_what_both_have():
    before = overridden(BASELINE, {"labs.pricing.largest_move": 0.125, "labs.pricing.patience": 0.5})
    for change in (
        {"labs.pricing.rule": "undercut"},
        {"labs.pricing": "undercut"},
        {"labs.pricing": {"rule": "undercut"}},
    ):
        assert overridden(before, change).labs.pricing == Undercut(largest_move=0.125)
    joint = overridden(before, {"labs.pricing.rule": "joint-profit"}).labs.pricing
    assert (joint.rule, joint.largest_move, joint.patience) == ("joint-profit", 0.125, 0.5)
    found = overridden(before, {"labs.pricing.rule": "undercut", "labs.pricing.cut": 0.25}).labs.pricing
    assert found == Undercut(largest_move=0.125, cut=0.25)
    assert overridden(before, {"labs.pricing": Undercut(cut=0.5)}).labs.pricing == Undercut(cut=0.5)


def test_tables_are_laid_over_those_there_are():
    found = overridden(BASELINE, {"labs": {"count": 3}})
    assert found == overridden(BASELINE, {"labs.count": 3})
    assert found.labs.pricing == BASELINE.labs.pricing


@pytest.mark.parametrize("value", [np.int64(4), np.float64(4.0), np.array(4)])
def test_numpy_numbers_are_numbers(value):
    count = overridden(BASELINE, {"labs.count": value}).labs.count
    assert count == 4
    assert type(count) is int


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("lab.count", "labs"),
        ("labs.cuont", "labs.count"),
        ("users", "population.users"),
        ("labs.pricing.pateince", "labs.pricing.patience"),
        ("labs.token_tax", "policy.token_tax"),
        ("population.segments.students.nead", "population.segments.students.need"),
        ("rounds", "horizon.rounds"),
    ],
)
def test_an_unknown_name_brings_the_nearest(name, nearest):
    with pytest.raises(TypeError, match=rf"parameters: unknown key .*; did you mean {nearest}\?$"):
        overridden(BASELINE, {name: 1})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labs.pricing.cut": 0.1}, "the rule is best-response, and cut belongs to undercut"),
        ({"": 1}, "unknown key ; known are name, model, horizon"),
        ({"quark": 1}, "unknown key quark; known are name, model, horizon"),
        ({"labs.count": object()}, "labs.count must be a number, text, true or false, a list or a table, not <object"),
        ({"labs": {"count": 3}, "labs.count": 4}, "labs is given together with labs.count, which is inside it"),
        ({"labs.count.x": 4, "labs.count": 3}, "labs.count is given together with labs.count.x, which is inside it"),
    ],
)
def test_what_is_no_parameter_is_a_type_error(changes, message):
    with pytest.raises(TypeError) as refused:
        overridden(BASELINE, changes)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("labs.count", 0, "labs.count = 0 must be a whole number, 1 to 200"),
        ("labs.count", "3", "labs.count = '3' must be a whole number, 1 to 200"),
        ("labs.count", 3.5, "labs.count = 3.5 must be a whole number, 1 to 200"),
        ("labs.count", True, "labs.count = true must be a whole number, 1 to 200"),
        ("policy.token_tax", 1, "policy.token_tax = 1 must be a number, at least -0.9 and below 1"),
        ("vendors.capacity", float("nan"), "vendors.capacity = nan must be a number, 0 to 1e+12"),
        ("resellers.entry", 1, "resellers.entry = 1 must be true or false"),
        ("labs.pricing.rule", "undercutt", "labs.pricing.rule = 'undercutt' must be one of marginal-cost, cost-plus"),
        ("labs.pricing", "undercutt", "; did you mean undercut?"),
        ("labs.pricing.rule", ["undercut"], "must be one of marginal-cost"),
        ("population.engine", "cohrt", "must be one of auto, individual, cohort; did you mean cohort?"),
        ("labs", 3, "labs = 3 must be a table with the keys count, firms, pricing"),
        ("data.electricity", 3, "data.electricity = 3 must be a CSV file or a list of records"),
        ("data.electricity", [{"date": "2024-01"}], "data.electricity.0.value is missing"),
        ("data.electricity", [{"date": "2024-01", "value": -1}], "value = -1 must be a number, above 0 and at most"),
        ("population.types", 3, "population.types = 3: types must be a power of two"),
        ("policy.token_tax", 0.99, "labs.overhead_share and policy.token_tax must add up to less than 1"),
        ("population.segments.students.languages", {"german": 2.0}, "population.segments.students: languages must be"),
        ("horizon.start", "January", "horizon.start = 'January': must be a month from 1900-01 to 2200-12"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(name, value, message):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the message is compared below
        overridden(BASELINE, {name: value})
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_all_problems_are_told_at_once():
    with pytest.raises(ValueError, match=r"labs\.count(.|\n)*resellers\.count"):
        overridden(BASELINE, {"labs.count": 0, "resellers.count": -1})


def test_nothing_said_changes_nothing():
    assert overridden(BASELINE, {}) is BASELINE
