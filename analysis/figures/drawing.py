"""What all figures share: style, headings, axes in money and months."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from math import floor, log10
from typing import Any, Final, ParamSpec

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, num2date
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter

from analysis.figures.fonts import families
from analysis.figures.names import drawable, literal, wrap
from analysis.palette import COLOURS, LAYER_LABELS, money_step
from analysis.results import BatchResults
from analysis.tables.horizon import calendar

MOST_SETTINGS: Final = 48
"""More settings than this are too many to read in one figure: the first are shown, and it says how many are not."""

LOWEST_MARGIN: Final = -2.0
"""Margins below are drawn at the edge: one firm about to fail would flatten everything else."""

LOG_RATIO: Final = 5.0
"""A price that moves by more than this factor is drawn on a logarithmic axis."""

_HALF_A_YEAR: Final = 183.0
"""Days."""

LEGEND_WIDTH: Final = 4.0
"""Inches of the legend of layers."""

_RC: Final[dict[Any, Any]] = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "grid.color": "#e4e4e4",
    "figure.dpi": 110,
}

P = ParamSpec("P")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw a figure in the house style and leave the style of everybody else's figures alone."""

    @wraps(draw)
    def drawn(*args: P.args, **keywords: P.kwargs) -> Figure:
        with sns.axes_style("whitegrid"), mpl.rc_context(_RC | {"font.family": families()}):
            return draw(*args, **keywords)

    return drawn


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of so many inches that keeps its labels apart and belongs to no global state."""
    return Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.09, h_pad=0.06))


def heading(figure: Figure, title: str, note: str = "", legend: float = 0.0) -> None:
    """Put the finding above the figure, beside a legend of so many inches, and what the marks mean below it."""
    width = figure.get_figwidth()
    above, below = wrap(drawable(title), (width - legend) * 9.5), wrap(drawable(note), width * 14.6)
    figure.suptitle(literal(above), x=0.01, ha="left", fontsize=12.5, fontweight="bold")
    if note:
        figure.supxlabel(literal(below), x=0.01, ha="left", fontsize=8.5, color="#555555")


def tick(value: float) -> str:
    """Write a number for an axis, without idle zeros."""
    return f"{value:,.6g}".replace("-", "−")


def money_axis(axis: Any, largest: float, what: str) -> None:
    """Label an axis of USD in thousands, millions or billions."""
    size, unit = money_step(largest)
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick(value / size)))
    if axis.get_scale() == "linear":
        axis.set_major_locator(MaxNLocator(5))
    axis.set_label_text(f"{what} ({unit})")


def margin_limits(margins: "pd.Series[float]") -> tuple[float, float]:
    """Return limits that show all margins, but no loss beyond ``LOWEST_MARGIN``."""
    if margins.empty:
        return -1.0, 1.0
    low, high = max(margins.min(), LOWEST_MARGIN), min(max(margins.max(), 0.0), 1.0)
    room = 0.06 * (high - low) or 0.1
    return low - room, high + room


def share_axis(axis: Any, what: str, scale: float = 1.0) -> None:
    """Label an axis of shares in per cent."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{tick(round(100 * value / scale, 6))}%"))
    axis.set_label_text(f"{what} (%)" if what else "")


def month_axis(ax: Axes, most: int = 7) -> None:
    """Label the x axis with ``most`` months and years or fewer; it shows half a year at least."""
    first, last = ax.dataLim.intervalx
    if 0 <= last - first < _HALF_A_YEAR:
        ax.set_xlim(first - 10, first + _HALF_A_YEAR)
    month_ticks(ax, most)
    ax.set_xlabel("month")


def month_ticks(ax: Axes, most: int) -> None:
    """Put ``most`` months and years or fewer where they are on the x axis as it stands."""
    locator = AutoDateLocator(minticks=2, maxticks=most)
    low, high = num2date(ax.get_xlim())
    ax.xaxis.set_major_locator(FixedLocator(locator.tick_values(low, high)))
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def outer_labels(axes: Sequence[Axes], columns: int) -> None:
    """Label months only below the lowest panel of each column, and other values only at the left."""
    for place, ax in enumerate(axes):
        below = ax.get_xlabel()
        ax.label_outer()
        if place + columns >= len(axes):
            ax.tick_params(axis="x", labelbottom=True)
            ax.set_xlabel(below)


def months(results: BatchResults, setting: str | None = None) -> "pd.Series[pd.Timestamp]":
    """Return the first day of each round's month, [round]: of a setting, by default of the first."""
    return pd.to_datetime(calendar(results, setting) + "-01")


def first_run(table: pd.DataFrame, setting: str) -> pd.DataFrame:
    """Return the rows of the first run of a setting."""
    of_setting = table[table["setting"] == setting]
    return of_setting[of_setting["replication"] == of_setting["replication"].min()]


def zero_line(ax: Axes, vertical: bool = True) -> None:
    """Mark zero: left of it, or below it, money is lost."""
    line = ax.axvline if vertical else ax.axhline
    line(0, color="#333333", linewidth=1, zorder=1.5)


def band(ax: Axes, x: Any, table: pd.DataFrame, colour: Any, label: str, **line: Any) -> None:
    """Draw a mean over time with its interval; ``table`` has the columns mean, low and high."""
    if len(table) == 1:
        line |= {"marker": "o"}
    ax.plot(x, table["mean"].to_numpy(), color=colour, label=label, **line)
    ax.fill_between(x, table["low"].to_numpy(), table["high"].to_numpy(), color=colour, alpha=0.2, linewidth=0)


def plain_price_axis(ax: Axes, prices: "pd.Series[float]") -> None:
    """Use a logarithmic axis where prices move by a large factor, otherwise one that starts at zero."""
    positive = prices[prices > 0]
    ax.yaxis.set_major_formatter(lambda value, _: tick(value))
    if len(positive) and positive.max() > LOG_RATIO * positive.min():
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(lambda value, _: tick(value))
        few = positive.max() < 100 * positive.min()
        ax.yaxis.set_minor_formatter(two_and_five if few else NullFormatter())
    else:
        ax.set_ylim(0, 1.12 * positive.max() if len(positive) else 1)


def two_and_five(value: float, _: object = None) -> str:
    """Label 2 and 5 between the powers of ten of a logarithmic axis."""
    leading = round(value / 10.0 ** floor(log10(value) + 1e-9))
    return tick(value) if leading in (2, 5) else ""


def margin_rows(ax: Axes, labels: Sequence[str]) -> None:
    """Give each setting a row of margins, the first on top, with a line between two."""
    for edge in range(1, len(labels)):
        ax.axhline(edge - 0.5, color="#efefef", linewidth=0.8, zorder=0)
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.grid(visible=False, axis="y")
    zero_line(ax)
    share_axis(ax.xaxis, "operating margin")


def layer_legend(figure: Figure, layers: Iterable[str]) -> None:
    """Explain the colours of layers once, under the title."""
    handles = [mpl.patches.Patch(color=COLOURS[layer], label=LAYER_LABELS[layer]) for layer in layers]
    figure.legend(handles=handles, loc="upper right", ncols=len(handles), borderaxespad=0.2)
