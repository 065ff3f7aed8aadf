import json
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from command import Command, command_of
from finished_files import content

from scenarios.batches.batch import Count, Summary
from scenarios.command.progress import batch_shown, progress_line
from scenarios.files.finding import experiments, presets

LAYER_KEYS = {"revenue", "cost", "profit", "margin", "capitalised_profit", "cash_profit", "profit_gain"}


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Run the command in this process, in a folder of its own; return its exit status and what it printed."""
    monkeypatch.chdir(tmp_path)
    return command_of(monkeypatch, capsys)


def test_help_answers_at_once_and_loads_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['tokenmarket', '--help']\nfrom scenarios.cli import main\n"
    code += "try: main()\nexcept SystemExit: pass\nprint({'numpy', 'pandas', 'mesa', 'pydantic'} & set(sys.modules))"
    best = 9.0
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert done.stdout.strip().endswith("set()")
    assert best < 0.6  # seconds of a processor, 0.15 alone; a busy one is slower


def test_run_prints_one_json_object(command) -> None:
    said = command("run", "baseline", "--rounds", "3", "--users", "5000", "--seed", "4", "--json")
    assert said.status == 0
    found = json.loads(said.out, parse_constant=pytest.fail)
    assert said.out.count("\n") == 1
    assert list(found) == ["scenario", "seed", "rounds", "layers", "conservation_error"]
    assert (found["scenario"], found["seed"], found["rounds"]) == ("baseline", 4, 3)
    assert list(found["layers"]) == ["hardware", "labs", "resellers"]
    for layer in found["layers"].values():
        assert set(layer) == LAYER_KEYS
        assert layer["profit"] == pytest.approx(layer["revenue"] - layer["cost"])
        assert layer["margin"] == pytest.approx(layer["profit"] / layer["revenue"])
    assert 0 <= found["conservation_error"] < 1e-6


@pytest.mark.parametrize(
    ("users", "engine", "said"),
    [
        ("5000", "auto", "5,000 users, each drawn alone (population.engine: individual, picked by their number)"),
        ("10000000000", "auto", "10,000,000,000 users, drawn as cohorts of one type and last provider"),
        ("5000", "cohort", "(population.engine: cohort, as set)"),
    ],
)
def test_run_says_how_users_are_drawn(command, users, engine, said) -> None:
    run = ["run", "baseline", "--rounds", "1", "--users", users, "--set", f"population.engine={engine}"]
    assert said in " ".join(command(*run).out.split())
    assert said in command(*run, "--json").err


def test_nobody_is_drawn_where_users_are_one_demand_curve(command) -> None:
    found = command("run", "theory/double-marginalisation", "--rounds", "2", "--json")
    assert (found.status, found.err) == (0, "")


def test_a_layer_that_sells_nothing_has_no_margin(command) -> None:
    said = command("run", "no-resellers", "--rounds", "2", "--users", "5000", "--json")
    resellers = json.loads(said.out, parse_constant=pytest.fail)["layers"]["resellers"]
    assert resellers["revenue"] == 0
    assert resellers["margin"] is None


def test_the_seed_and_the_settings_change_what_is_printed(command) -> None:
    base = ["run", "baseline", "--rounds", "2", "--users", "5000", "--json"]
    printed = [command(*base, *more).out for more in ((), ("--seed", "2"), ("--set", "labs.overhead_share=0.2"), ())]
    assert printed[0] == printed[3]
    assert len(set(printed)) == 3


def test_run_prints_a_table(command) -> None:
    said = command("run", "baseline", "--rounds", "2", "--users", "5000")
    assert said.status == 0
    for word in ("hardware", "labs", "resellers", "revenue", "capitalised", "cash", "conservation error", "2024-02"):
        assert word in said.out


def test_scenarios_lists_every_preset(command) -> None:
    said = command("scenarios")
    assert said.status == 0
    assert all(name in said.out for name in (*presets(), *experiments()))


def test_show_as_json_and_toml(command, tmp_path) -> None:
    rows = json.loads(command("show", "lab-duopoly", "--json").out)["parameters"]
    changed = {row["key"]: row["value"] for row in rows if row["changed"]}
    assert changed == {"name": "lab-duopoly", "labs.count": 2}
    row = next(row for row in rows if row["key"] == "vendors.unit_cost")
    assert (row["unit"], row["plausible"], row["grade"]) == ("USD/accelerator", [3320, 13200], "B")
    path = tmp_path / "written.toml"
    path.write_text(command("show", "lab-duopoly", "--toml").out, encoding="utf-8")
    size = ["--rounds", "2", "--users", "5000", "--json"]
    assert command("run", str(path), *size).out == command("run", "lab-duopoly", *size).out


BAD = [
    (["run", "no-such-thing"], "unknown scenario 'no-such-thing'; known are baseline, "),
    (["run", "baseline", "--set", "labs.cout=3"], "unknown key labs.cout; did you mean labs.count?"),
    (["run", "baseline", "--seed", "-1"], "seed = -1 must be an integer from 0"),
    (["run", "baseline", "--seed", "x"], "valid int"),
    (["run", "baseline", "--rounds", "0"], "--rounds: horizon.rounds = 0 must be a whole number, 1 to 1200"),
    (["run", "baseline", "--users", "-5"], "--users: population.users = -5"),
    (["run", "baseline", "--no-such-option"], "No such option"),
    (["run"], "Missing argument"),
    (["show", "baselin"], "did you mean baseline?"),
    (["nonsense"], "No such command"),
    (["batch", "competitoin"], "unknown experiment 'competitoin'; did you mean competition?"),
    (["batch", "competition", "--workers", "0"], "workers = 0 must be an integer from 1 to 4096"),
    (["batch", "competition", "--replications", "0"], "--replications: replications = 0 must be a whole number"),
    (["report", "/nonexistent"], "/nonexistent: holds no results"),
]


@pytest.mark.parametrize(("arguments", "part"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_ends_with_status_2_and_one_message(command, arguments: list[str], part: str) -> None:
    said = command(*arguments)
    assert said.status == 2
    assert part in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_what_goes_wrong_inside_ends_with_status_1_and_a_message(command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise FloatingPointError("overflow in exp")

    monkeypatch.setattr("scenarios.running.simulate", fail)
    said = command("run", "baseline")
    assert said.status == 1
    assert said.err == "tokenmarket: failed: FloatingPointError: overflow in exp\n"


ASKED = (
    'question = "Q?"\nrounds = 2\nusers = 2000\nreplications = {replications}\nsettings = ["baseline", "lab-duopoly"]'
)


def test_batch_report_and_resume(command, tmp_path: Path) -> None:
    asked, out = tmp_path / "asked.toml", tmp_path / "out"
    asked.write_text(ASKED.format(replications=2))
    said = command("batch", str(asked), "--workers", "2", "--out", str(out))
    assert (said.status, "failed:" in said.err) == (0, False)  # progress may be told on a slow machine
    assert said.out == f"4 runs done, 0 failed; results in {out}\n"
    assert command("batch", str(asked), "--out", str(out), "--resume").out.startswith(
        "4 runs done, 0 failed (0 of them"
    )
    said = command("batch", str(asked), "--out", str(out))
    assert said.status == 2
    assert said.err == f"tokenmarket: {out}: holds results; --resume goes on with them, or choose another folder\n"
    said = command("batch", str(asked), "--out", str(out), "--resume", "--replications", "3")
    assert said.out == f"6 runs done, 0 failed (2 of them new); results in {out}\n"
    said = command("report", str(out))
    assert said.status == 0
    assert said.out.endswith(f"{out / 'report.html'}\n")
    assert "baseline" in said.out
    assert (out / "report.html").exists()
    assert command("batch", str(asked), "--out", str(out), "--resume").status == 0


def test_failed_runs_are_listed_and_the_status_is_1(command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*arguments: object, **options: object) -> Summary:
        failures = {("baseline", number): "MemoryError: too much" for number in range(12)}
        return Summary(tmp_path, 3, failures, 15, ("something was mended",))

    monkeypatch.setattr("scenarios.batches.batch.run_batch", failing)
    said = command("batch", "competition", "--out", str(tmp_path / "out"))
    assert said.status == 1
    assert said.out == f"3 runs done, 12 failed; results in {tmp_path}\n"
    assert "note: something was mended" in said.err
    assert "failed: baseline, replication 9: MemoryError: too much" in said.err
    assert "… and 2 more; see the table runs" in said.err


def test_a_real_batch_killed_and_resumed(tmp_path: Path) -> None:
    asked = tmp_path / "asked.toml"
    asked.write_text(ASKED.format(replications=12))
    base = [sys.executable, "-m", "scenarios.cli", "batch", str(asked), "--workers", "2", "--out"]
    subprocess.run([*base, str(tmp_path / "whole")], check=True, capture_output=True)
    killed = subprocess.Popen([*base, str(tmp_path / "killed")], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (tmp_path / "killed" / "parts" / "000001").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    killed.kill()
    killed.wait()
    resumed = subprocess.run([*base, str(tmp_path / "killed"), "--resume"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"24 runs done, 0 failed \(\d+ of them new\); results in .*\n", resumed.stdout)
    assert content(tmp_path / "killed") == content(tmp_path / "whole")


def test_run_keeps_its_results(command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for more in ([], ["--overwrite"]):
        said = command("run", "baseline", "--rounds", "2", "--users", "2000", "--out", str(out), *more)
        assert said.status == 0
        assert f"results in {out}" in " ".join(said.out.split())
    assert pd.read_parquet(out / "rounds.parquet")["round"].tolist() == [0, 1]
    said = command("run", "baseline", "--rounds", "2", "--users", "2000", "--out", str(out))
    assert said.status == 2
    assert "holds a run; --overwrite replaces it" in said.err
    (tmp_path / "thesis.txt").write_text("draft")
    said = command("run", "baseline", "--out", str(tmp_path))
    assert said.status == 2
    assert "holds something else than a single run" in said.err


def test_progress_tells_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    assert progress_line(Count(done=12, failed=1, left=51, fresh=10, seconds=5.0)) == (
        "12 done, 1 failed, 51 left, 2 runs/s, 0:26 left"
    )
    assert progress_line(Count(0, 0, 7200, 1, 1.0)).endswith("1 runs/s, 2:00:00 left")
    assert progress_line(Count(5, 0, 3, 0, 0.5)) == "5 done, 0 failed, 3 left, starting"
    with batch_shown() as watch:
        watch(Count(1, 0, 9, 1, 1.0))
        assert capsys.readouterr().err == ""
        watch(Count(2, 0, 8, 2, 20.0))
        watch(Count(3, 0, 7, 3, 21.0))
    assert capsys.readouterr().err == "2 done, 0 failed, 8 left, 0.1 runs/s, 1:20 left\n"


def test_a_run_with_the_commons_says_when_text_runs_short_and_what_decides_it(command) -> None:
    said = command("run", "human-drought", "--rounds", "40", "--users", "1000")
    assert "commons: human text runs short in 202" in said.out
    assert "Most depends on commons.stock: in 20" in " ".join(said.out.split())
    found = json.loads(command("run", "human-drought", "--rounds", "2", "--users", "1000", "--json").out)["commons"]
    assert found["year_of_exhaustion"] is None
    assert found["deciding"]["year_low"] <= found["expected"] < found["deciding"]["year_high"]
    assert "commons" not in json.loads(command("run", "baseline", "--rounds", "3", "--json").out)
