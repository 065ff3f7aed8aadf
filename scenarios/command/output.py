"""Standard output that nobody reads any more, or that cannot be written, and letters it cannot hold."""

import io
import os
import re
import sys
from pathlib import Path
from typing import Any


class Standard(io.FileIO):
    """A standard stream at which no write fails: a reader that is gone has seen enough, as ``head`` has.

    Attributes:
        failure: What was wrong with the first write that failed for another reason.
    """

    failure: OSError | None = None

    def write(self, data: Any, /) -> int:
        """Write, or take no notice where nothing can be written."""
        if self.failure is None:
            try:
                return super().write(data) or 0
            except BrokenPipeError:
                pass
            except OSError as error:
                self.failure = error
        return len(data)


def take_over() -> list[Standard]:
    """Put such streams in the place of the standard ones; those that something else has replaced stay.

    What is written to one that was closed goes nowhere: libraries take it for granted that there is one.
    """
    taken = []
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  as long as the command lives
        if stream is None or stream is not getattr(sys, f"__{name}__"):
            continue
        stream.flush()
        raw = Standard(stream.fileno(), "w", closefd=False)
        lines = name == "stderr" or raw.isatty()
        buffered = io.BufferedWriter(raw)
        text = io.TextIOWrapper(buffered, stream.encoding, "backslashreplace", line_buffering=lines)
        setattr(sys, name, text)
        taken.append(raw)
    return taken


def forget_impossible_width() -> None:
    """Take a width that is no number out of the environment: rich would stumble over ``²``."""
    if not re.fullmatch("[0-9]{1,4}", os.environ.get("COLUMNS", "0")):
        del os.environ["COLUMNS"]


def flush() -> None:
    """Write what waits in the standard streams."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
