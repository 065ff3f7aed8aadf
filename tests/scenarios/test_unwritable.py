"""A program that nobody may write to, run by somebody without a home: kernels are compiled at each start."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTE = "note: neither the program's folder nor the home folder can be written, so compiled code is not kept"
RUN = ("run", "baseline", "--rounds", "2", "--users", "5000", "--seed", "4", "--json")
BATCH = """
question = "?"
settings = ["baseline", "chip-monopoly"]
rounds = 2
replications = 2
[set]
"population.users" = 5_000
"""
BOUND_BY_MODES = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
"""Root is bound by the modes of folders only without its privilege to override them."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(BOUND_BY_MODES) and shutil.which("setpriv") is None, reason="root can write anywhere, without setpriv"
    ),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages without anything compiled, not to be written to."""
    folder = tmp_path_factory.mktemp("program")
    for package in ("market", "scenarios"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (folder / "market").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder


def command(program: Path, folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command of this program in a folder; the home is below a file."""
    no_folder = str(program / "scenarios" / "cli.py" / "home")
    surroundings = os.environ | {"HOME": no_folder, "XDG_CACHE_HOME": no_folder, "PYTHONPATH": str(program)}
    surroundings.pop("NUMBA_CACHE_DIR", None)
    return subprocess.run(
        [*BOUND_BY_MODES, sys.executable, "-m", "scenarios.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=surroundings | environment,
    )


def test_the_run_says_so_once_and_comes_to_the_same(program: Path, tmp_path: Path) -> None:
    kept = command(program, tmp_path, *RUN, NUMBA_CACHE_DIR=str(tmp_path / "compiled"))
    assert (kept.returncode, "note:" in kept.stderr) == (0, False)
    assert list((tmp_path / "compiled").rglob("*.nbc")) != []
    not_kept = command(program, tmp_path, *RUN, NUMBA_CACHE_DIR=str(program / "scenarios" / "cli.py" / "compiled"))
    assert (not_kept.returncode, not_kept.stderr.count(NOTE)) == (0, 1)
    assert "Warning" not in not_kept.stderr
    assert not_kept.stdout == kept.stdout
    assert list(program.rglob("*.nbc")) == []


def test_the_workers_of_a_batch_say_so_once(program: Path, tmp_path: Path) -> None:
    (tmp_path / "rivals.toml").write_text(BATCH, encoding="utf-8")
    said = command(program, tmp_path, "batch", "rivals.toml", "--workers", "2", "--out", "out")
    assert (said.returncode, said.stderr.count(NOTE)) == (0, 1), said.stderr
    assert "4 runs done" in said.stdout
