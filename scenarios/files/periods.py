"""Periods of a record: years, halves, quarters, months, and fiscal years of Nvidia's."""

import re

_MONTHS = {"": 12, "Q": 3, "H": 6}


def first_and_last_month(period: str) -> tuple[str, str]:
    """Return first and last month of a period.

    ``2025``, ``2025Q3``, ``2025H1``, ``FY26Q3``, or two of these joined by a hyphen; or a single month, ``2025-03``. A
    fiscal year is Nvidia's: FY26 runs from February 2025 to January 2026.

    Raises:
        ValueError: If the period is none of these.
    """
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period, re.ASCII):
        return period, period
    first, _, last = period.partition("-")
    start, end = _span(first), _span(last or first)
    if end[1] < start[0]:
        raise ValueError(f"{period!r} ends before it begins")
    return _month(start[0]), _month(end[1])


def _span(part: str) -> tuple[int, int]:
    """First and last month, counted from year 0."""
    found = re.fullmatch(r"(FY\d\d|\d{4})(?:([QH])([1-4]))?", part, re.ASCII)
    if not found or (found[2] == "H" and int(found[3]) > 2):
        raise ValueError(f"{part!r} is no year, quarter, half-year or month")
    year, unit, index = found[1], found[2] or "", int(found[3] or 1)
    start = 12 * (1999 + int(year[2:])) + 1 if year.startswith("FY") else 12 * int(year)
    start += _MONTHS[unit] * (index - 1)
    return start, start + _MONTHS[unit] - 1


def _month(count: int) -> str:
    return f"{count // 12}-{count % 12 + 1:02d}"
