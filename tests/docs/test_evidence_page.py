"""The page of evidence names what there is, and says of the ensemble that ships what is so."""

import re

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from naming import ROOT, paths
from typer.testing import CliRunner

from scenarios import load
from scenarios.cli import app
from scenarios.files.ensemble import load_ensemble
from scenarios.files.finding import ENSEMBLES
from scenarios.files.record import load_record

PAGE = ROOT / "docs" / "evidence.md"
TEXT = PAGE.read_text(encoding="utf-8")
SHIPPED = pq.read_table(ENSEMBLES / "calibrated.parquet").to_pandas()
IN_RESULTS = {"inputs.csv", "FILE.toml"}


@pytest.mark.parametrize("path", sorted(set(paths(PAGE)) - IN_RESULTS))
def test_a_path_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("command", re.findall(r"^    tokenmarket (\w+) ", TEXT, re.MULTILINE))
def test_a_command_is_known(command: str) -> None:
    assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


def test_every_input_of_the_record_is_told() -> None:
    for name in load_record("2023-2024").inputs:
        assert name.split(".")[-1] in TEXT


def test_the_ensemble_that_ships_is_that_of_the_record_that_ships() -> None:
    shipped, record = load_ensemble("calibrated"), load_record("2023-2024")
    assert shipped.about["record"] == record.model_dump(mode="json")
    assert len(shipped.members) == 200
    assert f"Of {shipped.about['runs']} runs in three waves {shipped.about['agree']} are not ruled out" in TEXT


def test_the_scenario_that_ships_is_its_nearest_member() -> None:
    calibrated, nearest = load("calibrated").parameters, load_ensemble("calibrated").members[0]
    same = load("baseline", dict(nearest)).parameters
    assert calibrated.vendors.substitution == pytest.approx(same.vendors.substitution, rel=1e-5)
    assert calibrated.horizon.start == same.horizon.start == "2023-01"
    values = [load("calibrated", {key: value}).parameters for key, value in nearest.items()]
    assert all(np.isfinite(one.vendors.substitution) for one in values)


def test_no_member_misses_more_than_it_may() -> None:
    assert (SHIPPED["worst"] <= 3).all()
    assert SHIPPED["distance"].is_monotonic_increasing


@pytest.mark.parametrize("row", re.findall(r"^\| `(vendors\.\w+)` \|.*\| ([\d.]+) to ([\d.]+) \(", TEXT, re.MULTILINE))
def test_the_middle_halves_are_those_of_the_ensemble(row: tuple[str, str, str]) -> None:
    name, low, high = row
    found = pd.Series(SHIPPED[name]).quantile([0.25, 0.75])
    assert found.tolist() == pytest.approx([float(low), float(high)], rel=0.12)
