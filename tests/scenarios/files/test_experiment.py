import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.batches.batch import run_batch
from scenarios.batches.plan import Plan
from scenarios.batches.precision import half_width, measured
from scenarios.errors import BadInput
from scenarios.files.experiment import Experiment, load_experiment, replicated
from scenarios.files.finding import experiments, presets
from scenarios.schema import measures


@pytest.fixture
def write(tmp_path: Path):
    def to_file(text: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file


def plan(**tables: Any) -> Plan:
    return Plan(Experiment(question="Q?", **tables))


@pytest.mark.parametrize("name", experiments())
def test_shipped_experiments_are_sound(name: str) -> None:
    experiment = load_experiment(name)
    assert experiment.name == name
    assert experiment.question.endswith("?")
    assert len(Plan(experiment).settings) > 1


def test_competition_crosses_the_settings_over_36_rounds() -> None:
    found = Plan(load_experiment("competition"))
    names = {setting.name for setting in found.settings}
    assert {"baseline", "chip-monopoly", "chips-at-cost", "lab-cartel", "no-resellers", "power-shortage"} <= names
    assert len(found.settings) >= 16
    assert names <= set(presets())
    assert {found.parameters(setting).horizon.rounds for setting in found.settings} == {36}
    assert found.experiment.replications == 10
    assert {"labs.count", "vendors.count", "resellers.count", "labs.pricing.rule"} <= set(found.varied)


def test_toml_and_python_say_the_same(write) -> None:
    text = """
    question = "Q?"
    rounds = 5
    users = 1000
    replications = 3
    seed = 7
    set = { labs.overhead_share = 0.2 }
    [[settings]]
    name = "few"
    set = { "labs.count" = 2 }
    [[settings]]
    scenario = "lab-cartel"
    [grid]
    resellers.count = [0, 5]
    "vendors.pricing" = [{ rule = "marginal-cost" }, { rule = "cost-plus", markup = 0.5 }]
    """
    from_file = load_experiment(write(text))
    from_python = Experiment(
        name="mine",
        question="Q?",
        rounds=5,
        users=1000,
        replications=3,
        seed=7,
        set={"labs.overhead_share": 0.2},
        settings=({"name": "few", "set": {"labs.count": 2}}, "lab-cartel"),
        grid={
            "resellers.count": [0, 5],
            "vendors.pricing": [{"rule": "marginal-cost"}, {"rule": "cost-plus", "markup": 0.5}],
        },
    )
    assert from_file.model_dump() == from_python.model_dump()
    found = Plan(from_file)
    assert [setting.name for setting in found.settings][:2] == [
        "few · resellers.count=0 · vendors.pricing=marginal-cost",
        "few · resellers.count=0 · vendors.pricing=cost-plus",
    ]
    assert len(found.settings) == 8
    effective = found.parameters(found.settings[1])
    assert (effective.labs.count, effective.resellers.count, effective.population.users) == (2, 0, 1000)
    assert (effective.horizon.rounds, effective.labs.overhead_share) == (5, 0.2)
    assert effective.vendors.pricing.model_dump()["markup"] == 0.5
    assert found.parameters(found.settings[-1]).labs.pricing.rule == "joint-profit"


def test_a_list_goes_through_its_values_together() -> None:
    found = plan(list={"labs.count": [2, 5, 9], "vendors.count": [1, 2, 3]})
    assert [setting.name for setting in found.settings] == [
        "labs.count=2, vendors.count=1",
        "labs.count=5, vendors.count=2",
        "labs.count=9, vendors.count=3",
    ]
    assert found.varied == {"labs.count": [2, 5, 9], "vendors.count": [1, 2, 3]}


def test_without_settings_the_scenario_runs_as_it_is() -> None:
    assert [setting.name for setting in plan(scenario="lab-cartel").settings] == ["lab-cartel"]


def test_scenario_files_lie_beside_the_experiment(write, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('question = "Q?"\n[labs]\ncount = 3')
    found = Plan(load_experiment(write('question = "Q?"\nscenario = "own.toml"\nsettings = ["baseline", "own.toml"]')))
    assert found.varied["labs.count"] == [5, 3]


RANGES = {
    "labs.overhead_share": [0.1, 0.5],
    "labs": {"count": [1, 8]},
    "vendors.unit_cost": {"low": 10, "high": 1000, "log": True},
}


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_samples_fill_their_ranges(design: str) -> None:
    sample = {"n": 64, "ranges": RANGES}
    found = plan(**{design: sample})
    shares = np.array(found.varied["labs.overhead_share"])
    counts = found.varied["labs.count"]
    costs = np.log(found.varied["vendors.unit_cost"])
    assert Counter(np.floor((shares - 0.1) / 0.4 * 64).astype(int)).most_common(1)[0][1] == 1
    assert Counter(np.floor((costs - np.log(10)) / np.log(100) * 64).astype(int)).most_common(1)[0][1] == 1
    assert Counter(counts) == dict.fromkeys(range(1, 9), 8)
    assert all(type(count) is int for count in counts)
    assert found.settings[0].name == f"{design.replace('_', ' ')} 01"
    assert plan(**{design: sample}).varied == found.varied
    assert plan(**{design: {**sample, "seed": 2}}).varied != found.varied


def test_designs_are_crossed() -> None:
    ranges = {"labs.overhead_share": [0.1, 0.5]}
    found = plan(settings=("baseline", "lab-cartel"), grid={"labs.count": [2, 3]}, sobol={"n": 4, "ranges": ranges})
    assert len(found.settings) == len({setting.name for setting in found.settings}) == 16
    assert found.settings[-1].name == "lab-cartel · labs.count=3 · sobol 4"


def test_the_seed_of_a_run_follows_from_its_replication_alone() -> None:
    one = plan(settings=("baseline", "lab-cartel"), replications=5)
    other = plan(settings=("lab-duopoly",), grid={"vendors.count": [1, 2]}, replications=500)
    seeds = [one.seed(replication) for replication in range(500)]
    assert seeds == [other.seed(replication) for replication in range(500)]
    assert len(set(seeds)) == 500
    assert all(type(seed) is int and 0 <= seed < 2**32 for seed in seeds)
    assert plan(seed=2).seed(0) != one.seed(0)


def test_many_parameters_of_one_value_are_named_by_the_first() -> None:
    people = ("students", "consumers", "developers", "enterprises")
    same = {f"population.segments.{name}.loyalty": [1, 2.5] for name in people}
    names = [setting.name for setting in plan(list=same, grid={"labs.count": [3]}).settings]
    first = "labs.count=3 · population.segments.students.loyalty"
    assert names == [f"{first}=1 and 3 more", f"{first}=2.5 and 3 more"]
    few = plan(list={"labs.count": [2, 3], "vendors.count": [2, 3]})
    assert few.settings[0].name == "labs.count=2, vendors.count=2"


BAD = [
    ("", "question is missing"),
    ('question = ""', "question"),
    ('question = "Q?"\nreplicatoins = 3', "unknown key replicatoins; did you mean replications?"),
    ('question = "Q?"\nreplications = 0', "replications = 0 must be a whole number, 1 to 1e+06"),
    ('question = "Q?"\nreplications = true', "replications = true must be a whole number"),
    ('question = "Q?"\nreplications = "3"', "replications = '3'"),
    ('question = "Q?"\nseed = -1', "seed = -1"),
    ('question = "Q?"\nname = "../up"', "must do as the name of a folder"),
    ('question = "Q?"\nrounds = 0', "horizon.rounds = 0 must be a whole number, 1 to 1200"),
    ('question = "Q?"\nsettings = ["baselin"]', "unknown scenario 'baselin'; did you mean baseline?"),
    ('question = "Q?"\nsettings = ["baseline", "baseline"]', "two settings are named 'baseline'"),
    ('question = "Q?"\nsettings = [3]', "settings"),
    ('question = "Q?"\n[[settings]]\nnam = "x"', "did you mean settings.0.name?"),
    ('question = "Q?"\nset = { labs.cout = 3 }', "unknown key labs.cout; did you mean labs.count?"),
    ('question = "Q?"\n[grid]\nlabs.cout = [3]', "unknown key labs.cout; did you mean labs.count?"),
    ('question = "Q?"\n[grid]\nlabs.count = [3, 0]', "setting labs.count=0: labs.count = 0 must be"),
    ('question = "Q?"\n[grid]\nlabs.count = 3', "grid"),
    ('question = "Q?"\n[grid]\nlabs.count = []', "labs.count has no values"),
    ('question = "Q?"\n[list]\nlabs.count = [1, 2]\nvendors.count = [1]', "different lengths"),
    ('question = "Q?"\n[sobol]\nn = 10\nranges = { labs.count = [1, 3] }', "must be a power of two, such as 16"),
    ('question = "Q?"\n[sobol]\nn = 8', "ranges is missing"),
    ('question = "Q?"\n[sobol]\nn = 8\nranges = { labs.overhead_share = [0.3, 0.1] }', "0.1 is not above low 0.3"),
    ('question = "Q?"\n[sobol]\nn = 8\nranges = { labs.overhead_share = [0.3, 1.7] }', "labs.overhead_share = "),
    (
        'question = "Q?"\n[sobol]\nn = 8\nranges = { labs.count = { low = 0, high = 1, log = true } }',
        "log needs",
    ),
    ('question = "Q?"\n[stop]\nmeasure = "profitt"\nlayer = "labs"\nhalf_width = 1', "'profitt' is none of revenue"),
    ('question = "Q?"\n[stop]\nmeasure = "profit"\nlayer = "lab"\nhalf_width = 1', "did you mean labs?"),
    ('question = "Q?"\n[stop]\nmeasure = "churn"\nhalf_width = 0', "half_width = 0 must be a number, above 0"),
    (
        'question = "Q?"\n[stop]\nmeasure = "churn"\nhalf_width = 1\nminimum = 9\nmaximum = 5',
        "maximum 5 is below minimum 9",
    ),
]


@pytest.mark.parametrize(("text", "part"), BAD, ids=[part for _, part in BAD])
def test_a_bad_experiment_is_refused_before_anything_runs(write, tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(BadInput) as caught:
        run_batch(write(text), out=tmp_path / "out")
    assert part in str(caught.value)
    assert "mine" in str(caught.value) or "scenario" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_an_unknown_experiment_says_what_there_is() -> None:
    with pytest.raises(BadInput, match="unknown experiment 'competitoin'; did you mean competition"):
        load_experiment("competitoin")


def test_replications_may_be_given_with_the_command() -> None:
    experiment = load_experiment("competition")
    assert replicated(experiment, 4).replications == 4
    assert replicated(experiment, None) is experiment
    with pytest.raises(BadInput, match=r"--replications: replications = 0"):
        replicated(experiment, 0)
    stop = {"measure": "churn", "half_width": 1.0}
    with pytest.raises(BadInput, match=r"change stop\.maximum"):
        replicated(Experiment(question="Q?", stop=stop), 4)


def test_an_experiment_survives_json() -> None:
    first = Experiment(
        question="Q?", grid={"labs.count": [1]}, sobol={"n": 4, "ranges": {"labs.overhead_share": [0.1, 0.2]}}
    )
    assert Experiment.model_validate(json.loads(first.model_dump_json())) == first


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_half_width_is_students_interval(values: list[float]) -> None:
    from scipy import stats

    sample = np.array(values)
    expected = stats.t.ppf(0.975, len(values) - 1) * sample.std(ddof=1) / np.sqrt(len(values))
    assert half_width(values) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_one_value_tells_nothing_of_precision() -> None:
    assert half_width([1.0]) == half_width([]) == float("inf")


def test_measures_of_a_run() -> None:
    import pandas as pd

    class Tables:
        layers = pd.DataFrame(
            {"layer": ["labs", "labs", "hardware"], "revenue": [1.0, 3.0, 9.0], "profit": [1.0, 1.0, 5.0]}
        )
        rounds = pd.DataFrame({"churn": [0.1, 0.3]})

    assert measured(Tables, "profit", "labs") == 2.0
    assert measured(Tables, "margin", "labs") == 0.5
    assert np.isnan(measured(Tables, "margin", "resellers"))
    assert measured(Tables, "churn", None) == pytest.approx(0.2)
    assert "margin" in measures("labs")
    assert "layer" not in measures("labs")
    assert "month" not in measures(None)
