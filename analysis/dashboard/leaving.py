"""A visitor who leaves while the page is being drawn: solara logs the send that no longer arrives as a fault."""

import logging

GONE = ("This portal is not running", "This task group is not active")
"""What anyio says of a connection whose visitor has left."""


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
