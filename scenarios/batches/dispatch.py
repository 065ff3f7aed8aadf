"""Handing out runs to an executor, some at a time, and coping with runs that take their worker down."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from itertools import islice

from scenarios.batches.pool import Pool
from scenarios.batches.worker import Batch, Task, Work, failed, ready, too_long
from scenarios.errors import WorkFailed

CHUNK_SECONDS = 0.5
"""Short runs travel together so that a trip lasts about this long."""
LONGEST_CHUNK = 64
AHEAD = 2
"""Chunks in flight for each worker: one at work, one waiting for it."""
PATIENCE = 0.2
"""Seconds between looks at the clock and at Ctrl-C."""
DRAIN = 1.5
"""Seconds that runs at work have to finish after Ctrl-C."""
READY = 120.0
"""Seconds a worker has to start."""

REFUSED = (RuntimeError, OSError)
"""Raised by an executor that takes nothing more: BrokenExecutor, a RuntimeError, or OSError in the act of breaking."""

Chunk = tuple[Task, ...]
Flights = dict["Future[Batch]", Chunk]
Trouble = tuple[Chunk, BaseException]


class Dispatcher:
    """Does tasks with a pool.

    Args:
        pool: What does the work.
        work: How a chunk of tasks is done.
        stopping: Tells whether to stop: nothing more is handed out, and what is at work has ``DRAIN`` seconds.
        alone: Makes a pool of one worker for runs that may have taken one down.
    """

    def __init__(
        self, pool: Pool, work: Work, stopping: Callable[[], bool], alone: Callable[[], Pool] | None = None
    ) -> None:
        self.pool = pool
        self.work = work
        self.stopping = stopping
        self.alone = alone
        self._seconds = 0.0

    def results(self, tasks: Iterable[Task]) -> Iterator[Batch | None]:
        """Yield what came of the tasks as it comes, and None when some time has passed without anything.

        Raises:
            WorkFailed: If workers do not start at all.
        """
        waiting = iter(tasks)
        flights: Flights = {}
        troubles: list[Trouble] = []
        while True:
            if not troubles:
                self._hand_out(waiting, flights, troubles)
            if self.stopping():
                yield from self._drain(flights)
                return
            if not flights and not troubles:
                return
            yield from self._collected(flights, troubles)
            if troubles and not flights:
                yield from self._one_by_one(troubles)
                troubles = []

    def _hand_out(self, waiting: Iterator[Task], flights: Flights, troubles: list[Trouble]) -> None:
        """Submit chunks until enough are in flight; a chunk that is refused is trouble."""
        while len(flights) < AHEAD * self.pool.workers and not self.stopping():
            chunk = tuple(islice(waiting, self._chunk_size()))
            if not chunk:
                return
            try:
                flights[self.pool.executor.submit(self.work, chunk)] = chunk
            except REFUSED as error:
                troubles.append((chunk, error))
                return

    def _collected(self, flights: Flights, troubles: list[Trouble]) -> Iterator[Batch | None]:
        """Yield what has come back; what has not come back well is trouble."""
        landed = wait(flights, timeout=PATIENCE, return_when=FIRST_COMPLETED).done if flights else set()
        if not landed:
            self.pool.check()
        for flight in landed:
            chunk = flights.pop(flight)
            if (error := _error_of(flight)) is None:
                yield self._counted(flight.result())
            else:
                troubles.append((chunk, error))
        yield None

    def _chunk_size(self) -> int:
        return max(1, min(LONGEST_CHUNK, int(CHUNK_SECONDS / self._seconds))) if self._seconds > 0 else 1

    def _counted(self, batch: Batch) -> Batch:
        """Remember how long a run takes, recent ones above all: the first has compiled code to load."""
        mean = sum(outcome.seconds for outcome in batch.outcomes) / len(batch.outcomes)
        self._seconds = (self._seconds + mean) / 2 if self._seconds else mean
        return batch

    def _one_by_one(self, troubles: list[Trouble]) -> Iterator[Batch | None]:
        """Do runs singly, with nothing else in flight, so that the one that takes its worker down is known.

        A worker that dies takes along what waits for it, so that most runs in trouble did nothing wrong.
        """
        self.pool.rebuilt(troubles[-1][1])
        pool = self.alone() if self.alone else self.pool
        left = deque(task for chunk, _ in troubles for task in chunk)
        try:
            while left and not self.stopping():
                task = left.popleft()
                started = time.monotonic()
                flight = self._submitted(pool, task)
                while not flight.done() and not self.stopping():
                    wait([flight], timeout=PATIENCE)
                    pool.check()
                    yield None
                if not flight.done():
                    return
                seconds = time.monotonic() - started
                if (error := _error_of(flight)) is None:
                    yield flight.result()
                else:
                    ended = pool.rebuilt(error)
                    self._check_start(pool)
                    yield Batch([failed(task, self._verdict(error, ended, seconds), seconds)], {})
        finally:
            if pool is not self.pool:
                pool.close(now=True)

    def _submitted(self, pool: Pool, task: Task) -> "Future[Batch]":
        """Hand a run to a worker, a fresh one where the last died with nothing to do."""
        try:
            return pool.executor.submit(self.work, (task,))
        except REFUSED as error:
            pool.rebuilt(error)
            return pool.executor.submit(self.work, (task,))

    def _verdict(self, error: BaseException, ended: str, seconds: float) -> str:
        limit = self.work.seconds
        if limit is not None and seconds >= limit:
            return too_long(limit)
        return f"took its worker process down{f' ({ended})' if ended else f': {type(error).__name__}'}"

    def _check_start(self, pool: Pool) -> None:
        """Make sure that it was the run, not the start of the worker, that failed.

        Raises:
            WorkFailed: If a worker does not start.
        """
        flight = pool.executor.submit(ready)
        try:
            flight.result(timeout=READY)
        except Exception as error:
            pool.close(now=True)
            raise WorkFailed(
                f"worker processes do not start ({type(error).__name__}: {error}); a script that runs a batch needs "
                'if __name__ == "__main__": around what it does'
            ) from None

    def _drain(self, flights: Flights) -> Iterator[Batch]:
        for flight in flights:
            flight.cancel()
        for flight in wait(flights, timeout=DRAIN).done:
            if _error_of(flight) is None:
                yield flight.result()


def _error_of(flight: "Future[Batch]") -> BaseException | None:
    return CancelledError() if flight.cancelled() else flight.exception()
