import json
import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from command import Command, command_of
from finished_files import content

SIZE = ("--users", "100000", "--rounds", "1", "--runs", "12")
INPUTS = ("--input", "labs.overhead_share", "--input", "population.segments.*.loyalty")
FILES = ("sensitivity.parquet", "sensitivity.csv", "figures/sensitivity-layers.labs.margin.svg")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return command_of(monkeypatch, capsys)


def bytes_of(out: Path) -> dict[str, bytes]:
    return content(out) | {name: (out / name).read_bytes() for name in FILES}


@pytest.mark.slow
def test_a_study_from_the_command_line_to_its_report(command: Command, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    said = command("sensitivity", "one-model", *INPUTS, *SIZE, "--workers", "2", "--out", str(first))
    assert said.status == 0, said.err
    assert "13 runs done, 0 failed" in said.out
    assert "Margin of labs: below zero in" in said.out
    assert "none of the first 2 inputs rests on grade D or M alone" in said.out
    table = pd.read_parquet(first / "sensitivity.parquet")
    assert table.groupby("measure")["input"].count().tolist() == [2, 2, 2]
    labs = table[table["measure"] == "layers.labs.margin"].set_index("input")
    assert labs["index"].is_monotonic_decreasing
    assert labs["direction"].abs().between(0, 1, inclusive="right").all()
    assert labs.index[0] == "labs.overhead_share"
    assert labs["direction"].iloc[0] == -1
    assert (labs["index_low"] <= labs["index"]).all()

    assert command("sensitivity", "one-model", *INPUTS, *SIZE, "--workers", "1", "--out", str(second)).status == 0
    assert bytes_of(second) == bytes_of(first)
    again = command("sensitivity", "one-model", *INPUTS, *SIZE, "--out", str(second), "--resume")
    assert "(0 of them new)" in again.out
    assert bytes_of(second) == bytes_of(first)
    assert command("sensitivity", "one-model", *INPUTS, *SIZE, "--out", str(second)).status == 2

    said = command("report", str(first))
    assert said.status == 0, said.err
    assert "Margin of labs: median" in said.out
    page = (first / "report.html").read_text(encoding="utf-8")
    assert "What decides the margin of labs" in page
    assert page.count("<figure>") == 3
    repeated = shlex.split(re.findall("<pre>(.*?)</pre>", page, re.DOTALL)[0].replace("&#x27;", "'"))
    assert repeated[1:3] == ["sensitivity", "one-model"]
    assert [repeated[place + 1] for place, word in enumerate(repeated) if word == "--input"] == list(INPUTS[1::2])
    assert "--runs 12" in " ".join(repeated)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no-such-scenario",), "no-such-scenario"),
        (("baseline", "--method", "guess"), "must be one of morris, sobol, shapley"),
        (("baseline", "--ensemble", "calibratd"), "did you mean calibrated"),
        (("baseline", "--ensemble", "calibrated", "--input", "labs.*"), "do not go with --ensemble"),
        (("baseline", "--ensemble", "calibrated", "--method", "sobol"), "do not go with --ensemble"),
        (("baseline", "--measure", "layers.labs.margn"), "did you mean layers.labs.margin"),
        (("baseline", "--input", "labs.overhead_shar"), "did you mean labs.overhead_share"),
        (("baseline", "--input", "[red]x[/red]"), "has no parameter '[red]x[/red]'"),
        (("baseline", "--runs", "10"), "least"),
        (("baseline", "--runs", "many"), "valid int"),
        (("baseline", "--seed", "-1"), "seed = -1"),
        (("baseline", "--rounds", "0"), "--rounds"),
        (("baseline", "--users", "3"), "--users"),
        (("baseline", "--workers", "0"), "workers = 0"),
        (("baseline", "--set", "labs.overhead_share=2"), "labs.overhead_share"),
        (("baseline", "--set", "labs.overhead_share=0.2", "--input", "labs.overhead_share"), "given by --set as well"),
        (("theory/chain",), "left to be spread"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(command: Command, here: Path, arguments, said: str) -> None:
    found = command("sensitivity", *arguments)
    assert found.status == 2, found
    assert said in found.err
    assert list(here.iterdir()) == []


def test_a_folder_of_something_else_is_refused(command: Command, here: Path) -> None:
    (here / "out").mkdir()
    (here / "out" / "letter.txt").write_text("Dear")
    found = command("sensitivity", "baseline", *INPUTS, *SIZE, "--out", "out")
    assert (found.status, "is not empty" in found.err) == (2, True)
    assert [path.name for path in (here / "out").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda study: study.update(method="guess"), "method"),
        (lambda study: study["points"].pop(), "points of the study"),
        (lambda study: study["points"][0].pop(), "one share for each input"),
        (lambda study: study["inputs"][0].update(low="x"), "low"),
        (lambda study: study.update(measures=["layers.labs.nothing"]), "layers.labs.nothing"),
    ],
)
def test_a_manifest_that_was_damaged_is_named(command: Command, tmp_path: Path, change, said: str) -> None:
    from inline_executor import Inline
    from linear_market import simulate

    from scenarios.batches.sensitivity import plan_study, run_study

    planned = plan_study("baseline", patterns=INPUTS[1::2], runs=12, rounds=1)
    run_study(planned, 1, Inline(), tmp_path / "out", simulate=simulate)
    path = tmp_path / "out" / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest["study"])
    path.write_text(json.dumps(manifest))
    found = command("report", str(tmp_path / "out"))
    assert found.status == 2, found
    assert said in found.err
