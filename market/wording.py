"""Names and values in words for people."""

LONGEST_VALUE = 80
"""Characters of a value that a message shows."""


def printable(name: str) -> str:
    """Return a name as it is, or quoted and escaped where it holds what cannot be printed."""
    return name if name.isprintable() else repr(name)


def shown(value: object) -> str:
    """Return a value for a message: on one line, not too long."""
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural but for one: ``1 month``, ``36 months``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
