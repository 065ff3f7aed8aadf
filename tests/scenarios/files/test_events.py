"""Events in scenario files: read, refused, written back and run."""

import json
import subprocess
import sys

import pytest

from scenarios.errors import BadInput
from scenarios.files.loading import load
from scenarios.files.plausibility import late_events

HEAD = 'question = "What if?"\nextends = "baseline"\n'
CAP = '[[events]]\nmonth = "2025-01"\nset = { policy.price_cap = 1.0 }\n'


def scenario(folder, text):
    path = folder / "mine.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "said",
    ["set = { policy.price_cap = 1.0 }", 'set = { "policy.price_cap" = 1.0 }', "[events.set.policy]\nprice_cap = 1.0"],
)
def test_an_event_may_name_keys_as_tables_or_with_dots(said, tmp_path):
    found = load(scenario(tmp_path, f'[[events]]\nmonth = "2025-01"\n{said}\n'))
    assert found.parameters.events[0].changes == {"policy.price_cap": 1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[events]]\nmonth = "2025-01"\nset = { labs.count = 2 }\n', "events.0.set.labs.count holds for a whole run"),
        ('[[events]]\nmonth = "2025-13"\nset = { policy.price_cap = 2 }\n', "events.0.month"),
        ('[[events]]\nmonth = "2025-01"\n', "events.0.set is missing"),
        ('[[events]]\nmonth = "2025-01"\nset = 3\n', "events.0.set"),
        ("[[events]]\nmonths = 2\nset = { policy.price_cap = 2 }\n", "either a month"),
        ('[[events]]\nmonht = "2025-01"\nset = { policy.price_cap = 2 }\n', "did you mean"),
        ('[[events]]\nmonth = "2025-01"\nset = { policy.price_cup = 2 }\n', "did you mean policy.price_cap"),
        ("events = 3\n", "events"),
        ('[events]\nmonth = "2025-01"\n', "events"),
    ],
)
def test_what_cannot_be_is_refused_with_its_file_and_place(text, words, tmp_path):
    path = scenario(tmp_path, text)
    with pytest.raises(BadInput) as refused:
        load(path)
    assert str(path) in str(refused.value)
    assert words in str(refused.value)


def test_a_scenario_with_events_is_written_as_it_was_read(tmp_path):
    found = load(scenario(tmp_path, CAP))
    again = tmp_path / "again.toml"
    again.write_text(found.to_toml(), encoding="utf-8")
    assert load(again).parameters.events == found.parameters.events


def test_an_event_after_the_end_is_said(tmp_path):
    path = scenario(tmp_path, CAP)
    assert late_events(load(path).parameters) == ()
    late = load(path, {"horizon.rounds": 12})
    assert late_events(late.parameters) == ("events.0 begins in 2025-01, after the run's last month, 2024-12",)


def test_a_run_keeps_its_events_and_shows_which_keys_can_change(tmp_path):
    path = scenario(tmp_path, CAP)
    command = [sys.executable, "-m", "scenarios.cli"]
    size = ["--users", "2000", "--rounds", "14", "--out", str(tmp_path / "out")]
    done = subprocess.run([*command, "run", str(path), *size], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert load(tmp_path / "out" / "scenario.toml").parameters.events[0].month == "2025-01"
    shown = subprocess.run([*command, "show", str(path), "--json"], capture_output=True, text=True)
    rows = {row["key"]: row for row in json.loads(shown.stdout)["parameters"]}
    assert rows["policy.price_cap"]["dated"]
    assert not rows["labs.count"]["dated"]
    assert rows["events"]["value"][0]["month"] == "2025-01"
