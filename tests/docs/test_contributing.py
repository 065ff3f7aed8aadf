"""What the page for contributors names is there, and its examples, all added to one copy, do what it says."""

import inspect
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from naming import ROOT, dotted, paths, there_is

from analysis.dashboard.views import APART, TABS
from analysis.dashboard.views.every import VIEWS
from market import TokenMarket
from scenarios.results.reading import read_table

PAGE = ROOT / "CONTRIBUTING.md"
TEXT = PAGE.read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
PATCHES = re.findall(r"^```diff\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PROGRAMS = [
    text for text in re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL) if text not in FILES.values()
]
ADDED = TEXT[TEXT.index("\n## What is added") :]
COMMANDS = re.findall(r"^    (\S.*)$", re.sub(r"^```.*?^```$", "", ADDED, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
OF_A_FILE = re.compile(r"^--- a/[^\n]*\n\+\+\+ b/([^\n]*)\n(.*?)(?=^--- a/|\Z)", re.MULTILINE | re.DOTALL)
COPIED = ("market", "scenarios", "analysis", "docs", "tests", "pyproject.toml", "README.md")


def apply(patch: str, root: Path) -> None:
    """Make the changes of a patch whose hunks are found by their lines, which must stand in the file once."""
    for path, changes in re.findall(
        r"^--- a/[^\n]*\n\+\+\+ b/([^\n]*)\n(.*?)(?=^--- a/|\Z)", patch, re.MULTILINE | re.DOTALL
    ):
        text = (root / path).read_text(encoding="utf-8")
        for hunk in re.split(r"^@@\n", changes, flags=re.MULTILINE)[1:]:
            lines = hunk.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] in " -")
            assert text.count(before) == 1, f"{path} has this {text.count(before)} times:\n{before}"
            text = text.replace(before, "".join(line[1:] for line in lines if line[0] in " +"))
        (root / path).write_text(text, encoding="utf-8")


def done(command: str, folder: Path) -> str:
    """Run a command of the page in the copy; return what it printed."""
    program, *arguments = shlex.split(command)
    module = {
        "python": [],
        "tokenmarket": ["-m", "scenarios.cli"],
        "pytest": ["-m", "pytest", "-p", "no:cacheprovider"],
    }
    tools = Path(sys.executable).parent
    start = [sys.executable, *module[program]] if program in module else [str(tools / program)]
    run = subprocess.run(
        [*start, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
    return run.stdout


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, with what has been compiled, and everything that the page adds."""
    folder = tmp_path_factory.mktemp("changed")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc"))
        else:
            shutil.copy(ROOT / name, folder / name)
    for path, content in FILES.items():
        assert not (folder / path).exists(), f"{path} is there already"
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    for patch in PATCHES:
        apply(patch, folder)
    return folder


@pytest.mark.slow
def test_the_examples_do_what_the_page_says(changed: Path) -> None:
    said = {command: done(command, changed) for command in COMMANDS}
    assert "late-price-cap" in next(iter(said.values()))
    assert "`staff`" in (changed / "docs" / "results.md").read_text(encoding="utf-8")
    results = changed / "results"
    assert set(read_table(results / "caps", "layers")["setting"]) == {"baseline", "late-price-cap"}
    layers = read_table(results / "staff", "layers")
    assert layers.attrs["units"]["staff"] == "USD"
    assert (layers["staff"] > 0).any()
    assert (results / "staff" / "figures" / "active-users.svg").exists()
    assert [path.name for path in (results / "people").iterdir()] == ["people-1.svg"]
    firms = read_table(results / "solar", "firms")
    assert firms.loc[firms["kind"] == "solar farm", "revenue"].gt(0).all()
    assert paid(read_table(results / "insured", "flows"), "insurance") > 0
    assert paid(read_table(results / "staff", "flows"), "insurance") == 0
    assert "solar.upkeep" in next(text for command, text in said.items() if command.endswith("solar"))


def paid(flows: pd.DataFrame, category: str) -> float:
    return float(flows.loc[flows["category"] == category, "amount"].sum())


def test_the_page_has_what_it_promises() -> None:
    kinds = [command.split()[0] for command in COMMANDS]
    assert {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)} == {
        "tokenmarket": 8, "pytest": 1, "python": 2, "ruff": 1, "lint-imports": 1,
    }  # fmt: skip
    assert len(PROGRAMS) == 2
    rows = re.findall(r"^\| (a [^|]*) \|", ADDED, re.MULTILINE)
    titles = re.findall(r"^### (.*)$", ADDED, re.MULTILINE)
    assert len(rows) == len(titles) == 7


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_prints_what_the_page_says(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(program, "CONTRIBUTING.md", "exec"), {"__name__": "page"})
    expected = re.findall(r"^print\(.*\)  # (.*)$", program, re.MULTILINE)
    assert expected
    assert capsys.readouterr().out.splitlines() == expected


@pytest.mark.parametrize("path", sorted(set(paths(PAGE)) - FILES.keys()))
def test_a_path_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", sorted(set(dotted(PAGE))))
def test_a_name_is_there(name: str) -> None:
    assert there_is(name)


def test_what_is_not_there_is_noticed() -> None:
    assert there_is("market.firms.lab.Lab.wants")
    assert not there_is("market.firms.lab.Lab.wishes")
    assert not there_is("market.firms.laboratory.Lab")
    assert not there_is("market.nothing")


@pytest.mark.parametrize("way", ["The way of a dollar", "The way of an order of servers"])
def test_a_way_follows_the_month(way: str) -> None:
    """Every stage is one of the round's; a server that has come meets the stages of later months."""
    section = TEXT[TEXT.index(f"\n## {way}") :].split("\n## ")[1]
    told = re.findall(r"^\| ([a-z ]+) \| (?!happens)", section, re.MULTILINE)
    stages = [verb.replace("_", " ") for verb in re.findall(r"self\.(\w+)\(", inspect.getsource(TokenMarket.step))]
    assert len(told) > 8
    assert set(told) - {"stage"} <= set(stages)


def test_every_tab_has_its_view() -> None:
    assert [*VIEWS, *APART] == list(TABS)
