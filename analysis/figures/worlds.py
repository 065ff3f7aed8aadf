"""Margins over the worlds of an ensemble."""

from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.captions import shown
from analysis.figures.drawing import (
    LEGEND_WIDTH,
    LOWEST_MARGIN,
    MOST_SETTINGS,
    heading,
    layer_legend,
    margin_rows,
    new_figure,
    styled,
)
from analysis.figures.names import plain, row_height, titles
from analysis.findings.worlds import margins_in_worlds
from analysis.palette import COLOURS, percent
from analysis.results import in_memory
from analysis.tables.horizon import period
from market.records.columns import LAYERS

_APART: Final = 0.24
"""Of a row, between two layers."""


@styled
def margin_in_worlds(results: Any) -> Figure:
    """Draw how each layer's margin is spread over the worlds of an ensemble, by setting."""
    batch = in_memory(results)
    settings, left_out = shown(batch, batch.settings, MOST_SETTINGS)
    table = margins_in_worlds(batch)
    layers = [layer for layer in LAYERS if layer in set(table["layer"])]
    labels = [plain(titles(batch)[setting]) for setting in settings]
    figure = new_figure(10, 1.9 + row_height(labels, 0.4) * len(settings))
    ax = figure.subplots()
    place = {setting: index for index, setting in enumerate(settings)}
    for index, layer in enumerate(layers):
        rows = table[(table["layer"] == layer) & table["setting"].isin(settings)]
        y = rows["setting"].astype(str).map(place) + _APART * (index - (len(layers) - 1) / 2)
        low, middle, high = (rows[name].clip(lower=LOWEST_MARGIN) for name in ("value_5", "value_50", "value_95"))
        ax.hlines(y, low, high, color=COLOURS[layer], linewidth=3, alpha=0.6)
        ax.scatter(middle, y, color=COLOURS[layer], s=30, zorder=3)
    margin_rows(ax, labels)
    layer_legend(figure, layers)
    number = batch.manifest["ensemble"]["number"]
    note = (
        f"Profit over revenue, over the whole run. Dots: middle of {number} worlds; lines: nine tenths of them. "
        f"{period(batch)}.{left_out}"
    )
    heading(figure, _finding(table, str(settings[0]), batch.title(settings[0])), note, LEGEND_WIDTH)
    return figure


def _finding(table: pd.DataFrame, setting: str, title: str) -> str:
    """Say in which share of the worlds each layer loses money in the first setting."""
    rows = table[table["setting"].astype(str) == setting].set_index("layer")["negative"]
    said = ", ".join(f"{layer} in {percent(rows[layer], 0)}" for layer in LAYERS if layer in rows.index)
    return f"{title}: share of worlds with a loss: {said}"
