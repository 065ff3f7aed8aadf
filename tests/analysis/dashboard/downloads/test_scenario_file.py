"""The scenario of a run as a file is played to the same numbers."""

import shutil
from pathlib import Path
from textwrap import dedent

import pandas as pd
import pytest
from small_runs import MONTHS, SEED, SMALL, choice, finished, stopped

from analysis.dashboard.__main__ import played
from analysis.dashboard.choice import Choice
from analysis.dashboard.downloads.scenario import scenario_file
from analysis.dashboard.snapshot import Snapshot
from market.records.columns import TABLES
from scenarios import load, run

ELECTRICITY = "date,value,unit\n2023-01,0.04,USD/kWh\n2024-03,0.30,USD/kWh\n"


def saved(snapshot: Snapshot, folder: Path) -> Path:
    path = folder / "saved.toml"
    path.write_bytes(scenario_file(snapshot))
    return path


def check_played_alike(path: Path, snapshot: Snapshot, but: str = "") -> None:
    """The file gives the tables of the snapshot, in all columns but one."""
    again, tables = run(load(path), SEED), snapshot.tables
    assert tables is not None
    for name in TABLES:
        one, other = (getattr(results, name).drop(columns=but, errors="ignore") for results in (again, tables))
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_it_gives_the_same_tables(tmp_path: Path) -> None:
    check_played_alike(saved(finished(), tmp_path), finished())


def test_a_run_that_was_stopped_lacks_only_what_its_last_month_tells(tmp_path: Path) -> None:
    path = saved(stopped(), tmp_path)
    check_played_alike(path, stopped(), but="profit_gain")
    assert load(path).parameters.horizon.rounds == MONTHS
    assert f"{MONTHS} of 12" in path.read_text(encoding="utf-8")


def test_it_needs_none_of_the_files_it_came_from(tmp_path: Path) -> None:
    own, far = tmp_path / "own", tmp_path / "far"
    own.mkdir()
    far.mkdir()
    (own / "electricity.csv").write_text(ELECTRICITY, encoding="utf-8")
    scenario = own / "mine.toml"
    scenario.write_text(
        dedent("""\
            question = "Is the series kept?"
            extends = "baseline"
            [data]
            electricity = "electricity.csv"
            """),
        encoding="utf-8",
    )
    seen = played(choice(str(scenario)), MONTHS)
    path = saved(seen, far)
    shutil.rmtree(own)
    check_played_alike(path, seen)
    assert load(path).name == "mine"
    assert [record.value for record in load(path).parameters.data.electricity] == [0.04, 0.30]


@pytest.mark.parametrize("scenario", ["theory/chain", "theory/learning", "baseline", "race", "by-the-token"])
def test_scenarios_of_every_kind(tmp_path: Path, scenario: str) -> None:
    small = {} if scenario.startswith("theory/") else SMALL
    seen = played(choice(scenario, small), MONTHS)
    check_played_alike(saved(seen, tmp_path), seen)


def test_before_the_first_month_it_is_the_scenario_as_it_is(tmp_path: Path) -> None:
    path = saved(Snapshot(Choice("baseline", SEED, SMALL)), tmp_path)
    assert load(path).parameters == load("baseline", SMALL).parameters


def test_events_after_the_last_month_played_stay(tmp_path: Path) -> None:
    event = {"round": 6, "set": {"policy.price_cap": 2.0}}
    seen = played(choice(changes=SMALL | {"events": [event]}, months=12), MONTHS)
    path = saved(seen, tmp_path)
    assert load(path).parameters.events == seen.choice.load().parameters.events
    check_played_alike(path, seen, but="profit_gain")


def test_a_rule_from_outside_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kept_price.py").write_text(RULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    seen = played(choice(changes=SMALL | {"resellers.pricing.rule": "kept_price:Kept"}), 1)
    assert "# needs the module of kept_price:Kept, sha256 " in scenario_file(seen).decode()


RULE = '''
from market.conduct import Rule


class Kept(Rule):
    """Keep the price."""

    def target(self, layer):
        return layer.price
'''
