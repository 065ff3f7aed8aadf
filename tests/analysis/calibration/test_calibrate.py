"""A calibration through the batch engine, of a market whose numbers are known functions of its parameters."""

import json
import tomllib
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from inline_executor import Inline
from recorded_market import numbers, simulate

from analysis.calibration.calibrate import calibrate
from analysis.calibration.saving import inputs_table, save, targets_table
from scenarios import load
from scenarios.errors import BadInput, WorkFailed
from scenarios.files.ensemble import load_ensemble
from scenarios.files.record import Record, load_record

TRUTH = {"vendors.substitution": 4.4, "population.need_growth": 0.037, "fleet.throughput": 400.0}
INPUTS = {**{key: None for key in TRUTH}, "fleet.target_utilisation": None}
MEASURES = ("price_chip", "churn", "tokens", "unit_cost_token")


def record(tolerance: float = 0.01, **changes) -> Record:
    """What the market has at the truth, as if it had been recorded."""
    true = numbers(load("baseline", TRUTH).parameters)
    targets = [
        {"name": name, "measure": name, "period": "2024H1", "low": true[name], "high": true[name], "log": True}
        | {"tolerance": tolerance, "source": "the truth", "grade": "A"}
        for name in MEASURES
    ]
    given = {"title": "What is true", "question": "?", "rounds": 6, "users": 1000, "inputs": INPUTS, "targets": targets}
    return Record.model_validate(given | changes)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibration")
    said: list[str] = []
    calibration = calibrate(
        record(), folder, runs=60, waves=3, executor=Inline(), workers=1, simulate=simulate, tell=said.append
    )
    return SimpleNamespace(calibration=calibration, folder=folder, said=said, paths=save(calibration, folder))


def test_it_recovers_what_made_the_data(found):
    table = inputs_table(found.calibration).set_index("input")
    for name in ("vendors.substitution", "population.need_growth"):
        assert table.loc[name, "nearest"] == pytest.approx(TRUTH[name], rel=0.1)
        assert table.loc[name, "left_25"] * 0.9 <= TRUTH[name] <= table.loc[name, "left_75"] * 1.1


def test_it_does_not_claim_what_the_data_cannot_tell(found):
    """Only the product of throughput and utilisation shows in the record: each by itself stays wide."""
    calibration = found.calibration
    worth = [calibration.inputs.index(item) for item in calibration.inputs if item.name.startswith("fleet")]
    members = calibration.points[calibration.members]
    assert np.std(members[:, worth], axis=0).min() > 0.1
    own = load_ensemble(found.folder).members
    product = [member["fleet.throughput"] * member["fleet.target_utilisation"] for member in own]
    assert np.std(np.log(product)) < 0.03
    assert np.mean(product) == pytest.approx(400 * 0.5, rel=0.05)


def test_each_wave_is_nearer_to_the_record(found):
    calibration = found.calibration
    plausible = [(calibration.worst[calibration.wave == number] <= 3).mean() for number in (1, 2, 3)]
    assert plausible[0] < 0.1 < plausible[2]
    assert [line for line in found.said if line.startswith("wave 3")]


def test_members_are_runs_that_agree_the_nearest_first(found):
    calibration = found.calibration
    assert len(calibration.members) >= 10
    assert (calibration.worst[calibration.members] <= 3).all()
    assert (np.diff(calibration.distance[calibration.members]) >= 0).all()
    ensemble = load_ensemble(found.folder)
    assert len(ensemble.members) == len(calibration.members)
    for member in ensemble.members[:3]:
        has = numbers(load("baseline", dict(member)).parameters)
        assert all(abs(np.log(has[name] / target.low)) <= 0.03 for name, target in
                   zip(MEASURES, calibration.record.targets, strict=True))  # fmt: skip
    assert ensemble.about["record"]["title"] == "What is true"


def test_the_nearest_is_a_scenario_that_has_the_record(found):
    scenario = load(found.folder / "calibrated.toml")
    assert numbers(scenario.parameters)["price_chip"] == pytest.approx(
        found.calibration.record.targets[0].low, rel=0.03
    )
    assert tomllib.loads((found.folder / "calibrated.toml").read_text())["extends"] == "baseline"


def test_the_same_bytes_again_and_nothing_is_run_twice(found):
    again = calibrate(record(), found.folder, 60, 3, 1, Inline(), resume=True, simulate=fails)
    assert again.points.tobytes() == found.calibration.points.tobytes()
    before = [path.read_bytes() for path in found.paths]
    assert [path.read_bytes() for path in save(again, found.folder)] == before


def test_what_is_out_of_reach_is_shown_and_not_met(tmp_path):
    true = record()
    far = true.targets[0].model_copy(update={"low": 1e9, "high": 1e9})
    asked = true.model_copy(update={"targets": (far, *true.targets[1:])})
    calibration = calibrate(asked, tmp_path, 30, 1, 1, Inline(), simulate=simulate)
    assert len(calibration.members) == 0
    table = targets_table(calibration)
    assert table["status"].iloc[0] == "out of reach"
    assert set(table["of"]) == {"nearest tenth"}
    assert "ensemble.parquet" not in {path.name for path in save(calibration, tmp_path)}
    allowed = asked.model_copy(update={"may_miss": 1, "targets": tuple(
        target.model_copy(update={"tolerance": 1.0}) for target in asked.targets)})  # fmt: skip
    assert len(calibrate(allowed, tmp_path, 30, 1, 1, Inline(), resume=True, simulate=simulate).members) > 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"inputs": {"vendors.substitutio": None}}, "vendors.substitution"),
        ({"inputs": {"fleet.throughput": None, "fleet.through*": {"low": 1, "high": 2}}}, "has no number"),
        ({"inputs": {"labs.nobody": {"low": 1, "high": 2}}}, "has no number 'labs.nobody'"),
        ({"inputs": {"fleet.target_utilisation": {"low": 0.5, "high": 7}}}, "inputs.fleet.target_utilisation"),
        ({"scenario": "baselin"}, "baseline"),
        ({"set": {"fleet.throughput": 300.0}}, "held"),
        ({"rounds": 2}, "2024-01 to 2024-06 is not within the months played, 2024-01 to 2024-02"),
    ],
)
def test_a_record_that_will_not_do(changes, said, tmp_path):
    with pytest.raises(BadInput, match=said):
        calibrate(record(**changes), tmp_path / "out", 30, 1, 1, Inline(), simulate=simulate)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"agent": "lab Z"}, "there is no agent 'lab Z'"),
        ({"measure": "chur"}, "market has no measure 'chur'.*churn"),
        ({"agent": "lab A", "measure": "paying_share"}, "lab A has no measure"),
    ],
)
def test_a_target_that_nothing_stands_for(target, said, tmp_path):
    true = record()
    asked = true.model_copy(update={"targets": (true.targets[0].model_copy(update=target), *true.targets[1:])})
    with pytest.raises(BadInput, match=said):
        calibrate(asked, tmp_path / "out", 30, 1, 1, Inline(), simulate=simulate)


def test_runs_that_all_fail_are_no_calibration(tmp_path):
    with pytest.raises(WorkFailed, match="no run came to an end"):
        calibrate(record(), tmp_path / "out", 30, 1, 1, Inline(), simulate=fails)


def fails(parameters, seed):
    raise FloatingPointError("never")


def test_the_record_that_ships_looks_at_no_profit():
    from analysis.findings.counterparts import PROFITS

    shipped = load_record("2023-2024")
    assert not [target.name for target in shipped.targets if target.measure in PROFITS or "profit" in target.measure]
    assert all(target.months[1] <= "2024-12" for target in shipped.targets)
    assert json.loads(shipped.model_dump_json())["rounds"] == 24
    assert pd.Series([target.source for target in shipped.targets]).str.len().min() > 20
