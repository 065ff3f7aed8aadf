"""Where margins turn: a map of each layer's margin over two factors, with the line between profit and loss."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import FuncNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, PercentFormatter
from numpy.typing import NDArray

from analysis.figures.captions import mean_of, replications
from analysis.figures.drawing import heading, new_figure, styled
from analysis.figures.factor_axis import edges, factor_axis
from analysis.figures.names import plain
from analysis.figures.response import designed
from analysis.figures.turning import Line, sign_changes, zero_lines_of_grid, zero_lines_of_points
from analysis.findings.sentences import sentence
from analysis.palette import LAYER_LABELS
from analysis.results import BatchResults
from analysis.statistics import summarise
from analysis.tables.factors import Design, Factor, responses
from market.records.columns import LAYERS

MOST_MAPS: Final = 12
"""Named settings in a figure, each with a row of maps; the first are shown, and it says how many are not."""

MOST_NUMBERS: Final = 8
"""Values of either factor up to which the margin is written into each cell."""

_WIDEST: Final = 1.0
"""Margins beyond ±100 % no longer change the colour."""

_TICKS: Final = (-1.0, -0.5, -0.2, -0.05, 0.0, 0.05, 0.2, 0.5, 1.0)

_MISSING: Final = "#d9d9d9"


@styled
def flip_map(results: Any) -> Figure:
    """Draw the margin of each layer over the two factors of an experiment, and the line on which it turns.

    A row of maps per named setting. Of a grid each point is a cell; of samples each point is a dot, and the line runs
    through the triangles between them.

    Raises:
        ValueError: If the results are not those of an experiment in which two parameters vary.
    """
    batch, design = designed(results)
    if len(design.factors) != 2:
        names = ", ".join(factor.name for factor in design.factors)
        raise ValueError(f"a flip map shows two factors, not {len(design.factors)}: {names}")
    table = _means(responses(batch, design), design)
    groups = design.named[:MOST_MAPS]
    table = table[table["group"].isin(groups)]
    layers = [layer for layer in LAYERS if (table["layer"] == layer).any()]
    reach = min(float(table["mean"].abs().max()), _WIDEST) if len(table) else _WIDEST
    figure = new_figure(11.5, 1.2 + 3.3 * len(groups))
    for block, group in zip(figure.subfigures(len(groups), 1, squeeze=False).ravel(), groups, strict=True):
        rows = table[table["group"] == group]
        _maps(block, rows, design, layers, _scale(reach))
        if len(groups) > 1:
            block.suptitle(plain(group, 100), x=0.01, ha="left", fontsize=11, fontweight="bold")
    heading(figure, _finding(table, layers), _note(batch, design, table))
    return figure


def _means(runs: pd.DataFrame, design: Design) -> pd.DataFrame:
    names = [factor.name for factor in design.factors]
    known = runs.dropna(subset="margin")
    return summarise(known, ["group", "layer", *names], "margin").dropna(subset="mean")


def _maps(block: Any, rows: pd.DataFrame, design: Design, layers: Sequence[str], scale: FuncNorm) -> None:
    across, up = design.factors
    axes = block.subplots(1, len(layers), sharex=True, sharey=True, squeeze=False)[0]
    colours = sns.color_palette("PuOr", as_cmap=True)
    drawn = None
    for ax, layer in zip(axes, layers, strict=True):
        cells = rows[rows["layer"] == layer]
        ax.grid(visible=False)
        if design.sampled:
            drawn = _dots(ax, cells, across, up, colours, scale)
        else:
            drawn = _cells(ax, cells, across, up, colours, scale)
        for line in zero_lines(cells, across, up):
            ax.plot(line[:, 0], line[:, 1], color="black", linewidth=2.2, zorder=4)
        factor_axis(ax.xaxis, across)
        factor_axis(ax.yaxis, up)
        ax.set_title(LAYER_LABELS[layer])
        ax.set_title(_course(cells["mean"]), loc="right", fontsize=8.5, fontweight="normal")
        ax.label_outer()
    block.supxlabel(plain(across.label, 100), fontsize=10)
    axes[0].set_ylabel(plain(up.label, 36))
    bar = block.colorbar(drawn, ax=list(axes), extend="both", pad=0.01)
    bar.ax.yaxis.set_major_locator(FixedLocator([at for at in _TICKS if abs(at) <= float(scale.vmax or 0)]))
    bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    bar.set_label("operating margin")


def _scale(reach: float) -> FuncNorm:
    """Return colours by the root of the margin: small ones show their sign beside large ones."""
    return FuncNorm((lambda m: np.sign(m) * np.sqrt(np.abs(m)), lambda r: np.sign(r) * r**2), vmin=-reach, vmax=reach)


def zero_lines(cells: pd.DataFrame, across: Factor, up: Factor) -> list[Line]:
    """Return the lines on which the mean margin is zero, in the units of both factors.

    Args:
        cells: Columns named like the factors, and ``mean``; of one layer and named setting.
        across: Factor of the first coordinate.
        up: Factor of the second.
    """
    if across.sampled or up.sampled:
        x, y = (factor.places(list(cells[factor.name])) for factor in (across, up))
        found = zero_lines_of_points(x, y, cells["mean"]) if across.numeric and up.numeric else []
    else:
        x, y, z = across.places(across.levels), up.places(up.levels), _grid(cells, across, up)
        if across.numeric and up.numeric:
            found = zero_lines_of_grid(x, y, z)
        elif across.numeric:
            found = [np.array([[at, place - 0.5], [at, place + 0.5]])
                     for place, row in zip(y, z, strict=True) for _, _, at in sign_changes(x, row)]  # fmt: skip
        elif up.numeric:
            found = [np.array([[place - 0.5, at], [place + 0.5, at]])
                     for place, column in zip(x, z.T, strict=True) for _, _, at in sign_changes(y, column)]  # fmt: skip
        else:
            found = []
    return [np.column_stack([across.numbers(line[:, 0]), up.numbers(line[:, 1])]) for line in found]


def _grid(cells: pd.DataFrame, across: Factor, up: Factor, column: str = "mean") -> NDArray[np.float64]:
    wide = cells.pivot(index=up.name, columns=across.name, values=column)
    return wide.reindex(index=up.levels, columns=across.levels).to_numpy(dtype=float)


def _cells(ax: Axes, cells: pd.DataFrame, across: Factor, up: Factor, colours: Any, scale: FuncNorm) -> Any:
    values = np.ma.masked_invalid(_grid(cells, across, up))
    ax.set_facecolor(_MISSING)
    drawn = ax.pcolormesh(edges(across), edges(up), values, cmap=colours, norm=scale, edgecolors="white", linewidth=0.4)
    if max(len(across.levels), len(up.levels)) <= MOST_NUMBERS:
        _numbers(ax, cells, across, up, colours, scale)
    return drawn


def _numbers(ax: Axes, cells: pd.DataFrame, across: Factor, up: Factor, colours: Any, scale: FuncNorm) -> None:
    """Write the margin into each cell; in brackets where its interval holds zero."""
    x, y = (factor.numbers(factor.places(list(cells[factor.name]))) for factor in (across, up))
    for at, high, row in zip(x, y, cells.to_dict("records"), strict=True):
        text = f"{round(100 * row['mean']) + 0:d}".replace("-", "−")
        open_ = row["low"] <= 0 <= row["high"]
        share = float(scale(row["mean"]))
        dark = abs(share - 0.5) > 0.29
        ax.text(at, high, f"({text})" if open_ else text, ha="center", va="center", fontsize=8, zorder=5,
                color="white" if dark else "#222222",
                bbox={"facecolor": colours(share), "edgecolor": "none", "pad": 0.8})  # fmt: skip


def _dots(ax: Axes, cells: pd.DataFrame, across: Factor, up: Factor, colours: Any, scale: FuncNorm) -> Any:
    x, y = (factor.numbers(factor.places(list(cells[factor.name]))) for factor in (across, up))
    return ax.scatter(x, y, c=cells["mean"], cmap=colours, norm=scale, s=46, edgecolors="#555555", linewidths=0.6)


def _course(means: "pd.Series[float]") -> str:
    """Say at how many points a layer loses money, or that its margin never turns."""
    if means.empty:
        return "sells nothing"
    losses = int((means < 0).sum())
    if losses in (0, len(means)):
        return f"never turns: {'a loss' if losses else 'a profit'} throughout"
    return f"a loss at {losses} of {len(means)} points"


def _finding(table: pd.DataFrame, layers: Sequence[str]) -> str:
    words = []
    if (table["mean"] >= 0).all():
        return "No layer loses money at any point"
    for layer in layers:
        means = table.loc[table["layer"] == layer, "mean"]
        losses, verb = int((means < 0).sum()), "loses" if layer == "hardware" else "lose"
        where = "nowhere" if losses == 0 else "everywhere" if losses == len(means) else f"at {losses} of {len(means)}"
        words.append(f"{LAYER_LABELS[layer]} {verb} money {where}{'' if where.endswith('where') else ' points'}")
    return sentence(words)


def _note(batch: BatchResults, design: Design, table: pd.DataFrame) -> str:
    turning = any(_has_line(rows) for _, rows in table.groupby(["group", "layer"], observed=True))
    numeric = [factor.numeric for factor in design.factors]
    between = "through the triangles between points" if design.sampled else "between points by straight lines"
    line = f"Black line: where the margin is zero, {between}. " if turning and any(numeric) else ""
    few = max(len(factor.levels) for factor in design.factors) <= MOST_NUMBERS and not design.sampled
    numbers = "Numbers: margin in per cent" if few else "Colour: margin"
    held = ", in brackets where the 95 % interval holds zero" if few and replications(batch)[1] > 1 else ""
    points = len(table.drop_duplicates(["group", *(factor.name for factor in design.factors)]))
    planned = 0 if design.sampled else len(design.named) * len(design.factors[0].levels) * len(design.factors[1].levels)
    gaps = " Grey: no finished run, or nothing sold." if points < planned else ""
    cut = len(design.named) - MOST_MAPS
    left = f" Shown are {MOST_MAPS} of {len(design.named)} named settings: {cut} are left out." if cut > 0 else ""
    return f"{line}{numbers}{held}. {mean_of(batch)}{gaps}{left}"


def _has_line(rows: pd.DataFrame) -> bool:
    return bool((rows["mean"] < 0).any() and (rows["mean"] > 0).any())
