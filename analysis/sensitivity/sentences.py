"""What a sensitivity study found, in words."""

from typing import Final

import pandas as pd

from analysis.palette import number, percent, points, span
from analysis.results import Row
from analysis.sensitivity.study import WEAK, Explained
from market.wording import counted

TOP: Final = 10
"""Inputs that count as the most important."""
_METHODS: Final = {
    "morris": "index: mean absolute change of the measure when the input moves from end to end of its plausible range",
    "sobol": "index: share of the variance that would stay if all but this input were known (Sobol's total index)",
    "worlds": "index: share of the variance over the worlds that goes once this input is known, with all that goes "
    "along with it (correlation ratio)",
    "shapley": "index: share of the variance that this input accounts for (Shapley effect)",
}
_STEADY: Final = 0.5
"""Direction from which on a measure counts as rising or falling with an input."""


def title(item: Explained) -> str:
    """Return the measure, its spread over the runs, and its value in the scenario as it is."""
    if not len(item.values):
        return name(item)
    import numpy as np

    low, middle, high = (value(item, float(end)) for end in np.quantile(item.values, (0.05, 0.5, 0.95)))
    own = f"; as it is {value(item, item.as_it_is)}" if item.as_it_is == item.as_it_is else ""
    return f"{name(item)}: median {middle}, 90 % of runs {low} to {high}{own}"


def name(item: Explained) -> str:
    """Return what the measure is called at the beginning of a sentence."""
    return f"{item.measure.words[:1].upper()}{item.measure.words[1:]}"


def value(item: Explained, amount: float) -> str:
    """Write a value of the measure."""
    return percent(amount) if item.measure.unit == "1" else number(amount)


def change(item: Explained, index: float) -> str:
    """Write an index: a change in points or in the measure's unit, or a share of the variance."""
    if index != index:
        return "–"
    if item.table["method"].iloc[0] != "morris":
        return f"{round(index, 2) + 0.0:.2f}".replace("-", "−")
    return points(index) if item.measure.unit == "1" else number(index)


def interval(item: Explained, row: Row) -> str:
    """Write the interval of an index."""
    if row["index_low"] != row["index_low"]:
        return "–"
    return span(row["index_low"], row["index_high"], lambda end: change(item, end))


def of_method(item: Explained) -> str:
    """Say what the index is, and how well the emulator behind it foretells."""
    first = item.table.iloc[0]
    said = f"{_METHODS[first['method']]}; {counted(int(first['runs']), 'run')}"
    if not first["emulator"]:
        return said
    return (
        f"{said}; {first['emulator']}, cross-validated R² {first['r2']:.2f}, error {value(item, float(first['error']))}"
    )


def cut_sentence(item: Explained) -> str:
    """Say how many runs count as less of a loss than they are; nothing if none does."""
    if not item.cut:
        return ""
    verb = "counts" if item.cut == 1 else "count"
    runs = f"{counted(item.cut, 'run')} of {len(item.values)} below {value(item, item.measure.lowest)} {verb} as that"
    return f"{name(item)}: {runs}, lest they outweigh all others."


def range_words(row: Row) -> str:
    """Write the range of an input with its unit."""
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    return f"{row['low']:.3g} to {row['high']:.3g}{unit}"


def direction_word(direction: float) -> str:
    """Say whether the measure rises or falls with the input."""
    if direction != direction:
        return "–"
    return "rises" if direction >= _STEADY else "falls" if direction <= -_STEADY else "mixed"


def correlation_word(row: Row) -> str:
    """Say in which direction the measure goes with the input: a word, or a rank correlation."""
    if row["method"] == "morris" or row["direction"] != row["direction"]:
        return direction_word(float(row["direction"]))
    return f"{row['direction']:+.2f}".replace("-", "−")


def weak_sentence(item: Explained) -> str:
    """Name those of the most important inputs whose values nobody measured."""
    if not item.known:
        return ""
    top = item.table.head(TOP)
    weak = [f"{row['input']} ({row['grade']})" for row in top.to_dict("records") if row["grade"] in WEAK]
    if not weak:
        return f"{name(item)}: none of the first {len(top)} inputs rests on grade D or M alone."
    return f"{name(item)}: of the first {len(top)} inputs only grade D or M: {', '.join(weak)}."


def sign_sentence(item: Explained) -> str:
    """Say how often the measure is below zero, and which inputs decide that; nothing of what is never negative."""
    if not len(item.values) or (item.measure.layer is None and item.negative == 0):
        return ""
    said = f"{name(item)}: below zero in {item.negative:.0%} of {counted(len(item.values), 'run')}"
    if item.negative in (0.0, 1.0):
        within = "among the worlds" if item.table["method"].iloc[0] == "worlds" else "within its plausible range"
        return f"{said}; no input turns its sign {within}."
    if len(rows := item.deciding()):
        return f"{said}; the sign is decided by {_apart(rows)}."
    most = _apart(item.deciding(surely=False))
    return f"{said}; no input decides the sign alone by more than chance, the furthest apart are {most}."


def _apart(rows: pd.DataFrame) -> str:
    return "; ".join(
        f"{row['input']} ({row['negative_low']:.0%} in the lower third, {row['negative_high']:.0%} in the upper)"
        for row in rows.to_dict("records")
    )
