"""How far runs are from the targets of a record, in standard deviations of what a model may be off."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.findings.counterparts import check_measure, measured_in
from analysis.sensitivity.emulator import Numbers
from analysis.tables.horizon import calendar
from scenarios.errors import BadInput, quoted
from scenarios.files.record import Record, Target

CUTOFF = 3.0
"""Standard deviations beyond which a point is ruled out: of any distribution with one mode, 95 per cent lie within
(Pukelsheim 1994)."""


def check_targets(record: Record, months: Sequence[str]) -> None:
    """Refuse targets that the runs cannot have.

    Raises:
        BadInput: Of an agent or measure that is unknown, or months that are not played.
    """
    for target in record.targets:
        what = f"{record.name}, target {quoted(target.name)}"
        check_measure(what, target.agent, target.measure)
        first, last = target.months
        if first < months[0] or last > months[-1]:
            raise BadInput(f"{what}: {first} to {last} is not within the months played, {months[0]} to {months[-1]}")


def values_of(results: Any, targets: Sequence[Target]) -> pd.DataFrame:
    """Return what each run has of each target: a row per setting (first replication), a column per target by its name.

    NaN where a run does not have it: nobody sells any more.
    """
    months = calendar(results)
    return pd.DataFrame({target.name: _value(results, months, target) for target in targets})


def _value(results: Any, months: "pd.Series[str]", target: Target) -> "pd.Series[float]":
    value = measured_in(results, months, target.agent, target.measure, target.period, target.since)
    first = value[value.index.get_level_values("replication") == 0]
    return pd.Series(first.to_numpy(dtype=float), index=first.index.get_level_values("setting").astype(str))


def scaled(values: Numbers, target: Target) -> Numbers:
    """Return values as they are compared: logarithms where the tolerance is of the logarithm; NaN below zero."""
    if not target.log:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values > 0, np.log(np.maximum(values, np.finfo(float).tiny)), np.nan)


def implausibility(values: Numbers, target: Target, error: float = 0.0) -> Numbers:
    """Return standard deviations from the nearest value on record, elementwise; infinite where there is no value.

    I = |f − z| / √(σ_model² + σ_emulator²), with z the nearest end of the record's range (0 inside).

    Args:
        values: Scaled as by ``scaled``.
        target: Of the record.
        error: Standard deviation of the emulator that foretold the values.
    """
    low, high = scaled(np.array([target.low, target.high]), target)
    missed = np.maximum(low - values, values - high).clip(0.0)
    found = missed / np.hypot(target.tolerance, error)
    return np.where(np.isfinite(values), found, np.inf)


def all_but(implausible: Numbers, may_miss: int) -> Numbers:
    """Return the largest implausibility of each row, [row], those of ``may_miss`` targets left out: [row, target]."""
    return np.asarray(np.sort(implausible, axis=1)[:, implausible.shape[1] - 1 - may_miss], dtype=np.float64)


def distance(implausible: Numbers, weights: Numbers) -> Numbers:
    """Return √ of the weighted mean square of implausibilities, each counted as twice the cutoff at most: [row]."""
    squares = np.minimum(implausible, 2 * CUTOFF) ** 2
    return np.asarray(np.sqrt(squares @ weights / weights.sum()), dtype=np.float64)
