"""Inputs of a study that go together."""

import numpy as np
import pytest
from scipy.stats import norm, spearmanr

from scenarios import BadInput
from scenarios.batches.correlations import copula
from scenarios.batches.sensitivity import plan_study

INPUTS = ("labs.overhead_share", "resellers.staff_share", "vendors.substitution")
PAIR = "labs.overhead_share~resellers.staff_share"


def planned(*correlations: str, method: str = "shapley"):
    return plan_study("baseline", method, runs=256, patterns=INPUTS, correlations=correlations).study


def test_points_go_together_as_asked_and_fill_each_range_evenly() -> None:
    study = planned(f"{PAIR}=0.7")
    places = {item.name: number for number, item in enumerate(study.inputs)}
    points = np.array(study.points)[:, [places[name] for name in INPUTS]]
    assert np.corrcoef(norm.ppf(points[:, :2]).T)[0, 1] == pytest.approx(0.7, abs=0.03)
    assert spearmanr(points[:, 0], points[:, 2]).statistic == pytest.approx(0.0, abs=0.06)
    for column in points.T:
        assert np.histogram(column, bins=8, range=(0, 1))[0] == pytest.approx([32] * 8, abs=4)


def test_without_any_the_points_are_those_of_independent_inputs() -> None:
    assert planned().points == plan_study("baseline", "sobol", runs=256, patterns=INPUTS).study.points


def test_a_study_says_which_go_together() -> None:
    study = planned(f"{PAIR}=-0.5", f"{INPUTS[0]} ~ {INPUTS[2]} = 0.2")
    assert [(one.first, one.second, one.value) for one in study.correlations] == [
        (INPUTS[0], INPUTS[1], -0.5),
        (INPUTS[0], INPUTS[2], 0.2),
    ]
    matrix = copula(study.inputs, study.correlations)
    assert (matrix == matrix.T).all()
    assert sorted(matrix[np.triu_indices(3, 1)]) == [-0.5, 0.0, 0.2]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["labs.overhead_share=0.5"], "must be as labs.overhead_share~resellers.staff_share=0.6"),
        ([f"{PAIR}=1"], "must be a number from -0.99 to 0.99"),
        ([f"{PAIR}=nan"], "must be a number from -0.99 to 0.99"),
        ([f"{PAIR}=much"], "must be a number from -0.99 to 0.99"),
        (["labs.overhead_shar~resellers.staff_share=0.5"], "did you mean labs.overhead_share"),
        (["labs.overhead_share~labs.overhead_share=0.5"], "goes with itself anyway"),
        ([f"{PAIR}=0.5", "resellers.staff_share~labs.overhead_share=0.1"], "have one already"),
        (
            [f"{PAIR}=0.9", f"{INPUTS[1]}~{INPUTS[2]}=0.9", f"{INPUTS[0]}~{INPUTS[2]}=-0.9"],
            "no distribution has all of",
        ),
    ],
)
def test_what_cannot_be_is_refused(given: list[str], said: str) -> None:
    with pytest.raises(BadInput) as problem:
        planned(*given)
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_other_methods_have_no_indices_of_inputs_that_go_together(method: str) -> None:
    with pytest.raises(BadInput, match="needs --method shapley"):
        planned(f"{PAIR}=0.7", method=method)
