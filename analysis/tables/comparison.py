"""Differences between settings, from runs that share their random numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd

from analysis.palette import LAYER_LABELS
from analysis.results import RUN_KEYS, in_memory
from analysis.statistics import INTERVALS, Interval, adjusted, effect_size, p_value, paired_differences
from analysis.tables.horizon import aligned
from analysis.tables.layers import run_layers
from market.records.columns import LAYERS
from scenarios.batches.precision import CONFIDENCE


@dataclass(frozen=True)
class Measure:
    """A number that sums up a run.

    Attributes:
        label: What tables and figures call it.
        unit: Its unit; ``1`` for a pure number.
        positive: Whether it is positive by nature, so that a relative change means something.
    """

    label: str
    unit: str
    positive: bool = False


_LAYER_MEASURES: Final = {
    "profit": ("profit", "USD"),
    "capitalised_profit": ("profit, training capitalised", "USD"),
    "margin": ("margin", "1"),
}
_MARKET_MEASURES: Final = {
    "tokens": Measure("Tokens served", "Mtok", positive=True),
    "price_retail": Measure("Retail price", "USD/Mtok", positive=True),
    "price_wholesale": Measure("Wholesale price", "USD/Mtok", positive=True),
    "price_chip": Measure("Chip price", "USD/accelerator", positive=True),
    "price_kwh": Measure("Electricity price", "USD/kWh", positive=True),
    "consumer_surplus": Measure("Consumer surplus", "USD"),
    "unserved_share": Measure("Unserved demand", "1"),
    "utilisation": Measure("Utilisation", "1"),
    "quality_frontier": Measure("Best quality at the end", "doublings of compute"),
    "hhi_labs": Measure("Concentration of labs at the end (HHI)", "1", positive=True),
    "labs": Measure("Labs alive at the end", "firms"),
    "resellers": Measure("Resellers alive at the end", "firms"),
}
MEASURES: Final[Mapping[str, Measure]] = {
    f"{layer}_{name}": Measure(f"{LAYER_LABELS[layer]}: {label}", unit)
    for name, (label, unit) in _LAYER_MEASURES.items()
    for layer in LAYERS
} | _MARKET_MEASURES

_SUMS: Final = ("tokens", "consumer_surplus")
_PER_TOKEN: Final = ("price_retail", "price_wholesale", "unserved_share")
_MEANS: Final = ("price_chip", "price_kwh", "utilisation")
_LAST: Final = ("quality_frontier", "hhi_labs", "labs", "resellers")


def run_measures(results: Any) -> pd.DataFrame:
    """Return every measure of ``MEASURES`` for each run: ``setting``, ``replication``, ``seed``, then one column each.

    Tokens, profit and surplus are summed over the run; prices of tokens are weighted by tokens; other prices are
    averages over months.
    """
    layers = run_layers(results).pivot(index=RUN_KEYS, columns="layer", values=list(_LAYER_MEASURES))
    layers.columns = layers.columns.map(lambda pair: f"{pair[1]}_{pair[0]}")
    rounds = in_memory(results).rounds
    runs = rounds.groupby(RUN_KEYS, observed=True)
    market = runs[list(_SUMS)].sum().join([runs[list(_MEANS)].mean(), runs[list(_LAST)].last()])
    keys = [rounds[key] for key in RUN_KEYS]
    for name in _PER_TOKEN:
        weight = rounds["tokens"].where(rounds[name].notna())
        weighted = (rounds[name] * weight).groupby(keys, observed=True).sum()
        total = weight.groupby(keys, observed=True).sum()
        market[name] = weighted / total.where(total > 0)
    return layers.join(market).reindex(columns=list(MEASURES)).reset_index()


def compare(
    results: Any,
    baseline: str = "baseline",
    measures: Mapping[str, Measure] = MEASURES,
    confidence: float = CONFIDENCE,
    method: Literal["t", "bootstrap"] = "t",
) -> pd.DataFrame:
    """Return how each setting differs from the baseline, replication by replication.

    Args:
        results: Results of a batch whose settings share seeds.
        baseline: Name of the setting to compare with.
        measures: What to compare; a part of ``MEASURES``.
        confidence: Of the intervals.
        method: ``t``, or ``bootstrap`` (bias-corrected and accelerated) for skewed differences.

    Returns:
        One row per measure and setting: ``measure``, ``label``, ``unit``, ``setting``, the means ``baseline`` and
        ``value``, ``difference``, ``low``, ``high``, ``relative`` (difference over the baseline's mean, only where
        the measure is positive by nature), ``pairs``, ``verdict``: ``higher``, ``lower``, ``equal`` (in every
        pair), ``unclear`` (the interval holds zero) or ``one pair``, ``effect`` (difference over the standard deviation
        of differences), ``p`` (of Student's paired test) and ``p_adjusted`` (corrected for all rows, see `adjusted`).
        A setting without a common replication has no rows.

        Where settings run for different lengths, all are compared over the months that every one of them has.

    Raises:
        ValueError: If the baseline has no runs, or settings start in different months.
    """
    results, _ = aligned(results)
    runs = run_measures(results)
    rows = []
    for name, measure in measures.items():
        pairs = paired_differences(runs, baseline, name).dropna(subset="difference")
        for setting, of_setting in pairs.groupby("setting", observed=True):
            row = {"measure": name, "label": measure.label, "unit": measure.unit, "setting": setting}
            rows.append(row | _difference(of_setting, measure, INTERVALS[method], confidence))
    columns = ["measure", "label", "unit", "setting", "baseline", "value", "difference", "low", "high"]
    table = pd.DataFrame(rows, columns=[*columns, "relative", "pairs", "verdict", "effect", "p"])
    return table.assign(p_adjusted=adjusted(table["p"])).astype({"setting": runs["setting"].dtype})


def _difference(
    pairs: pd.DataFrame, measure: Measure, interval: Callable[..., Interval], confidence: float
) -> dict[str, Any]:
    found = interval(pairs["difference"], confidence)
    base = float(pairs["baseline"].mean())
    return {
        "baseline": base,
        "value": float(pairs["value"].mean()),
        "difference": found.mean,
        "low": found.low,
        "high": found.high,
        "relative": found.mean / base if measure.positive and base > 0 else float("nan"),
        "pairs": found.count,
        "verdict": _verdict(found, bool((pairs["difference"] == 0).all())),
        "effect": effect_size(pairs["difference"]),
        "p": p_value(pairs["difference"]),
    }


def _verdict(found: Interval, equal: bool) -> str:
    if equal:
        return "equal"
    if found.count < 2:
        return "one pair"
    return {1: "higher", -1: "lower", 0: "unclear"}[found.sign]
