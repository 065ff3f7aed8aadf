"""Colours, order and number formats that every table, figure and page shares."""

from collections.abc import Callable
from typing import Final

COLOURS: Final = {
    "hardware": "#0072B2",
    "labs": "#D55E00",
    "resellers": "#009E73",
    "users": "#CC79A7",
    "outside": "#999999",
    "investors": "#E69F00",
}

PLAN_COLOURS: Final = {"free": "#EBC9DC", "subscription": "#CC79A7", "metered": "#7A3B60", "small": "#B07AA1"}
"""Shades of the users' colour, from those who pay nothing to those who pay for every token."""

PLAN_LABELS: Final = {
    "free": "Free",
    "subscription": "Subscription",
    "metered": "By the token",
    "small": "Small model",
}

LAYER_LABELS: Final = {"hardware": "Hardware", "labs": "Labs", "resellers": "Resellers"}

_GAP: Final = "\N{NO-BREAK SPACE}"
_STEPS: Final = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


def money_step(largest: float) -> tuple[float, str]:
    """Return divisor and unit in which amounts up to ``largest`` USD read well, such as ``(1e9, "USD billion")``."""
    for size, word in _STEPS:
        if abs(largest) >= size:
            return size, f"USD {word}"
    return 1.0, "USD"


def number(value: float, digits: int = 3) -> str:
    """Write a number for people with ``digits`` significant digits: ``−1.23 billion``; an undefined one is a dash."""
    if value != value:
        return "–"
    size = abs(value)
    if size == 0:
        return "0"
    for step, word in _STEPS[:-1]:
        if size >= step:
            return f"{number(value / step, digits)}{_GAP}{word}"
    if size < 1e-4:
        return _minus(f"{value:.{digits - 1}e}")
    decimals = max(0, digits - 1 - _exponent(size))
    return _minus(f"{value:,.{decimals}f}")


def percent(share: float, digits: int = 1) -> str:
    """Write a share as per cent; an undefined share is a dash."""
    return "–" if share != share else _minus(f"{100 * share:,.{digits}f}{_GAP}%")


def in_unit(value: float, unit: str, digits: int = 1) -> str:
    """Write a share (unit ``1``) as per cent, anything else as a number with its unit; an undefined one is a dash."""
    if unit == "1" or value != value:
        return percent(value, digits)
    return f"{number(value)}{_GAP}{unit}"


def off(difference: float, unit: str) -> str:
    """Write a difference of shares (unit ``1``) in percentage points, any other as a number with its unit."""
    return points(difference) if unit == "1" else in_unit(difference, unit)


def gain(value: float) -> str:
    """Write a profit gain with two decimals; an undefined one is a dash."""
    return "–" if value != value else _minus(f"{round(value, 2) + 0.0:.2f}")


def points(share: float, digits: int = 1) -> str:
    """Write a difference of shares in percentage points; an undefined one is a dash."""
    return "–" if share != share else f"{_minus(f'{100 * share:,.{digits}f}')}{_GAP}points"


def span(low: float, high: float, write: Callable[[float], str]) -> str:
    """Write a range with the unit said once where both ends share it: ``49.0 to 53.8 billion``."""
    first, last = write(low), write(high)
    unit = f"{_GAP}{last.partition(_GAP)[2]}"
    return f"{first.removesuffix(unit)} to {last}"


def _exponent(size: float) -> int:
    return int(f"{size:e}".split("e")[1])


def _minus(text: str) -> str:
    return text.replace("-", "−", 1) if text.startswith("-") else text
