"""What a sensitivity study found: every input's share in every measure, and what is to be said of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.results import BatchResults
from analysis.sensitivity.emulator import Numbers, Trusted, emulated
from analysis.sensitivity.indices import Indices, emulated_indices, morris_indices, unknown, world_indices
from analysis.sensitivity.measures import values_by_setting
from analysis.sensitivity.signs import Signs, signs
from scenarios.batches.correlations import copula
from scenarios.files.measures import Measure, measure_of
from scenarios.files.study import Input, Study

WEAK: Final = ("D", "M")
"""Grades of values that nobody measured: a choice of this model, general knowledge."""
REFUSED, DOUBTED = 0.5, 0.8
"""Cross-validated R² below which an emulator is not asked, and below which its answers are doubted."""
FEWEST_TRAJECTORIES = 3
FEWEST_RUNS = 15
MOST_DECIDING = 3
"""Inputs that are named for the sign of a measure."""

COLUMNS: Final[Mapping[str, str]] = {
    "measure": "As it was asked for",
    "rank": "Of the input, by its index",
    "input": "Dotted name; * where keys of several segments move together",
    "keys": "What it changes",
    "unit": "Of low and high",
    "low": "Low end of the plausible range, of the factor on the scenario's values, or of the worlds' values",
    "high": "High end",
    "scale": "log or linear: how the range is filled",
    "grade": "How well the value is known (A, B, C, CALC, M, D)",
    "method": "morris, sobol, shapley, or worlds: members of an ensemble",
    "index": "morris: mean absolute change of the measure over the range; sobol: total index; otherwise the share",
    "index_low": "Low end of the 95 per cent interval of the index",
    "index_high": "High end",
    "sigma": "morris: spread of the changes, by interactions and bends",
    "first_order": "sobol, worlds: index of first order",
    "direction": "-1 to 1: morris, mean change over mean absolute change; otherwise rank correlation",
    "negative_low": "Share of runs in the lower third of the range in which the measure is below zero",
    "negative_high": "The same of the upper third",
    "decides_sign": "Whether the two differ by more than chance, all inputs taken together",
    "runs": "From which the row comes",
    "emulator": "Between runs and index, if any",
    "r2": "Its cross-validated R2",
    "error": "Its cross-validated error, root mean square",
}
"""What the columns of the table mean."""


@dataclass(frozen=True)
class Explained:
    """One measure of a study.

    Attributes:
        measure: Which.
        table: A row per input, the most important first, columns as in ``COLUMNS``.
        values: The measure in the runs that have one.
        as_it_is: The measure in the scenario as it is; NaN where it is unknown.
        note: What speaks against the indices; empty if nothing does.
        cut: Runs whose value counts as the lowest that the measure has.
    """

    measure: Measure
    table: pd.DataFrame
    values: Numbers
    as_it_is: float
    note: str
    cut: int

    @property
    def negative(self) -> float:
        """Share of the runs in which the measure is below zero."""
        return float(np.mean(self.values < 0)) if len(self.values) else float("nan")

    @property
    def known(self) -> bool:
        """Whether there are indices."""
        return bool(self.table["index"].notna().any())

    def deciding(self, surely: bool = True) -> pd.DataFrame:
        """Return the inputs that decide the sign, those first with which it differs most; chance included if asked."""
        rows = self.table[self.table["decides_sign"]] if surely else self.table
        gap = (rows["negative_high"] - rows["negative_low"]).abs()
        return rows.loc[gap.sort_values(ascending=False, kind="stable").index].head(MOST_DECIDING)


def study_of(results: BatchResults) -> Study | None:
    """Return the study that results are of; None if they are of something else."""
    found = results.manifest.get("study")
    return Study.model_validate(found) if found else None


def explained(results: BatchResults, study: Study) -> list[Explained]:
    """Return what each measure of a study depends on; the same bytes whatever the machine's number of threads."""
    from threadpoolctl import threadpool_limits

    measures = [measure_of(name) for name in study.measures]
    names = [str(item["name"]) for item in results.manifest["settings"]]
    values = values_by_setting(results, measures, names)
    with threadpool_limits(1):
        return [_explained(study, measure, values[measure.name].to_numpy()) for measure in measures]


def joined(found: list[Explained]) -> pd.DataFrame:
    """Return the tables of all measures, one below the other."""
    return pd.concat([item.table for item in found], ignore_index=True)


def _explained(study: Study, measure: Measure, values: Numbers) -> Explained:
    points, outputs = np.array(study.points, dtype=float), np.maximum(values[1:], measure.lowest)
    used = _usable(outputs, study.block)
    points, of_runs = points[used], outputs[used]
    trusted, note = None, _too_few(study, outputs, used)
    found = unknown(len(study.inputs))
    if not note and np.ptp(of_runs) <= 1e-12 * np.abs(of_runs).max():
        note = "It is the same in every run: no input has an effect."
        found = _without_effect(found)
    elif not note and study.method == "morris":
        found = morris_indices(points, of_runs, study.seed)
    elif not note and study.method == "worlds":
        found = world_indices(points, of_runs, study.seed)
    elif not note:
        trusted = emulated(points, of_runs, study.seed)
        note = _doubt(trusted)
        if trusted.r2 >= REFUSED:
            matrix = copula(study.inputs, study.correlations) if study.correlations else None
            found = emulated_indices(study.method, trusted, points, of_runs, study.seed, matrix)
    ends = signs(points, of_runs, study.block, study.seed) if len(of_runs) else None
    table = _table(study, measure, found, ends, _direction(study, points, of_runs, found), trusted, len(of_runs))
    known = values[1:][np.isfinite(values[1:])]
    return Explained(measure, table, known, float(values[0]), note, int((known < measure.lowest).sum()))


def _usable(outputs: Numbers, block: int) -> Any:
    """Return which runs are used: of trajectories only whole ones."""
    return np.repeat(np.isfinite(outputs).reshape(-1, block).all(axis=1), block)


def _too_few(study: Study, outputs: Numbers, used: Any) -> str:
    """Say that too few runs have the measure, or that some were left out with their trajectory."""
    blocks = int(used.sum()) // study.block
    what, least = ("whole trajectories", FEWEST_TRAJECTORIES) if study.block > 1 else ("runs", FEWEST_RUNS)
    if blocks >= least:
        return ""
    return f"Only {blocks} of {len(outputs) // study.block} {what} have a value: too few for indices."


def _doubt(trusted: Trusted) -> str:
    if trusted.r2 >= DOUBTED:
        return ""
    share = max(trusted.r2, 0.0)
    said = f"The emulator ({trusted.kind}) foretells only {share:.0%} of the variance of runs it does not know"
    if trusted.r2 < REFUSED:
        return f"{said}: no indices. More runs or fewer inputs may help; morris needs no emulator."
    return f"{said}: take the indices with care, or make more runs."


def _without_effect(found: Indices) -> Indices:
    none = np.zeros_like(found.index)
    return Indices(none, none, found.sigma, found.first_order, none)


def _direction(study: Study, points: Numbers, outputs: Numbers, found: Indices) -> Numbers:
    if study.method == "morris" or len(outputs) < FEWEST_RUNS or np.ptp(outputs) == 0:
        return found.direction
    from scipy.stats import rankdata

    ranks, of_outputs = rankdata(points, axis=0), rankdata(outputs)
    return np.array([np.corrcoef(column, of_outputs)[0, 1] for column in ranks.T])


def _table(
    study: Study,
    measure: Measure,
    found: Indices,
    ends: Signs | None,
    direction: Numbers,
    trusted: Trusted | None,
    runs: int,
) -> pd.DataFrame:
    missing = np.full(len(study.inputs), np.nan)
    table = pd.DataFrame([_about(item) for item in study.inputs]).assign(
        measure=measure.name,
        method=study.method,
        index=found.index,
        index_low=np.maximum(found.index - found.half_width, np.minimum(found.index, 0.0)),
        index_high=found.index + found.half_width,
        sigma=found.sigma,
        first_order=found.first_order,
        direction=direction,
        negative_low=missing if ends is None else ends.low,
        negative_high=missing if ends is None else ends.high,
        decides_sign=False if ends is None else ends.decides,
        runs=runs,
        emulator=trusted.kind if trusted else "",
        r2=trusted.r2 if trusted else np.nan,
        error=trusted.error if trusted else np.nan,
    )
    table = table.sort_values("index", ascending=False, kind="stable", ignore_index=True)
    return table.assign(rank=np.arange(1, len(table) + 1))[list(COLUMNS)]


def _about(item: Input) -> dict[str, Any]:
    return {
        "input": item.name,
        "keys": ", ".join(item.keys),
        "unit": item.shown_unit,
        "low": item.low,
        "high": item.high,
        "scale": "log" if item.log else "linear",
        "grade": item.grade,
    }
