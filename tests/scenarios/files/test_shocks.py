"""Shocks: each is an event of any market, and changes it."""

import pytest

from scenarios import run
from scenarios.errors import BadInput
from scenarios.files.loading import load
from scenarios.files.shocks import read_shock, shocks

SMALL = {"population.users": 1_000, "population.types": 4}


def test_which_shocks_there_are():
    assert {shock.title for shock in shocks()} == {
        "Export limit", "Funding drought", "Open weights", "Outage", "Price war"
    }  # fmt: skip


@pytest.mark.parametrize("shock", shocks(), ids=lambda shock: shock.title)
def test_each_is_an_event_that_matters_from_its_month_on(shock):
    event = {"month": "2024-07", "months": shock.months, "set": shock.changes}
    struck = run(load("baseline", {**SMALL, "events": [event]}), seed=1, rounds=30)
    plain = run(load("baseline", SMALL), seed=1, rounds=30)
    for table in ("firms", "flows"):
        before = [(frame := getattr(result, table))[frame["round"] < 6] for result in (struck, plain)]
        assert before[0].equals(before[1])
    assert not struck.firms.equals(plain.firms)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('title = "t"\nabout = "a"\nmonths = 1\n', "set must be a table"),
        ('title = "t"\nabout = "a"\nmonths = "1"\nset = {a = 1}\n', "months must be whole"),
        ('title = "t"\nabuot = "a"\nmonths = 1\nset = {a = 1}\n', "did you mean about"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, words):
    file = tmp_path / "shock.toml"
    file.write_text(text)
    with pytest.raises(BadInput, match=words):
        read_shock(file)
