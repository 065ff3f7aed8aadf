"""``tokenmarket lesson``: the list, a lesson from question to reason, and what is refused."""

from pathlib import Path

import pytest
from command import Command, command_of

from scenarios.files.finding import lessons


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return command_of(monkeypatch, capsys)


@pytest.mark.parametrize("columns", ["60", "160"])
def test_all_lessons_are_listed(command: Command, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    said = command("lesson")
    assert said.status == 0
    for name in lessons():
        assert name in said.out


def test_a_lesson_leads_from_the_question_to_the_reason(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = command("lesson", "double-marginalisation")
    assert (said.status, said.err) == (0, "")
    steps = ["Predict\n", "What happens to the price", "3. It rises", "Run\n", "See\n", "6.00 USD/Mtok",
             "8.00 USD/Mtok", "0.750 times as much", "Came true: 1. It falls", "Why\n", "Spengler"]  # fmt: skip
    places = [said.out.index(step) for step in steps]
    assert places == sorted(places)
    assert "predicted" not in said.out


@pytest.mark.parametrize(("answer", "told"), [("1", "As you predicted."), ("3", "You predicted answer 3.")])
def test_a_prediction_is_held_to_what_came_true(command: Command, answer: str, told: str) -> None:
    assert told in command("lesson", "double-marginalisation", "--answer", answer).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("double-margin",), "unknown lesson 'double-margin'; did you mean double-marginalisation?"),
        (("cartel", "--answer", "5"), "--answer 5: cartel has the answers 1 to 4"),
        (("--answer", "1"), "--answer: of which lesson?"),
        (("none.md",), "none.md: there is no such file"),
        (("bad.md",), "bad.md: a lesson opens with a block of TOML"),
    ],
)
def test_what_will_not_do_is_refused(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / "bad.md").write_text("# Lesson\n")
    said = command("lesson", *arguments)
    assert (said.status, said.out) == (2, "")
    assert message in said.err


def test_the_shell_completes_lessons_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scenarios.command.completion import lesson_names

    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.md").write_text("")
    (tmp_path / "mine.toml").write_text("")
    assert lesson_names("price") == ["price-war"]
    assert lesson_names("mine") == ["mine.md"]
