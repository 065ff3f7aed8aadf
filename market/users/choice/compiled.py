import warnings
from collections.abc import Callable
from functools import cache
from typing import TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., object])

COMPILING = 10
"""About the seconds of a processor that all kernels of a run take to compile."""


class NotKept(RuntimeWarning):
    """What has been compiled cannot be kept for the next start."""


def compiled(function: Function) -> Function:
    """Compile a kernel with numba, cached on disk and free of the interpreter lock; without numba leave it as it is.

    Where numba finds no folder to write to it compiles at each start.
    """
    try:
        from numba import njit
    except ImportError:
        return function
    try:
        return cast(Function, njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # no folder for the cache; whatever else it may be comes again
        kernel = cast(Function, njit(nogil=True, error_model="numpy")(function))
    warn_once()
    return kernel


@cache
def warn_once() -> None:
    """Warn that every start compiles, before it does."""
    warnings.warn(
        "neither the program's folder nor the home folder can be written, so compiled code is not kept: each start "
        f"spends about {COMPILING} s on compiling; NUMBA_CACHE_DIR may name a folder for it",
        NotKept,
        stacklevel=3,
    )
