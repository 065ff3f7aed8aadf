"""Lessons as files: those that ship are sound, and what is wrong with one is named with file and key."""

import tomllib
from pathlib import Path
from typing import get_args

import pytest

from analysis.dashboard.views import COMPARE, TABS
from scenarios.errors import BadInput
from scenarios.files.finding import lessons
from scenarios.files.lessons import SECTIONS, View, load_lesson, read_lesson

ROOT = Path(__file__).parents[3]
LESSON = """```toml
title = "Mine"
question = "What happens to the price?"
months = 2
view = "Prices"

[run]
scenario = "theory/joint-profit"

[against]
scenario = "theory/bertrand-nash"
set = { chain.hardware_cost = 1.5 }

[measured]
measure = "rounds.price_retail"
by = "difference"
months = 1

[[answers]]
says = "It falls"
below = 0.0

[[answers]]
says = "It rises"
```

## Predict

First.

## Run

    ## Why is no heading here

```
## nor here
```

## See

Third.

## Why

Fourth.
"""


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    text = LESSON
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "mine.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_there_is_a_lesson_on_each_of_the_great_questions() -> None:
    asked = {"double-marginalisation", "cartel", "price-war", "race", "free-plans", "dumber"}
    assert asked <= set(lessons())


@pytest.mark.parametrize("name", lessons())
def test_a_lesson_that_ships_is_sound(name: str) -> None:
    lesson = load_lesson(name)
    assert lesson.name == name
    assert lesson.question.endswith("?")
    assert "Source" in lesson.section("Why"), "it says where it is from"
    assert "\n    " in lesson.section("Why"), "it holds a formula"
    for played in lesson.runs:
        assert lesson.scenario(played).parameters.horizon.rounds == lesson.months


def test_lessons_that_ship_are_packed() -> None:
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["scenarios"]
    assert "lessons/*.md" in packed


def test_a_lesson_opens_a_tab_that_there_is() -> None:
    assert set(get_args(View)) <= {*TABS} - {COMPARE}


def test_a_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    lesson = load_lesson(written(tmp_path))
    assert (lesson.name, lesson.title, lesson.view) == ("mine", "Mine", "Prices")
    assert [lesson.section(heading).split()[0] for heading in SECTIONS] == ["First.", "##", "Third.", "Fourth."]
    assert "## nor here" in lesson.section("Run")
    other = lesson.scenario(lesson.against)
    assert (other.parameters.chain.hardware_cost, other.parameters.horizon.rounds) == (1.5, 2)
    assert [lesson.answer(number) for number in (-1.0, 0.0, 0.5)] == [0, 1, 1]


def test_a_scenario_beside_the_lesson_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.toml").write_text('title = "Own"\nquestion = "?"\nextends = "theory/joint-profit"\n')
    path = written(tmp_path, ('"theory/joint-profit"', '"own.toml"'))
    monkeypatch.chdir("/")
    assert load_lesson(path).scenario(load_lesson(path).run).title == "Own"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("```toml", "---", "opens with a block of TOML"),
        ("months = 2", "months = = 2", "is not valid TOML: Invalid value (at line 4"),
        ("months = 2", "months = 0", "months = 0 must be"),
        ("months = 2", "month = 2", "unknown key month; did you mean months?"),
        ('view = "Prices"', 'view = "Price"', "did you mean Prices?"),
        ('title = "Mine"\n', "", "title is missing"),
        ("rounds.price_retail", "rounds.price_retial", "measured.measure = 'rounds.price_retial'"),
        ("rounds.price_retail", "rounds.price_retial", "did you mean rounds.price_retail?"),
        ("months = 1", 'also = ["layers.lab.margin"]', "did you mean layers.labs.margin?"),
        ("below = 0.0\n", "", "each needs below but the last"),
        ('"It rises"', '"It rises"\nbelow = 1.0', "each needs below but the last"),
        (
            '[[answers]]\nsays = "It rises"',
            '[[answers]]\nsays = "b"\nbelow = -1.0\n[[answers]]\nsays = "c"',
            "must rise",
        ),
        ('[[answers]]\nsays = "It rises"', "", "answers"),
        ('[against]\nscenario = "theory/bertrand-nash"\nset = { chain.hardware_cost = 1.5 }\n', "", "table [against]"),
        ("theory/bertrand-nash", "theory/bertrand", "against.scenario = 'theory/bertrand': unknown scenario"),
        ("chain.hardware_cost", "chain.hardware_costs", "against.set: unknown key chain.hardware_costs"),
        ("hardware_cost = 1.5", "hardware_cost = -1.0", "chain.hardware_cost = -1"),
        ("## See", "## Seen", "line 39: '## Seen' is no heading; known are Predict, Run, See, Why"),
        ("## See\n", "## Run\n", "## Run comes twice"),
        ("## See\n\nThird.\n", "", "## See is missing"),
        ("Third.", "", "## See says nothing"),
        ("## Predict\n", "Before.\n\n## Predict\n", "stands before the first heading"),
        ("Third.", "Th\x1bird.", "line 41 holds control characters"),
        ("Third.", "x" * 30_000, "## See has 30,000 characters"),
    ],
)
def test_what_is_wrong_is_named_with_the_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = written(tmp_path, (old, new))
    with pytest.raises(BadInput) as refused:
        load_lesson(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_block_without_an_end_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, ("```\n\n## Predict", "## Predict"), ("```\n## nor here\n```", ""))
    with pytest.raises(BadInput, match="begins in line 1 has no end"):
        load_lesson(path)


def test_headings_come_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, ("## See", "## X"), ("## Why", "## See"), ("## X", "## Why"))
    text = path.read_text().replace("    ## See is no", "    ## Why is no")
    path.write_text(text)
    with pytest.raises(BadInput, match="must come in the order Predict, Run, See, Why"):
        read_lesson(path)


def test_a_name_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match=r"unknown lesson 'price-wars'; did you mean price-war?"):
        read_lesson("price-wars")
    with pytest.raises(BadInput, match="there is no such file"):
        read_lesson("missing.md")
