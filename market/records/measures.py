"""Ratios, means and concentration, as they are recorded: missing, NaN, where there is nothing to divide by."""

from collections.abc import Sequence
from math import isfinite
from operator import mul

NAN = float("nan")


def ratio(part: float, whole: float) -> float:
    """Return a ratio; NaN where there is no whole, or so little that numbers cannot tell."""
    found = float(part) / float(whole) if whole else NAN  # Python's own numbers overflow to infinity, quietly
    return found if isfinite(found) else NAN


def mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the weighted mean; the plain mean where no weight is above zero, NaN of nothing."""
    if not values:
        return NAN
    total = sum(weights)
    return sum(map(mul, values, weights)) / total if total > 0 else sum(values) / len(values)


def herfindahl(quantities: Sequence[float]) -> float:
    """Return the Hirschman-Herfindahl index of quantities or sales, 0–1; NaN where nothing is sold."""
    total = sum(quantities)
    return sum([(quantity / total) ** 2 for quantity in quantities]) if total > 0 else NAN
