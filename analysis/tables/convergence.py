"""How sure more replications make an answer: means and intervals as they are added, and how many it would take."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.statistics import replications_needed, t_interval
from analysis.tables.layers import run_layers

ENOUGH = 0.05
"""Half the width of an interval of a margin that is narrow enough: five points."""

FEWEST = 3
"""Replications from which on it can be seen where means go."""

MOST = 10_000
"""Replications beyond which nobody would go to tell a margin from zero."""


def running_margins(results: Any, setting: str) -> pd.DataFrame:
    """Return the margin of each layer over the first, the first two, … replications of a setting; one has no interval.

    Returns:
        One row per layer and number of replications: ``layer``, ``replications``, ``mean``, ``low``, ``high``.
    """
    rows = []
    for layer, margins in _margins(results, setting).items():
        for count in range(1, len(margins) + 1):
            found = t_interval(margins[:count])
            rows.append((layer, count, found.mean, found.low, found.high))
    return pd.DataFrame(rows, columns=["layer", "replications", "mean", "low", "high"])


def needed(results: Any, setting: str) -> pd.DataFrame:
    """Return how many replications it would take, by the spread of those at hand.

    Returns:
        One row per layer with two margins or more: ``layer``, ``mean``, ``low``, ``high``, ``replications``;
        ``enough``, the number for an interval of ±`ENOUGH`, and ``sign``, that for one as far from zero as the mean,
        NaN beyond `MOST`.
    """
    rows = []
    for layer, margins in _margins(results, setting).items():
        found = t_interval(margins)
        if found.count < 2:
            continue
        spread = float(np.std(margins, ddof=1))
        tells = abs(found.mean) > 2 * spread / MOST**0.5
        sign = replications_needed(margins, abs(found.mean)) if tells else np.nan
        enough = replications_needed(margins, ENOUGH)
        rows.append((layer, found.mean, found.low, found.high, found.count, enough, sign))
    return pd.DataFrame(rows, columns=["layer", "mean", "low", "high", "replications", "enough", "sign"])


def _margins(results: Any, setting: str) -> dict[str, np.ndarray]:
    """Return the margin of each run in which a layer sold anything, by layer and in the order of replications."""
    runs = run_layers(results)
    runs = runs[(runs["setting"] == setting) & runs["margin"].notna()].sort_values("replication")
    return {str(layer): rows["margin"].to_numpy() for layer, rows in runs.groupby("layer", observed=True)}
