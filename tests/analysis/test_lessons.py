"""What the runs of lessons measure: every lesson that ships comes out as its text explains."""

from pathlib import Path

import pytest

from analysis.lessons import compared, play
from scenarios.errors import BadInput
from scenarios.files.finding import lessons
from scenarios.files.lessons import load_lesson

TRUE = {
    "cartel": "By a fifth to a half",
    "double-marginalisation": "It falls",
    "dumber": "Nearly as good as if people wrote on, or as good",
    "forgetting": "Better, with half to nine tenths of the gain",
    "free-plans": "More",
    "learning-sellers": "More than half of it",
    "price-war": "It rises",
    "race": "It rises",
}
"""The answer that the section Why of each lesson explains."""


def test_every_lesson_has_an_answer_here() -> None:
    assert set(TRUE) == set(lessons())


@pytest.mark.spread
@pytest.mark.parametrize("name", lessons())
def test_the_answer_that_comes_true_is_the_one_explained(name: str) -> None:
    lesson = load_lesson(name)
    outcome = play(lesson)
    assert lesson.answers[outcome.answer].says == TRUE[name], outcome.sentence


def test_the_textbook_lessons_give_the_numbers_of_their_formulas() -> None:
    double = play(load_lesson("double-marginalisation"))
    values = {measure.name: found for measure, found in double.values}
    assert values["rounds.price_retail"] == pytest.approx((6, 8))
    assert values["rounds.tokens"] == pytest.approx((4, 2))
    assert values["layers.resellers.profit"] == pytest.approx((16, 4))
    assert values["layers.labs.profit"] == pytest.approx((0, 8), abs=1e-9)
    assert values["rounds.consumer_surplus"] == pytest.approx((8, 2))
    assert double.decisive == pytest.approx(0.75)
    cartel = play(load_lesson("cartel"))
    values = {measure.name: found for measure, found in cartel.values}
    (high, low), sold = values["rounds.price_retail"], values["rounds.tokens"]
    assert high - 1 == pytest.approx(1 / (4 * (1 - sold[0])), abs=1e-6)
    assert low - 1 == pytest.approx(1 / (4 * (1 - sold[1] / 2)), abs=1e-6)


def test_months_are_told_and_the_measured_ones_are_the_last() -> None:
    told: list[tuple[str, int, int]] = []
    lesson = load_lesson("cartel").model_copy(update={"months": 3})
    outcome = play(lesson, lambda *said: told.append(said))
    assert told == [(title, month, 3) for title in ("A cartel", "Competition") for month in (1, 2, 3)]
    assert outcome.period == "the last month"
    whole = lesson.measured.model_copy(update={"months": None})
    assert play(lesson.model_copy(update={"measured": whole})).decisive != pytest.approx(outcome.decisive)


@pytest.mark.parametrize(("by", "found"), [("value", 3.0), ("difference", 1.0), ("ratio", 1.5)])
def test_runs_are_compared_as_the_lesson_says(by: str, found: float) -> None:
    assert compared(by, 3.0, 2.0) == found


def test_what_a_run_does_not_have_decides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    head = 'title = "T"\nquestion = "?"\nmonths = 2\n[run]\nscenario = "theory/chain"\n[measured]\n'
    answers = 'measure = "rounds.quality_frontier"\n[[answers]]\nsays = "a"\nbelow = 1.0\n[[answers]]\nsays = "b"\n'
    path.write_text(f"```toml\n{head}{answers}```\n## Predict\np\n## Run\nr\n## See\ns\n## Why\nw\n")
    with pytest.raises(BadInput, match=r"mine.md: measured.measure = 'rounds.quality_frontier' has no value"):
        play(load_lesson(path))
