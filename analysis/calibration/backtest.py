"""A back-test: recorded series beside an ensemble and two naive forecasts that knew nothing of what came after."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.findings.counterparts import check_measure, measured_in
from analysis.results import BatchResults, in_memory
from analysis.sensitivity.emulator import Numbers
from analysis.tables.horizon import calendar
from market.fields import checked_month
from market.parameters.dates import round_of
from scenarios.errors import BadInput, quoted
from scenarios.files.recorded import Recorded

CUT: Final = "2024-12"
"""Last month that the calibration has seen."""
MOST_MONTHS: Final = 1200
QUANTILES: Final = {"low_80": 0.1, "low_50": 0.25, "middle": 0.5, "high_50": 0.75, "high_80": 0.9}


def check_recorded(rows: Sequence[Recorded]) -> None:
    """Refuse rows that nothing in the model stands for.

    Raises:
        BadInput: With file and line.
    """
    for row in rows:
        check_measure(row.where, row.agent, row.measure)


def check_cut(cut: str) -> None:
    """Refuse what is no month.

    Raises:
        BadInput: If it is none.
    """
    try:
        checked_month(cut)
    except ValueError as problem:
        raise BadInput(f"--cut {quoted(cut)} {problem}") from None


def months_needed(rows: Sequence[Recorded], start: str) -> int:
    """Return the months from the start to the end of the last row.

    Raises:
        BadInput: If there are none, or too many to play.
    """
    needed = max(round_of(start, row.months[1]) for row in rows) + 1
    if not 1 <= needed <= MOST_MONTHS:
        raise BadInput(f"the record ends {rows[-1].period}: {needed} months from {start}, 1 to {MOST_MONTHS} will do")
    return needed


def backtest(results: Any, rows: Sequence[Recorded], cut: str = CUT) -> pd.DataFrame:
    """Return the record beside the model and two naive forecasts.

    Errors are those of logarithms where a series is positive throughout, otherwise of the values. Money of a period is
    compared by the month. *No change* is the last number known at the cut; *trend* the least-squares line through those
    known (no change where there is one).

    Args:
        results: Of a batch of one setting, run in the worlds of an ensemble.
        rows: The record.
        cut: Last month that was known: what ends later is foretold.

    Returns:
        A row per number of the record that has a counterpart: ``series``, ``unit``, ``period``, ``month`` (its middle),
        ``known``, ``low``, ``high``, the quantiles of the ensemble, ``within_50`` and ``within_80`` (whether the band
        meets the record's range), and the errors ``error``, ``error_no_change`` and ``error_trend``; the last two are
        NaN where nothing of the series was known.
    """
    batch = in_memory(results)
    calendar_ = calendar(batch)
    tables = [
        _series(batch, calendar_, [row for row in rows if row.series == name], cut)
        for name in dict.fromkeys(row.series for row in rows)
    ]
    return pd.concat(tables, ignore_index=True)


def _series(batch: BatchResults, months: "pd.Series[str]", rows: Sequence[Recorded], cut: str) -> pd.DataFrame:
    found = [_beside(batch, months, row, cut) for row in rows]
    table = pd.DataFrame([row for row in found if row is not None])
    if table.empty:
        return table
    logs = bool((table[["low", "middle"]] > 0).all(axis=None))
    write = np.log if logs else np.asarray
    centre = write((table["low"] * table["high"]) ** 0.5) if logs else (table["low"] + table["high"]).to_numpy() / 2
    known = table["known"].to_numpy(dtype=bool)
    naive = _naive(table["month"].to_numpy(dtype=float), np.asarray(centre, dtype=float), known)
    return table.assign(
        logs=logs,
        error=write(table["middle"]) - centre,
        error_no_change=naive[0] - centre,
        error_trend=naive[1] - centre,
    )


def _beside(batch: BatchResults, months: "pd.Series[str]", row: Recorded, cut: str) -> dict[str, Any] | None:
    """Return a number of the record beside the quantiles of the model; None where no run has it or plays so long."""
    first, last = row.months
    if first < months.iloc[0] or last > months.iloc[-1]:
        return None
    values = measured_in(batch, months, row.agent, row.measure, row.period, row.since)
    length = round_of(first, last) + 1 if _is_money(row) else 1
    values = values.replace([np.inf, -np.inf], np.nan).dropna() / length
    if values.empty:
        return None
    bands = dict(zip(QUANTILES, values.quantile(list(QUANTILES.values())), strict=True))
    low, high = row.low / length, row.high / length
    return {
        "series": row.series,
        "unit": f"{row.unit}/month" if length > 1 else row.unit,
        "period": row.period,
        "month": (round_of("2000-01", first) + round_of("2000-01", last)) / 2,
        "known": last <= cut,
        "low": low,
        "high": high,
        **bands,
        "within_50": bool(bands["low_50"] <= high and low <= bands["high_50"]),
        "within_80": bool(bands["low_80"] <= high and low <= bands["high_80"]),
    }


def _is_money(row: Recorded) -> bool:
    return row.measure == "revenue" and not row.since


def _naive(month: Numbers, centre: Numbers, known: Any) -> tuple[Numbers, Numbers]:
    """Return the two naive forecasts of every row, from those that were known."""
    if not known.any():
        return np.full(len(month), np.nan), np.full(len(month), np.nan)
    last = np.full(len(month), centre[known][np.argmax(month[known])])
    if known.sum() < 2:
        return last, last
    line = np.polynomial.Polynomial.fit(month[known], centre[known], 1)
    return last, np.asarray(line(month), dtype=np.float64)


def scores(table: pd.DataFrame) -> pd.DataFrame:
    """Return how well each series was foretold: rows after the cut, root mean square errors, coverage of the bands."""
    rows = []
    for name, part in table.groupby("series", sort=False):
        ahead = part[~part["known"].astype(bool)]
        errors = {
            column: float(np.sqrt(np.mean(ahead[column] ** 2))) if len(ahead) else np.nan
            for column in ("error", "error_no_change", "error_trend")
        }
        covered = {column: ahead[column].mean() if len(ahead) else np.nan for column in ("within_50", "within_80")}
        rows.append({"series": name, "known": len(part) - len(ahead), "foretold": len(ahead), **errors, **covered})
    return pd.DataFrame(rows)
