"""What is sold along the chain, at what price and at what unit cost."""

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.drawing import (
    first_run,
    heading,
    month_axis,
    months,
    new_figure,
    plain_price_axis,
    styled,
)
from analysis.figures.names import of_setting, titles
from analysis.findings.sentences import prices_finding
from analysis.palette import COLOURS
from analysis.results import in_memory
from analysis.tables.horizon import period

_UNIT_COST: Final = "#444444"
_HARDWARE: Final = (
    ("Chips", "USD per accelerator", "price_chip", "chip vendor"),
    ("Servers", "USD per accelerator", "price_server", "server maker"),
    ("Electricity", "USD per kWh", "price_kwh", "power supplier"),
)
_TOKENS: Final = (
    ("price_retail", "retail", COLOURS["resellers"], "-"),
    ("price_wholesale", "wholesale", COLOURS["labs"], "--"),
    ("unit_cost_token", "unit cost of labs", _UNIT_COST, ":"),
)


@styled
def prices_and_unit_costs(results: Any, setting: str | None = None) -> Figure:
    """Draw prices and unit costs of chips, servers, electricity and tokens in the first run of a setting.

    What had no price in the run is left out.
    """
    batch = in_memory(results)
    setting = setting or batch.settings[0]
    rounds = first_run(batch.rounds, setting).set_index("round")
    firms = first_run(batch.firms, setting)
    dates = months(batch).reindex(rounds.index).to_numpy()
    mark = "o" if len(dates) == 1 else None
    hardware = [panel for panel in _HARDWARE if rounds[panel[2]].notna().any()]
    figure = new_figure(11, 6.2)
    axes = figure.subplots(*((2, 2) if hardware else (1, 1)), sharex=True, squeeze=False).ravel()
    for ax, (title, unit, price, kind) in zip(axes, hardware, strict=False):
        cost = unit_cost(firms, kind).reindex(rounds.index)
        ax.plot(dates, rounds[price], color=COLOURS["hardware"], marker=mark, label="price")
        ax.plot(dates, cost, color=_UNIT_COST, linestyle=":", marker=mark, label="unit cost")
        plain_price_axis(ax, pd.concat([rounds[price], cost]))
        ax.set(title=title, ylabel=unit)
    for column, label, colour, dash in _TOKENS:
        axes[-1].plot(dates, rounds[column], color=colour, linestyle=dash, marker=mark, label=label)
    plain_price_axis(axes[-1], rounds[[column for column, *_ in _TOKENS]].melt()["value"])
    axes[-1].set(title="Tokens", ylabel="USD per Mtok")
    for ax in axes:
        month_axis(ax)
        ax.legend()
    for ax in axes[:2]:
        ax.set_xlabel("")
    note = (
        "Averages weighted by quantity; token prices as paid. Unit cost: what one unit more costs its seller, "
        f"without costs that are fixed. One run, {period(batch)}."
    )
    heading(figure, of_setting(titles(batch)[setting], prices_finding(rounds.reset_index())), note)
    return figure


def unit_cost(firms: pd.DataFrame, kind: str) -> "pd.Series[float]":
    """Return the average unit cost of a kind of firm by round, weighted by quantity; the plain mean of no sales."""
    of_kind = firms[(firms["kind"] == kind) & firms["unit_cost"].notna()]
    weighted = of_kind.assign(cost=of_kind["unit_cost"] * of_kind["quantity"]).groupby("round")
    sums, plain = weighted[["cost", "quantity"]].sum(), weighted["unit_cost"].mean()
    return (sums["cost"] / sums["quantity"].replace(0.0, np.nan)).fillna(plain)
