"""The sweeps of one visitor, one at a time: each in a process of its own, watched by a thread."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from analysis.dashboard.loaded import LOADING, when_loaded
from analysis.dashboard.painter import Picture
from analysis.dashboard.results_folder import ResultsFolder
from analysis.dashboard.sweep.form import Form
from analysis.dashboard.sweep.order import Order
from analysis.dashboard.sweep.place import Place, discard, reserve, write_files
from scenarios.errors import BadInput, WorkFailed

LOG = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 2
"""Sweeps that run on a server at the same time, whoever started them."""

SEATS = threading.BoundedSemaphore(MOST_AT_ONCE)

GRACE: Final = 10.0
"""Seconds that a cancelled process has to end by itself."""

IDLE, CHECKING, RUNNING, STOPPING, DRAWING, DONE, STOPPED, FAILED = (
    "idle", "checking", "running", "stopping", "drawing", "done", "stopped", "failed"
)  # fmt: skip

Tell = Callable[["Status"], None]


@dataclass(frozen=True)
class Status:
    """How far a sweep is.

    Attributes:
        stage: One of ``IDLE`` to ``FAILED``.
        order: What is run.
        done: Runs done or failed.
        runs: Runs in all.
        line: Progress in words.
        problem: Why there are no results, or what of them cannot be drawn.
        failures: Runs that failed, and why.
        place: Where the results lie.
        pictures: Their figures.
    """

    stage: str = IDLE
    order: Order | None = None
    done: int = 0
    runs: int = 0
    line: str = ""
    problem: str = ""
    failures: tuple[str, ...] = ()
    place: Place | None = None
    pictures: tuple[Picture, ...] = ()

    @property
    def busy(self) -> bool:
        """Whether a sweep is on its way."""
        return self.stage in (CHECKING, RUNNING, STOPPING, DRAWING)


class Cancelled(Exception):  # noqa: N818 - a wish
    """The visitor does not want the sweep any more."""


class Sweeps:
    """What one visitor sweeps. Methods return at once; ``listen`` tells what comes of them.

    Attributes:
        form: What the visitor has written, kept while another tab is open.
        status: Of the last sweep.
    """

    def __init__(self, results_folder: ResultsFolder) -> None:
        self.results_folder = results_folder
        self.form = Form()
        self.status = Status()
        self._lock = threading.Lock()
        self._listeners: list[Tell] = []
        self._cancelled = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._closed = False

    def listen(self, tell: Tell) -> Callable[[], None]:
        """Tell of the status from now on; return what ends that."""
        self._listeners.append(tell)
        tell(self.status)

        def end_listening() -> None:
            with suppress(ValueError):  # the visit has ended before
                self._listeners.remove(tell)

        return end_listening

    def start(self, order: Order) -> None:
        """Run a sweep, unless one is on its way."""
        with self._lock:
            if self.status.busy:
                return
            self.status = Status(CHECKING, order, runs=order.runs)
            self._cancelled.clear()
        self._tell()
        threading.Thread(target=self._work, args=(order,), name="sweep", daemon=True).start()

    def cancel(self) -> None:
        """End the sweep that is on its way; nothing of it is kept."""
        with self._lock:
            self._cancelled.set()
            if self._process is not None:
                end(self._process)
            if self.status.stage == RUNNING:
                self.status = replace(self.status, stage=STOPPING)
        self._tell()

    def close(self) -> None:
        """End with the visit."""
        self._listeners.clear()
        self.cancel()
        with self._lock:
            self._closed = True
            busy = self.status.busy
        if not busy:
            self._clean()

    @property
    def kept(self) -> str:
        """Why results are not kept beyond the visit; empty if they are."""
        return "" if self.results_folder.root else "This page was started without a folder of results"

    # the thread -------------------------------------------------------------------------------------------------

    @when_loaded
    def _work(self, order: Order) -> None:
        try:
            with LOADING:
                import scenarios.batches.plan
                import scenarios.results.reading  # noqa: F401
            self._change(stage=RUNNING, place=self._run(order))
            self._draw()
        except Cancelled:
            self._change(stage=STOPPED)
        except (BadInput, WorkFailed) as problem:
            self._change(stage=FAILED, problem=str(problem))
        except Exception as problem:
            LOG.exception("a sweep failed")
            self._change(stage=FAILED, problem=f"The sweep failed: {type(problem).__name__}: {problem}")
        finally:
            if self._closed:
                self._clean()

    def _run(self, order: Order) -> Place:
        """Run a sweep and return where its results are.

        Raises:
            BadInput: If values are out of bounds, or the results cannot be written.
            WorkFailed: If the batch fails.
            Cancelled: If the visitor wants that.
        """
        if not SEATS.acquire(blocking=False):
            raise BadInput(f"{MOST_AT_ONCE} sweeps run on this server already: try again when one has ended")
        try:
            place = reserve(self._root())
            try:
                prepare(order, place)
                self._watch(place)
            finally:
                discard(place)
        finally:
            SEATS.release()
        return place

    def _root(self) -> Path:
        if self.results_folder.root is not None:
            return self.results_folder.root
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="tokenmarket-")
        return Path(self._temporary.name)

    def _watch(self, place: Place) -> None:
        """Follow the process of a batch to its end."""
        with self._lock:
            if self._cancelled.is_set():
                raise Cancelled
            process = self._process = begin(place)
            self.status = replace(self.status, stage=RUNNING)
        self._tell()
        last: dict[str, Any] = {}
        with process:
            for line in process.stdout or ():
                last = json.loads(line)
                if "line" in last:
                    self._change(done=last["done"], runs=last["done"] + last["left"], line=last["line"])
        with self._lock:
            self._process = None
        if last.get("finished"):
            self._change(failures=tuple(last["failures"]))
        elif self._cancelled.is_set():
            raise Cancelled
        else:
            raise WorkFailed(last.get("error") or f"the process of the batch ended ({process.returncode})")

    def _draw(self) -> None:
        from analysis.dashboard.sweep.drawing import drawn

        self._change(stage=DRAWING)
        place = self.status.place
        pictures, problem = drawn(place.results) if place else ((), "")
        self._change(stage=DONE, pictures=pictures, problem=problem)

    def _clean(self) -> None:
        """Take away what goes with the visit."""
        if self._temporary is not None:
            self._temporary.cleanup()

    def _change(self, **fields: Any) -> None:
        with self._lock:
            self.status = replace(self.status, **fields)
        self._tell()

    def _tell(self) -> None:
        for tell in list(self._listeners):
            try:
                tell(self.status)
            except Exception:  # a page that fails to show this may show what comes next
                LOG.exception("the page was not told")


def prepare(order: Order, place: Place) -> None:
    """Write the files of a sweep and validate every setting of it.

    Raises:
        BadInput: If a value of a setting will not do.
        WorkFailed: If the disk does not take the files.
    """
    from scenarios.batches.plan import Plan
    from scenarios.files.experiment import load_experiment

    scenario = order.choice.load()
    write_files(place, scenario.to_toml(), order.experiment(place.scenario.name, scenario.title))
    Plan(load_experiment(place.aside.experiment))


def begin(place: Place) -> "subprocess.Popen[str]":
    """Start the process of a batch, apart from this one's terminal; it finds rules from outside where this one does."""
    words = ["-m", "analysis.dashboard.sweep.process", str(place.root), place.name, str(workers())]
    found = os.pathsep.join(folder for folder in (*sys.path, os.getcwd()) if folder)
    return subprocess.Popen(
        [sys.executable, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": found},
        start_new_session=True,
    )


def workers() -> int:
    """Return the worker processes of a sweep: all sweeps together leave a core to the page, where there are several."""
    from scenarios.batches.pool import available_cores

    return max(1, (available_cores() - 1) // MOST_AT_ONCE)


def end(process: "subprocess.Popen[str]") -> None:
    """Ask a process to end, and after a while make it, with all that it has started."""
    if process.stdin is not None and not process.stdin.closed:
        with suppress(OSError):
            process.stdin.close()
    killer = threading.Timer(GRACE, kill, [process])
    killer.daemon = True
    killer.start()


def kill(process: "subprocess.Popen[str]") -> None:
    """End a process and its workers at once, if it is still there."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
