"""Who earns what: profit and margin by layer, month by month, and how it divides."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.results import RUN_KEYS, in_memory
from analysis.statistics import summarise
from scenarios.batches.precision import CONFIDENCE

MONEY: Final = ("profit", "capitalised_profit", "cash_profit", "revenue", "cost", "value_added")
RATIOS: Final = {
    "margin": ("profit", "revenue"),
    "capitalised_margin": ("capitalised_profit", "revenue"),
    "cash_margin": ("cash_profit", "revenue"),
}

NEAR_ZERO: Final = 0.05
"""A sum below this share of the amounts added is too near zero to divide by."""


def run_layers(results: Any) -> pd.DataFrame:
    """Return USD of each layer over each whole run, with margins.

    Returns:
        One row per run and layer: ``setting``, ``replication``, ``seed``, ``layer``, the sums named in ``MONEY``, the
        quotients named in ``RATIOS``, NaN where a layer sold nothing, and the profit gain of the last month.
    """
    groups = in_memory(results).layers.groupby([*RUN_KEYS, "layer"], observed=True)
    return _with_ratios(groups[list(MONEY)].sum().assign(profit_gain=groups["profit_gain"].last()).reset_index())


def profit_by_layer(results: Any, measure: str = "profit", confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return what each layer earned over a run, by setting.

    Args:
        results: Results of one run or of a batch.
        measure: ``profit`` (operating profit on accrual, before financing and tax on income), ``capitalised_profit``
            (training written off over a model's life), ``cash_profit``, ``revenue``, ``cost`` or ``value_added``, all
            in USD over the whole run; ``margin``, ``capitalised_margin`` or ``cash_margin``, each over the run's
            revenue; ``profit_gain`` (0 as in the price equilibrium of the last month's demand and costs, 1 as in a
            cartel of the layer, NaN with a single seller).
        confidence: Of the interval.

    Returns:
        One row per setting and layer: ``setting``, ``layer``, ``mean``, ``low``, ``high``, ``deviation``,
        ``replications``; the bounds of a single run are NaN.

    Raises:
        ValueError: If the measure is unknown.
    """
    _check(measure, (*MONEY, *RATIOS, "profit_gain"))
    return summarise(run_layers(results), ["setting", "layer"], measure, confidence)


def over_time(results: Any, measure: str = "profit", confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return a measure of ``profit_by_layer``, but the profit gain, with a column ``round``: month by month."""
    _check(measure, (*MONEY, *RATIOS))
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


def _with_ratios(table: pd.DataFrame) -> pd.DataFrame:
    ratios = {name: table[over] / table[under].where(table[under] > 0) for name, (over, under) in RATIOS.items()}
    return table.assign(**ratios)


def _check(measure: str, known: Sequence[str]) -> None:
    if measure not in known:
        raise ValueError(f"unknown measure {measure!r}; known are {', '.join(known)}")
