"""Prices along the chain and market shares, month by month."""

from typing import Any, Final

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from analysis.figures.captions import marks
from analysis.figures.drawing import (
    band,
    first_run,
    heading,
    month_axis,
    months,
    new_figure,
    plain_price_axis,
    share_axis,
    styled,
)
from analysis.figures.names import of_setting, plain, titles
from analysis.findings.sentences import prices_finding
from analysis.palette import COLOURS
from analysis.results import in_memory
from analysis.statistics import summarise
from analysis.tables.horizon import period

_PANELS: Final = (
    ("Hardware", "USD per accelerator", {"price_server": "server", "price_chip": "chip"}),
    ("Electricity", "USD per kWh", {"price_kwh": "electricity"}),
    (
        "Tokens",
        "USD per Mtok",
        {"price_retail": "retail", "price_wholesale": "wholesale", "unit_cost_token": "unit cost"},
    ),
    (
        "Tokens, by quality",
        "USD per Mtok",
        {"price_frontier": "best model", "price_constant_quality": "as good as the first"},
    ),
)
_LINES: Final = {
    "price_server": (COLOURS["hardware"], "-"),
    "price_chip": ("#56B4E9", "--"),
    "price_kwh": (COLOURS["hardware"], "-"),
    "price_retail": (COLOURS["resellers"], "-"),
    "price_wholesale": (COLOURS["labs"], "--"),
    "unit_cost_token": ("#444444", ":"),
    "price_frontier": (COLOURS["labs"], "-"),
    "price_constant_quality": ("#444444", "--"),
}
_KINDS: Final = {"chip vendor": "hardware", "lab": "labs", "host": "labs", "reseller": "resellers"}
_NAMED: Final = 6
"""Firms with a colour of their own in a figure of market shares; the others are added up."""


@styled
def price_paths(results: Any, setting: str | None = None) -> Figure:
    """Draw the prices of servers, chips, electricity and tokens, with labs' unit cost and by quality, in one setting.

    What had no price in the setting is left out.
    """
    batch = in_memory(results)
    setting = setting or batch.settings[0]
    rounds = batch.rounds[batch.rounds["setting"] == setting]
    calendar = months(batch, setting)
    traded = [panel for panel in _PANELS if rounds[[*panel[2]]].notna().any(axis=None)]
    figure = new_figure(11, 4.2)
    axes = figure.subplots(1, max(len(traded), 1), squeeze=False)[0]
    for ax, (title, unit, series) in zip(axes, traded, strict=len(traded) > 0):
        tables = {name: summarise(rounds, ["round"], name).dropna(subset="mean") for name in series}
        for name, table in tables.items():
            colour, dash = _LINES[name]
            band(ax, calendar.reindex(table["round"]).to_numpy(), table, colour, series[name], linestyle=dash)
        plain_price_axis(ax, pd.concat([table["mean"] for table in tables.values()]))
        month_axis(ax)
        ax.set_title(title)
        ax.set_ylabel(unit)
        if len(series) > 1:
            ax.legend()
    note = (
        f"{marks(batch, 'Shaded', setting=setting)} Token prices are averages weighted by quantity, as paid; those by "
        "quality are asked: by the lab with the best model, and least for what was best in the first month."
    )
    heading(figure, of_setting(titles(batch)[setting], prices_finding(rounds)), note)
    return figure


@styled
def market_shares(results: Any, setting: str | None = None) -> Figure:
    """Draw market shares by quantity of chip vendors, labs, hosts and resellers in the first run of a setting."""
    batch = in_memory(results)
    setting = setting or batch.settings[0]
    firms = first_run(batch.firms, setting)
    calendar = months(batch, setting)
    kinds = [kind for kind in _KINDS if (firms["kind"] == kind).any()]
    figure = new_figure(11, 4.4)
    for ax, kind in zip(figure.subplots(1, len(kinds), sharey=True, squeeze=False)[0], kinds, strict=True):
        of_kind = firms[firms["kind"] == kind]
        wide = of_kind.pivot_table(index="round", columns="firm", values="market_share", observed=True).fillna(0.0)
        wide = _largest(wide)
        shades = sns.light_palette(COLOURS[_KINDS[kind]], wide.shape[1] + 1, reverse=True)[: wide.shape[1]]
        dates, shares = _to_the_end(calendar.reindex(wide.index), wide.to_numpy())
        stack = ax.stackplot(dates, shares.T, labels=[plain(name) for name in wide], colors=shades)
        for area in stack:
            area.set(edgecolor="white", linewidth=0.6)
        ax.set(title=f"{kind.capitalize()}s", ylim=(0, 1))
        month_axis(ax)
        ax.set_xlim(dates[0], dates[-1])
        share_axis(ax.yaxis, "share of quantity sold", 1.0)
        ax.label_outer()
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    seed = firms["seed"].iloc[0] if len(firms) else "–"
    finding = f"Market shares in one run (seed {seed})"
    heading(figure, of_setting(titles(batch)[setting], finding), f"{period(batch)}.")
    return figure


def _to_the_end(dates: "pd.Series[pd.Timestamp]", shares: Any) -> tuple[Any, Any]:
    """Return dates and shares; those of a single month are drawn over its length."""
    if len(dates) > 1:
        return dates.to_numpy(), shares
    only = dates.iloc[0]
    return np.array([only, only + pd.DateOffset(months=1)], dtype="datetime64[D]"), np.repeat(shares, 2, axis=0)


def _largest(wide: pd.DataFrame) -> pd.DataFrame:
    """Order firms by their share over the run; all but the first ``_NAMED`` become one column."""
    order = wide.sum().sort_values(ascending=False, kind="stable").index
    named = wide[order[:_NAMED]].copy()
    named.columns = named.columns.astype(str)
    rest = order[_NAMED:]
    if len(rest):
        named[f"{len(rest)} others"] = wide[rest].sum(axis=1)
    return named
