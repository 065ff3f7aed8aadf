"""Batches on a Dask cluster of worker processes over TCP."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from finished_files import content
from inline_executor import Inline
from pretend_market import KILLED, RAISE, SLOW, runs_logged, simulate

from scenarios.batches.batch import Summary, run_batch
from scenarios.batches.cluster import ClusterExecutor, connected
from scenarios.batches.pool import LentPool
from scenarios.errors import BadInput, WorkFailed
from scenarios.files.experiment import Experiment
from scenarios.results.store import read_table

pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask leaves sockets to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
HERE = Path(__file__).parent.parent


class Cluster:
    """A scheduler and two workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.folder = folder
        path = os.pathsep.join([str(HERE), str(HERE.parents[1])])
        self.environment = {**os.environ, "PYTHONPATH": path, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        one = ("--nworkers", "1", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
        self.workers = [self._start("worker", self.address, *one) for _ in range(2)]

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "dask.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                stdout=log,
                stderr=log,
                env=self.environment,
                cwd=self.folder,
            )

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.terminate()
        for process in (*self.workers, self.scheduler):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    log = tmp_path_factory.mktemp("log")
    os.environ["PRETEND_LOG"] = str(log)
    found = Cluster(tmp_path_factory.mktemp("dask"))
    del os.environ["PRETEND_LOG"]
    found.log = log  # type: ignore[attr-defined]
    yield found
    found.close()


def experiment(counts: list[int], replications: int = 6) -> Experiment:
    return Experiment(name="c", question="Q?", rounds=3, replications=replications, grid={"resellers.count": counts})


def batch(cluster: Cluster, out: Path, asked: Experiment, **options: Any) -> Summary:
    with connected(cluster.address, None) as (executor, workers):
        return run_batch(asked, workers=workers, executor=executor, out=out, simulate=simulate, **options)


def test_a_cluster_gives_the_same_bytes(cluster: Cluster, tmp_path: Path) -> None:
    asked = experiment([1, RAISE, 2])
    summary = batch(cluster, tmp_path / "dask", asked)
    assert (summary.done, len(summary.failures)) == (12, 6)
    run_batch(asked, workers=1, executor=Inline(), out=tmp_path / "here", simulate=simulate)
    assert content(tmp_path / "dask") == content(tmp_path / "here")
    again = batch(cluster, tmp_path / "dask", asked, resume=True)  # what failed is run again, and fails again
    assert (again.fresh, again.failures) == (6, summary.failures)
    assert content(tmp_path / "dask") == content(tmp_path / "here")


def test_the_cluster_reruns_what_a_killed_worker_had(cluster: Cluster, tmp_path: Path) -> None:
    from distributed import Client

    asked = experiment([SLOW], 16)
    killed: list[int] = []

    def kill_one(_: object) -> None:
        if not killed and len(runs_logged(cluster.log)) > before + 3:  # type: ignore[attr-defined]
            with Client(cluster.address) as client:
                killed.extend(client.run(os.getpid).values())
            os.kill(killed[0], 9)

    before = len(runs_logged(cluster.log))  # type: ignore[attr-defined]
    assert batch(cluster, tmp_path / "dask", asked, watch=kill_one).done == 16
    assert killed
    run_batch(asked, workers=1, executor=Inline(), out=tmp_path / "here", simulate=simulate)
    assert content(tmp_path / "dask") == content(tmp_path / "here")


def test_a_run_that_kills_the_clusters_workers_is_isolated(cluster: Cluster, tmp_path: Path) -> None:
    summary = batch(cluster, tmp_path / "dask", experiment([1, KILLED, 2], 1))
    assert summary.done == 2
    assert list(summary.failures) == [(f"resellers.count={KILLED}", 0)]
    assert summary.failures[f"resellers.count={KILLED}", 0] == "took its worker process down: KilledWorker"


def test_the_command_runs_the_real_market_on_the_cluster(cluster: Cluster, tmp_path: Path) -> None:
    asked = tmp_path / "asked.toml"
    asked.write_text(
        'question = "Q?"\nrounds = 2\nusers = 2000\nreplications = 3\nsettings = ["baseline", "lab-cartel"]'
    )
    for name, more in (("dask", ["--cluster", cluster.address]), ("here", ["--workers", "1"])):
        command = [sys.executable, "-m", "scenarios.cli", "batch", str(asked), "--out", str(tmp_path / name), *more]
        done = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parents[1])
        assert (done.returncode, "failed:" in done.stderr) == (0, False)  # a slow machine has time for progress
        assert done.stdout == f"6 runs done, 0 failed; results in {tmp_path / name}\n"
    assert content(tmp_path / "dask") == content(tmp_path / "here")


def test_no_cluster_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.batches.cluster.SECONDS", 2)
    with pytest.raises(BadInput, match="no scheduler answers"), connected("tcp://127.0.0.1:9", None):
        pass
    with pytest.raises(BadInput, match="no scheduler answers"), connected("nonsense://x", None):
        pass


def test_the_scheduler_is_lost(tmp_path: Path) -> None:
    own = Cluster(tmp_path)
    out = tmp_path / "out"
    try:

        def kill_scheduler(_: object) -> None:
            if own.scheduler.poll() is None and (out / "parts" / "000001").exists():
                own.scheduler.kill()

        started = time.monotonic()
        with pytest.raises(WorkFailed, match="the executor is lost"):
            batch(own, out, experiment([SLOW], 30), watch=kill_scheduler)
        assert time.monotonic() - started < 60
    finally:
        own.close()
    kept = len(read_table(out, "runs"))
    assert 0 < kept < 30
    summary = run_batch(experiment([SLOW], 30), workers=1, executor=Inline(), out=out, simulate=simulate, resume=True)
    assert summary.fresh == 30 - kept


def test_a_scheduler_that_no_longer_answers_is_noticed(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client may keep waiting for its futures: somebody has to ask."""
    with connected(cluster.address, None) as (executor, _):
        assert isinstance(executor, ClusterExecutor)
        monkeypatch.setattr(executor, "_looked", 0.0)
        assert executor.lost() == ""

        async def nobody() -> None:
            raise TimeoutError("nobody is there")

        monkeypatch.setattr(executor, "_looked", 0.0)
        monkeypatch.setattr(executor._client.scheduler, "identity", nobody, raising=False)
        assert executor.lost() == "the scheduler does not answer: TimeoutError"
        with pytest.raises(WorkFailed, match="the executor is lost"):
            LentPool(executor, 1).check()
