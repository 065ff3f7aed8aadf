"""A sweep is the batch of its file; cancelled, it leaves neither files nor processes."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from finished_files import content

from analysis.dashboard.choice import Choice
from analysis.dashboard.results_folder import ResultsFolder
from analysis.dashboard.sweep import job
from analysis.dashboard.sweep.job import CHECKING, DONE, FAILED, IDLE, RUNNING, STOPPED, Sweeps
from analysis.dashboard.sweep.order import Axis, Order

ROOT = Path(__file__).parents[4]
PATIENCE = 120.0
"""Seconds."""

SMALL = Choice("baseline", 3, {"population.users": 2000, "resellers.count": 3})
LABS = Axis("AI labs", ("labs.count",), (2, 3))
CAPACITY = Axis("Chip capacity", ("vendors.capacity",), (20000.0, 60000.0))
LOYALTY = Axis(
    "Switching cost",
    tuple(f"population.segments.{name}.loyalty" for name in ("students", "consumers", "developers", "enterprises")),
    (0.333333, 5.333333),
)
QUICK = Order(SMALL, (LABS,), 1, 2)
LONG = Order(Choice("baseline"), (LABS, CAPACITY), 20, 120)
"""Would take minutes."""


def wait(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def processes(root: Path) -> list[psutil.Process]:
    """Return what still runs of sweeps in a folder: processes of batches, and all workers of them."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if str(root) in (process.info["cmdline"] or []):
            found += [process, *process.children(recursive=True)]
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    return folder


@pytest.fixture
def sweeps(root: Path) -> Iterator[Sweeps]:
    visit = Sweeps(ResultsFolder(root))
    yield visit
    visit.close()
    wait(lambda: not visit.status.busy)


@pytest.mark.slow
@pytest.mark.parametrize("axes", [(LABS, CAPACITY), (LOYALTY,)])
def test_a_sweep_equals_the_batch_of_its_file(sweeps: Sweeps, root: Path, axes: tuple[Axis, ...]) -> None:
    sweeps.start(Order(SMALL, axes, 2, 3))
    wait(lambda: not sweeps.status.busy)
    assert (sweeps.status.stage, sweeps.status.problem, sweeps.status.failures) == (DONE, "", ())
    assert len(sweeps.status.pictures) == len(axes)
    assert names(root) == ["sweep-1", "sweep-1-scenario.toml", "sweep-1.toml"]
    again = root / "again"
    command = [sys.executable, "-m", "scenarios.cli", "batch", str(root / "sweep-1.toml"), "--out", str(again)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    assert content(root / "sweep-1") == content(again)
    assert names(root / "sweep-1") == names(again)
    kept, made = (json.loads((folder / "manifest.json").read_bytes()) for folder in (root / "sweep-1", again))
    for manifest in (kept, made):
        manifest["tables"].pop("timings.parquet")
    assert kept == made
    assert list(ResultsFolder(root).listing().damaged) == []


@pytest.mark.slow
def test_cancel_leaves_no_files_and_no_processes(sweeps: Sweeps, root: Path) -> None:
    sweeps.start(LONG)
    wait(lambda: sweeps.status.done or not sweeps.status.busy)
    assert sweeps.status.stage == RUNNING
    assert sweeps.status.runs == LONG.runs
    assert len(processes(root)) >= 2
    sweeps.cancel()
    wait(lambda: not sweeps.status.busy)
    assert sweeps.status.stage == STOPPED
    assert names(root) == []
    assert processes(root) == []


@pytest.mark.slow
def test_a_process_that_does_not_end_by_itself_is_ended(
    sweeps: Sweeps, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "GRACE", 0.5)
    sweeps.start(LONG)
    wait(lambda: sweeps.status.line or not sweeps.status.busy)
    everything = processes(root)
    everything[0].send_signal(signal.SIGSTOP)
    sweeps.cancel()
    wait(lambda: not sweeps.status.busy)
    assert names(root) == []
    wait(lambda: not any(process.is_running() for process in everything))


ALONE = """
import sys, time
from pathlib import Path
from test_job import LONG, ResultsFolder, Sweeps
sweeps = Sweeps(ResultsFolder(Path(sys.argv[1])))
sweeps.start(LONG)
while not sweeps.status.line:
    assert sweeps.status.busy, sweeps.status
    time.sleep(0.05)
print("running", flush=True)
time.sleep(1000)
"""


@pytest.mark.slow
def test_a_page_that_is_killed_leaves_no_files_and_no_processes(root: Path) -> None:
    paths = {"PYTHONPATH": ":".join([str(Path(__file__).parent), *sys.path])}
    with subprocess.Popen([sys.executable, "-c", ALONE, str(root)], stdout=subprocess.PIPE, env=paths) as page:
        assert page.stdout is not None
        assert page.stdout.readline() == b"running\n"
        batch = [process for process in processes(root) if process.pid != page.pid]
        assert len(batch) >= 2
        page.kill()
    wait(lambda: not any(process.is_running() for process in batch))
    wait(lambda: names(root) == [])


def test_values_out_of_bounds_are_refused_by_the_loader(sweeps: Sweeps, root: Path) -> None:
    sweeps.start(Order(SMALL, (Axis("AI labs", ("labs.count",), (0, 3)),), 1, 2))
    wait(lambda: not sweeps.status.busy)
    assert sweeps.status.stage == FAILED
    assert "sweep-1, setting labs.count=0: labs.count = 0 must be a whole number, 1 to" in sweeps.status.problem
    assert names(root) == []


@pytest.mark.slow
def test_two_visitors_sweep_apart_and_a_third_has_to_wait(sweeps: Sweeps, root: Path) -> None:
    other, third = Sweeps(ResultsFolder(root)), Sweeps(ResultsFolder(root))
    sweeps.start(LONG)
    wait(lambda: sweeps.status.line)
    sweeps.start(QUICK)
    assert sweeps.status.order == LONG, "one at a time"
    other.start(QUICK)
    wait(lambda: other.status.stage not in (CHECKING, IDLE))
    third.start(QUICK)
    wait(lambda: not third.status.busy)
    assert third.status.problem.startswith("2 sweeps run on this server already")
    wait(lambda: not other.status.busy)
    assert other.status.stage == DONE
    assert sweeps.status.stage == RUNNING
    sweeps.close()
    wait(lambda: not sweeps.status.busy)
    assert names(root) == ["sweep-2", "sweep-2-scenario.toml", "sweep-2.toml"]
    third.start(QUICK)
    wait(lambda: not third.status.busy)
    assert third.status.stage == DONE
    assert third.status.place is not None
    assert third.status.place.name == "sweep-1"


@pytest.mark.slow
def test_without_a_folder_of_results_they_go_with_the_visit() -> None:
    sweeps = Sweeps(ResultsFolder(None))
    assert "without a folder of results" in sweeps.kept
    sweeps.start(QUICK)
    wait(lambda: not sweeps.status.busy)
    assert sweeps.status.stage == DONE
    assert sweeps.status.place is not None
    folder = sweeps.status.place.root
    assert (folder / "sweep-1" / "manifest.json").exists()
    sweeps.close()
    assert not folder.exists()


@pytest.mark.slow
def test_runs_that_fail_are_told(sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.dashboard.sweep.order.LONGEST_RUN", 1e-3)
    sweeps.start(QUICK)
    wait(lambda: not sweeps.status.busy)
    assert sweeps.status.failures[0].startswith("labs.count=2, replication 0: ran longer than its limit")
    assert len(sweeps.status.failures) == 2


def test_a_listener_that_fails_stops_nothing(sweeps: Sweeps) -> None:
    told: list[str] = []

    def fail(status: job.Status) -> None:
        told.append(status.stage)
        if len(told) > 1:
            raise RuntimeError("nobody listens")

    sweeps.listen(fail)
    sweeps.start(Order(Choice("no such scenario"), (LABS,), 1, 2))
    wait(lambda: not sweeps.status.busy)
    assert "no such scenario" in sweeps.status.problem
    assert told == [IDLE, CHECKING, FAILED]
