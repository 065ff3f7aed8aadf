import json
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from finished_files import content
from inline_executor import Inline
from linear_market import FAILS, simulate

from analysis.results import read_results
from analysis.sensitivity.study import explained, study_of
from scenarios.batches.batch import Stopped
from scenarios.batches.sampling import design
from scenarios.batches.sensitivity import AS_IT_IS, Planned, plan_study, run_study
from scenarios.errors import BadInput
from scenarios.files.loading import load
from scenarios.files.measures import needed
from scenarios.results.store import read_manifest

INPUTS = ("labs.overhead_share", "vendors.unit_cost", "population.segments.*.loyalty")


def planned(method: str = "morris", **options) -> Planned:
    return plan_study("baseline", method, patterns=INPUTS, **{"runs": 40, "rounds": 2, **options})


def played(out: Path, study: Planned, **options):
    return run_study(study, out=out, **{"executor": Inline(), "workers": 1, "simulate": simulate, **options})


def found_in(out: Path) -> dict[str, pd.DataFrame]:
    results = read_results(out)
    study = study_of(results)
    assert study is not None
    return {item.measure.name: item.table.set_index("input") for item in explained(results, study)}


def bytes_of(out: Path) -> dict[str, bytes]:
    said = {key: value for key, value in read_manifest(out).items() if key != "tables"}  # checksums of timings differ
    return content(out) | {"manifest.json": json.dumps(said).encode()}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("study") / "out"
    assert played(out, planned()).done == 41
    return out


def test_morris_finds_the_slopes_of_a_market_that_is_linear(reference: Path) -> None:
    found = found_in(reference)
    labs = found["layers.labs.margin"]["index"]
    assert labs["labs.overhead_share"] > labs["vendors.unit_cost"] > labs["population.segments.*.loyalty"] == 0
    assert labs["vendors.unit_cost"] == pytest.approx(0.1 * (13200 - 3320) / 6900, rel=0.3)
    assert found["layers.hardware.margin"]["index"].tolist() == [0.0, 0.0, 0.0]


def test_grouped_keys_are_one_input(reference: Path) -> None:
    resellers = found_in(reference)["layers.resellers.margin"]
    assert resellers.index[0] == "population.segments.*.loyalty"
    assert resellers["index"].tolist()[1:] == [0.0, 0.0]
    assert resellers["index"].iloc[0] == pytest.approx(0.2, rel=0.25)  # from 4.5 to 6.5, over ten
    assert resellers["keys"].iloc[0].count("population.segments.") == 4


@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_processes_gives_the_same_bytes(reference: Path, tmp_path: Path, workers: int) -> None:
    played(tmp_path / "out", planned(), executor=None, workers=workers)
    assert bytes_of(tmp_path / "out") == bytes_of(reference)


def test_a_study_that_was_stopped_goes_on_to_the_same_bytes(
    reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.batches.dispatch.LONGEST_CHUNK", 1)
    monkeypatch.setattr("scenarios.results.store.Store.SECONDS", 0.0)

    asked: list[int] = []

    def stop(count) -> None:
        if count.done >= 10 and not asked:
            asked.append(count.done)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Stopped):
        played(tmp_path / "out", planned(), watch=stop)
    assert 10 <= read_results(tmp_path / "out").finished < 41
    assert found_in(tmp_path / "out")["layers.labs.margin"]["runs"].iloc[0] % 4 == 0
    summary = played(tmp_path / "out", planned(), resume=True)
    assert 0 < summary.fresh < 41
    assert bytes_of(tmp_path / "out") == bytes_of(reference)


def test_other_measures_and_sobol_after_shapley_need_no_new_runs(tmp_path: Path) -> None:
    played(tmp_path / "out", planned("sobol"))
    again = played(tmp_path / "out", planned("shapley", measures=("layers.labs.margin",)), resume=True)
    assert again.fresh == 0
    assert read_manifest(tmp_path / "out")["study"]["measures"] == ["layers.labs.margin"]
    labs = found_in(tmp_path / "out")["layers.labs.margin"]
    assert labs["index"].sum() == pytest.approx(1.0)
    assert labs.index[0] == "labs.overhead_share"


def test_another_design_is_refused(reference: Path) -> None:
    before = bytes_of(reference)
    for other in (planned("sobol"), planned(seed=2), planned(runs=60)):
        with pytest.raises(BadInput, match="holds results of something else"):
            played(reference, other, resume=True)
    assert bytes_of(reference) == before


def test_runs_that_fail_are_counted_and_their_trajectories_left_out(tmp_path: Path) -> None:
    summary = played(tmp_path / "out", planned(changes={"resellers.count": FAILS}, runs=80))
    assert summary.failures
    labs = found_in(tmp_path / "out")["layers.labs.margin"]
    assert labs["runs"].iloc[0] % 4 == 0
    assert labs["runs"].iloc[0] < 80


def test_the_first_setting_is_the_scenario_as_it_is() -> None:
    study = planned(changes={"labs.count": 3})
    assert study.experiment.settings[0].name == AS_IT_IS
    assert study.experiment.settings[0].set == {}
    assert study.experiment.set == {"labs.count": 3}
    assert len(study.experiment.settings) == len(study.study.points) + 1


def test_points_that_make_no_sense_are_drawn_again_and_counted() -> None:
    names = ("population.nest_correlation", "population.plan_correlation")
    for method in ("morris", "sobol"):
        study = plan_study("baseline", method, patterns=names, runs=48).study
        assert len(study.points) == 48
        assert study.refused > 0
        assert study.drawn >= 48 + study.refused
        assert "population.plan_correlation" in study.refusals[0]


def test_a_design_depends_on_its_seed_alone() -> None:
    for method in ("morris", "sobol"):
        first, same, other = (design(method, 3, 40, seed).points for seed in (1, 1, 2))
        assert np.array_equal(first, same)
        assert not np.array_equal(first, other)
        assert ((first >= 0) & (first <= 1)).all()


def test_what_cannot_make_sense_is_said() -> None:
    with pytest.raises(BadInput, match="only 0 of 80 trajectories make sense"):
        design("morris", 2, 30, 1, lambda point: "never")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "saltelli"}, "must be one of morris, sobol, shapley"),
        ({"measures": ("layers.labs.margn",)}, "did you mean layers.labs.margin"),
        ({"runs": 15}, "3 inputs need 16 at least"),
        ({"runs": 0}, "--runs 0 must be"),
        ({"method": "sobol", "runs": 10}, "3 inputs need 20 at least"),
        ({"seed": -1}, "seed = -1"),
        ({"rounds": 0}, "--rounds"),
        ({"users": 1}, "--users"),
        ({"changes": {"labs.overhead_share": 0.2}}, "given by --set as well"),
        ({"changes": {"horizon.rounds": 3}}, "given by --rounds as well"),
    ],
)
def test_bad_input_is_refused(options, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        planned(**options)
    assert said in str(refused.value)


def test_a_study_of_the_profit_gain_has_it_worked_out() -> None:
    gain = ["layers.labs.profit_gain"]
    assert planned(measures=gain).experiment.set == {"horizon.profit_gain": True}
    assert planned().experiment.set == {}
    assert needed(load("theory/chain").parameters, gain) == needed(load("theory/learning").parameters, gain) == {}
