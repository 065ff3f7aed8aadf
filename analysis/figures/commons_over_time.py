"""The content commons: who writes, what models are trained on, and what that does to them."""

from typing import Any, Final

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.drawing import heading, month_axis, new_figure, share_axis, styled
from analysis.palette import COLOURS, number, percent

_HUMAN: Final = COLOURS["users"]
_MACHINE: Final = COLOURS["labs"]
_CLEAN: Final = "#444444"


@styled
def commons_over_time(table: pd.DataFrame) -> Figure:
    """Draw text written, the human share of what models train on, and quality with and without the commons.

    Args:
        table: ``Results.commons`` of one run with a month at least.
    """
    dates = pd.to_datetime(table["month"].astype(str) + "-01").to_numpy()
    mark = "o" if len(table) == 1 else None
    figure = new_figure(11, 4.2)
    written, share, quality = figure.subplots(1, 3)
    lines: tuple[tuple[Any, str, str, str, str], ...] = (
        (written, "human_created", "people", _HUMAN, "-"),
        (written, "synthetic_posted", "AI", _MACHINE, "--"),
        (share, "corpus_human_share", "training set", _HUMAN, "-"),
        (share, "fresh_human_share", "newest text in it", _MACHINE, "--"),
        (quality, "quality_potential", "with this text", _MACHINE, "-"),
        (quality, "quality_without_commons", "if text were never short", _CLEAN, ":"),
    )
    for ax, column, label, colour, dash in lines:
        ax.plot(dates, table[column].to_numpy(), color=colour, linestyle=dash, marker=mark, label=label)
    for ax, title, unit in (
        (written, "Text written in a month", "Ttok (10¹² tokens)"),
        (share, "Human share", ""),
        (quality, "Best model", "doublings of effective compute"),
    ):
        ax.set(title=title, ylabel=unit)
        month_axis(ax, 4)
        ax.legend()
    share_axis(share.yaxis, "", 1.0)
    share.set_ylim(0, 1.02)
    written.set_ylim(bottom=0)
    last = table.iloc[-1]
    finding = (
        f"{percent(last['reliance'], 0)} of people rely on AI; people write {number(last['human_created'])} Ttok a "
        f"month, AI posts {number(last['synthetic_posted'])}; models lose {number(last['doublings_lost'])} doublings"
    )
    first, until = table["month"].astype(str).iloc[[0, -1]]
    heading(figure, finding, f"Text fit for training. One run, {first} to {until}.")
    return figure
