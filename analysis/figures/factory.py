"""The token factory: the age of the fleet, how much of it works, and who is turned away."""

from typing import Any, Final

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.figures.drawing import heading, month_axis, months, new_figure, share_axis, styled, tick
from analysis.palette import COLOURS, number, percent
from analysis.results import in_memory

_DEMAND: Final = COLOURS["users"]
_DAYS: Final = 26


@styled
def factory(results: Any, fleet: pd.DataFrame) -> Figure:
    """Draw the fleet by vintage and vendor now, and utilisation and unserved demand so far, of one run.

    Args:
        results: Of the run.
        fleet: In service after its last round: ``since`` (round of the first month), ``vendor`` (below zero for chips
            of labs' own), ``accelerators``.
    """
    batch = in_memory(results)
    rounds, calendar = batch.rounds.set_index("round"), months(batch)
    figure = new_figure(11, 4.6)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.25, 1))
    _vintages(figure.add_subplot(grid[:, 0]), fleet, calendar.iloc[0])
    dates = calendar.reindex(rounds.index).to_numpy()
    used, unserved = figure.add_subplot(grid[0, 1]), figure.add_subplot(grid[1, 1])
    _share(used, dates, rounds["utilisation"], "Utilisation of serving servers", COLOURS["labs"])
    _share(unserved, dates, rounds["unserved_share"], "Demand not served", _DEMAND)
    used.set_ylim(0, 1)
    unserved.set_ylim(0, max(0.05, 1.1 * float(rounds["unserved_share"].max())))
    used.set_xlabel("")
    now = rounds.iloc[-1]
    finding = (
        f"{number(fleet['accelerators'].sum())} accelerators in service, {percent(now['utilisation'], 0)} of what "
        f"serves is used, {percent(now['unserved_share'])} of demand is turned away"
    )
    note = "Bars: accelerators in service by the month they went into service; vendors from dark (first) to light."
    heading(figure, finding, note)
    return figure


def _whose(vendor: int) -> str:
    return "labs' own" if vendor < 0 else f"vendor {vendor + 1}"


def _vintages(ax: Axes, fleet: pd.DataFrame, start: pd.Timestamp) -> None:
    wide = fleet.pivot_table(index="since", columns="vendor", values="accelerators", aggfunc="sum").fillna(0.0)
    whose: list[int] = wide.columns.astype(int).tolist()
    whose.sort(key=lambda vendor: (vendor < 0, vendor))
    wide = wide[whose]
    dates = np.array([start + pd.DateOffset(months=int(since)) for since in wide.index], dtype="datetime64[D]")
    shades = sns.light_palette(COLOURS["hardware"], wide.shape[1] + 1, reverse=True)[: wide.shape[1]]
    bottom = np.zeros(len(wide))
    for vendor, shade in zip(wide.columns.astype(int), shades, strict=True):
        heights = wide[vendor].to_numpy()
        ax.bar(dates, heights, bottom=bottom, width=_DAYS, color=shade, label=_whose(vendor), linewidth=0)
        bottom += heights
    largest = float(bottom.max()) if len(bottom) else 1.0
    size, word = (1e6, "millions of ") if largest >= 1e6 else (1e3, "thousands of ") if largest >= 1e4 else (1.0, "")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value / size)))
    ax.yaxis.set_major_locator(MaxNLocator(5))
    month_axis(ax)
    ax.set(title="Fleet by vintage", xlabel="month of first service", ylabel=f"{word}accelerators")
    ax.grid(visible=False, axis="x")
    if wide.shape[1] <= 6:
        ax.legend(loc="upper left")


def _share(ax: Axes, dates: Any, values: "pd.Series[float]", title: str, colour: str) -> None:
    ax.plot(dates, values.to_numpy(), color=colour, marker="o" if len(values) == 1 else None, label=title.lower())
    ax.fill_between(dates, values.to_numpy(), color=colour, alpha=0.15, linewidth=0)
    ax.set_title(title)
    share_axis(ax.yaxis, "", 1.0)
    month_axis(ax, 4)
