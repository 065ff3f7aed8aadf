"""What decides a measure: inputs in the order of their indices, and where in their ranges the measure is below zero."""

from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.figures.drawing import heading, new_figure, share_axis, styled, tick
from analysis.figures.names import plain, row_height
from analysis.palette import COLOURS
from analysis.sensitivity.sentences import correlation_word, sign_sentence, title
from analysis.sensitivity.study import WEAK, Explained

MOST: Final = 15
"""Inputs in a figure."""
_LINE: Final = 42
_KNOWN, _WEAK = COLOURS["hardware"], COLOURS["investors"]
_LOW, _HIGH = COLOURS["outside"], COLOURS["labs"]
_AXES: Final = {
    "morris": "mean absolute change over the range",
    "sobol": "share of variance (total index)",
    "shapley": "share of variance (Shapley effect)",
    "worlds": "share of variance (correlation ratio)",
}
_NOTE: Final = (
    "Left: lines are 95 % intervals; what stands beside is the direction in which the measure goes with the input. "
    "Right: runs below zero, by where in the input's range they lie."
)


@styled
def sensitivity(results: Any, item: Explained) -> Figure:
    """Draw the inputs that decide a measure most, and how often it is below zero at both ends of their ranges.

    Args:
        results: Of the study; the figure is drawn from what was made of them.
        item: What was found of the measure; with indices.
    """
    rows = item.table.head(MOST)
    names = [plain(f"{row['input']} ({row['grade']})", _LINE) for row in rows.to_dict("records")]
    figure = new_figure(11, 1.9 + row_height(names) * len(names))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    _indices(left, item, rows)
    _signs(right, rows)
    left.set_yticks(range(len(names)), names)
    left.set_ylim(len(names) - 0.5, -0.5)
    heading(figure, title(item), f"{sign_sentence(item)} {_NOTE}")
    return figure


def _indices(ax: Axes, item: Explained, rows: pd.DataFrame) -> None:
    """Draw bars with intervals; those that rest on nothing measured in another colour."""
    places = range(len(rows))
    weak = rows["grade"].isin(WEAK)
    ax.barh(places, rows["index"], color=[_WEAK if is_weak else _KNOWN for is_weak in weak], height=0.62)
    spread = [(rows["index"] - rows["index_low"]).to_numpy(), (rows["index_high"] - rows["index"]).to_numpy()]
    ax.errorbar(rows["index"], places, xerr=spread, fmt="none", ecolor="#333333", elinewidth=1.2, capsize=2.5)
    for place, row in enumerate(rows.to_dict("records")):
        beside: dict[str, Any] = {
            "xytext": (5, 0),
            "textcoords": "offset points",
            "va": "center",
            "fontsize": 8.5,
            "color": "#444444",
        }
        ax.annotate(correlation_word(row), (row["index_high"], place), **beside)
    ax.margins(x=0.14)
    ax.set_xlim(left=0)
    ax.grid(visible=False, axis="y")
    method = str(rows["method"].iloc[0])
    if method == "morris" and item.measure.unit == "1":
        share_axis(ax.xaxis, _AXES[method])
    else:
        unit = f" ({item.measure.unit})" if method == "morris" else ""
        ax.xaxis.set_major_formatter(lambda value, _: tick(value))
        ax.set_xlabel(f"{_AXES[method]}{unit}")
    handles = [Patch(color=_KNOWN, label="grade A, B, C or CALC"), Patch(color=_WEAK, label="only grade D or M")]
    ax.legend(handles=handles, loc="lower right")


def _signs(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw from which to which share of runs below zero each input leads."""
    places = range(len(rows))
    ax.hlines(places, rows["negative_low"], rows["negative_high"], color="#bbbbbb", linewidth=2)
    ax.plot(rows["negative_low"], places, "o", color=_LOW)
    ax.plot(rows["negative_high"], places, "o", color=_HIGH)
    ax.set_xlim(-0.04, 1.04)
    ax.grid(visible=False, axis="y")
    share_axis(ax.xaxis, "runs below zero")
    dots: dict[str, Any] = {"linestyle": "none", "marker": "o"}
    handles = [
        Line2D([], [], color=_LOW, label="lower third", **dots),
        Line2D([], [], color=_HIGH, label="upper third", **dots),
    ]
    ax.legend(handles=handles, loc="lower right")
