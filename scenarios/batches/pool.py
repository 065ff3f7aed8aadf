"""Executors: worker processes of our own, rebuilt when one dies, or an executor someone lends us."""

import multiprocessing
import os
from concurrent.futures import CancelledError, Executor, ProcessPoolExecutor
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from scenarios.batches.worker import prepare
from scenarios.errors import WorkFailed

SINGLE_THREADED = {
    name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
}
"""Processes share out the cores; threads inside them would only get into each other's way."""
SILENT = 25
"""Looks at a process that has died, after which an executor that has not said so is taken to wait for it."""


class Pool(Protocol):
    """What does the work."""

    workers: int

    @property
    def executor(self) -> Executor:
        """The executor to submit to."""

    def rebuilt(self, reason: BaseException) -> str:
        """Replace an executor that broke; return how its first process ended, if that is known."""

    def check(self) -> None:
        """Make sure that what has been handed in may still come back.

        Raises:
            WorkFailed: If the executor as a whole is lost.
        """

    def close(self, now: bool) -> None:
        """End the workers; with ``now`` in the middle of what they do."""


class RecordingContext(SpawnContext):
    """Starts fresh interpreters, and remembers them: an executor does not say how its processes ended."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[BaseProcess] = []

    def Process(self, *arguments: Any, **options: Any) -> BaseProcess:  # type: ignore[override]  # noqa: N802
        """Return a process to start."""
        process = SpawnContext.Process(*arguments, **options)
        process.name = f"worker {len(self.started) + 1}"
        self.started.append(process)
        return process


class LocalPool:
    """Worker processes on this machine, each in a fresh interpreter with a limit of memory."""

    def __init__(self, workers: int, memory: int) -> None:
        self.workers = workers
        self.memory = memory
        self._environment = {name: os.environ.get(name) for name in SINGLE_THREADED}
        os.environ.update(SINGLE_THREADED)
        self._start()

    def _start(self) -> None:
        self._silent = 0
        self.context = RecordingContext()
        self.executor: Executor = ProcessPoolExecutor(
            self.workers, mp_context=self.context, initializer=prepare, initargs=(self.memory,)
        )

    def rebuilt(self, reason: BaseException) -> str:
        """Replace the processes; return how the one that died ended."""
        _shut_down(self.executor)
        ended = [process.exitcode for process in self.context.started]
        self._start()
        return _how_it_ended(ended)

    def check(self) -> None:
        """End them all where one has died and the executor does not say so: what it had half sent is waited for."""
        died = any(process.exitcode is not None for process in self.context.started)
        self._silent = self._silent + 1 if died else 0
        if self._silent == SILENT:
            self._end()

    def _end(self) -> None:
        """End the processes in the middle of what they do, and whoever waits for the rest of what they were sending.

        An executor reads results from a pipe whose other end it holds as well, so that it sees no end of it.
        """
        for process in self.context.started:
            if process.pid is not None:
                process.kill()
        results = getattr(self.executor, "_result_queue", None)
        if results is not None:
            results._writer.close()

    def close(self, now: bool) -> None:
        """End the processes and give the environment back."""
        if now:
            self._end()
        _shut_down(self.executor)
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _shut_down(executor: Executor) -> None:
    """End an executor, one too that is breaking just now: its own thread may close the pipe that it is told through."""
    try:
        executor.shutdown(wait=True, cancel_futures=True)
    except OSError:  # closed by now, so that nothing is told again
        executor.shutdown(wait=True, cancel_futures=True)


class LentPool:
    """An executor that belongs to someone else, such as a Dask cluster's."""

    def __init__(self, executor: Executor, workers: int) -> None:
        self.executor = executor
        self.workers = workers

    def rebuilt(self, reason: BaseException) -> str:
        """Return nothing: a cluster replaces its workers itself.

        Raises:
            WorkFailed: If the executor as a whole is lost.
        """
        if isinstance(reason, RuntimeError | CancelledError):
            raise WorkFailed(f"the executor is lost ({type(reason).__name__}: {reason})")
        return ""

    def check(self) -> None:
        """Ask the executor, if it can tell.

        Raises:
            WorkFailed: If it is lost.
        """
        lost = getattr(self.executor, "lost", None)
        if lost is not None and (why := lost()):
            raise WorkFailed(f"the executor is lost ({why})")

    def close(self, now: bool) -> None:
        """Leave the executor as it is."""


def available_cores() -> int:
    """Return the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else multiprocessing.cpu_count()


def memory_share(workers: int) -> int:
    """Return the bytes each of some workers may use of this machine's memory."""
    import psutil

    return int(psutil.virtual_memory().total * 0.8 / workers)


def _how_it_ended(codes: list[int | None]) -> str:
    import signal

    own = [code for code in codes if code not in (None, 0, -signal.SIGTERM)]
    signals = [-code for code in own if code is not None and code < 0]
    if signals:
        names = {item.value: item.name for item in signal.Signals}
        return names.get(signals[0], f"signal {signals[0]}")
    return f"exit status {own[0]}" if own else ""
