"""Everything on the page on rules of one's own is done as it is written: files, commands, programs."""

import re
import runpy
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import command_of

PAGE = (Path(__file__).parents[2] / "docs" / "own-rule.md").read_text(encoding="utf-8")
FENCED = r"^```(\w+)\n(.*?)^```$"
BLOCKS = re.findall(FENCED, PAGE, re.MULTILINE | re.DOTALL)
FILES = re.findall(rf"^`([\w.]+)`[^\n]*(?:\n[^`\n][^\n]*)*\n\n{FENCED}", PAGE, re.MULTILINE | re.DOTALL)
PROGRAMS = [text for kind, text in BLOCKS if kind == "python" and text not in [content for _, _, content in FILES]]
COMMANDS = re.findall(r"^    tokenmarket (.*)$", re.sub(FENCED, "", PAGE, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The files of the page, where its commands and programs run; Python's path and modules are left as they were."""
    path, modules = list(sys.path), set(sys.modules)
    for name, _, content in FILES:
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.path[:] = path
    for name in {Path(name).stem for name, _, _ in FILES} - modules:
        sys.modules.pop(name, None)


def test_the_page_has_what_it_promises() -> None:
    assert [name for name, _, _ in FILES] == ["prices.py", "training.py", "careful.toml", "markups.toml"]
    assert len(BLOCKS) == len(FILES) + len(PROGRAMS) == 6
    assert [command.split()[0] for command in COMMANDS] == ["show", "run", "run", "batch", "report"]
    rules = [content for name, _, content in FILES if name.endswith(".py")]
    assert all(len(rule.splitlines()) <= 20 for rule in rules)


def test_every_command_does_what_the_page_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call = command_of(monkeypatch, capsys)
    said = {}
    for command in COMMANDS:
        said[command] = call(*shlex.split(command))
        assert said[command].status == 0, f"{command}\n{said[command].err}"
    shown, by_file, by_option, *_ = said.values()
    for rule in ("prices:MeetTheLowest", "training:TrainFromProfit"):
        assert rule in shown.out
    assert "Least markup" in shown.out
    assert by_file.out != by_option.out
    report = (folder / "results" / "markups" / "report.html").read_text(encoding="utf-8")
    assert "prices:MeetTheLowest" in report


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_prints_what_the_page_says(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    runpy.run_path(str(tmp_path / "program.py"), run_name="__main__")
    expected = re.findall(r"^print\(.*\)  # (.*)$", program, re.MULTILINE)
    assert expected
    assert capsys.readouterr().out.splitlines() == expected


def test_what_the_page_says_of_a_new_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "`tokenmarket new rule mine`" in PAGE
    assert command_of(monkeypatch, capsys)("new", "rule", "mine").status == 0
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".py", ".toml"]


@pytest.mark.usefixtures("folder")
def test_what_the_page_says_is_refused_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    call = command_of(monkeypatch, capsys)
    for changed, message in (("least=11", "0 to 10"), ("leest=1", "labs.pricing.least")):
        said = call("run", "careful.toml", "--set", f"labs.pricing.{changed}")
        assert said.status == 2
        assert message in said.err
