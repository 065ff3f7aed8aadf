"""Who pays for whom: people, tokens and money by plan, and what a user of each plan brings and costs."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis.figures.captions import mean_of
from analysis.figures.drawing import LEGEND_WIDTH, heading, month_axis, months, new_figure, share_axis, styled, tick
from analysis.figures.names import of_setting, titles
from analysis.findings.sentences import plans_finding
from analysis.palette import PLAN_COLOURS, PLAN_LABELS
from analysis.results import in_memory
from analysis.tables.plans import SIZES, plans_over_time

_COST: Final = "#444444"
_IN_A_ROW: Final = 3
"""Names of plans that stand beside a title."""
_TITLES: Final = {"users": "People with a provider", "tokens": "Tokens used", "revenue": "What users pay"}
_NOTE: Final = (
    "Above: shares of the month, of all sellers. Below: what a user of the plan pays, and what the tokens cost the "
    "seller: labs running and wear of servers, resellers purchase and support."
)


@styled
def who_pays_for_whom(results: Any, setting: str | None = None) -> Figure:
    """Draw shares of people, tokens and money by plan over time, and revenue and cost per user of each plan.

    Args:
        results: Results of one run or of a batch.
        setting: In which something else than tokens by the token is sold; by default the first.
    """
    batch = in_memory(results)
    setting = setting or batch.settings[0]
    table = plans_over_time(batch, setting)
    plans = [str(plan) for plan in table["plan"].cat.categories]
    dates = months(batch, setting).reindex(sorted(table["round"].unique())).to_numpy()
    figure = new_figure(11, 6.4)
    halves = figure.add_gridspec(2, 1)
    above, below = halves[0].subgridspec(1, len(SIZES)), halves[1].subgridspec(1, len(plans))
    for place, size in enumerate(SIZES):
        ax = figure.add_subplot(above[place])
        _stack(ax, dates, table.pivot(index="round", columns="plan", values=size), plans)
        ax.set_title(_TITLES[size])
        month_axis(ax, 4)
        ax.set_xlabel("")
    for place, plan in enumerate(plans):
        ax = figure.add_subplot(below[place])
        _per_user(ax, dates, table[table["plan"] == plan], plan)
        ax.set_ylabel("USD per user and month" if place == 0 else "")
    handles = [Patch(color=PLAN_COLOURS[plan], label=PLAN_LABELS[plan]) for plan in plans]
    rows = -(-len(plans) // _IN_A_ROW)
    figure.legend(handles=handles, loc="upper right", ncols=-(-len(plans) // rows), borderaxespad=0.2)
    finding = plans_finding(table[table["round"] == table["round"].max()], str(months(batch, setting).iloc[-1])[:7])
    heading(figure, of_setting(titles(batch)[setting], finding), f"{_NOTE} {mean_of(batch, setting)}", LEGEND_WIDTH)
    return figure


def _stack(ax: Axes, dates: Any, shares: pd.DataFrame, plans: Sequence[str]) -> None:
    """Stack the shares of plans; the bars of a single month."""
    heights = [shares[plan].to_numpy() for plan in plans]
    colours = [PLAN_COLOURS[plan] for plan in plans]
    if len(dates) > 1:
        ax.stackplot(dates, heights, colors=colours, linewidth=0)
    else:
        bottom = 0.0
        for height, colour in zip(heights, colours, strict=True):
            ax.bar(dates, height, bottom=bottom, width=26, color=colour)
            bottom += float(height[0])
    ax.set_ylim(0, 1)
    ax.grid(visible=False)
    share_axis(ax.yaxis, "")


def _per_user(ax: Axes, dates: Any, rows: pd.DataFrame, plan: str) -> None:
    """Draw what a user of a plan brings and costs."""
    mark = "o" if len(dates) == 1 else None
    brought, cost = rows["revenue_per_user"], rows["cost_per_user"]
    ax.plot(dates, brought.to_numpy(), color=PLAN_COLOURS[plan], linewidth=2.2, marker=mark, label="pays")
    ax.plot(dates, cost.to_numpy(), color=_COST, linestyle=":", marker=mark, label="costs")
    ax.yaxis.set_major_formatter(lambda value, _: tick(value))
    largest = pd.concat([brought, cost]).max()
    ax.set_ylim(0, 1.12 * largest if largest > 0 else 1)
    ax.set_title(f"{PLAN_LABELS[plan]}: a user")
    month_axis(ax, 4)
    ax.legend()
