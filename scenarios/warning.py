"""Warnings of the economy itself, said as every other note is; those of libraries keep their place in the code."""

import warnings
from multiprocessing import current_process

FIRST_WORKER = "worker 1"
_usual = warnings.formatwarning


def speak_plainly() -> None:
    """Show a warning of the economy as a note of one line."""
    warnings.formatwarning = _note


def speak_for_all() -> None:
    """In a worker process: say what holds for all of them only if it is the first."""
    speak_plainly()
    if current_process().name != FIRST_WORKER:
        warnings.filterwarnings("ignore", message="neither the program's folder nor")


def _note(message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None) -> str:
    if category.__module__.partition(".")[0] == "market":
        return f"note: {message}\n"
    return _usual(message, category, filename, lineno, line)
