"""Names come from files: whatever they hold is printed as it is."""

import io
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from command import command_of
from rich.console import Console

from scenarios.batches.plan import Plan
from scenarios.command.batch_help import EXAMPLE, EXPLANATION
from scenarios.command.catalogue import print_catalogue, print_files
from scenarios.command.display import ladder_table, settings_table
from scenarios.command.values import in_words, literal, typed
from scenarios.files.experiment import load_experiment
from scenarios.files.finding import experiments, presets
from scenarios.files.toml import read_toml

ODD = ["price cap [low]", "[/red] x", "[bold]loud", "[link=https://x]y[/link]", ":smile:", "tail\\"]


def printed(renderable, width: int = 160) -> str:
    out = Console(file=io.StringIO(), width=width, force_terminal=False)
    out.print(renderable)
    return out.file.getvalue()


@pytest.mark.parametrize("name", ODD)
def test_names_of_settings_and_layers_are_no_markup(name: str) -> None:
    row = {"setting": name, "layer": name, "mean": 2e6, "low": 1e6, "high": 3e6}
    text = printed(
        settings_table(pd.DataFrame([row]), pd.DataFrame([{**row, "mean": 0.5}]), "2024-01 to 2024-12 (12 months)")
    )
    assert "2024-12" in text
    assert text.count(name) == 2


@pytest.mark.parametrize("name", ODD)
def test_claims_and_sources_are_no_markup(name: str) -> None:
    check = SimpleNamespace(claim=f"claim {name}", source=f"source {name}", expected=1.0, tolerance=0.1)
    outcome = SimpleNamespace(check=check, group=f"group {name}", obtained=1.0, error=0.0, passed=True)
    text = printed(ladder_table([outcome]))
    for part in ("claim", "source", "group"):
        assert f"{part} {name}" in text


@pytest.mark.parametrize("name", ODD)
def test_the_name_of_a_run_is_no_markup(name: str, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    quoted = name.replace("\\", "\\\\")
    (tmp_path / "odd.toml").write_text(f'name = "{quoted}"\nquestion = "Q?"\nextends = "theory/double-marginalisation"')
    said = command_of(monkeypatch, capsys)("run", "odd.toml", "--rounds", "1")
    assert said.status == 0
    assert f"{name}, seed 1" in said.out


def test_control_characters_are_written_out() -> None:
    assert literal("a\x1b[31mb\nc").plain == "a\\x1b[31mb\nc"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (27_500.0, "27,500"), (3.0e8, "300,000,000"), (1e9, "1,000,000,000"), (1e15, "1e+15"), (0.0807, "0.0807"),
        (1234567.5, "1234567.5"), (-1.0, "-1"), (True, "true"), ("auto", "auto"), ("a\x1b", "'a\\x1b'"), ([], "none"),
        ([{"date": "2024-01", "value": 2.0}], "2024-01 2.0"),
    ],
)  # fmt: skip
def test_values_in_words(value, words: str) -> None:
    assert in_words(value) == words


def test_values_as_they_are_typed() -> None:
    assert [typed(value) for value in (0.02, 3, True, "auto", "two words")] == [
        "0.02", "3", "true", "auto", '"two words"'
    ]  # fmt: skip


# what ships -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", ["60", "80", "200"])
def test_the_catalogue_fits_the_terminal_and_cuts_nothing(width: str, monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", width)
    print_catalogue()
    text = capsys.readouterr().out
    assert max(len(line.rstrip()) for line in text.splitlines()) <= int(width)
    words = {*text.split(), *(word.removesuffix(":") for word in text.split())}
    for name, path in {**presets(), **experiments()}.items():
        said = read_toml(path)
        assert {name, *said["title"].split(), *said["question"].split()} <= words, name


@pytest.mark.parametrize("title", ODD)
def test_titles_in_the_catalogue_are_no_markup(title: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    written = title.replace("\\", "\\\\")
    path.write_text(f'title = "{written}"\nquestion = "{written}?"')
    out = Console(file=io.StringIO(), width=120)
    print_files(out, "scenario", {title: path})
    assert out.file.getvalue().count(title) == 3


# batch --help ---------------------------------------------------------------------------------------------------------


def test_help_explains_experiments_in_80_columns(monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    said = command_of(monkeypatch, capsys)("batch", "--help")
    assert said.status == 0
    lines = [line.strip() for line in said.out.splitlines()]
    for line in filter(None, EXPLANATION.splitlines()):
        assert line.strip() in lines


def test_the_example_of_the_help_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(EXAMPLE)
    assert len(Plan(load_experiment(path)).settings) == 12
    _, _, designs = EXPLANATION.partition("beside it:")
    path.write_text('question = "Q?"\n' + designs.partition("tokenmarket new")[0])
    found = load_experiment(path)
    assert (found.stop.measure, found.sobol.n, found.latin_hypercube.n, len(found.list)) == ("margin", 64, 50, 2)
    assert len(Plan(found.model_copy(update={"sobol": None, "latin_hypercube": None})).settings) == 3
