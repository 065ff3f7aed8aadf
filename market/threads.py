"""One thread for linear algebra: markets solve many small systems, in which two threads wait for each other.

On a busy machine a round of 50 labs takes four times as long with two threads as with one (docs/performance.md).
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import ThreadpoolController

P = ParamSpec("P")
Result = TypeVar("Result")


@cache
def _libraries() -> ThreadpoolController:
    """Return the linear algebra libraries that are loaded; looking them up takes milliseconds."""
    return ThreadpoolController()


def one_thread(function: Callable[P, Result]) -> Callable[P, Result]:
    """Let a function do its linear algebra in one thread; how many there are outside stays as it was."""

    @wraps(function)
    def alone(*args: P.args, **keywords: P.kwargs) -> Result:
        libraries = _libraries()
        if all(library.num_threads == 1 for library in libraries.lib_controllers if library.user_api == "blas"):
            return function(*args, **keywords)
        with libraries.limit(limits=1, user_api="blas"):
            return function(*args, **keywords)

    return alone
