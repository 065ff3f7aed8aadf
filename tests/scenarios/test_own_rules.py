"""Rules from outside, named by import path, in a scenario, a run, a batch and its workers."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from market import Parameters
from market.conduct.own_rules import checksums
from scenarios.batches.batch import run_batch
from scenarios.errors import BadInput
from scenarios.files.loading import load, override
from scenarios.results.store import read_manifest, read_table
from scenarios.running import run

RULES = """
from market.fields import quantity
from market.conduct import BestResponse, CapacityPricing, Rule
from market.conduct import Budget


class LossLeader(Rule):
    \"\"\"Sell below cost.\"\"\"

    discount: float = quantity(0.1, "1", "Discount off marginal cost", ge=0, lt=1)

    def target(self, layer):
        return layer.marginal_cost * (1 - self.discount)


class Halfway(BestResponse):
    \"\"\"Stop halfway.\"\"\"

    def target(self, layer):
        return (layer.marginal_cost + super().target(layer)) / 2


class Full(CapacityPricing):
    pass


class Nothing(Budget):
    \"\"\"Do not train.\"\"\"

    def capacity(self, outlook):
        return 0.0


class NoRule:
    pass
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a module of rules; Python's path and modules are left as they were."""
    path = list(sys.path)
    (tmp_path / "my_rules.py").write_text(RULES)
    (tmp_path / "rules_that_break.py").write_text("1 / 0")
    (tmp_path / "lame.py").write_text("import there_is_no_such_module")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.path[:] = path
    for name in ("my_rules", "rules_that_break", "lame", "beside", "moving"):
        sys.modules.pop(name, None)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.usefixtures("here")
def test_a_rule_by_import_path_takes_its_parameters() -> None:
    pricing = load("baseline", ["labs.pricing={rule='my_rules:LossLeader', discount=0.2}"]).parameters.labs.pricing
    assert pricing.model_dump() == {"rule": "my_rules:LossLeader", "largest_move": 0.25, "discount": 0.2}


@pytest.mark.usefixtures("here")
def test_a_rule_that_builds_on_another_keeps_what_both_have() -> None:
    pricing = load("baseline", ["labs.pricing.rule=my_rules:Halfway"]).parameters.labs.pricing
    assert pricing.model_dump() == {"rule": "my_rules:Halfway", "largest_move": 0.25, "patience": 0.9}


@pytest.mark.usefixtures("here")
def test_parameters_with_rules_from_outside_survive_writing(tmp_path: Path) -> None:
    scenario = load("baseline", ["labs.pricing.rule=my_rules:LossLeader", "training.budget.rule=my_rules:Nothing"])
    again = load(write(tmp_path, "again.toml", scenario.to_toml()))
    assert again.parameters == scenario.parameters
    assert again.parameters != Parameters()


BAD = [
    ("labs.pricing.rule=my_rules:LossLeade", "labs.pricing: module my_rules has no class LossLeade"),
    ("labs.pricing.rule=nowhere:LossLeader", "there is no module nowhere beside the scenario"),
    ("labs.pricing.rule=my_rules:NoRule", "my_rules:NoRule is no subclass of market.conduct.rule.Rule"),
    ("labs.pricing.rule=my_rules:Nothing", "my_rules:Nothing is no subclass of market.conduct.rule.Rule"),
    ("training.budget.rule=my_rules:LossLeader", "is no subclass of market.conduct.training.Budget"),
    ("labs.pricing.rule=rules_that_break:Rule", "module rules_that_break cannot be imported: ZeroDivisionError"),
    ("labs.pricing.rule=lame:Rule", "module lame cannot be imported: No module named 'there_is_no_such_module'"),
    ("labs.pricing.rule=__main__:Own", "Own must stand in a module of its own, which worker processes can import"),
    ("labs.pricing.rule=a b:Rule", "'a b:Rule' is not an import path such as my_rules:LossLeader"),
    ("labs.pricing={rule='my_rules:LossLeader', discount=2}", "labs.pricing.discount = 2 must be a number, at least 0"),
    ("labs.pricing={rule='my_rules:LossLeader', discunt=.2}", "must be a table"),
    ("labs.pricing={rule='my_rules:LossLeader', discunt=0.2}", "did you mean labs.pricing.discount?"),
    ("resellers.pricing.rule=my_rules:Full", "looks at utilisation, which sellers here do not have"),
]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("text", "message"), BAD)
def test_what_is_wrong_with_a_rule_is_said(text: str, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        load("baseline", [text])
    assert message in str(caught.value)


def test_a_run_follows_the_rule(here: Path) -> None:
    below = load("by-the-token", ["labs.pricing={rule='my_rules:LossLeader', discount=0.3, largest_move=1e9}"])
    found = run(override_always(below.parameters), rounds=3, users=2000)
    labs = found.firms[(found.firms["kind"] == "lab") & (found.firms["round"] == 2)]
    assert (labs["price"] < labs["unit_cost"]).all()
    assert found.metadata["rules"] == checksums(below.parameters)
    assert list(found.metadata["rules"]) == ["my_rules:LossLeader"]


def override_always(parameters: Parameters) -> Parameters:
    return override(parameters, {"labs.repricing_hazard": 1.0})


def test_workers_find_a_rule_beside_the_experiment(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The experiment, its scenario and its rule lie in a folder that is not the working directory."""
    write(here, "study/beside.py", RULES)
    write(here, "study/s.toml", 'question = "Q?"\n[labs]\npricing = {rule = "beside:LossLeader"}')
    lines = ['question = "Q?"', "rounds = 2", "users = 1000", "replications = 2", 'settings = ["baseline", "s.toml"]']
    experiment = write(here, "study/e.toml", "\n".join(lines))
    summary = run_batch(experiment, workers=2, out=here / "out")
    assert (summary.done, summary.failures) == (4, {})
    assert list(read_manifest(here / "out")["rules"]) == ["beside:LossLeader"]
    layers = read_table(here / "out", "layers")
    labs = layers[layers["layer"] == "labs"].groupby("setting", observed=True)["profit"].mean()
    assert labs["s.toml"] != labs["baseline"]


def test_a_rule_in_the_working_directory_is_found_by_workers(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a session or a notebook the working directory is on the path by the name of nothing: workers have another."""
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    load("baseline", ["labs.pricing.rule=my_rules:LossLeader"])
    assert str(here) in sys.path


def test_a_batch_is_not_resumed_with_a_rule_that_has_changed(here: Path) -> None:
    write(here, "moving.py", RULES)
    lines = ['question = "Q?"', "rounds = 2", "users = 1000", "replications = 1"]
    rule = ["[set]", "labs.pricing.rule = 'moving:LossLeader'"]
    experiment = write(here, "e.toml", "\n".join([*lines, *rule]))
    run_batch(experiment, workers=1, out=here / "out")
    write(here, "moving.py", RULES.replace("below cost", "far below cost"))
    with pytest.raises(BadInput, match=r"rules\.moving:LossLeader"):
        run_batch(experiment, workers=1, out=here / "out", resume=True)
