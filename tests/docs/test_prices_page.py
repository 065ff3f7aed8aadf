"""The page of prices tells every column, and its commands run as they are written."""

import re
import shlex
from pathlib import Path

import pytest
from naming import ROOT, dotted, there_is
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.prices.table import COLUMNS
from scenarios.prices.tidy import NEEDED

PAGE = ROOT / "docs" / "prices.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    tokenmarket (.*)$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("unit", list(COLUMNS))
def test_every_column_is_told(unit: str) -> None:
    told = set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| `.*$", TEXT, re.MULTILINE))))
    assert set(COLUMNS[unit]) <= told
    for name in NEEDED[unit]:
        assert f"`{name}`" in TEXT.partition("## The tables")[2].partition("## How")[0]


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    assert [command.split()[0] for command in COMMANDS] == ["prices", "prices", "run"]
    for command in COMMANDS:
        done = CliRunner().invoke(app, shlex.split(command))
        assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", dotted(PAGE))
def test_a_name_is_there(name: str) -> None:
    assert there_is(name)
