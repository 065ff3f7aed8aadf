"""Who earns what: profit, margin and profit gain of the layers, over the run and year by year."""

from typing import Any, Final

from analysis.palette import LAYER_LABELS, gain, percent
from analysis.report.blocks import Cell, details, paragraph, table
from analysis.report.tables.cells import interval, spread
from analysis.results import BatchResults
from analysis.tables.horizon import margin_by_year, turns
from analysis.tables.layers import profit_by_layer, profit_split
from market.records.columns import LAYERS

_PROFIT_NOTE: Final = (
    "Sums over the run, means over replications, 95 % intervals below. Operating profit is on accrual, before "
    "financing and tax on income, with training expensed; capitalised: training written off over a model's life; "
    "cash: operating cash flow less investment. A dash: nothing sold."
)

_SPLIT_NOTE: Final = (
    "Shares of profit where every layer that sells earned one in every run; otherwise shares of gross value added "
    "(revenue less purchases, before own staff); undefined where the sum is too near zero to divide by."
)

_GAIN_NOTE: Final = (
    "(π − equilibrium)/(cartel − equilibrium) in the last month: 0 where a layer earns what price competition with "
    "that month's demand and costs gives it, 1 where it earns what a cartel of all its firms would, below 0 where it "
    "sells for less. Prices that lag behind falling costs, users' loyalty and scarce capacity put it above 0 without "
    "any cartel. Hardware stands for its chip vendors. A dash: a single seller, or none."
)

_GAIN_UNASKED: Final = (
    "None of these runs has one. It takes as long as some twenty months of a run, and a batch works it out only where "
    "horizon.profit_gain = true under [set] asks for it; a layer with a single seller has none."
)

_YEARS_NOTE: Final = (
    "Operating margin in each year of the run and, small, from the first month to that year's end: what the answer "
    "would be had the run ended there. The sign is that of means over replications; a single odd month is no turn."
)


def profit_table(results: BatchResults) -> str:
    """Return profit and margin of each layer by setting with intervals, and other measures of profit on demand."""
    profits, margins = (profit_by_layer(results, name) for name in ("profit", "margin"))
    rows = []
    for setting in results.settings:
        cells: list[Cell] = [results.title(setting)]
        for layer in LAYERS:
            for found, name in ((profits, "profit"), (margins, "margin")):
                row = found[(found["setting"] == setting) & (found["layer"] == layer)]
                cells += [spread(record, name) for record in row.to_dict("records")] or ["–"]
        rows.append(cells)
    head = [f"{LAYER_LABELS[layer]}: {what}" for layer in LAYERS for what in ("profit, USD", "margin")]
    others = details("Training capitalised, and cash profit", _other_profits(results))
    return table(["Setting", *head], rows) + paragraph(_PROFIT_NOTE, "note") + others


def _other_profits(results: BatchResults) -> str:
    names = ("profit", "capitalised_profit", "cash_profit", "revenue", "value_added")
    tables = [profit_by_layer(results, name).to_dict("records") for name in names]
    rows = []
    for same in zip(*tables, strict=True):
        cells = [spread(row, name) for row, name in zip(same, names, strict=True)]
        rows.append([results.title(same[0]["setting"]), LAYER_LABELS[same[0]["layer"]], *cells])
    head = [
        "Setting",
        "Layer",
        "Operating profit, USD",
        "Training capitalised",
        "Cash profit",
        "Revenue",
        "Value added",
    ]
    return table(head, rows, (0, 1))


def split_table(results: BatchResults) -> str:
    """Return how profit, or value added, divides between layers."""
    shares = profit_split(results)
    rows = []
    for setting, part in shares.groupby("setting", observed=True):
        cells = {row["layer"]: spread(row, "margin") for row in part.to_dict("records")}
        rows.append([results.title(str(setting)), part["basis"].iloc[0], *(cells.get(layer, "–") for layer in LAYERS)])
    head = ["Setting", "Share of", *(LAYER_LABELS[layer] for layer in LAYERS)]
    return details("How profit or value added divides", table(head, rows, (0, 1)), paragraph(_SPLIT_NOTE, "note"))


def gain_table(results: BatchResults) -> str:
    """Return the profit gain of each layer by setting, or how to have it worked out where no run did."""
    title, gains = "Between competition and cartel: the profit gain", profit_by_layer(results, "profit_gain")
    if results.layers["profit_gain"].isna().all():
        return details(title, paragraph(_GAIN_UNASKED, "note"))
    rows = []
    for setting, part in gains.groupby("setting", observed=True, sort=False):
        cells = {row["layer"]: interval(row, gain) for row in part.to_dict("records")}
        rows.append([results.title(str(setting)), *(cells.get(layer, "–") for layer in LAYERS)])
    head = ["Setting", *(LAYER_LABELS[layer] for layer in LAYERS)]
    return details(title, table(head, rows), paragraph(_GAIN_NOTE, "note"))


def years_table(results: BatchResults) -> str:
    """Return each layer's margin year by year and so far, with the month from which it has its last sign."""
    years, signs = margin_by_year(results), turns(results)
    numbers = sorted(years["year"].unique())
    rows = []
    for (setting, layer), part in years.groupby(["setting", "layer"], observed=True):
        path = part.set_index("year").reindex(numbers)
        cells = [
            f"{percent(now, 0)}\nso far {percent(so_far, 0)}" for now, so_far in path[["margin", "so_far"]].to_numpy()
        ]
        turn = signs[(signs["setting"] == setting) & (signs["layer"] == layer)].iloc[0]
        since = "" if turn["sign"] == 0 else f"{'earning' if turn['sign'] > 0 else 'losing'}, {_since(turn)}"
        rows.append([results.title(str(setting)), LAYER_LABELS[str(layer)], *cells, since])
    head = ["Setting", "Layer", *(f"Year {number}" for number in numbers), "Sign of the monthly margin at the end"]
    return table(head, rows, (0, 1, len(head) - 1)) + paragraph(_YEARS_NOTE, "note")


def _since(turn: Any) -> str:
    often = f" (turned {turn['times']} times)" if turn["times"] > 1 else ""
    return f"since {turn['month']}{often}" if turn["times"] else "all the time"
