"""``tokenmarket calibrate`` and ``batch --ensemble`` as a user meets them, on the real market."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.errors import BadInput
from scenarios.files.ensemble import ensemble_bytes

RECORD = """
title = "What was seen in one month"
question = "Which fleets and needs fit?"
rounds = 1
users = 1000
[set]
"labs.count" = 2
[inputs]
"vendors.substitution" = {}
"fleet.throughput" = {}
[[targets]]
name = "chip price"
measure = "price_chip"
period = "2024-01"
low = 20000
high = 40000
tolerance = 0.3
log = true
unit = "USD/accelerator"
source = "a list"
grade = "A"
"""
ABOUT = {"record": {"title": "What was seen in one month", "set": {}}, "scenario": "baseline"}


def told(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("calibrated")
    (made / "record.toml").write_text(RECORD, encoding="utf-8")
    told("calibrate", str(made / "record.toml"), "--runs", "10", "--waves", "1", "--workers", "2", "--out",
         str(made / "out"))  # fmt: skip
    return made


def test_it_leaves_an_ensemble_a_scenario_and_tables(folder):
    names = {path.name for path in (folder / "out").iterdir()}
    assert names >= {"wave-1", "ensemble.parquet", "calibrated.toml", "targets.csv", "inputs.csv"}
    assert pd.read_csv(folder / "out" / "targets.csv")["status"].tolist() == ["met"]
    assert pd.read_csv(folder / "out" / "inputs.csv")["input"].tolist() == ["vendors.substitution", "fleet.throughput"]


def test_resuming_says_the_same_and_runs_nothing(folder):
    before = {path: path.read_bytes() for path in (folder / "out").glob("*.*")}
    said = told("calibrate", str(folder / "record.toml"), "--runs", "10", "--waves", "1", "--workers", "1", "--out",
                str(folder / "out"), "--resume")  # fmt: skip
    assert "of 10 runs in 1 wave" in " ".join(said.split())
    assert {path: path.read_bytes() for path in before} == before


def test_the_calibrated_scenario_runs(folder):
    told("run", str(folder / "out" / "calibrated.toml"), "--rounds", "1")


def test_settings_are_compared_in_its_worlds_and_reported(folder):
    asked = folder / "asked.toml"
    asked.write_text(
        'question = "?"\nrounds = 2\nusers = 1000\nreplications = 1\nsettings = ["baseline", "no-resellers"]\n',
        encoding="utf-8",
    )
    two = ensemble_bytes({"vendors.substitution": [3.0, 6.0]}, {"vendors.substitution": "float"}, ABOUT)
    (folder / "two.parquet").write_bytes(two)
    out = str(folder / "batch")
    told("batch", str(asked), "--ensemble", str(folder / "two.parquet"), "--workers", "1", "--out", out)
    told("report", out)
    page = (folder / "batch" / "report.html").read_text(encoding="utf-8")
    assert "worlds that agree with “What was seen in one month”" in page
    assert "In how many worlds it holds" in page
    assert f"--replications 1 --ensemble {folder / 'two.parquet'} --out" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("calibrate", "2023-2025"), "unknown record"),
        (("calibrate", "--runs", "3"), "--runs 3"),
        (("calibrate", "--waves", "99"), "--waves 99"),
        (("calibrate", "--seed", "-1"), "seed"),
        (("batch", "competition", "--ensemble", "nobody"), "unknown ensemble 'nobody'"),
        (("batch", "competition", "--ensemble", "."), "tokenmarket calibrate"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(arguments, said, here):
    result = CliRunner().invoke(app, list(arguments))
    assert isinstance(result.exception, BadInput)
    assert said in str(result.exception)
    assert list(here.iterdir()) == []
