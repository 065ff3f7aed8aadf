"""Visitors who leave: what is logged of those who left while the page was being drawn, and the memory they held."""

import ctypes
import gc
import logging
import threading
from contextlib import suppress

GONE = ("This portal is not running", "This task group is not active")
"""What anyio says of a connection whose visitor has left."""

TO_END = 10.0
"""Seconds in which the threads of a visitor who has left end, and solara forgets the widgets."""

_waiting = threading.Lock()


def is_of_the_gone(record: logging.LogRecord) -> bool:
    """Whether a message tells only that somebody has left."""
    problem = record.exc_info[1] if record.exc_info else None
    while problem is not None:
        if isinstance(problem, RuntimeError) and str(problem).startswith(GONE):
            return True
        problem = problem.__context__
    return False


def let_go() -> None:
    """Drop such messages of solara's."""
    logging.getLogger("solara.server.kernel").addFilter(lambda record: not is_of_the_gone(record))


def give_back_soon() -> None:
    """Give memory back once what a visitor who has left held is gone; those who leave together wait for one time."""
    if _waiting.acquire(blocking=False):
        timer = threading.Timer(TO_END, _give_back)
        timer.daemon = True
        timer.start()


def _give_back() -> None:
    """Forget what holds itself in circles, and let the system have the pages that are free.

    What a visit leaves behind is so little beside what is frozen that Python would not look for it for a long time.
    """
    _waiting.release()
    gc.collect()
    with suppress(OSError, AttributeError):  # where the C library is another, it keeps them
        ctypes.CDLL(None).malloc_trim(0)
