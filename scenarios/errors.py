"""What is wrong with an input, in words for the person who wrote it."""

from market.wording import did_you_mean, nearest, printable, quoted

__all__ = ["BadInput", "WorkFailed", "did_you_mean", "nearest", "presentable", "printable", "quoted"]

LONGEST_LINE = 2_000
"""Characters of a line of a message; the middle of a longer one is left out."""


def presentable(message: str) -> str:
    """Return a message that does no harm to a terminal: lines not too long, what cannot be printed as escapes."""
    return "\n".join(_line(line) for line in message.split("\n"))


def _line(line: str) -> str:
    if len(line) > LONGEST_LINE:
        half = LONGEST_LINE // 2
        line = f"{line[:half]} … {line[-half:]}"
    return printable(line)


class BadInput(Exception):  # noqa: N818 - says whose error it is
    """An input cannot be used; the message names what, where and what would do."""

    def __init__(self, message: str) -> None:
        super().__init__(presentable(message))


class WorkFailed(Exception):  # noqa: N818 - says what happened
    """The work could not be done though the input was good; the message says why and what is kept."""
