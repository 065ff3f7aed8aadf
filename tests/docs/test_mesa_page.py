"""Every program on the page for Mesa users runs, and prints what the page says it prints."""

import re
import runpy
import warnings
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "mesa.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def title(program):
    """Return the last module a program imports from."""
    return re.findall(r"^(?:from|import) (\S+)", program, re.MULTILINE)[-1]


def printed(program):
    """Return the lines a program says it prints: what follows a call of print, and comments of their own."""
    return re.findall(r"(?:^ *print\(.*\)  |^)# (.*)$", program, re.MULTILINE)


@pytest.fixture
def needed():
    """Skip what needs Mesa's page where that cannot be had; it warns of itself when it is imported."""

    def check(program):
        if "mesa.visualization" in program:
            pytest.importorskip("altair", reason="mesa.visualization needs altair")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import mesa.visualization  # noqa: F401

    return check


@pytest.mark.parametrize("program", PROGRAMS, ids=title)
def test_a_program_prints_what_the_page_says(program, needed, tmp_path, monkeypatch, capsys):
    needed(program)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")
    runpy.run_path(str(file), run_name="__main__")
    assert capsys.readouterr().out.splitlines() == printed(program)


def test_the_page_has_programs():
    assert len(PROGRAMS) == 6
    assert sum(bool(printed(program)) for program in PROGRAMS) == 5
