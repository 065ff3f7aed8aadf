"""What is wrong with an input, in words for the person who wrote it."""

import difflib
from collections.abc import Iterable

LONGEST_LINE = 2_000
"""Characters of a line of a message; the middle of a longer one is left out."""


def presentable(message: str) -> str:
    """Return a message that does no harm to a terminal: lines not too long, what cannot be printed as escapes."""
    return "\n".join(_line(line) for line in message.split("\n"))


def _line(line: str) -> str:
    if len(line) > LONGEST_LINE:
        half = LONGEST_LINE // 2
        line = f"{line[:half]} … {line[-half:]}"
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)


class BadInput(Exception):  # noqa: N818 - says whose error it is
    """An input cannot be used; the message names what, where and what would do."""

    def __init__(self, message: str) -> None:
        super().__init__(presentable(message))


LONGEST_WORD = 200
"""Characters of a word that may be like a known one."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like the given one, or None if none is like it."""
    if len(word) > LONGEST_WORD:
        return None
    found = difflib.get_close_matches(word.casefold(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean …?`` or, where nothing is near, the list of what is known."""
    known = list(known)
    guess = nearest(word, known)
    return f"; did you mean {guess}?" if guess else f"; known are {', '.join(known)}"


def quoted(value: object, limit: int = 80) -> str:
    """Return a value for a message: on one line, without control characters, not too long."""
    try:
        text = repr(value) if not isinstance(value, bool) else str(value).lower()
    except (ValueError, RecursionError):  # a whole number of thousands of digits, a table within itself
        text = f"too large {'a number' if isinstance(value, int) else 'a value'}"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


class WorkFailed(Exception):  # noqa: N818 - says what happened
    """The work could not be done though the input was good; the message says why and what is kept."""
