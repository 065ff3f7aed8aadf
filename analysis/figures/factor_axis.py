"""Axes of what an experiment varies: numbers on even or logarithmic steps, words as categories."""

from typing import Any, Final

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator
from numpy.typing import NDArray

from analysis.figures.drawing import tick, two_and_five
from analysis.figures.names import plain
from analysis.tables.factors import Factor

MOST_TICKS: Final = 10
"""Values of a grid that are all labelled; of more, round numbers are."""

_WORD: Final = 16
"""Letters of a category in a line."""


def factor_axis(axis: Any, factor: Factor) -> None:
    """Scale and label an axis by the values of a factor."""
    if not factor.numeric:
        words = [plain(word, _WORD) for word in factor.levels]
        axis.set_ticks(range(len(words)), words)
        _limits(axis, -0.5, len(words) - 0.5)
        return
    if factor.log:
        getattr(axis.axes, f"set_{axis.axis_name}scale")("log")
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(NullLocator())
    axis.set_tick_params(which="both", pad=3.5)
    if not factor.sampled and len(factor.levels) <= MOST_TICKS:
        axis.set_major_locator(FixedLocator(_apart(factor)))
    elif factor.log:
        axis.set_major_locator(LogLocator())
        axis.set_minor_locator(LogLocator(subs=(2.0, 5.0)))
        axis.set_minor_formatter(FuncFormatter(two_and_five))
    else:
        axis.set_major_locator(MaxNLocator(6, integer=all(float(level).is_integer() for level in factor.levels)))


def edges(factor: Factor) -> NDArray[np.float64]:
    """Return the borders of cells around the values of a factor, halfway between neighbours on its axis."""
    places = factor.places(factor.levels)
    middle = (places[1:] + places[:-1]) / 2
    return factor.numbers(np.concatenate([[2 * places[0] - middle[0]], middle, [2 * places[-1] - middle[-1]]]))


def _apart(factor: Factor) -> list[float]:
    """Return the values whose labels do not run into each other: the largest gaps first come first."""
    places = factor.places(factor.levels)
    room = (places[-1] - places[0]) / 16
    kept = [places[0]]
    for place in places[1:]:
        if place - kept[-1] >= room:
            kept.append(place)
    return [float(value) for value in factor.numbers(np.array(kept))]


def _limits(axis: Any, low: float, high: float) -> None:
    getattr(axis.axes, f"set_{axis.axis_name}lim")(low, high)
