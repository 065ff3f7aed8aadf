import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
from command import Command, command_of

from scenarios.batches.plan import Plan
from scenarios.files.experiment import load_experiment
from scenarios.files.lessons import load_lesson
from scenarios.files.loading import load, usual


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return command_of(monkeypatch, capsys)


def uncommented(text: str) -> str:
    """Take the # away from everything that is TOML, not prose."""
    return re.sub(r"^#(?! )", "", text, flags=re.MULTILINE)


def test_a_new_scenario_runs_as_it_is(command, tmp_path: Path) -> None:
    said = command("new", "scenario", "studies/mine")
    assert (said.status, said.err) == (0, "")
    assert said.out.splitlines() == [
        "wrote studies/mine.toml",
        "  tokenmarket show studies/mine.toml --changed",
        "  tokenmarket run studies/mine.toml --out results/mine",
    ]
    found = load(tmp_path / "studies" / "mine.toml")
    assert found.title == "Mine"
    assert found.question.endswith("?")
    changed = found.parameters.model_copy(update={"name": "baseline"}).model_dump(mode="json")
    assert changed["labs"].pop("count") == 3
    assert {**changed, "labs": {**changed["labs"], "count": 5}} == usual()
    run = command("run", "studies/mine.toml", "--rounds", "2", "--users", "2000", "--json")
    assert run.status == 0


def test_every_key_of_a_new_scenario_may_be_set(command, tmp_path: Path) -> None:
    command("new", "scenario", "mine")
    text = (tmp_path / "mine.toml").read_text()
    assert "# AI labs: firms, allowed 1 to 200, by default 5\ncount = 3\n" in text
    assert "allowed 0 to 1e+12, plausible 10,000 to 200,000" in text.replace("\n# ", " ")
    (tmp_path / "all.toml").write_text(uncommented(text))
    found = load(tmp_path / "all.toml").parameters
    assert (found.labs.pricing.rule, found.training.budget.rule) == ("cost-plus", "truce")
    assert len(re.findall(r"^#(?! )", text, re.MULTILINE)) > 8


def test_a_new_experiment_runs_and_is_reported(command, tmp_path: Path) -> None:
    said = command("new", "experiment", "mine")
    batch, report = (line.split()[1:] for line in said.out.splitlines()[1:])
    assert batch == ["batch", "mine.toml", "--workers", "2", "--out", "results/mine"]
    assert command(*batch).out.startswith("6 runs done, 0 failed; results in results/mine")
    assert report == ["report", "results/mine"]
    assert command(*report).status == 0
    assert (tmp_path / "results" / "mine" / "report.html").exists()


def test_every_design_of_a_new_experiment_may_be_used(command, tmp_path: Path) -> None:
    command("new", "experiment", "mine")
    text = (tmp_path / "mine.toml").read_text()
    (tmp_path / "all.toml").write_text(uncommented(text))
    found = load_experiment(tmp_path / "all.toml")
    assert found.seed == 1
    assert found.set == {"labs.overhead_share": 0.25}
    assert [spec.title for spec in found.settings] == ["", "Chips at twice the cost", ""]
    assert (len(found.grid["labs.count"]), len(found.list), found.limits.memory) == (2, 2, 4.0)
    assert (found.latin_hypercube.n, found.sobol.n, found.stop.maximum) == (10, 8, 20)
    assert found.latin_hypercube.ranges["vendors.unit_cost"].log
    small = found.model_copy(update={"latin_hypercube": None, "sobol": None})
    assert len(Plan(small).settings) == 3 * 2 * 3
    blocks = [block for block in text.split("\n\n") if re.search(r"^#\[", block, re.MULTILINE)]
    assert len(blocks) == 6
    head = text.split("\n\n")[1]
    for block in blocks:
        (tmp_path / "one.toml").write_text(f"{head}\n{uncommented(block)}\n")
        assert Plan(load_experiment(tmp_path / "one.toml")).settings


def test_a_new_lesson_is_played(command, tmp_path: Path) -> None:
    said = command("new", "lesson", "courses/two-labs")
    assert said.out.splitlines() == ["wrote courses/two-labs.md", "  tokenmarket lesson courses/two-labs.md"]
    lesson = load_lesson(tmp_path / "courses" / "two-labs.md")
    assert (lesson.title, len(lesson.runs), len(lesson.answers)) == ("Two labs", 2, 3)
    played = command("lesson", "courses/two-labs.md")
    assert played.status == 0
    assert "Came true: " in played.out


def test_every_key_of_a_new_lesson_may_be_set(command, tmp_path: Path) -> None:
    command("new", "lesson", "mine")
    text = (tmp_path / "mine.md").read_text()
    head, fence, rest = text.partition("\n```\n")
    (tmp_path / "all.md").write_text(uncommented(head) + fence + rest)
    lesson = load_lesson(tmp_path / "all.md")
    assert (lesson.seed, lesson.measured.months, lesson.measured.also) == (1, 6, ("rounds.price_retail",))


def test_a_new_rule_prices(command, tmp_path: Path) -> None:
    from market.conduct.layer import Layer
    from market.conduct.rule import Rule

    said = command("new", "rule", "loss_leader")
    assert said.out.startswith("wrote loss_leader.py and loss_leader.toml\n")
    spec = importlib.util.spec_from_file_location("loss_leader", tmp_path / "loss_leader.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rule = module.LossLeader(discount=0.5, markup=1.0, large=0.6)
    assert isinstance(rule, Rule)
    layer = Layer(
        price=np.array([1.0, 1.0]),
        marginal_cost=np.array([1.0, 2.0]),
        quantity=np.array([3.0, 1.0]),
        response=-np.eye(2),
    )
    assert rule.target(layer).tolist() == [2.0, 1.0]
    assert rule.post(layer).tolist() == [1.25, 1.0]


def test_a_new_rule_runs_in_a_scenario(command) -> None:
    command("new", "rule", "loss_leader")
    assert command("show", "loss_leader.toml", "labs.pricing").status == 0
    run = command("run", "loss_leader.toml", "--rounds", "2", "--users", "2000", "--json")
    assert run.status == 0


def test_what_is_there_is_not_overwritten(command, tmp_path: Path) -> None:
    for kind, there in (("scenario", "a.toml"), ("experiment", "b.toml"), ("rule", "c.py"), ("rule", "d.toml")):
        (tmp_path / there).write_text("mine")
        said = command("new", kind, there.split(".")[0])
        assert (said.status, said.out) == (2, "")
        assert said.err == f"tokenmarket: {there}: is there already; choose another name\n"
        assert (tmp_path / there).read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.toml", "b.toml", "c.py", "d.toml"]


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("scenario", "", "will not do as the name of a new scenario: letters, digits, - and _ do"),
        ("scenario", ".hidden", "will not do"),
        ("scenario", "a b", "will not do"),
        ("scenario", "mine.txt", "will not do"),
        ("scenario", "studies/", "will not do"),
        ("scenario", "x\ty", "will not do"),
        ("lesson", "race", "race is the name of a lesson that ships; choose another"),
        ("lesson", "mine.toml", "will not do as the name of a new lesson"),
        ("scenario", "baseline", "baseline is the name of a scenario that ships; choose another"),
        ("experiment", "studies/training", "training is the name of an experiment that ships"),
        ("rule", "my-rule", "will not do as the name of a Python module: my_rule would"),
        ("rule", "class", "will not do as the name of a Python module"),
        ("rule", "json", "json is the name of a Python module that is installed"),
        ("rule", "market", "market is the name of a Python module that is installed"),
        ("scenario", "file/mine", "cannot be written"),
        ("study", "mine", "Invalid value"),
    ],
)
def test_names_that_will_not_do_are_refused(command, tmp_path: Path, kind: str, name: str, message: str) -> None:
    (tmp_path / "file").write_text("")
    said = command("new", kind, name)
    assert (said.status, said.out) == (2, "")
    assert message in " ".join(said.err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_ending_may_be_given_and_letters_of_any_alphabet(command, tmp_path: Path) -> None:
    assert command("new", "scenario", "mine.toml").status == 0
    assert command("new", "scenario", "größe-2").status == 0
    assert load(tmp_path / "größe-2.toml").title == "Größe 2"
    assert command("new", "rule", "wait_and_see.py").status == 0
    assert "class WaitAndSee(Rule):" in (tmp_path / "wait_and_see.py").read_text()


def test_templates_are_packed() -> None:
    import tomllib

    root = Path(__file__).parents[3]
    packed = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["scenarios"]
    assert "templates/*" in packed
    assert len(list((root / "scenarios" / "templates").iterdir())) == 5
