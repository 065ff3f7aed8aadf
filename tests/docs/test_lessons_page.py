"""The page of lessons tells every lesson and key, and its commands and its file are used as they are written."""

import re
from pathlib import Path

import pytest
from naming import ROOT

from scenarios.cli import main
from scenarios.files.finding import lessons
from scenarios.files.lessons import Lesson, Measured, load_lesson

TEXT = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")


def test_every_lesson_is_told() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \|", TEXT, re.MULTILINE)) >= set(lessons())


def test_every_key_is_told() -> None:
    told = set(re.findall(r"`([a-z.]+)`", TEXT))
    assert set(Lesson.model_fields) - {"name", "measured"} <= told
    assert {f"measured.{key}" for key in Measured.model_fields} <= told


def test_the_file_is_a_lesson(tmp_path: Path) -> None:
    written = re.search(r"^````markdown\n(.*?)^````$", TEXT, re.MULTILINE | re.DOTALL)
    assert written is not None
    path = tmp_path / "tax.md"
    path.write_text(written[1], encoding="utf-8")
    assert load_lesson(path).title == "Taxes on tokens"


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    commands = [line.partition("  #")[0].split() for line in re.findall(r"^    (tokenmarket .*)$", TEXT, re.MULTILINE)]
    assert len(commands) == 5
    for command in commands:
        monkeypatch.setattr("sys.argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code, capsys.readouterr().err
