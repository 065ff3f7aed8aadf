"""Replicating until a mean is known precisely enough."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.files.experiment import Experiment
    from scenarios.results.parts import Finished, Key

CONFIDENCE = 0.95


def measured(results: Any, measure: str, layer: str | None) -> float:
    """Return a measure of a whole run.

    Of a layer, the sum over rounds (``margin``: profit over revenue of the whole run); of the market, the mean.
    """
    if layer is None:
        return float(results.rounds[measure].mean())
    rows = results.layers[results.layers["layer"] == layer]
    if measure == "margin":
        revenue = float(rows["revenue"].sum())
        return float(rows["profit"].sum()) / revenue if revenue > 0 else math.nan
    return float(rows[measure].sum())


def students_half_width(deviation: Any, count: Any, confidence: float = CONFIDENCE) -> Any:
    """Return half the width of Student's t interval of a mean, elementwise; NaN below two values."""
    import numpy as np
    from scipy import stats

    return stats.t.ppf((1 + confidence) / 2, np.asarray(count) - 1.0) * deviation / np.sqrt(count)


def half_width(values: Sequence[float]) -> float:
    """Return half the width of Student's interval of a mean; infinite for fewer than two values."""
    if len(values) < 2:
        return math.inf
    mean = math.fsum(values) / len(values)
    variance = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return float(students_half_width(math.sqrt(variance), len(values)))


def wanted_replications(experiment: "Experiment", setting: str, finished: "Mapping[Key, Finished]") -> int:
    """Return how many replications a setting needs, as far as finished runs tell.

    With a stopping rule: the first number of ``minimum``, ``minimum + step`` … at which the interval over that many
    replications, in their order, is narrow enough. It does not depend on which runs finished first.
    """
    stop = experiment.stop
    if stop is None:
        return experiment.replications
    number = stop.minimum
    while number < stop.maximum:
        runs = [finished.get((setting, replication)) for replication in range(number)]
        if any(run is None for run in runs):
            return number
        values = [run.precision for run in runs if run is not None and run.precision is not None]
        if half_width(values) <= stop.half_width:
            return number
        number = min(number + stop.step, stop.maximum)
    return number
