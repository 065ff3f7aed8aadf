"""Batches lose nothing that is finished: dying workers, dying parents, bad disks, runs that misbehave."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from finished_files import content
from inline_executor import Inline
from pretend_market import GREEDY, KILLED, LOOP, LOOP_IN_C, SEGFAULT, SLOW, half_send, runs_logged, simulate

from scenarios.batches.batch import Stopped, Summary, run_batch
from scenarios.batches.pool import LocalPool
from scenarios.errors import BadInput, WorkFailed
from scenarios.files.experiment import Experiment
from scenarios.results.disk import only_writer
from scenarios.results.store import PARTS, read_table

HERE = Path(__file__).parent.parent
ROOT = HERE.parents[1]
LIMIT = 3.0
PATIENT = 60.0
LONGEST = 300.0
"""Seconds; on a machine with much else to do. Nothing takes a twentieth of it alone."""
SOON = 15.0
"""Seconds; a tenth of it alone, and for ever where an endless run is waited for."""


def experiment(counts: list[int], replications: int = 3) -> Experiment:
    """Only what never ends has a short limit: a busy machine must not make other runs too slow."""
    limits = {"seconds": LIMIT if {LOOP, LOOP_IN_C} & set(counts) else PATIENT, "memory": 1.0}
    grid = {"resellers.count": counts}
    return Experiment(name="s", question="Q?", rounds=3, replications=replications, grid=grid, limits=limits)


def batch(out: Path, asked: Experiment, workers: int = 2, **options: Any) -> Summary:
    return run_batch(asked, workers=workers, out=out, simulate=simulate, **options)


def driven(out: Path, count: int, replications: int, workers: int = 2) -> "subprocess.Popen[str]":
    command = [sys.executable, str(HERE / "drive_batch.py"), str(out), str(count), str(replications), str(workers)]
    return subprocess.Popen(
        command,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def wait_until(condition: Any, seconds: float = LONGEST) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def parts(out: Path) -> list[Path]:
    return sorted((out / PARTS).glob("[0-9]*"))


@pytest.fixture(scope="module")
def slow_reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the driven batch of 24 slow runs has to end with."""
    out = tmp_path_factory.mktemp("reference") / "out"
    said, _ = driven(out, SLOW, 12).communicate(timeout=LONGEST)
    assert said == "finished 24 24\n"
    return content(out)


@pytest.mark.parametrize(
    ("how", "error"),
    [
        (SEGFAULT, "took its worker process down (SIGSEGV)"),
        (KILLED, "took its worker process down (SIGKILL)"),
        (LOOP, "ran longer than its limit of 3 s"),
        (LOOP_IN_C, "ran longer than its limit of 3 s"),
        (GREEDY, "MemoryError: Unable to allocate 256. MiB"),
    ],
    ids=["segfault", "killed", "endless loop", "endless loop in compiled code", "out of memory"],
)
def test_a_run_that_takes_its_worker_down_is_isolated_and_the_rest_finishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: int, error: str
) -> None:
    monkeypatch.setenv("PYTHONFAULTHANDLER", "")
    summary = batch(tmp_path / "out", experiment([1, how, 2], replications=1))
    assert summary.done == 2
    assert [key for key in summary.failures] == [(f"resellers.count={how}", 0)]
    assert summary.failures[f"resellers.count={how}", 0].startswith(error)
    runs = read_table(tmp_path / "out", "runs").set_index("resellers.count")
    assert runs["status"].to_dict() == {1: "done", how: "failed", 2: "done"}
    assert read_table(tmp_path / "out", "rounds")["setting"].nunique() == 2


def test_many_deadly_runs_among_good_ones(tmp_path: Path, log: Path) -> None:
    asked = experiment([1, KILLED, 2, 3], replications=2)
    summary = batch(tmp_path / "two", asked)
    assert (summary.done, len(summary.failures)) == (6, 2)
    deaths = [seed for count, seed in runs_logged(log) if count == KILLED]
    assert max(deaths.count(seed) for seed in deaths) <= 2
    batch(tmp_path / "one", asked, workers=1)
    assert content(tmp_path / "one") == content(tmp_path / "two")


@pytest.mark.filterwarnings("ignore:resource_tracker")  # it does not start either
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # of the executor
def test_workers_that_cannot_start_end_the_batch_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nonexistent")
    with pytest.raises(WorkFailed, match=r"worker processes do not start .* if __name__ == "):
        batch(tmp_path / "out", experiment([1]))


def test_kill_9_of_a_worker(tmp_path: Path, slow_reference: dict[str, bytes]) -> None:
    parent = driven(tmp_path / "out", SLOW, 12)
    wait_until(lambda: len(parts(tmp_path / "out")) >= 1)
    workers = [child for child in psutil.Process(parent.pid).children() if "spawn_main" in " ".join(child.cmdline())]
    workers[0].kill()
    said, complained = parent.communicate(timeout=LONGEST)
    assert (said, parent.returncode) == ("finished 24 24\n", 0), complained
    assert content(tmp_path / "out") == slow_reference


def test_kill_9_of_the_parent_keeps_what_is_finished_and_leaves_no_workers(
    tmp_path: Path, slow_reference: dict[str, bytes], log: Path
) -> None:
    out = tmp_path / "out"
    for _ in range(2):
        parent = driven(out, SLOW, 12)
        before = len(parts(out))
        wait_until(lambda before=before: len(parts(out)) > before)
        family = [psutil.Process(parent.pid), *psutil.Process(parent.pid).children(recursive=True)]
        parent.kill()
        parent.wait()
        _, alive = psutil.wait_procs(family, timeout=SOON)
        assert alive == []
        parent.communicate()
    kept = len(read_table(out, "runs"))
    assert 0 < kept <= 24
    for file in log.iterdir():
        file.unlink()
    said, _ = driven(out, SLOW, 12).communicate(timeout=LONGEST)
    assert said == f"finished 24 {24 - kept}\n"
    assert len(runs_logged(log)) == 24 - kept
    assert content(out) == slow_reference


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_soon_and_keeps_what_is_finished(
    tmp_path: Path, slow_reference: dict[str, bytes], log: Path, number: int
) -> None:
    out = tmp_path / "out"
    parent = driven(out, SLOW, 12)
    wait_until(lambda: len(runs_logged(log)) >= 5)
    finished = len(runs_logged(log)) - 2
    started = time.monotonic()
    os.killpg(parent.pid, number)  # as a terminal does: to the workers too
    said, complained = parent.communicate(timeout=LONGEST)
    assert time.monotonic() - started < SOON
    assert parent.returncode == 1
    assert "Traceback" not in complained
    kept = int(said.removeprefix("stopped "))
    if number == signal.SIGINT:
        assert finished <= kept
    assert kept == len(read_table(out, "runs")) < 24
    said, _ = driven(out, SLOW, 12).communicate(timeout=LONGEST)
    assert said == f"finished 24 {24 - kept}\n"
    assert content(out) == slow_reference


def test_ctrl_c_does_not_wait_for_long_runs(tmp_path: Path, log: Path) -> None:
    parent = driven(tmp_path / "out", LOOP, 4)
    wait_until(lambda: len(runs_logged(log)) == 2)
    started = time.monotonic()
    os.killpg(parent.pid, signal.SIGINT)
    said, _ = parent.communicate(timeout=LONGEST)
    assert time.monotonic() - started < SOON
    assert said == "stopped 0\n"


def test_ctrl_c_in_python_raises_and_gives_the_handlers_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)

    def press(_: object) -> None:
        if not pressed:
            pressed.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    pressed: list[bool] = []

    with pytest.raises(Stopped) as stopped:
        batch(tmp_path / "out", experiment([SLOW], replications=20), watch=press)
    assert isinstance(stopped.value, KeyboardInterrupt)
    assert stopped.value.summary.done < 20
    assert signal.getsignal(signal.SIGINT) is before


def test_two_batches_in_one_folder(tmp_path: Path, slow_reference: dict[str, bytes]) -> None:
    first = driven(tmp_path / "out", SLOW, 12)
    wait_until(lambda: (tmp_path / "out" / "manifest.json").exists())
    second = driven(tmp_path / "out", SLOW, 12)
    _, complained = second.communicate(timeout=LONGEST)
    assert second.returncode == 1
    assert f"another batch writes there (process {first.pid})" in complained
    said, _ = first.communicate(timeout=LONGEST)
    assert said == "finished 24 24\n"
    assert content(tmp_path / "out") == slow_reference


DAMAGED = [1, 2]
"""Counts of the batch whose files are damaged."""


@pytest.fixture(scope="module")
def undamaged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A finished batch, and the same with all runs done but still in parts."""
    folder = tmp_path_factory.mktemp("undamaged")
    batch(folder / "whole", experiment(DAMAGED, 4), executor=Inline())
    leave_parts(folder / "parts", experiment(DAMAGED, 4))
    return folder / "whole", folder / "parts"


def leave_parts(out: Path, asked: Experiment) -> None:
    """Run all of a batch but end before the parts become final files."""

    def power_cut(*_: object) -> None:
        raise SystemExit

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scenarios.results.store.Store.SECONDS", 0.0)
        patch.setattr("scenarios.results.store.Store.finish", power_cut)
        patch.setattr("scenarios.batches.dispatch.LONGEST_CHUNK", 2)
        with pytest.raises(SystemExit):
            batch(out, asked, executor=Inline())


@pytest.mark.parametrize("file", ["layers.parquet", "runs.parquet", "index.json"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_part_is_run_again(
    tmp_path: Path, undamaged: tuple[Path, Path], log: Path, file: str, harm: str
) -> None:
    whole, out = undamaged[0], shutil.copytree(undamaged[1], tmp_path / "out")
    victim = parts(out)[1]
    lost = len(pd.read_parquet(victim / "runs.parquet"))
    damage(victim / file, harm)
    summary = batch(out, experiment(DAMAGED, 4), executor=Inline(), resume=True)
    assert summary.notes == (f"parts/{victim.name} is damaged; its runs are run again",)
    assert summary.fresh == len(runs_logged(log)) == lost < 8
    assert content(out) == content(whole)


def damage(path: Path, harm: str) -> None:
    data = bytearray(path.read_bytes())
    if harm == "flip":
        data[len(data) // 2] ^= 0x55
    elif harm == "cut":
        del data[len(data) // 2 :]
    path.write_bytes(data)
    if harm == "remove":
        path.unlink()


def test_a_damaged_final_file_is_made_again(tmp_path: Path, undamaged: tuple[Path, Path]) -> None:
    out = shutil.copytree(undamaged[0], tmp_path / "out")
    damage(out / "firms.parquet", "flip")
    summary = batch(out, experiment(DAMAGED, 4), executor=Inline(), resume=True)
    assert summary.notes == ("firms.parquet damaged or missing; all runs are run again",)
    assert content(out) == content(undamaged[0])


@pytest.mark.parametrize(
    "step",
    [
        "scenarios.results.compaction._write",
        "scenarios.results.compaction.sync_folder",
        "scenarios.results.store.shutil.rmtree",
    ],
)
def test_a_power_cut_while_final_files_are_made(tmp_path: Path, undamaged: tuple[Path, Path], step: str) -> None:
    whole, out = undamaged[0], shutil.copytree(undamaged[1], tmp_path / "out")

    def power_cut(*_: object, **__: object) -> None:
        raise SystemExit

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(step, power_cut)
        with pytest.raises(SystemExit):
            batch(out, experiment(DAMAGED, 4), executor=Inline(), resume=True)
    assert batch(out, experiment(DAMAGED, 4), executor=Inline(), resume=True).fresh == 0
    assert content(out) == content(whole)
    assert sorted(os.listdir(out)) == sorted(os.listdir(whole))


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Any]:
    """Mount small file systems; skip where that is not allowed."""
    folders: list[Path] = []

    def mount(options: str) -> Path:
        folder = tmp_path / f"mounted-{len(folders)}"
        folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")
        folders.append(folder)
        return folder

    yield mount
    for folder in folders:
        subprocess.run(["umount", folder], check=True)


@needs_root
def test_a_full_disk_keeps_what_fits_and_goes_on_when_there_is_room(tmp_path: Path, mounted: Any) -> None:
    asked = experiment([1, 2], replications=150)
    batch(tmp_path / "whole", asked, executor=Inline())
    small = mounted("size=600k")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scenarios.results.store.Store.SECONDS", 0.0)
        with pytest.raises(WorkFailed, match=r"the disk is full; \d+ runs are kept; --resume goes on from there"):
            batch(small / "out", asked, executor=Inline())
    assert [path for path in small.rglob(".aside*")] == []
    kept = len(read_table(small / "out", "runs"))
    assert 0 < kept < 300
    with pytest.raises(WorkFailed, match="the disk is full"):
        batch(small / "out", asked, executor=Inline(), resume=True)
    assert len(read_table(small / "out", "runs")) >= kept
    subprocess.run(["mount", "-o", "remount,size=60m", small], check=True)
    assert batch(small / "out", asked, executor=Inline(), resume=True).done == 300
    assert content(small / "out") == content(tmp_path / "whole")


@needs_root
def test_no_room_for_the_final_files(mounted: Any, tmp_path: Path) -> None:
    asked = experiment([1, 2], replications=20)
    folder = mounted("size=60m")
    leave_parts(folder / "out", asked)
    used = int(subprocess.run(["du", "-sk", folder], capture_output=True, text=True, check=True).stdout.split()[0])
    subprocess.run(["mount", "-o", f"remount,size={used + 40}k", folder], check=True)
    with pytest.raises(WorkFailed, match="the disk is full; 40 runs are kept"):
        batch(folder / "out", asked, executor=Inline(), resume=True)
    assert len(read_table(folder / "out", "runs")) == 40
    subprocess.run(["mount", "-o", "remount,size=60m", folder], check=True)
    assert batch(folder / "out", asked, executor=Inline(), resume=True).fresh == 0
    batch(tmp_path / "whole", asked, executor=Inline())
    assert content(folder / "out") == content(tmp_path / "whole")


@needs_root
def test_a_disk_without_room_for_a_manifest(mounted: Any) -> None:
    folder = mounted("size=4k,nr_inodes=3")
    with pytest.raises((WorkFailed, BadInput), match=r"(the disk is full; nothing was run|cannot be written)"):
        batch(folder / "out", experiment([1]), executor=Inline())


@needs_root
def test_a_read_only_folder(mounted: Any) -> None:
    folder = mounted("size=1m")
    asked = experiment([1], replications=2)
    batch(folder / "done", asked, executor=Inline())
    (folder / "new").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    for out, resume in ((folder / "new", False), (folder / "absent", False), (folder / "done", True)):
        with pytest.raises(BadInput, match="results cannot be written there: Read-only file system"):
            batch(out, asked, executor=Inline(), resume=resume)
    assert len(read_table(folder / "done", "runs")) == 2


def test_the_hold_on_a_folder_ends_with_the_process(tmp_path: Path) -> None:
    code = "import sys, time\nfrom pathlib import Path\nfrom scenarios.results.disk import only_writer\n"
    code += "with only_writer(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(BadInput, match=f"process {holder.pid}"), only_writer(tmp_path):
        pass
    holder.kill()
    holder.communicate()
    with only_writer(tmp_path):
        pass


class Breaking(Inline):
    """Refuses every second task, and is told twice that it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = self.ended = 0

    def submit(self, *arguments: Any, **options: Any) -> Any:
        self.asked += 1
        if self.asked % 2 == 0:
            raise OSError("handle is closed")
        return super().submit(*arguments, **options)

    def shutdown(self, *arguments: Any, **options: Any) -> None:
        self.ended += 1
        if self.ended == 1:
            raise OSError("handle is closed")


def ended_soon(pool: LocalPool, now: bool) -> bool:
    """Return whether a pool closes, from a thread of its own, so that a test does not wait for ever."""
    closing = threading.Thread(target=pool.close, args=(now,), daemon=True)
    closing.start()
    closing.join(SOON)
    return not closing.is_alive()


def test_workers_ended_while_they_send_are_not_waited_for() -> None:
    pool = LocalPool(2, 2**30)
    flight = pool.executor.submit(half_send, LONGEST)
    pool.executor.submit(time.sleep, LONGEST)
    wait_until(flight.running)
    time.sleep(1.0)  # for the first part to arrive
    assert ended_soon(pool, now=True)
    assert isinstance(flight.exception(SOON), BrokenProcessPool)


def test_a_worker_that_dies_while_it_sends_breaks_the_executor() -> None:
    pool = LocalPool(2, 2**30)
    flight = pool.executor.submit(half_send, 1.0)
    wait_until(lambda: any(process.exitcode is not None for process in pool.context.started))
    with pytest.raises(TimeoutError):
        flight.exception(1.0)  # by itself it does not say so
    while not flight.done():
        pool.check()
        time.sleep(0.01)
    assert isinstance(flight.exception(), BrokenProcessPool)
    assert pool.rebuilt(BrokenProcessPool()) == "SIGKILL"
    assert pool.executor.submit(abs, -1).result(PATIENT) == 1
    assert ended_soon(pool, now=False)


def test_an_executor_that_is_breaking_loses_no_run(tmp_path: Path) -> None:
    executor = Breaking()
    summary = run_batch(experiment([1, 2]), workers=2, out=tmp_path / "out", simulate=simulate, executor=executor)
    assert (summary.done, executor.asked > 2 * 3) == (2 * 3, True)


def test_an_executor_that_is_breaking_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.batches.pool.ProcessPoolExecutor", lambda *_, **__: Breaking())
    pool = LocalPool(1, 2**30)
    breaking = pool.executor
    assert isinstance(breaking, Breaking)
    pool.rebuilt(OSError())
    assert (breaking.ended, pool.executor is breaking) == (2, False)
    pool.close(now=True)
