"""Every command and program of the README runs as it is written, in order, in a fresh clone; batches play each once."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.findings.claim import CLAIMS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
UNFENCED = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
COMMANDS = [line.partition("  #")[0].strip() for line in re.findall(r"^    (\S.*)$", UNFENCED, re.MULTILINE)]
ELSEWHERE = re.compile(
    r"tokenmarket (serve|validate|calibrate|backtest|sensitivity|report results/competition|batch labs-and)|.*--cluster"
)
PLAIN = [command for command in COMMANDS if command.startswith("tokenmarket") and not ELSEWHERE.match(command)]
"""The others take long and have tests of their own: ``validate``, line by line, in tests/theory; grids in
tests/analysis; ``make run`` writes the report.
"""
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
SCENARIO = re.search(r"^```toml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
LONGEST = 600
"""Seconds; nothing takes a tenth of it."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clone") / "token-market"
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", ROOT.as_uri(), str(folder)], check=True)
    return folder


def bash(command: str, folder: Path) -> "subprocess.Popen[str]":
    """Start a command as in a terminal where the environment has been activated."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.Popen(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def done(command: str, folder: Path) -> str:
    """Run a command to its end; return what it printed."""
    running = bash(command, folder)
    said, complained = running.communicate(timeout=LONGEST)
    assert running.returncode == 0, f"{command}\n{complained}"
    assert "Traceback" not in said + complained
    return said


@pytest.fixture
def ended() -> Iterator[list["subprocess.Popen[str]"]]:
    """Programs to be ended, with all that they started, when the test is over."""
    running: list[subprocess.Popen[str]] = []
    yield running
    for program in running:
        os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


def test_make_run(clone: Path) -> None:
    """Of one run a setting; the environment is there already: what it would install is what the tests run with."""
    environment = Path(sys.executable).parent.parent
    if not (environment / "installed").exists():
        pytest.skip("the tests do not run in the environment that make sets up")
    done(f"make run VENV={environment} --assume-old={environment}/installed REPLICATIONS=1", clone)
    assert (clone / "results" / "competition" / "report.html").exists()


@pytest.mark.parametrize("command", PLAIN)
def test_a_command(command: str, clone: Path) -> None:
    done(re.sub(r"--replications \d+", "--replications 1", command), clone)


def test_the_scenario(clone: Path) -> None:
    assert SCENARIO
    (clone / "my-scenario.toml").write_text(SCENARIO[1], encoding="utf-8")
    assert "`tokenmarket run my-scenario.toml`" in README
    assert "my-scenario" in done("tokenmarket run my-scenario.toml", clone)


def test_the_page(clone: Path, ended: list["subprocess.Popen[str]"]) -> None:
    (command,) = (command for command in COMMANDS if command.startswith("tokenmarket serve"))
    assert "--port 8765" in command
    ended.append(bash(command.replace("8765", "8799"), clone))
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen("http://127.0.0.1:8799", timeout=10) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert ended[0].poll() is None
            time.sleep(0.5)
    pytest.fail("the page does not answer")


def test_the_programs(clone: Path) -> None:
    (clone / "programs.py").write_text("\n".join(PROGRAMS), encoding="utf-8")
    done("python programs.py", clone)


def test_the_cluster(clone: Path, ended: list["subprocess.Popen[str]"]) -> None:
    scheduler, worker, batch = (command for command in COMMANDS if "dask" in command and "pip" not in command)
    for command in (scheduler, worker):
        ended.append(bash(command.removesuffix("&"), clone))
    deadline = time.monotonic() + LONGEST
    status, complained = 2, ""
    while status == 2 and time.monotonic() < deadline:  # until the scheduler listens
        answer = bash(batch, clone)
        _, complained = answer.communicate(timeout=LONGEST)
        status = answer.returncode
    assert status == 0, complained
    assert (clone / "results" / "dask" / "layers.parquet").exists()


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("pip install")])
def test_what_is_installed_can_be_had(command: str, clone: Path) -> None:
    """Tried without installing anything: the environment of the tests stays as it is."""
    assert re.search(r"--editable '\.\[(\w+)\]'", command)
    done(command.replace("pip install", "pip install --quiet --dry-run --no-deps"), clone)


def test_every_command_is_tried() -> None:
    assert [command for command in COMMANDS if not re.match(r"make (run|test)|pip|dask|tokenmarket", command)] == []
    assert len(PLAIN) >= 12


def test_the_claim_is_worded_as_it_is_tested() -> None:
    for claim in CLAIMS:
        assert f"**{claim.text}**" in README
        assert f'("{claim.says}")' in README
