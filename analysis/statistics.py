"""Intervals over replications, paired differences and the number of replications an answer needs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from scenarios.batches.precision import CONFIDENCE, students_half_width

ROUNDING = 1e-12
"""Relative difference below which two results of the same arithmetic are equal."""


@dataclass(frozen=True)
class Interval:
    """A mean and its confidence interval; the bounds are NaN where fewer than two values are known.

    Attributes:
        mean: Mean of the defined values, NaN without any.
        low: Lower bound.
        high: Upper bound.
        count: Values that are defined.
    """

    mean: float
    low: float
    high: float
    count: int

    @property
    def sign(self) -> int:
        """1 or −1 where the whole interval lies on that side of zero, otherwise 0."""
        return int(self.low > 0) - int(self.high < 0)


def t_interval(values: ArrayLike, confidence: float = CONFIDENCE) -> Interval:
    """Return the mean of independent replications with Student's t interval; undefined values are left out."""
    known = _defined(values)
    if known.size == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    mean = float(known.mean())
    half = students_half_width(float(known.std(ddof=1)) if known.size > 1 else np.nan, known.size, confidence)
    return Interval(mean, mean - half, mean + half, known.size)


def bootstrap_interval(
    values: ArrayLike, confidence: float = CONFIDENCE, resamples: int = 5000, seed: int = 0
) -> Interval:
    """Return the mean with the bias-corrected and accelerated bootstrap interval (Efron 1987).

    For few or skewed replications, where the t interval's normality is in doubt. Equal values give a point.
    """
    known = _defined(values)
    if known.size < 2 or np.ptp(known) <= ROUNDING * np.abs(known).max():
        return t_interval(known, confidence)
    found = stats.bootstrap(
        (known,), np.mean, confidence_level=confidence, n_resamples=resamples, method="BCa", rng=seed
    ).confidence_interval
    return Interval(float(known.mean()), float(found.low), float(found.high), known.size)


def p_value(differences: ArrayLike) -> float:
    """Return the two-sided p-value of Student's t test that paired differences are zero on the mean; NaN below two."""
    known = _defined(differences)
    if known.size < 2:
        return float("nan")
    if np.ptp(known) <= ROUNDING * np.abs(known).max():
        return float(not known.any())
    return float(stats.ttest_1samp(known, 0.0).pvalue)


def effect_size(differences: ArrayLike) -> float:
    """Return the mean of paired differences over their standard deviation (Cohen's d_z); NaN where they do not vary."""
    known = _defined(differences)
    if known.size < 2 or np.ptp(known) <= ROUNDING * np.abs(known).max():
        return float("nan")
    return float(known.mean() / known.std(ddof=1))


def adjusted(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return p-values corrected for their number (Benjamini and Hochberg 1995); NaN stays and does not count.

    Of all comparisons whose corrected p-value is at most q, a share of q at most is expected to be chance.
    """
    found = np.array(p_values, dtype=np.float64)
    known = np.isfinite(found)
    if known.any():
        found[known] = stats.false_discovery_control(found[known])
    return found


INTERVALS = {"t": t_interval, "bootstrap": bootstrap_interval}


def summarise(
    values: pd.DataFrame, by: Sequence[str], value: str = "value", confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Return mean and t interval of ``value`` over the rows of each group.

    Returns:
        One row per group: the columns of ``by``, ``mean``, ``low``, ``high``, ``deviation`` (of the sample) and
        ``replications`` (defined values). Bounds are NaN below two defined values.
    """
    groups = values.groupby(list(by), observed=True)[value].agg(["mean", "std", "count"])
    half = students_half_width(groups["std"].to_numpy(), groups["count"].to_numpy(), confidence)
    table = groups.assign(low=groups["mean"] - half, high=groups["mean"] + half)
    table = table.rename(columns={"std": "deviation", "count": "replications"})
    return table[["mean", "low", "high", "deviation", "replications"]].reset_index()


def paired_differences(values: pd.DataFrame, baseline: str, value: str = "value") -> pd.DataFrame:
    """Return the difference to the baseline of every run that shares its random numbers with a baseline run.

    Args:
        values: One row per run, with ``setting``, ``replication``, ``seed`` and the value; runs pair where
            replication and seed are equal.
        baseline: Setting to compare with.
        value: Name of the column.

    Returns:
        One row per pair: ``setting``, ``replication``, ``baseline``, ``value``, ``difference`` (0 where it is
        rounding). A setting without a common replication has no row.

    Raises:
        ValueError: If the baseline is not there.
    """
    keys = ["replication", "seed"]
    base = values.loc[values["setting"] == baseline, [*keys, value]].rename(columns={value: "baseline"})
    if base.empty:
        known = ", ".join(map(str, values["setting"].unique()))
        raise ValueError(f"no runs of baseline {baseline!r}; settings are {known}")
    others = values.loc[values["setting"] != baseline, ["setting", *keys, value]].rename(columns={value: "value"})
    pairs = others.merge(base, on=keys)
    difference = pairs["value"] - pairs["baseline"]
    rounding = ROUNDING * pairs[["value", "baseline"]].abs().max(axis=1)
    pairs["difference"] = difference.mask(difference.abs() <= rounding, 0.0)
    return pairs[["setting", "replication", "baseline", "value", "difference"]]


def replications_needed(values: ArrayLike, half_width: float, confidence: float = CONFIDENCE) -> int:
    """Return the fewest replications whose t interval is at most ``half_width`` to either side.

    The spread is that of the replications at hand (Law, Simulation Modeling and Analysis, section 9.4.1).

    Raises:
        ValueError: If fewer than two values are defined or the width is not positive.
    """
    known = _defined(values)
    if known.size < 2:
        raise ValueError("the spread is unknown below two replications")
    if not half_width > 0:
        raise ValueError(f"half_width must be positive, not {half_width}")
    spread = float(known.std(ddof=1))
    low, high = 1, 2
    while students_half_width(spread, high, confidence) > half_width:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if students_half_width(spread, middle, confidence) <= half_width else (middle, high)
    return high


def _defined(values: ArrayLike) -> NDArray[np.float64]:
    array: NDArray[np.float64] = np.asarray(values, dtype=np.float64).ravel()
    return np.compress(np.isfinite(array), array)
