"""Profit and margin of each layer, month by month."""

from math import floor, log10
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.captions import marks, shown
from analysis.figures.drawing import (
    LEGEND_WIDTH,
    LOWEST_MARGIN,
    MOST_SETTINGS,
    band,
    heading,
    layer_legend,
    margin_limits,
    money_axis,
    month_axis,
    months,
    new_figure,
    outer_labels,
    share_axis,
    styled,
    zero_line,
)
from analysis.figures.names import plain, titles
from analysis.findings.sentences import course_finding
from analysis.palette import COLOURS, number
from analysis.results import BatchResults, in_memory
from analysis.tables.layers import over_time
from market.records.columns import LAYERS

_COLUMNS: Final = 4
"""Panels in a row."""

_TITLE: Final = 32
"""Letters of a panel's title in a line."""

_WIDE: Final = 20.0
"""Where the largest profit is so many times the median one, a linear axis would hide the smaller layers."""


@styled
def profit_over_time(results: Any) -> Figure:
    """Draw monthly profit of each layer, one panel per setting."""
    batch = in_memory(results)
    table = over_time(batch, "profit")
    figure, axes, left_out = _panels(batch, table)
    sizes = table.loc[table["setting"].isin(batch.settings[: len(axes)]), "mean"].abs()
    largest, note = float(sizes.max()), marks(batch, "Shaded") + left_out
    if largest > _WIDE * sizes[sizes > 0].median():
        straight = 10.0 ** floor(log10(largest / _WIDE))
        axes[0].set_yscale("symlog", linthresh=straight)
        note += f" The axis is logarithmic beyond ±USD {number(straight)}, linear between."
    for ax in axes:
        money_axis(ax.yaxis, largest, "profit per month")
        figure.supylabel(ax.get_ylabel(), fontsize=10)
        ax.set_ylabel("")
    outer_labels(axes, _COLUMNS)
    heading(figure, course_finding(table, "profit"), note, LEGEND_WIDTH)
    return figure


@styled
def margins_over_time(results: Any) -> Figure:
    """Draw monthly margins of each layer, one panel per setting."""
    batch = in_memory(results)
    table = over_time(batch, "margin")
    figure, axes, left_out = _panels(batch, table)
    axes[0].set_ylim(*margin_limits(table[["mean", "low", "high"]].melt()["value"].dropna()))
    for ax in axes:
        share_axis(ax.yaxis, "")
    outer_labels(axes, _COLUMNS)
    figure.supylabel("operating margin (%)", fontsize=10)
    cut = f" The axis ends at {LOWEST_MARGIN:.0%}." if (table["mean"] < LOWEST_MARGIN).any() else ""
    heading(figure, course_finding(table, "margin"), marks(batch, "Shaded") + cut + left_out, LEGEND_WIDTH)
    return figure


def _panels(batch: BatchResults, table: pd.DataFrame) -> tuple[Figure, list[Axes], str]:
    """Draw a panel per setting with a line per layer, which share both axes; return also what is left out."""
    settings, left_out = shown(batch, batch.settings, MOST_SETTINGS)
    names = titles(batch)
    labels = [plain(names[setting], _TITLE) for setting in settings]
    columns = min(len(settings), _COLUMNS)
    rows = -(-len(settings) // columns)
    height = 3.4 if rows == 1 else 1.9 + 0.18 * max(label.count("\n") + 1 for label in labels)
    figure = new_figure(max(10.0, 3.1 * columns), 1.3 + height * rows)
    axes = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel())
    for ax, setting, label in zip(axes, settings, labels, strict=False):
        dates = months(batch, setting)
        for layer in LAYERS:
            line = table[(table["setting"] == setting) & (table["layer"] == layer)]
            if line["mean"].notna().any() and (line["mean"] != 0).any():
                band(ax, dates.reindex(line["round"]).to_numpy(), line, COLOURS[layer], layer)
        zero_line(ax, vertical=False)
        month_axis(ax, 7 if columns == 1 else 4)
        if len(settings) > 1:
            ax.set_title(label, fontsize=10)
    for ax in axes[len(settings) :]:
        ax.set_visible(False)
    layer_legend(figure, LAYERS)
    return figure, axes[: len(settings)], left_out
