"""How each layer's margin and profit respond to what an experiment varies."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.captions import FEW_RUNS, marks, mean_of, replications
from analysis.figures.drawing import heading, margin_limits, money_axis, new_figure, share_axis, styled, zero_line
from analysis.figures.factor_axis import factor_axis
from analysis.figures.names import plain, row_height
from analysis.figures.smoothing import curve
from analysis.figures.turning import sign_changes
from analysis.findings.sentences import sentence
from analysis.palette import COLOURS, LAYER_LABELS
from analysis.results import BatchResults, in_memory
from analysis.tables.factors import Design, Factor, design_of, responses
from market.records.columns import LAYERS
from market.wording import counted

MOST_FACTORS: Final = 24
"""Factors in a figure; the first are shown, and it says how many are not."""

MOST_GROUPS: Final = 40

MOST_DOTS: Final = 1000
"""Single runs in a panel, beyond which none is drawn."""

_DASHES: Final = ("-", "--", ":", "-.")
_MARKS: Final = "osD^v"
_TINTS: Final = 10
_LEGEND: Final = 2.6
"""Inches of the legend of named settings."""

_HEIGHT: Final = 2.5
"""Inches of a panel."""


@styled
def response_curves(results: Any) -> Figure:
    """Draw how margins respond to each factor of an experiment, the other factors averaged; of one factor, profit too.

    A line per named setting; words that vary stand as categories on the axis.

    Raises:
        ValueError: If the results are not those of an experiment with a grid, a list or samples.
    """
    batch, design = designed(results)
    table = responses(batch, design)
    layers = [layer for layer in LAYERS if (table.loc[table["layer"] == layer, "revenue"] > 0).any()] or list(LAYERS)
    factors, groups = design.factors[:MOST_FACTORS], design.named[:MOST_GROUPS]
    measures = ("margin", "profit") if len(factors) == 1 else ("margin",)
    figure = new_figure(11, 1.3 + len(factors) * (0.5 + _HEIGHT * len(measures)))
    blocks = figure.subfigures(len(factors), 1, squeeze=False).ravel()
    for block, factor in zip(blocks, factors, strict=True):
        axes = block.subplots(len(measures), len(layers), sharex=True, squeeze=False)
        block.supxlabel(plain(factor.label, 110), fontsize=10)
        for row, measure in zip(axes, measures, strict=True):
            _row(row, table, factor, measure, layers, groups)
    if len(groups) > 1:
        handles, labels = blocks[0].axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside right upper")
        figure.set_size_inches(12.5, max(figure.get_figheight(), 1.2 + sum(row_height([x], 0.2) for x in labels)))
    heading(figure, _finding(table, design, layers), _note(batch, design), _LEGEND if len(groups) > 1 else 0.0)
    return figure


def designed(results: Any) -> tuple[BatchResults, Design]:
    """Return results with their design.

    Raises:
        ValueError: If nothing varies by design.
    """
    batch = in_memory(results)
    design = design_of(batch)
    if design is None:
        raise ValueError("nothing varies by design: results of an experiment with a grid, a list or samples are needed")
    return batch, design


def _row(
    row: Sequence[Axes], table: pd.DataFrame, factor: Factor, measure: str, layers: Sequence[str], groups: Sequence[str]
) -> None:
    """Draw a panel per layer, in which each named setting has a line."""
    for ax, layer in zip(row, layers, strict=True):
        of_layer = table[table["layer"] == layer].dropna(subset=measure)
        for place, group in enumerate(groups):
            style = _style(layer, place, len(groups))
            offset = 0.12 * (place - (len(groups) - 1) / 2) if not factor.numeric else 0.0
            _line(ax, of_layer[of_layer["group"] == group], factor, measure, style | {"label": plain(group)}, offset)
        zero_line(ax, vertical=False)
        factor_axis(ax.xaxis, factor)
        if measure == "margin":
            share_axis(ax.yaxis, "operating margin" if layer == layers[0] else "")
            ax.set_ylim(*margin_limits(pd.concat([of_layer["margin"], pd.Series([0.0])])))
            ax.set_title(LAYER_LABELS[layer])
            if len(groups) == 1:
                said = _turns(curve(of_layer, factor, measure), factor)
                ax.set_title(said, loc="right", fontsize=8.5, fontweight="normal")
        else:
            money_axis(ax.yaxis, of_layer[measure].abs().max() if len(of_layer) else 1.0, "profit of the run")
        ax.grid(visible=factor.numeric, axis="x")


def _style(layer: str, place: int, groups: int) -> dict[str, Any]:
    if groups == 1:
        return {"color": COLOURS[layer], "linestyle": "-", "marker": "o"}
    tint = sns.color_palette("colorblind", _TINTS)[place % _TINTS]
    dash = _DASHES[(place + place // _TINTS) % len(_DASHES)]
    return {"color": tint, "linestyle": dash, "marker": _MARKS[place % len(_MARKS)]}


def _line(
    ax: Axes, runs: pd.DataFrame, factor: Factor, measure: str, style: dict[str, Any], offset: float = 0.0
) -> None:
    """Draw single runs as dots, and the mean with its interval, or a smooth curve where values are sampled."""
    if runs.empty:
        return
    found = curve(runs, factor, measure)
    few = runs.groupby("setting")["replication"].nunique().max() <= FEW_RUNS
    if few and len(runs) <= MOST_DOTS and (len(runs) > len(found) or factor.sampled):
        places = factor.places(list(runs[factor.name])) + offset
        ax.scatter(factor.numbers(places), runs[measure], color=style["color"], s=7, alpha=0.35, linewidths=0, zorder=2)
    x = factor.numbers(found["place"].to_numpy() + offset)
    bare: dict[str, Any] = {"marker": ""} if factor.sampled and len(found) > 12 else {"markersize": 4}
    bare |= {"linestyle": ""} if not factor.numeric else {}
    ax.plot(x, found["mean"], **(style | bare))
    if factor.numeric:
        ax.fill_between(x, found["low"], found["high"], color=style["color"], alpha=0.18, linewidth=0)
    else:
        ax.vlines(x, found["low"], found["high"], color=style["color"], linewidth=1.4)


def _turns(found: pd.DataFrame, factor: Factor) -> str:
    """Say where a layer's margin changes its sign, or that it never does."""
    mean = found["mean"].dropna()
    if mean.empty:
        return ""
    if not factor.numeric or not (changes := sign_changes(found["place"], found["mean"])):
        signs = np.sign(mean)
        never = "mean never turns: a"
        return f"{never} profit" if (signs > 0).all() else f"{never} loss" if (signs < 0).all() else ""
    places = ", ".join(f"{float(factor.numbers(at)):.3g}" for _, _, at in changes[:3])
    return f"mean turns at {places}{' …' if len(changes) > 3 else ''}"


def _finding(table: pd.DataFrame, design: Design, layers: Sequence[str]) -> str:
    """Say where margins turn along one factor, or which of several factors moves the margin of each layer most."""
    if len(design.factors) > 1:
        return _strongest(table, design, layers)
    factor, words = design.factors[0], []
    for layer in layers:
        of_layer = table[table["layer"] == layer].dropna(subset="margin")
        curves = [curve(rows, factor, "margin") for _, rows in of_layer.groupby("group", sort=False)]
        words.append(f"{LAYER_LABELS[layer]} {_course(layer, curves, factor)}")
    return sentence(words)


def _course(layer: str, curves: Sequence[pd.DataFrame], factor: Factor) -> str:
    """Say what becomes of a layer's margin along a factor, from its curves by named setting."""
    s = "s" if layer == "hardware" else ""
    if all((found["mean"] > 0).all() for found in curves):
        return f"earn{s} money at every value"
    if all((found["mean"] < 0).all() for found in curves):
        return f"lose{s} money at every value"
    changes = [sign_changes(found["place"], found["mean"]) for found in curves]
    if len(curves) > 1 or not factor.numeric or len(changes[0]) != 1:
        turning = sum(bool(found) for found in changes)
        where = "with its value" if len(curves) == 1 else f"with its value in {turning} of {len(curves)} settings"
        return f"turn{s} between profit and loss {where}"
    before, after, at = changes[0][0]
    values = [f"{float(factor.numbers(place)):.3g}" for place in (before, after, at)]
    where = f"at about {values[2]}" if factor.sampled else f"between {values[0]} and {values[1]}"
    loss = curves[0].loc[curves[0]["place"] == before, "mean"].iloc[0] < 0
    return f"turn{s} from {'loss to profit' if loss else 'profit to loss'} {where}"


def _strongest(table: pd.DataFrame, design: Design, layers: Sequence[str]) -> str:
    words = []
    for layer in layers:
        of_layer = table[table["layer"] == layer].dropna(subset="margin")
        if of_layer.empty:
            continue
        reach = {factor.short: np.ptp(curve(of_layer, factor, "margin")["mean"]) for factor in design.factors}
        most = max(reach, key=lambda name: reach[name])
        words.append(f"{layer} with {most} (by {counted(round(100 * reach[most]), 'point')})")
    return f"Margins move most: {', '.join(words)}"


def _note(batch: BatchResults, design: Design) -> str:
    averaged = " The other factors are averaged." if len(design.factors) > 1 else ""
    smooth = "Curves: smoothing splines through the single runs, which are dots. " if design.sampled else ""
    interval = "Shaded, or lines at points" if any(not factor.numeric for factor in design.factors) else "Shaded"
    dots = replications(batch)[1] <= FEW_RUNS
    drawn = all(factor.sampled for factor in design.factors)
    spread = mean_of(batch) if drawn else marks(batch, interval, dots)
    left = [
        f" Shown are {most} of {count} {what}: {count - most} are left out."
        for count, most, what in (
            (len(design.factors), MOST_FACTORS, "factors"),
            (len(design.named), MOST_GROUPS, "named settings"),
        )
        if count > most
    ]
    return f"{smooth}{spread}{averaged} Each panel has its own scale.{''.join(left)}"
