"""What happened when, in figures of a run: changes, labs that leave, launches; and time axes that end with a year."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from analysis.figures.drawing import month_ticks

if TYPE_CHECKING:
    from analysis.dashboard.snapshot import Snapshot
    from market.records.results import Results

YEAR = 12
INK = "#55606e"
SAID = "Dashed: changes, and labs that enter or leave. Ticks at the foot: models launched by the leading lab."


@dataclass(frozen=True)
class Marks:
    """What happened in a run.

    Attributes:
        start: First month.
        until: Month after the last of the year that is being played.
        turns: What to call it, by month.
        launches: Months in which the leader launched a model.
    """

    start: pd.Timestamp
    until: pd.Timestamp
    turns: dict[pd.Timestamp, str]
    launches: list[pd.Timestamp]

    @classmethod
    def of(cls, snapshot: "Snapshot") -> "Marks":
        """Return the marks of a run that has been played a month at least."""
        tables = snapshot.tables
        if tables is None:
            raise ValueError("nothing has been played yet")
        start = pd.Timestamp(f"{tables.parameters.horizon.start}-01")
        years = -(-max(snapshot.round, 1) // YEAR)
        turns: dict[int, list[str]] = {}
        for number, event in enumerate(tables.parameters.events, start=1):
            turns.setdefault(event.begins(tables.parameters.horizon.start), []).append(f"change {number}")
        for round_, what in _turnover(tables):
            turns.setdefault(round_, []).append(what)
        seen = {_month(start, at): ", ".join(what) for at, what in turns.items() if at < snapshot.round}
        return cls(start, _month(start, years * YEAR), seen, [_month(start, at) for at in _launches(tables)])


def _month(start: pd.Timestamp, round_: int) -> pd.Timestamp:
    return start + pd.DateOffset(months=round_)


def _turnover(tables: "Results") -> list[tuple[int, str]]:
    """Return the rounds in which a lab enters, and those from which on one is no longer in business, and words."""
    labs = tables.firms[tables.firms["kind"] == "lab"]
    found = []
    for rows, verb in ((labs, "enters"), (labs[~labs["alive"]], "leaves")):
        first = rows.groupby("firm", observed=True)["round"].min()
        found += [(int(round_), f"{lab} {verb}") for lab, round_ in first.items() if verb == "leaves" or round_ > 0]
    return found


def _launches(tables: "Results") -> list[int]:
    """Return the rounds in which the best model got better."""
    labs = tables.firms[(tables.firms["kind"] == "lab") & tables.firms["alive"]]
    best = labs.groupby("round")["quality"].max()
    return [int(round_) for round_ in best.index[best.diff() > 0]] if best.notna().any() else []


def marked(draw: "Callable[[Snapshot], Figure | None]", snapshot: "Snapshot") -> Figure | None:
    """Draw a figure of a run with what happened in it."""
    figure = draw(snapshot)
    if figure is not None:
        mark(figure, Marks.of(snapshot))
    return figure


def mark(figure: Figure, marks: Marks) -> None:
    """Mark the axes of a figure that are over months, and say what the marks mean."""
    over_time = [ax for ax in figure.axes if ax.get_visible() and is_over_time(ax)]
    for ax in over_time:
        _end_with_the_year(ax, marks)
        for month, what in marks.turns.items():
            ax.axvline(date2num(month), color=INK, linestyle=(0, (4, 3)), linewidth=0.9, zorder=1.2)
            where = blended_transform_factory(ax.transData, ax.transAxes)
            ax.text(date2num(month), 0.99, f" {what}", transform=where, va="top", fontsize=7.5, color=INK, rotation=90)
        if marks.launches:  # a line without points has no extent, and what cannot be laid out collapses
            feet = blended_transform_factory(ax.transData, ax.transAxes)
            ax.plot(date2num(marks.launches), np.zeros(len(marks.launches)), "|", color=INK, markersize=6,
                    transform=feet, clip_on=False, scaley=False, scalex=False)  # fmt: skip
    if over_time and (marks.turns or marks.launches):
        said = f"{figure.get_supxlabel()}\n{SAID}".lstrip("\n")
        figure.supxlabel(said, x=0.01, ha="left", fontsize=8.5, color=INK)


def is_over_time(ax: Axes) -> bool:
    """Whether the x axis of a figure has months on it."""
    return isinstance(ax.xaxis.get_major_formatter(), ConciseDateFormatter)


def _end_with_the_year(ax: Axes, marks: Marks) -> None:
    """Let the axis end with a year that has begun, so that it moves once a year."""
    ax.set_xlim(date2num(marks.start) - 10, date2num(marks.until))
    month_ticks(ax, max(len(ax.xaxis.get_major_locator().tick_values(0, 1)), 4))
