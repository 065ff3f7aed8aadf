"""How often something holds in the worlds that a record does not rule out, and whether seeds or worlds differ more."""

from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.findings.claim import CLAIMS, claim_quantities
from analysis.palette import percent
from analysis.results import BatchResults, Row, in_memory
from analysis.tables.layers import run_layers
from market.records.columns import LAYERS
from scenarios.batches.precision import CONFIDENCE

NAMES: Final = {"hardware": "hardware loses money", "labs": "labs lose money", "resellers": "resellers lose money"}


def worlds_of(results: Any) -> int:
    """Return the number of worlds in which every setting was run; 0 where there was no ensemble."""
    return int((in_memory(results).manifest.get("ensemble") or {}).get("number", 0))


def margins_in_worlds(results: Any, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return the margin of each layer over the worlds of an ensemble.

    A world's margin is the mean over its replications. With two replications or more, the variance of a run's margin is
    split in that between worlds and that between seeds within a world (one-way analysis of variance, random effects):
    σ²_between = (MS_between − MS_within) / r, not below zero.

    Returns:
        A row per setting and layer: ``worlds``, ``negative`` (share of worlds with a loss) with ``low`` and ``high``
        (Wilson's interval), ``value_5``, ``value_50``, ``value_95`` of the margin, ``doubt`` (its standard deviation
        between worlds) and ``noise`` (between seeds; NaN with one replication a world).
    """
    batch = in_memory(results)
    table = _with_world(batch, run_layers(batch))
    rows = []
    for (setting, layer), part in table.groupby(["setting", "layer"], observed=True, sort=False):
        runs = part.dropna(subset="margin")
        margin = runs.groupby("world")["margin"].mean()
        if not len(margin):
            continue
        share, low, high = share_with_interval(int((margin < 0).sum()), len(margin), confidence)
        quantiles = dict(zip(("value_5", "value_50", "value_95"), margin.quantile([0.05, 0.5, 0.95]), strict=True))
        doubt, noise = _spreads(runs, margin)
        row = {"setting": setting, "layer": layer, "worlds": len(margin), "negative": share, "low": low, "high": high}
        rows.append(row | quantiles | {"doubt": doubt, "noise": noise})
    return pd.DataFrame(rows).astype({"setting": table["setting"].dtype})


def claims_in_worlds(results: Any, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return in which share of the worlds each part of the claim holds.

    It holds in a world if it does in more than half of its replications.

    Returns:
        A row per setting and claim: ``claim``, ``worlds``, ``share``, ``low``, ``high`` (Wilson's interval).
    """
    batch = in_memory(results)
    return _claims_held(batch, _with_world(batch, claim_quantities(batch)), confidence)


def claims_in_runs(results: Any, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return in which share of the runs each part of the claim holds; as `claims_in_worlds`, each run a world."""
    batch = in_memory(results)
    quantities = claim_quantities(batch)
    return _claims_held(batch, quantities.assign(world=quantities["replication"]), confidence)


def _claims_held(batch: BatchResults, table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    rows = []
    for setting, part in table.groupby("setting", observed=True, sort=False):
        for claim in CLAIMS:
            quantities = part[list(claim.quantities)]
            known = quantities.notna().all(axis=1)
            holds = (claim.sign * quantities > 0).all(axis=1)[known]
            by_world = holds.groupby(part.loc[known, "world"]).mean() > 0.5
            if len(by_world):
                share, low, high = share_with_interval(int(by_world.sum()), len(by_world), confidence)
                row = {"setting": setting, "claim": claim.text, "worlds": len(by_world)}
                rows.append(row | {"share": share, "low": low, "high": high})
    names = ["setting", "claim", "worlds", "share", "low", "high"]
    return pd.DataFrame(rows, columns=names).astype({"setting": table["setting"].dtype})


def share_with_interval(count: int, number: int, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """Return a share and Wilson's interval (Wilson 1927), which holds near 0 and 1 too."""
    from scipy.stats import binomtest

    interval = binomtest(count, number).proportion_ci(confidence, method="wilson")
    return count / number, float(interval.low), float(interval.high)


def mostly(row: Row) -> str:
    """Say whether a share with its interval lies above one half for sure (``yes``), below it (``no``), or ``open``."""
    return "yes" if row["low"] > 0.5 else "no" if row["high"] < 0.5 else "open"


def worlds_sentence(results: Any, main: str) -> str:
    """Say how often labs lose money in the worlds of an ensemble, and in which setting least and most often."""
    batch = in_memory(results)
    found = margins_in_worlds(batch)
    about = batch.manifest["ensemble"]
    shares = found.pivot(index="setting", columns="layer", values="negative")
    known = shares.loc[main].dropna().to_dict()
    said = ", ".join(f"{NAMES[layer]} in {percent(known[layer], 0)}" for layer in LAYERS if layer in known)
    sentence = f"In {about['number']} worlds that agree with “{about['title']}” ({batch.title(main)}): {said} of them."
    labs = shares["labs"].dropna().to_dict() if "labs" in shares else {}
    others = {str(name): float(share) for name, share in labs.items() if name != main}
    if not others:
        return sentence
    ends = dict.fromkeys((min(others, key=others.__getitem__), max(others, key=others.__getitem__)))
    more = " and ".join(f"{percent(others[name], 0)} in {batch.title(name)}" for name in ends)
    return f"{sentence} Labs lose money in {more}."


def _with_world(batch: BatchResults, table: pd.DataFrame) -> pd.DataFrame:
    number = worlds_of(batch)
    if not number:
        raise ValueError("these results are of one world: tokenmarket batch --ensemble makes more")
    return table.assign(world=table["replication"] % number)


def _spreads(runs: pd.DataFrame, margin: "pd.Series[float]") -> tuple[float, float]:
    """Return the standard deviation between worlds and that between seeds of a world."""
    each = runs.groupby("world")["margin"].agg(["count", "var"])
    repeated = each[each["count"] > 1]
    if len(margin) < 2:
        return np.nan, np.nan
    if repeated.empty:
        return float(margin.std()), np.nan
    within = float(np.average(repeated["var"], weights=repeated["count"] - 1))
    between = float(margin.var()) - within / float(each["count"].mean())
    return float(np.sqrt(max(between, 0.0))), float(np.sqrt(within))
