"""What happens in a worker process: some runs, each with a limit of time, their tables as bytes."""

import faulthandler
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.parameters.run import RunParameters

LONGEST_ERROR = 500
GRACE = 2.0
"""Seconds beyond the limit after which a run that does not answer takes its process down with it."""

Simulate = Callable[["RunParameters", int], Any]
"""Plays the parameters from a seed and returns ``market.records.results.Results``; importable by its name."""


@dataclass(frozen=True)
class Task:
    """One run to be done."""

    setting: str
    replication: int
    seed: int
    parameters: "RunParameters"


@dataclass(frozen=True)
class Outcome:
    """What came of a run: ``done`` or ``failed`` and why, and the number of its rows per table."""

    setting: str
    replication: int
    seed: int
    status: str
    error: str
    seconds: float
    rounds: int
    conservation_error: float | None
    precision: float | None
    rows: Mapping[str, int]


@dataclass(frozen=True)
class Batch:
    """Outcomes of some runs and their tables, Arrow streams by name; a table without rows may be missing."""

    outcomes: Sequence[Outcome]
    tables: Mapping[str, bytes]


@dataclass(frozen=True)
class Work:
    """How to do runs.

    Attributes:
        simulate: Plays one.
        seconds: Longest time of a run; no limit if None.
        precision: Measure and layer that a stopping rule watches, if one does.
    """

    simulate: Simulate
    seconds: float | None = None
    precision: tuple[str, str | None] | None = None

    def __call__(self, tasks: Sequence[Task]) -> Batch:
        """Do some runs; what goes wrong in one is its outcome."""
        import pyarrow as pa

        done = [self._run(task) for task in tasks]
        names = dict.fromkeys(name for _, tables in done for name in tables)
        stacked = {name: pa.concat_tables([tables[name] for _, tables in done if name in tables]) for name in names}
        return Batch([outcome for outcome, _ in done], {name: _to_bytes(table) for name, table in stacked.items()})

    def _run(self, task: Task) -> tuple[Outcome, dict[str, Any]]:
        from market.records.columns import TABLES
        from scenarios import schema
        from scenarios.batches.precision import measured

        started = time.perf_counter()
        run = {"setting": task.setting, "replication": task.replication, "seed": task.seed}
        try:
            with limited(self.seconds):
                results = self.simulate(task.parameters, task.seed)
            tables = {name: schema.encode(name, getattr(results, name), run) for name in TABLES}
            precision = measured(results, *self.precision) if self.precision else None
        except (Exception, TookTooLong) as error:
            return failed(task, describe(error), time.perf_counter() - started), {}
        outcome = Outcome(
            task.setting,
            task.replication,
            task.seed,
            status="done",
            error="",
            seconds=time.perf_counter() - started,
            rounds=len(results.rounds),
            conservation_error=float(results.conservation_error),
            precision=precision,
            rows={name: len(table) for name, table in tables.items()},
        )
        return outcome, tables


class TookTooLong(BaseException):
    """A run is over its limit; not an Exception, so that a model that catches those does not catch this."""


def failed(task: Task, error: str, seconds: float) -> Outcome:
    """Return the outcome of a run that failed."""
    return Outcome(task.setting, task.replication, task.seed, "failed", error, seconds, 0, None, None, {})


def describe(error: BaseException) -> str:
    """Return an error in one line: type, message and the innermost place, the same whenever the run is repeated."""
    if isinstance(error, TookTooLong):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""
    message = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{message[:LONGEST_ERROR]}{place}"


def too_long(seconds: float) -> str:
    """Return the error of a run beyond its limit."""
    return f"ran longer than its limit of {seconds:g} s"


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """Raise ``TookTooLong`` in what lasts longer; end the process if compiled code does not let that happen.

    Without effect outside a main thread, where a signal cannot interrupt (threads of a cluster's worker).
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TookTooLong(too_long(seconds))

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    nowhere = open(os.devnull, "w")  # noqa: SIM115 - faulthandler writes to it until it is cancelled
    faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=nowhere)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        nowhere.close()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def prepare(memory: int) -> None:
    """Set up a worker process of our own: deaf to Ctrl-C, gone when its parent is, and within a limit of memory.

    Args:
        memory: Bytes of private memory; a run that asks for more gets a MemoryError.
    """
    import multiprocessing
    import resource
    from multiprocessing.connection import wait

    from scenarios.warning import speak_for_all

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    speak_for_all()
    parent = multiprocessing.parent_process()
    if parent is not None:

        def leave_with_parent() -> None:
            wait([parent.sentinel])
            os._exit(1)

        threading.Thread(target=leave_with_parent, daemon=True, name="watch over the parent").start()
    _, highest = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (min(memory, highest) if highest >= 0 else memory, highest))


def ready() -> bool:
    """Answer, to show that a worker process starts and imports the program."""
    import market.model  # noqa: F401

    return True


def _to_bytes(table: Any) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue().to_pybytes())
