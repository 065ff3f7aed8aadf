"""Which inputs decide among the members of an ensemble, in a market whose margins are known functions of them."""

from pathlib import Path

import numpy as np
import pytest
from inline_executor import Inline
from linear_market import simulate

from analysis.results import read_results
from analysis.sensitivity.study import explained, study_of
from scenarios.batches.sensitivity import AS_IT_IS, run_study
from scenarios.batches.world_study import plan_in_worlds
from scenarios.errors import BadInput
from scenarios.files.ensemble import FILE, ensemble_bytes
from scenarios.files.loading import load

SEGMENTS = tuple(load("baseline").parameters.population.segments)
LOYALTY = [f"population.segments.{segment}.loyalty" for segment in SEGMENTS]
INPUTS = ("labs.overhead_share", "population.segments.*.loyalty", "vendors.unit_cost")
ABOUT = {"record": {"title": "T", "set": {"horizon.start": "2023-01"}, "inputs": dict.fromkeys(INPUTS)}}


@pytest.fixture
def ensemble(tmp_path: Path) -> str:
    """Sixty members: overheads and chips' cost go together, loyalty does not."""
    rng, folder = np.random.default_rng(1), tmp_path / "ensemble"
    folder.mkdir()
    overheads, factor = rng.uniform(0.1, 0.4, 60), rng.uniform(0.8, 1.2, 60)
    columns = {"labs.overhead_share": overheads.tolist(), "vendors.unit_cost": (3000 + 20_000 * overheads).tolist()}
    columns |= {key: ((3 + place) * factor).tolist() for place, key in enumerate(LOYALTY)}
    file = ensemble_bytes(columns, dict.fromkeys(columns, "float"), ABOUT | {"scenario": "baseline"})
    (folder / FILE).write_bytes(file)
    return str(folder)


def test_inputs_that_go_together_are_credited_with_the_same(ensemble: str, tmp_path: Path) -> None:
    planned = plan_in_worlds("baseline", ensemble, rounds=2)
    assert run_study(planned, 1, Inline(), tmp_path / "out", simulate=simulate).done == 61
    results = read_results(tmp_path / "out")
    study = study_of(results)
    assert study == planned.study
    found = {item.measure.name: item.table.set_index("input") for item in explained(results, study)}
    labs = found["layers.labs.margin"]["index"]
    assert labs["labs.overhead_share"] == labs["vendors.unit_cost"] > 0.9 > 0.3 > labs[INPUTS[1]]
    resellers = found["layers.resellers.margin"]
    assert resellers.index[0] == INPUTS[1]
    assert resellers["direction"].iloc[0] == pytest.approx(1.0)
    assert found["layers.hardware.margin"]["index"].tolist() == [0.0, 0.0, 0.0]


def test_a_point_is_where_the_member_lies_in_what_members_have(ensemble: str) -> None:
    study = plan_in_worlds("baseline", ensemble).study
    assert [item.name for item in study.inputs] == list(INPUTS)
    points = np.array(study.points)
    assert points.min(axis=0).tolist() == [0.0, 0.0, 0.0]
    assert points.max(axis=0) == pytest.approx([1.0, 1.0, 1.0])
    assert study.inputs[1].high / study.inputs[1].low < 1.5  # the common factor


def test_members_are_run_as_they_are(ensemble: str) -> None:
    planned = plan_in_worlds("baseline", ensemble, runs=20, users=1_000)
    first, *members = planned.experiment.settings
    assert (first.name, len(members), members[0].name) == (AS_IT_IS, 20, "member 01")
    assert set(members[0].set) == {"horizon.start", "labs.overhead_share", "vendors.unit_cost", *LOYALTY}
    assert members[0].set["vendors.unit_cost"] == 3000 + 20_000 * members[0].set["labs.overhead_share"]


def test_what_the_scenario_or_the_call_says_is_not_moved(ensemble: str) -> None:
    changes = {"labs.overhead_share": 0.3, "population.segments.students.loyalty": 2.0}
    study = plan_in_worlds("baseline", ensemble, changes=changes).study
    assert [item.name for item in study.inputs] == [INPUTS[1], INPUTS[2]]
    assert "population.segments.students.loyalty" not in study.inputs[0].keys


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"runs": 19}, "19 worlds are too few"),
        ({"runs": 0}, "--runs 0"),
        ({"changes": dict.fromkeys([*LOYALTY, "labs.overhead_share"], 0.5) | {"vendors.unit_cost": 5e3}}, "of its own"),
        ({"rounds": 3, "changes": {"horizon.rounds": 3}}, "is given by --rounds as well"),
        ({"measures": ["layers.labs.margn"]}, "did you mean"),
    ],
)  # fmt: skip
def test_what_will_not_do_is_said(ensemble: str, options, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        plan_in_worlds("baseline", ensemble, **options)
