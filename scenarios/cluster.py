"""A Dask cluster as the executor of a batch."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from scenarios.errors import BadInput

SECONDS = 10
"""To find the scheduler and a worker."""


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
        # A pure task handed in again is answered with its old failure, and never run alone.
        yield client.get_executor(pure=False), workers or sum(client.nthreads().values())
