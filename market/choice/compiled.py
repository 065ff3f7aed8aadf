from collections.abc import Callable
from typing import TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a kernel with numba, cached on disk and free of the interpreter lock; without numba leave it as it is."""
    try:
        from numba import njit
    except ImportError:
        return function
    return cast(Function, njit(cache=True, nogil=True, error_model="numpy")(function))
