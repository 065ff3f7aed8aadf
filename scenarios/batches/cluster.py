"""A Dask cluster as the executor of a batch."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeVar

from scenarios.errors import BadInput

T = TypeVar("T")

SECONDS = 10
"""To find the scheduler and a worker, and between looks at whether it is still there."""


class ClusterExecutor(Executor):
    """The executor of a client of Dask's, which can tell whether the scheduler still answers.

    A client whose scheduler has died may wait for its futures for ever.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._looked = time.monotonic()
        # A pure task handed in again is answered with its old failure, and never run alone.
        self._executor = client.get_executor(pure=False)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Hand in a task."""
        future: Future[T] = self._executor.submit(fn, *args, **kwargs)
        return future

    def lost(self) -> str:
        """Return why nothing more will come back; empty while the scheduler answers, or did a moment ago."""
        if time.monotonic() - self._looked < SECONDS:
            return ""
        try:
            self._client.sync(self._client.scheduler.identity, callback_timeout=SECONDS)
        except Exception as error:  # whatever it is, there is nobody to answer
            return f"the scheduler does not answer: {type(error).__name__}"
        self._looked = time.monotonic()
        return ""


@contextmanager
def connected(address: str | None, workers: int | None) -> Iterator[tuple[Executor | None, int | None]]:
    """Connect to a scheduler, if an address is given; give its executor and the number of runs at a time.

    Raises:
        BadInput: If Dask is not installed, or no scheduler or no worker answers.
    """
    if address is None:
        yield None, workers
        return
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise BadInput("--cluster needs Dask: pip install 'tokenmarket[cluster]'") from None
    try:
        client = distributed.Client(address, timeout=SECONDS)
    except (OSError, ValueError) as error:
        raise BadInput(f"--cluster {address}: no scheduler answers ({error})") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=SECONDS)
        except TimeoutError:
            raise BadInput(f"--cluster {address}: the scheduler has no workers") from None
        yield ClusterExecutor(client), workers or sum(client.nthreads().values())
