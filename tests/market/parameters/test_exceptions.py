"""What holds for some firms instead of what their layer's section says."""

import pickle
from typing import Any

import pytest

from market import Parameters
from market.parameters.exceptions import OfFirms, is_of_a_firm
from market.parameters.overriding import overridden

LAYERS = ("labs", "makers", "resellers", "vendors")


def told(*exceptions: dict[str, Any], layer: str = "labs") -> Parameters:
    return overridden(Parameters(), {f"{layer}.firms": list(exceptions)})


def test_the_number_is_that_in_the_name_and_others_keep_the_section():
    labs = told({"firm": 2, "set": {"lowest_runway": 3}}).labs
    assert [labs.of(index).lowest_runway for index in range(5)] == [6.0, 3.0, 6.0, 6.0, 6.0]
    assert labs.of(0) is labs
    assert labs.of(7) is labs  # who enters later
    assert labs.lowest_runway == 6.0


def test_exceptions_lie_over_each_other_and_a_rule_keeps_what_both_rules_have():
    several = {"firm": [1, 2], "set": {"pricing": {"rule": "joint-profit"}, "lowest_runway": 3}}
    labs = told(several, {"firm": 2, "set": {"pricing": {"patience": 0.5}}}).labs
    assert [labs.of(index).pricing.model_dump() for index in range(2)] == [
        {"rule": "joint-profit", "largest_move": 0.25, "patience": patience} for patience in (0.9, 0.5)
    ]
    assert labs.of(1).lowest_runway == 3


def test_they_are_part_of_what_parameters_are():
    parameters = told({"firm": 2, "set": {"unit_cost": 9_000}}, layer="vendors")
    again = pickle.loads(pickle.dumps(parameters))
    assert again == parameters != Parameters()
    assert again.vendors.of(1).unit_cost == 9_000
    assert overridden(parameters, {"labs.count": 3}).vendors.of(1).unit_cost == 9_000
    assert overridden(parameters, {"vendors.unit_cost": 5_000}).vendors.of(1).unit_cost == 9_000


@pytest.mark.parametrize("layer", LAYERS)
def test_what_a_firm_may_have_of_its_own_is_declared_and_can_be_told(layer):
    section = getattr(Parameters(), layer)
    assert isinstance(section, OfFirms)
    assert set(section.of_a_firm) <= set(type(section).model_fields) - {"count", "firms", *section.fixed}
    for key in section.of_a_firm:
        value = section.model_dump(mode="json")[key]
        own = getattr(told({"firm": 1, "set": {key: value}}, layer=layer), layer).of(0)
        assert getattr(own, key) == getattr(section, key)
        assert is_of_a_firm(Parameters, [layer, key])
    assert not is_of_a_firm(Parameters, [layer, "count"])
    assert not is_of_a_firm(Parameters, ["fleet", "lead_time"])


@pytest.mark.parametrize(
    ("exception", "message"),
    [
        ({"firm": 6, "set": {"lowest_runway": 3}}, r"labs: firms\.0\.firm = 6 must be 1 to 5"),
        ({"firm": [1, 0], "set": {"lowest_runway": 3}}, r"firms\.0\.firm = 0 must be 1 to 5"),
        ({"firm": 1.5, "set": {"lowest_runway": 3}}, r"labs\.firms\.0\.firm = 1\.5: must be a whole number or a list"),
        ({"firm": [], "set": {"lowest_runway": 3}}, r"labs\.firms\.0\.firm = .* must hold at least 1"),
        ({"firm": 1, "set": {}}, r"labs\.firms\.0\.set = .* at least 1"),
        ({"firm": 1, "set": {"lowest_runway": 300}}, r"firms\.0\.set\.lowest_runway = 300 must be a number, 0 to 120"),
        ({"firm": 1, "set": {"lowest_runwy": 3}}, r"firms\.0\.set\.lowest_runwy is no key .* mean lowest_runway\?"),
        ({"firm": 1, "set": {"overhead_share": 0.2}}, r"overhead_share holds for the whole layer.*research_staff"),
        ({"firm": 1, "set": {"firms": []}}, r"firms\.0\.set\.firms is no key of a firm"),
        ({"firm": 1, "set": {"pricing": {"rule": "undrcut"}}}, r"set\.pricing\.rule = 'undrcut' .* mean undercut\?"),
        ({"firm": 1, "set": {"pricing": {"rule": "undercut", "cutt": 1}}}, r"unknown key firms\.0\.set\.pricing\.cutt"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_what_could(exception, message):
    with pytest.raises(ValueError, match=message):
        told(exception)


def test_where_there_are_no_firms_none_differs():
    with pytest.raises(ValueError, match="left out where there are no firms"):
        overridden(Parameters(), {"resellers.count": 0, "resellers.firms": [{"firm": 1, "set": {"staff": 1}}]})
