import pytest
from designed_results import designed, grid
from small_economy import batch

from analysis.tables.factors import design_of, responses


def flat(*_: object) -> float:
    return 0.1


def test_a_factor_is_labelled_by_its_declaration():
    labs, decay = design_of(grid({"labs.count": [1, 2, 4], "training.decay": [0.1, 0.2]}, flat)).factors
    assert labs.label == "AI labs (firms)"
    assert decay.label == "Monthly loss of usefulness of past training compute (1/month)"
    assert labs.short == "AI labs"
    assert decay.short == "training.decay"


@pytest.mark.parametrize(
    ("values", "log"),
    [
        ([1, 2, 4, 8], True),
        ([1, 2, 3, 5, 8], True),
        ([1, 2, 3, 4, 5], False),
        ([0, 10, 100], False),
        ([1, 3, 9.5], True),
    ],
)
def test_values_spaced_by_factors_stand_on_a_logarithmic_axis(values: list[float], log: bool):
    (factor,) = design_of(grid({"labs.count": values}, flat)).factors
    assert factor.log == log
    assert factor.numbers(factor.places(factor.levels)) == pytest.approx(sorted(values))


def test_words_rules_and_switches_are_categories():
    points = [
        {"labs.pricing.rule": "best-response", "labs.pricing.patience": 0.9, "labs.reprice_at_launch": True},
        {"labs.pricing.rule": "best-response", "labs.pricing.patience": 0.1, "labs.reprice_at_launch": False},
        {"labs.pricing.rule": "joint-profit", "labs.reprice_at_launch": False},
    ]
    rule, switch = design_of(
        designed(points, {"grid": {"labs.pricing": [], "labs.reprice_at_launch": []}}, flat)
    ).factors
    assert rule.levels == ["best-response, patience 0.9", "best-response, patience 0.1", "joint-profit"]
    assert switch.levels == ["yes", "no"]
    assert not rule.numeric
    assert list(rule.places(["joint-profit"])) == [2.0]


def test_what_varies_together_is_one_factor():
    points = [{"labs.count": 1, "resellers.count": 10}, {"labs.count": 2, "resellers.count": 20}]
    (both,) = design_of(designed(points, {"list": {"labs.count": [1, 2], "resellers.count": [10, 20]}}, flat)).factors
    assert both.levels == ["1, 10", "2, 20"]
    assert both.label == "AI labs (firms) · Resellers at the start (firms)"


def test_samples_know_their_ranges():
    points = [{"labs.count": 1, "training.decay": 0.05}, {"labs.count": 3, "training.decay": 0.1}]
    ranges = {"labs.count": {"low": 1, "high": 9}, "training.decay": {"low": 0.01, "high": 0.5, "log": True}}
    labs, decay = design_of(designed(points, {"sobol": {"n": 2, "ranges": ranges}}, flat)).factors
    assert (labs.sampled, labs.log, decay.log) == (True, False, True)


def test_named_settings_are_crossed_with_the_points():
    named = [{"name": "calm", "title": "Calm"}, {"name": "storm", "title": "Storm"}]
    results = grid({"labs.count": [1, 2]}, lambda _, at, __: {"calm": 0.1, "storm": 0.2}[at["group"]], named=named)
    design = design_of(results)
    assert design.named == ["Calm", "Storm"]
    assert design.members("Storm") == ["storm · point 0", "storm · point 1"]
    table = responses(results, design)
    assert table.groupby("group")["margin"].mean().to_dict() == pytest.approx({"Calm": 0.1, "Storm": 0.2})
    assert set(table["labs.count"]) == {1.0, 2.0}


def test_what_does_not_vary_is_no_factor():
    assert design_of(grid({"labs.count": [3]}, flat)) is None
    (factor,) = design_of(grid({"labs.count": [3], "resellers.count": [1, 2]}, flat)).factors
    assert factor.name == "resellers.count"
    assert design_of(batch({"baseline": {}, "chips-at-cost": {}}, 1, 3)) is None


def test_parameters_that_share_their_values_are_one_factor_of_numbers():
    points = [{"vendors.count": at, "makers.count": at} for at in (1, 2)]
    values = {"vendors.count": [1, 2], "makers.count": [1, 2]}
    (both,) = design_of(designed(points, {"list": values}, flat)).factors
    assert both.numeric
    assert both.levels == [1.0, 2.0]
    assert both.name == "vendors.count, makers.count"
