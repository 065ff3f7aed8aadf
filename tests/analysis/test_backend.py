"""The commands that draw do so wherever they run, whatever backend the environment asks matplotlib for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios import load, run
from scenarios.results.saving import save_run


@pytest.mark.parametrize("backend", ["nonsense", "module://nowhere"])
def test_a_report_is_drawn_under_any_backend(tmp_path: Path, backend: str):
    save_run(run(load("theory/chain"), seed=1, rounds=2), tmp_path / "run", 1.0)
    commands = (
        ["scenarios.cli", "report", str(tmp_path / "run")],
        ["analysis.dashboard", "compare", str(tmp_path / "run"), "theory/chain", "--out", str(tmp_path / "figures")],
    )
    for words in commands:
        done = subprocess.run(
            [sys.executable, "-m", *words], capture_output=True, text=True, env=os.environ | {"MPLBACKEND": backend},
            cwd=Path(__file__).parents[2], check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "report.html").exists()
    assert len(list((tmp_path / "figures").iterdir())) == 4
