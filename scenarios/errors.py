"""What is wrong with an input, in words for the person who wrote it."""

import difflib
from collections.abc import Iterable


class BadInput(Exception):  # noqa: N818 - says whose error it is
    """An input cannot be used; the message names what, where and what would do."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like the given one, or None if none is like it."""
    found = difflib.get_close_matches(word.casefold(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean …?`` or, where nothing is near, the list of what is known."""
    known = list(known)
    guess = nearest(word, known)
    return f"; did you mean {guess}?" if guess else f"; known are {', '.join(known)}"


def quoted(value: object, limit: int = 80) -> str:
    """Return a value for a message: on one line, without control characters, not too long."""
    text = repr(value) if not isinstance(value, bool) else str(value).lower()
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


class WorkFailed(Exception):  # noqa: N818 - says what happened
    """The work could not be done though the input was good; the message says why and what is kept."""
