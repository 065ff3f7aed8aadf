"""The article's second claim under test: AI gets dumber if people stop creating."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.findings.claim import ROUNDS_PER_YEAR
from analysis.results import RUN_KEYS, in_memory
from analysis.statistics import t_interval
from scenarios.batches.precision import CONFIDENCE

FELT: Final = 0.1
"""Doublings of compute that count as a loss: what frontier models gain in about two weeks."""


@dataclass(frozen=True)
class Question:
    """A part of the claim: it holds where its quantity is above ``FELT``.

    Attributes:
        text: The claim.
        quantity: Column of ``commons_by_run``, doublings of compute.
        year: Column of ``commons_by_run`` that says since when.
    """

    text: str
    quantity: str
    year: str


QUESTIONS: Final = (
    Question("Models are worse than they could be", "behind", "year_behind"),
    Question("Models get dumber", "fallen", "year_fallen"),
)


def commons_by_run(results: Any) -> pd.DataFrame:
    """Return what the content commons did to models in each run.

    Returns:
        One row per run whose commons is not off: ``setting``, ``replication``, ``seed``; doublings of compute that the
        best model lacks, the mean of the last year (``behind``), and by which it is at most below its own best
        before, beyond what it would be below if text were never short (``fallen``); the first years in which these are
        above ``FELT`` (``year_behind``, ``year_fallen``), and in which labs want more human text than there is
        (``year_exhausted``), NaN if never; ``human_share`` of the training set at the end; ``licences``, USD paid to
        creators over the run.
    """
    rows = []
    for keys, run in in_memory(results).commons.groupby(RUN_KEYS, observed=True):
        behind = run["doublings_lost"].to_numpy()
        fallen = np.maximum(_below_best(run["quality_potential"]) - _below_best(run["quality_without_commons"]), 0.0)
        short = (run["data_wanted"] > run["human_stock"]).to_numpy()
        years = {
            "year_behind": _first_year(run, behind > FELT),
            "year_fallen": _first_year(run, fallen > FELT),
            "year_exhausted": _first_year(run, short),
        }
        human = run["corpus_human_share"].iloc[-1]
        ends = {"behind": behind[-ROUNDS_PER_YEAR:].mean(), "fallen": fallen.max(), "human_share": human}
        rows.append(dict(zip(RUN_KEYS, keys, strict=True)) | ends | years | {"licences": run["licences"].sum()})
    columns = ["behind", "fallen", "human_share", "year_behind", "year_fallen", "year_exhausted", "licences"]
    return pd.DataFrame(rows, columns=[*RUN_KEYS, *columns])


def commons_verdicts(results: Any, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Test both parts of the claim in each setting whose commons is not off.

    *Confirmed* if the interval of the quantity lies above ``FELT``, *refuted* if below, otherwise *undecided*; of a
    single run, *holds* or *fails in this run*.

    Returns:
        One row per setting and part: ``setting``, ``claim``, ``verdict``, ``mean``, ``low``, ``high`` (doublings of
        compute), ``year`` (median over the runs in which it comes to it; NaN if it does in none), ``runs`` (in which
        it does), ``replications``.
    """
    rows = []
    by_run = commons_by_run(results)
    for setting in dict.fromkeys(by_run["setting"]):
        runs = by_run[by_run["setting"] == setting]
        for question in QUESTIONS:
            found, years = t_interval(runs[question.quantity], confidence), runs[question.year].dropna()
            row = {"setting": setting, "claim": question.text, "verdict": _verdict(found.mean, found.low, found.high)}
            values = {"mean": found.mean, "low": found.low, "high": found.high}
            year = float(years.median()) if len(years) else float("nan")
            rows.append(row | values | {"year": year, "runs": len(years), "replications": found.count})
    columns = ["setting", "claim", "verdict", "mean", "low", "high", "year", "runs", "replications"]
    return pd.DataFrame(rows, columns=columns)


def _verdict(mean: float, low: float, high: float) -> str:
    if np.isnan(low):
        return "holds in this run" if mean > FELT else "fails in this run"
    if low > FELT:
        return "confirmed"
    return "refuted" if high < FELT else "undecided"


def _below_best(quality: "pd.Series[float]") -> Any:
    """How far each month is below the best month so far."""
    return (quality.cummax() - quality).to_numpy()


def _first_year(run: pd.DataFrame, when: Any) -> float:
    """Return the year, months as its fraction, of the first month in which it is so; NaN if it never is."""
    if not when.any():
        return float("nan")
    year, month = map(int, str(run["month"].iloc[int(when.argmax())]).split("-"))
    return year + (month - 1) / 12
