"""Recorded prices, quantities, shares and growth beside a run, and beside what two naive forecasts would have said."""

from math import exp, isnan
from typing import Final

import pandas as pd

from analysis.calibration.backtest import CUT, backtest
from analysis.findings.sentences import reported
from analysis.palette import in_unit, points, span
from analysis.report.blocks import Cell, paragraph, section, table
from analysis.results import BatchResults, Row
from market.wording import counted
from scenarios.files.record import MARKET
from scenarios.files.recorded import read_recorded

_NOTE: Final = (
    "Numbers on record in these months (scenarios/records/backtest.csv). Here: the middle of the runs, and small the "
    "range that four fifths of them lie in. No change: the last number known at the end of {cut}; trend: a line "
    "through those known then, of logarithms where a series is positive. How far off each is, as a factor or in "
    "points. The scenario calibrated and its ensemble were chosen by what was known then, profits apart; the baseline "
    "was not."
)


def recorded_section(results: BatchResults, setting: str) -> str:
    """Return recorded series beside a setting; nothing where its runs play none of them."""
    own = results.only([setting])
    rows = [row for row in read_recorded() if row.agent != MARKET or row.measure in own.rounds]
    found = backtest(own, rows)
    if found.empty:
        return ""
    head = ["Series", "Period", "Recorded", f"In {results.title(setting)}", "Off by", "No change", "Trend"]
    cells = [_cells(row) for row in found.to_dict("records")]
    note = paragraph(f"{_summary(found)} {_NOTE.format(cut=CUT)}".strip(), "note")
    return section("Beside recorded series", table(head, cells, (0, 1)), note)


def _cells(row: Row) -> list[Cell]:
    unit = row["unit"]
    here = in_unit(row["middle"], unit)
    band = span(row["low_80"], row["high_80"], lambda value: in_unit(value, unit))
    alike = row["low_80"] == row["high_80"]
    shade = "yes" if row["within_80"] else "no"
    naive = ("known" if row["known"] else _off(row, name) for name in ("error_no_change", "error_trend"))
    return [
        row["series"],
        row["period"],
        reported(row["low"], row["high"], unit),
        (here if alike else f"{here}\n{band}", shade),
        _off(row, "error"),
        *naive,
    ]


def _off(row: Row, name: str) -> str:
    error = row[name]
    if isnan(error):
        return "–"
    return f"×{exp(error):.2f}" if row["logs"] else points(error)


def _summary(found: pd.DataFrame) -> str:
    """Say how often the model is nearer to what came after the cut than the naive forecasts are."""
    ahead = found[~found["known"].astype(bool)].dropna(subset=["error_no_change", "error_trend"])
    if ahead.empty:
        return ""
    still, line = ((ahead["error"].abs() < ahead[name].abs()).sum() for name in ("error_no_change", "error_trend"))
    what = counted(len(ahead), "number")
    return (
        f"Of {what} after {CUT} the model is nearer to {still} than no change is, and nearer to {line} than the trend."
    )
