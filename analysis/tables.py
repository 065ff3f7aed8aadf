"""Who earns what: profit by layer, month by month, its split, and where the dollar of a user goes."""

from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.palette import LAYERS
from analysis.results import RUN_KEYS, BatchResults, in_memory
from analysis.statistics import CONFIDENCE, summarise
from market.ledger import FINANCING, TAX

MONEY: Final = ("profit", "capitalised_profit", "cash_profit", "revenue", "cost", "value_added")
RATIOS: Final = {
    "margin": ("profit", "revenue"),
    "capitalised_margin": ("capitalised_profit", "revenue"),
    "cash_margin": ("cash_profit", "revenue"),
}

INVESTMENT: Final = "investment"
PARTS: Final = (*(f"{layer} {what}" for layer in LAYERS for what in ("profit", "costs")), TAX, INVESTMENT)

NEAR_ZERO: Final = 0.05
"""A sum below this share of the amounts added is too near zero to divide by."""


def run_layers(results: Any) -> pd.DataFrame:
    """Return USD of each layer over each whole run, with margins.

    Returns:
        One row per run and layer: ``setting``, ``replication``, ``seed``, ``layer``, the sums named in ``MONEY`` and
        the quotients named in ``RATIOS``, NaN where a layer sold nothing.
    """
    layers = in_memory(results).layers
    sums = layers.groupby([*RUN_KEYS, "layer"], observed=True)[list(MONEY)].sum().reset_index()
    return _with_ratios(sums)


def profit_by_layer(results: Any, measure: str = "profit", confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return what each layer earned over a run, by setting.

    Args:
        results: Results of one run or of a batch.
        measure: ``profit`` (operating profit on accrual, before financing and tax on income), ``capitalised_profit``
            (training written off over a model's life), ``cash_profit``, ``revenue``, ``cost`` or ``value_added``, all
            in USD over the whole run; ``margin``, ``capitalised_margin`` or ``cash_margin``, each over the run's
            revenue.
        confidence: Of the interval.

    Returns:
        One row per setting and layer: ``setting``, ``layer``, ``mean``, ``low``, ``high``, ``deviation``,
        ``replications``; the bounds of a single run are NaN.

    Raises:
        ValueError: If the measure is unknown.
    """
    _check(measure)
    return summarise(run_layers(results), ["setting", "layer"], measure, confidence)


def over_time(results: Any, measure: str = "profit", confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return a measure of ``profit_by_layer`` with a column ``round``: month by month."""
    _check(measure)
    monthly = _with_ratios(in_memory(results).layers[[*RUN_KEYS, "layer", "round", *MONEY]])
    return summarise(monthly, ["setting", "layer", "round"], measure, confidence)


def profit_split(results: Any, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return how the chain's profit divides between the layers that sell anything.

    A share of profit means something only where no layer loses money. A setting is split by profit if every layer
    earned one in each of its runs, otherwise by gross value added; by neither where the sum is too near zero to
    divide by.

    Returns:
        ``setting``, ``layer``, ``basis`` (``profit``, ``value added`` or ``undefined``), ``mean`` (share), ``low``,
        ``high``, ``replications``.
    """
    rows = run_layers(results).query("revenue > 0")
    pieces = []
    for setting, runs in rows.groupby("setting", observed=True):
        basis = "profit" if (runs["profit"] > 0).all() else "value_added"
        total = runs.groupby(["replication", "seed"])[basis].transform("sum")
        size = runs[basis].abs().groupby([runs["replication"], runs["seed"]]).transform("sum")
        if (total <= NEAR_ZERO * size).any():
            basis, shares = "undefined", pd.Series(np.nan, runs.index)
        else:
            shares = runs[basis] / total
        table = summarise(runs.assign(value=shares), ["setting", "layer"], confidence=confidence)
        table.insert(2, "basis", basis.replace("_", " "))
        pieces.append(table[table["setting"] == setting])
    return pd.concat(pieces, ignore_index=True).drop(columns="deviation")


def run_waterfall(results: Any) -> pd.DataFrame:
    """Return the parts of one dollar paid by users, per run: columns ``PARTS`` and ``dollars`` (USD users paid).

    Add up the books of all layers. What one layer pays another cancels, so what users pay equals the layers' operating
    profits, plus what they pay to the outside world (``… costs``, capital goods made there included), plus tax on
    sales, less what the layers spend on lasting assets beyond what they depreciate:

        users' dollar = Σ profit + Σ outside costs + tax − (investment − depreciation)

    The last term is the part ``investment``. It is negative while fleets grow: then profits and costs together are more
    than the users' dollar, and investors or the firms' cash pay the rest. Profit is on accrual and net of tax on sales.
    """
    batch = in_memory(results)
    paid = _flow_totals(batch)
    profit = run_layers(batch).pivot_table(index=RUN_KEYS, columns="layer", values="profit", observed=True)
    tax, running = paid[paid["category"] == TAX], paid[~paid["category"].isin([*FINANCING, TAX])]
    parts = pd.DataFrame({"dollars": _net(tax, "users", "outside", profit.index)})
    for layer in LAYERS:
        parts["dollars"] += _net(running, "users", layer, profit.index)
        parts[f"{layer} profit"] = profit.get(layer, 0.0)
        parts[f"{layer} costs"] = _net(running, layer, "outside", profit.index)
    parts[TAX] = sum(_net(tax, party, "outside", profit.index) for party in (*LAYERS, "users"))
    parts[INVESTMENT] = parts["dollars"] - parts[list(PARTS[:-1])].sum(axis=1)
    shares = parts[list(PARTS)].div(parts["dollars"].where(parts["dollars"] > 0), axis=0)
    return shares.assign(dollars=parts["dollars"]).reset_index()


def waterfall(results: Any, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return how one dollar paid by users divides, by setting: see ``run_waterfall`` for the identity.

    Returns:
        One row per setting and part, in the order of ``PARTS``: ``setting``, ``part``, ``mean`` (share of the dollar),
        ``low``, ``high``, ``replications``. The means of a setting add up to 1.
    """
    wide = run_waterfall(results)
    tidy = wide.melt([*RUN_KEYS, "dollars"], list(PARTS), var_name="part")
    tidy["part"] = pd.Categorical(tidy["part"], categories=PARTS, ordered=True)
    return summarise(tidy, ["setting", "part"], confidence=confidence).drop(columns="deviation")


def investors_money(results: Any, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return what investors put into and took out of each layer, per dollar paid by users.

    Returns:
        ``setting``, ``layer``, ``mean`` (money in less money out, share of the users' dollar), ``low``, ``high``,
        ``replications``.
    """
    batch = in_memory(results)
    paid = _flow_totals(batch)
    paid = paid[paid["category"].isin(FINANCING)]
    dollars = run_waterfall(batch).set_index(RUN_KEYS)["dollars"]
    pieces = []
    for layer in LAYERS:
        share = _net(paid, "investors", layer, dollars.index) / dollars.where(dollars > 0)
        pieces.append(share.rename("value").reset_index().assign(layer=layer))
    tidy = pd.concat(pieces, ignore_index=True)
    tidy["layer"] = pd.Categorical(tidy["layer"], categories=LAYERS, ordered=True)
    return summarise(tidy, ["setting", "layer"], confidence=confidence).drop(columns="deviation")


def _flow_totals(batch: BatchResults) -> pd.DataFrame:
    keys = [*RUN_KEYS, "payer", "payee", "category"]
    return batch.flows.groupby(keys, observed=True)["amount"].sum().reset_index()


def _net(paid: pd.DataFrame, payer: str, payee: str, runs: pd.Index) -> pd.Series:
    """USD paid one way less USD paid back, for each run."""

    def one_way(source: str, sink: str) -> pd.Series:
        rows = paid[(paid["payer"] == source) & (paid["payee"] == sink)]
        return rows.groupby(RUN_KEYS, observed=True)["amount"].sum().reindex(runs, fill_value=0.0)

    return one_way(payer, payee) - one_way(payee, payer)


def _with_ratios(table: pd.DataFrame) -> pd.DataFrame:
    ratios = {name: table[over] / table[under].where(table[under] > 0) for name, (over, under) in RATIOS.items()}
    return table.assign(**ratios)


def _check(measure: str) -> None:
    known = (*MONEY, *RATIOS)
    if measure not in known:
        raise ValueError(f"unknown measure {measure!r}; known are {', '.join(known)}")
