"""Every setting in the same worlds: which values hold, which luck they meet, and what the folder says of it."""

import json

import pandas as pd
import pytest
from inline_executor import Inline
from pretend_market import simulate

from scenarios.batches.batch import run_batch
from scenarios.batches.plan import Plan
from scenarios.errors import BadInput
from scenarios.files.ensemble import FILE, ensemble_bytes
from scenarios.files.experiment import Experiment, in_worlds

KEYS = {"labs.share_ratio": "float", "vendors.count": "int"}
ABOUT = {"record": {"title": "T", "set": {"horizon.start": "2023-01"}}, "scenario": "baseline"}


@pytest.fixture
def ensemble(tmp_path):
    folder = tmp_path / "ensemble"
    folder.mkdir()
    columns = {"labs.share_ratio": [0.3, 0.4, 0.5], "vendors.count": [2, 3, 4]}
    (folder / FILE).write_bytes(ensemble_bytes(columns, KEYS, ABOUT))
    return str(folder)


def experiment(ensemble: str, **changes) -> Experiment:
    given = {"question": "?", "rounds": 2, "users": 1000, "replications": 2, "ensemble": ensemble}
    return Experiment.model_validate({**given, "settings": ["baseline", "chip-monopoly"], **changes})


def test_replications_go_round_the_members_and_a_scenarios_own_values_hold(ensemble):
    plan = Plan(experiment(ensemble))
    baseline, monopoly = plan.settings
    assert [plan.replications(setting.name, {}) for setting in plan.settings] == [6, 6]
    of_baseline = [plan.parameters(baseline, number) for number in range(6)]
    assert [parameters.vendors.count for parameters in of_baseline] == [2, 3, 4, 2, 3, 4]
    assert [parameters.labs.share_ratio for parameters in of_baseline] == [0.3, 0.4, 0.5] * 2
    of_monopoly = [plan.parameters(monopoly, number) for number in range(3)]
    assert [parameters.vendors.count for parameters in of_monopoly] == [1, 1, 1]
    assert [parameters.labs.share_ratio for parameters in of_monopoly] == [0.3, 0.4, 0.5]
    assert {parameters.horizon.start for parameters in (*of_baseline, *of_monopoly)} == {"2023-01"}


def test_what_an_experiment_sets_holds_in_every_world(ensemble):
    plan = Plan(experiment(ensemble, set={"labs.share_ratio": 0.9}))
    assert {plan.parameters(plan.settings[0], number).labs.share_ratio for number in range(3)} == {0.9}


def test_a_member_that_a_setting_cannot_have_is_named(ensemble):
    with pytest.raises(BadInput, match="setting theory/bertrand-nash, member 1"):
        Plan(experiment(ensemble, settings=["theory/bertrand-nash"]))


def test_an_ensemble_and_a_stopping_rule_do_not_go_together(ensemble):
    stop = {"measure": "profit", "layer": "labs", "half_width": 1.0}
    with pytest.raises(ValueError, match="do not go together"):
        experiment(ensemble, stop=stop)
    plain = experiment("", stop=stop)
    with pytest.raises(BadInput, match="--ensemble"):
        in_worlds(plain, ensemble)


def test_a_folder_tells_its_worlds_and_is_resumed_in_no_others(ensemble, tmp_path):
    out = tmp_path / "out"
    done = run_batch(experiment(ensemble), workers=1, executor=Inline(), out=out, simulate=simulate)
    assert done.done == 12
    about = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["ensemble"]
    assert about["number"] == 3
    assert about["members"][2] == {"horizon.start": "2023-01", "labs.share_ratio": 0.5, "vendors.count": 4}
    runs = pd.read_parquet(out / "runs.parquet")
    seeds = runs.pivot(index="replication", columns="setting", values="seed")
    assert (seeds["baseline"] == seeds["chip-monopoly"]).all()

    more = experiment(ensemble, replications=3)
    assert run_batch(more, workers=1, executor=Inline(), out=out, resume=True, simulate=simulate).fresh == 6
    for other in (experiment("", replications=3), experiment("", replications=6)):
        with pytest.raises(BadInput, match="ensemble"):
            run_batch(other, workers=1, executor=Inline(), out=out, resume=True, simulate=simulate)
