"""What a form of a sweep comes to, and what is refused before anything runs."""

from typing import Any

import pytest

from analysis.dashboard.choice import Choice
from analysis.dashboard.sweep.form import FACTORS, NONE, STEPS, Form, Range, swept
from analysis.dashboard.sweep.order import MOST_RUNS, Order, spaced
from scenarios.errors import BadInput
from scenarios.files.experiment import Experiment

LABS = Range("AI labs", "1", "9", "3")


@pytest.fixture(scope="module")
def parameters() -> dict[str, Any]:
    return Choice("baseline").load().parameters.model_dump(mode="json")


def order(parameters: dict[str, Any], first: Range = LABS, second: Range | None = None, **fields: str) -> Order:
    form = Form(first, second or Range(), **{"months": "12", **fields})
    return form.order(Choice("baseline", 7), parameters)


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        ((0.0, 1.0, 5, False, False), (0.0, 0.25, 0.5, 0.75, 1.0)),
        ((1.0, 100.0, 3, True, False), (1.0, 10.0, 100.0)),
        ((0.1, 0.7, 4, False, False), (0.1, 0.3, 0.5, 0.7)),
        ((1.0, 8.0, 3, True, True), (1, 3, 8)),
        ((1.0, 3.0, 50, False, True), (1, 2, 3)),
        ((2.0, 5.0, 2, False, True), (2, 5)),
    ],
)
def test_values(arguments: tuple[Any, ...], values: tuple[float, ...]) -> None:
    found = spaced(*arguments)
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]


def test_the_size_is_told(parameters: dict[str, Any]) -> None:
    one = order(parameters)
    assert one.runs == 12
    assert one.size == "3 values × 4 replications: 12 runs of 12 months."
    both = order(parameters, second=Range("Chip capacity", "1e3", "1e5", "2", FACTORS), replications="1", months="1")
    assert both.size == "3 values × 2 values × 1 replication: 6 runs of 1 month."
    assert [axis.keys for axis in both.axes] == [("labs.count",), ("vendors.capacity",)]


def test_a_control_of_several_parameters_moves_them_together(parameters: dict[str, Any]) -> None:
    asked = order(parameters, Range("Switching cost", "0", "8", "3"), LABS).experiment("market.toml", "Baseline")
    experiment = Experiment.model_validate({"name": "it", **asked})
    assert len(experiment.list) == len(parameters["population"]["segments"])
    assert all(values == [0.0, 4.0, 8.0] for values in experiment.list.values())
    assert experiment.grid == {"labs.count": [1, 5, 9]}
    assert (experiment.seed, experiment.rounds, experiment.replications) == (7, 12, 4)


@pytest.mark.parametrize(
    ("first", "second", "fields", "part"),
    [
        (Range("AI labs", "", "9"), None, {}, "lowest value of AI labs: '' is no number"),
        (Range("AI labs", "1", "many"), None, {}, "highest value of AI labs: 'many' is no number"),
        (Range("AI labs", "9", "1"), None, {}, "the highest value 1 must be above the lowest 9"),
        (Range("AI labs", "1", "inf"), None, {}, "AI labs: the ends must be finite"),
        (Range("AI labs", "nan", "2"), None, {}, "AI labs: the ends must be finite"),
        (Range("AI labs", "1.5", "4"), None, {}, "AI labs: the ends must be whole numbers"),
        (Range("Resellers", "0", "4", "3", FACTORS), None, {}, "needs a lowest value above 0"),
        (Range("AI labs", "1", "4", "1"), None, {}, "number of values of AI labs: '1' must be a whole number from 2"),
        (Range("AI labs", "1", "4", "1" * 5000), None, {}, "number of values of AI labs"),
        (Range("AI labs", "1", "4", "3", "at random"), None, {}, "there is no control"),
        (Range("labs.count", "1", "4"), None, {}, "there is no control 'labs.count'"),
        (Range("Play stops after", "12", "24"), None, {}, "there is no control"),
        (Range("Labs' prices", "1", "4"), None, {}, "there is no control"),
        (Range(), None, {}, "choose a control"),
        (LABS, LABS, {}, "both controls are the same"),
        (LABS, None, {"months": "0"}, "months: '0' must be a whole number from 1"),
        (LABS, None, {"months": "²"}, "months"),
        (LABS, None, {"replications": "-1"}, "replications"),
        (Range("Chip capacity", "1", "9", "50"), LABS, {"replications": "50"}, f"{MOST_RUNS:,} at most"),
    ],
)
def test_what_will_not_do(parameters: Any, first: Range, second: Range | None, fields: Any, part: str) -> None:
    with pytest.raises(BadInput) as refused:
        order(parameters, first, second, **fields)
    assert part in str(refused.value)


def test_a_form_fits_the_market() -> None:
    textbook = Choice("theory/chain").load().parameters.model_dump(mode="json")
    controls = swept(textbook)
    assert "Cost of labs" in controls
    form = Form(Range("Chip capacity", "1", "2"), Range("AI labs", "2", "3")).fitting(controls, 240)
    assert form.first == Range("Vendors", "1", "12", "5", STEPS)
    assert form.second == Range("AI labs", "2", "3")
    assert form.months == "240"
    assert Form(months="9").fitting(controls, 240).months == "9"
    assert Form().fitting({}, 3).first.label == NONE


def test_wide_ranges_are_spaced_by_factors(parameters: dict[str, Any]) -> None:
    controls = swept(parameters)
    assert Range.of("Chip capacity", controls) == Range("Chip capacity", "1000", "1000000", "5", FACTORS)
    assert Range.of("Resellers", controls).spacing == STEPS
