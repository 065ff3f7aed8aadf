from pathlib import Path

import pytest

from scenarios.errors import BadInput
from scenarios.files.finding import records
from scenarios.files.record import load_record

RECORD = """
title = "T"
question = "?"
rounds = 12
users = 1000
[inputs]
"fleet.throughput" = {}
"population.segments.*.adopted" = { low = 0.01, high = 0.05, log = true }
[[targets]]
name = "switching"
measure = "churn"
period = "2024H2"
low = 0.01
high = 0.02
tolerance = 0.01
source = "somebody"
grade = "A"
"""


def written(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = RECORD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "record.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", records())
def test_a_record_that_ships_is_of_a_scenario_that_runs(name):
    scenario, inputs = load_record(name).load()
    assert scenario.parameters.horizon.rounds == load_record(name).rounds
    assert len(inputs) == len(load_record(name).inputs)


def test_a_range_of_ones_own_moves_every_segment_alike(tmp_path):
    _, (throughput, adopted) = load_record(written(tmp_path)).load()
    assert (throughput.low, throughput.high) == (70, 1000)
    assert [*adopted.at(0.0).values(), *adopted.at(1.0).values()] == pytest.approx([0.01] * 4 + [0.05] * 4)
    assert len(adopted.keys) == 4
    assert adopted.at(0.5)["population.segments.students.adopted"] == pytest.approx((0.01 * 0.05) ** 0.5)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rounds = 12", "rounds = 0", "rounds"),
        ("users = 1000", "user = 1000", "users"),
        ("high = 0.02", "high = 0.001", "below low"),
        ("tolerance = 0.01", "tolerance = 0.0", "tolerance"),
        ('period = "2024H2"', 'period = "2024H3"', "no year, quarter, half-year or month"),
        ('period = "2024H2"', 'period = "2024Q3-2023"', "ends before it begins"),
        ("low = 0.01\nhigh = 0.02", "low = 0.0\nhigh = 0.02\nlog = true", "low above 0"),
        ('source = "somebody"\n', "", "source"),
        ("[[targets]]", "may_miss = 1\n[[targets]]", "may_miss"),
        ("{ low = 0.01, high = 0.05, log = true }", "{ low = 0.05, high = 0.01 }", "not above low"),
        ('title = "T"', 'title = "T"\nmay_miss = 1', "leaves none of 1 targets"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, old, new, said):
    with pytest.raises(BadInput, match=said):
        load_record(written(tmp_path, (old, new))).load()


def test_two_targets_need_two_names(tmp_path):
    path = written(tmp_path)
    path.write_text(RECORD + RECORD[RECORD.index("[[targets]]") :], encoding="utf-8")
    with pytest.raises(BadInput, match="two targets are named 'switching'"):
        load_record(path)


def test_an_input_moved_twice_is_refused(tmp_path):
    twice = '"population.segments.students.adopted" = { low = 0.01, high = 0.02 }\n[[targets]]'
    with pytest.raises(BadInput, match=r"students\.adopted is moved by two"):
        load_record(written(tmp_path, ("[[targets]]", twice))).load()


def test_the_nearest_record_is_named():
    with pytest.raises(BadInput, match=r"unknown record '2023-2025'.*2023-2024"):
        load_record("2023-2025")
