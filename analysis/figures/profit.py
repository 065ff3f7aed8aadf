"""Profit and margin by layer and setting, with intervals over replications."""

from typing import Any, Final

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from analysis.figures.captions import FEW_RUNS, marks, shown
from analysis.figures.drawing import (
    LEGEND_WIDTH,
    LOWEST_MARGIN,
    MOST_SETTINGS,
    heading,
    layer_legend,
    margin_rows,
    money_axis,
    new_figure,
    styled,
    zero_line,
)
from analysis.figures.names import plain, row_height, titles
from analysis.findings.sentences import margin_finding, profit_finding
from analysis.palette import COLOURS, LAYER_LABELS, percent
from analysis.results import in_memory
from analysis.statistics import t_interval
from analysis.tables.layers import profit_by_layer, run_layers
from market.records.columns import LAYERS

_TOO_UNEQUAL: Final = 8.0
"""Panels share their axis unless their ranges differ by more than this factor."""


@styled
def profit_by_setting(results: Any, measure: str = "profit") -> Figure:
    """Draw what each layer earned over a run, by setting, with intervals over replications; one panel per layer."""
    batch = in_memory(results)
    settings, left_out = shown(batch, batch.settings, MOST_SETTINGS)
    runs = run_layers(batch)
    runs = runs[runs["setting"].isin(settings)]
    layers = _selling(runs)
    note = f"Sum over the run. {marks(batch, 'Lines at the bars', dots=True)}{left_out}"
    if len(settings) == 1:
        figure = _one_setting(runs, measure, layers, batch.replications)
    else:
        labels = {setting: plain(title) for setting, title in titles(batch).items() if setting in settings}
        figure, own_scale = _panels(runs, measure, layers, labels, batch.replications)
        note = f"Each panel has its own scale. {note}" if own_scale else note
    heading(figure, profit_finding(profit_by_layer(batch, measure)), note)
    return figure


def _one_setting(runs: pd.DataFrame, measure: str, layers: list[str], replications: int) -> Figure:
    figure = new_figure(9, 3.2)
    ax = figure.subplots()
    colours = {layer: COLOURS[layer] for layer in LAYERS}  # seaborn asks for those of layers without firms too
    by = {"y": "layer", "order": layers, "hue": "layer", "palette": colours, "dodge": False}
    _bars(ax, runs, measure, by, replications)
    ax.set_yticks(range(len(layers)), [LAYER_LABELS[layer] for layer in layers])
    money_axis(ax.xaxis, runs[measure].abs().max(), "operating profit")
    return figure


def _panels(
    runs: pd.DataFrame, measure: str, layers: list[str], labels: dict[str, str], replications: int
) -> tuple[Figure, bool]:
    """Draw a panel per layer; return also whether each has its own scale, as they must where ranges differ much."""
    settings = list(labels)
    figure = new_figure(11, 1.9 + row_height(labels.values()) * len(settings))
    axes = figure.subplots(1, len(layers), sharey=True, squeeze=False)[0]
    sizes = runs.groupby("layer", observed=True)[measure].apply(lambda values: values.abs().max())
    own_scale = bool(sizes[layers].max() > _TOO_UNEQUAL * sizes[layers].min())
    for ax, layer in zip(axes, layers, strict=True):
        of_layer = runs[runs["layer"] == layer]
        _bars(ax, of_layer, measure, {"y": "setting", "order": settings, "color": COLOURS[layer]}, replications)
        ax.set_yticks(range(len(settings)), list(labels.values()))
        ax.set_title(LAYER_LABELS[layer])
        money_axis(ax.xaxis, sizes[layer] if own_scale else sizes[layers].max(), "operating profit")
    if not own_scale:
        limits = [ax.get_xlim() for ax in axes]
        for ax in axes:
            ax.set_xlim(min(low for low, _ in limits), max(high for _, high in limits))
    return figure, own_scale


@styled
def margin_by_setting(results: Any) -> Figure:
    """Draw the margins of all layers on one axis, by setting, with intervals over replications."""
    batch = in_memory(results)
    settings, left_out = shown(batch, batch.settings, MOST_SETTINGS)
    table = profit_by_layer(batch, "margin").dropna(subset="mean")
    layers = [layer for layer in LAYERS if layer in set(table["layer"])]
    names = titles(batch)
    labels = [plain(names[setting]) for setting in settings]
    figure = new_figure(10, 1.9 + row_height(labels, 0.36) * len(settings))
    ax = figure.subplots()
    place = {setting: index for index, setting in enumerate(settings)}
    for index, layer in enumerate(layers):
        rows = table[(table["layer"] == layer) & table["setting"].isin(settings)]
        y = rows["setting"].map(place).astype(float).to_numpy() + 0.22 * (index - (len(layers) - 1) / 2)
        _margin_points(ax, rows, y, COLOURS[layer])
    margin_rows(ax, labels)
    layer_legend(figure, layers)
    note = f"Profit over revenue, over the whole run. {marks(batch, 'Lines')}{left_out}"
    heading(figure, margin_finding(table), note, LEGEND_WIDTH)
    return figure


def _bars(ax: Axes, runs: pd.DataFrame, measure: str, by: dict[str, Any], replications: int) -> None:
    sns.barplot(
        runs, x=measure, **by, ax=ax, saturation=1, width=0.65, capsize=0.25, legend=False,
        errorbar=_student if replications > 1 else None, err_kws={"color": "#222222", "linewidth": 1.2},
    )  # fmt: skip
    if 1 < replications <= FEW_RUNS:
        place = runs[by["y"]].map({name: index for index, name in enumerate(by["order"])}).astype(float)
        beside = runs.groupby(by["y"], observed=True).cumcount() / (replications - 1) - 0.5
        ax.scatter(runs[measure], place + 0.35 * beside, color="#222222", s=6, alpha=0.6, linewidths=0, zorder=3)
    ax.set_ylabel("")
    ax.grid(visible=True, axis="x")
    zero_line(ax)


def _margin_points(ax: Axes, rows: pd.DataFrame, y: NDArray[np.floating], colour: str) -> None:
    """Draw margins with intervals; a margin beyond the axis is an arrow at its edge with the number beside it."""
    mean = rows["mean"].to_numpy()
    low, high = (rows[bound].fillna(rows["mean"]).clip(lower=LOWEST_MARGIN).to_numpy() for bound in ("low", "high"))
    ax.hlines(y, low, high, color=colour, linewidth=2)
    inside = mean >= LOWEST_MARGIN
    ax.scatter(mean[inside], y[inside], color=colour, s=26, zorder=3)
    ax.scatter(np.full((~inside).sum(), LOWEST_MARGIN), y[~inside], color=colour, s=36, marker="<", zorder=3)
    for value, height in zip(mean[~inside], y[~inside], strict=True):
        beside: dict[str, Any] = {"xytext": (8, 0), "textcoords": "offset points", "va": "center", "fontsize": 7.5}
        ax.annotate(percent(value, 0), (LOWEST_MARGIN, height), **beside)


def _student(values: "pd.Series[float]") -> tuple[float, float]:
    found = t_interval(values)
    return found.low, found.high


def _selling(runs: pd.DataFrame) -> list[str]:
    sales = runs.groupby("layer", observed=False)["revenue"].sum()
    return [layer for layer in LAYERS if sales[layer] > 0] or list(LAYERS)
