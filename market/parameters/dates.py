"""Months of the calendar and rounds of a run."""

YEAR = 12
"""Months."""


def month_of(start: str, round_: int) -> str:
    """Return the calendar month (YYYY-MM) of a round."""
    months = _number(start) + round_
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def round_of(start: str, month: str) -> int:
    """Return the round of a calendar month; below zero before the start."""
    return _number(month) - _number(start)


def _number(month: str) -> int:
    year, number = map(int, month.split("-"))
    return year * 12 + number - 1
