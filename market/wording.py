"""Names and values in words for people."""

import difflib
from collections.abc import Iterable

LONGEST_WORD = 200
"""Characters of a word that may be like a known one."""


def printable(text: str, lines: bool = False) -> str:
    """Return a text with what cannot be printed (control characters, broken letters) written as escapes.

    Args:
        text: A name, or more.
        lines: Whether line breaks stay.
    """
    return "".join(sign if sign.isprintable() or (lines and sign == "\n") else ascii(sign)[1:-1] for sign in text)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural but for one: ``1 month``, ``36 months``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


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
