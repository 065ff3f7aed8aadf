"""The value of a measure in each run."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.results import in_memory
from scenarios.files.measures import LAST, RATIOS, Measure


def values_by_setting(results: Any, measures: Sequence[Measure], settings: Sequence[str]) -> pd.DataFrame:
    """Return measures of the first replication of each setting.

    Money of layers is summed over the run, margins are quotients of sums, what a market has is its mean over months.

    Returns:
        A row per setting, a column per measure by its name; NaN where there is no run, or the measure means nothing.
    """
    batch = in_memory(results)
    found = {measure.name: _value(batch, measure) for measure in measures}
    table = pd.DataFrame(found).reindex(pd.Index(settings))
    return table.replace([np.inf, -np.inf], np.nan)


def _value(batch: Any, measure: Measure) -> "pd.Series[float]":
    if measure.layer is None:
        rounds = batch.rounds[batch.rounds["replication"] == 0]
        return _plain(rounds.groupby("setting", observed=True)[measure.column].mean())
    rows = batch.layers[(batch.layers["layer"] == measure.layer) & (batch.layers["replication"] == 0)]
    groups = rows.groupby("setting", observed=True)
    if measure.column in RATIOS:
        part, whole = (groups[column].sum() for column in RATIOS[measure.column])
        return _plain(part / whole.where(whole > 0))
    return _plain(groups[measure.column].last() if measure.column in LAST else groups[measure.column].sum(min_count=1))


def _plain(values: Any) -> "pd.Series[float]":
    """Return values by setting as text, not as category."""
    return pd.Series(np.asarray(values, dtype=float), index=values.index.astype(str))
