"""The part of a report on the content commons: does AI get dumber, since when, and who pays for it?"""

from collections.abc import Callable
from math import isfinite
from typing import Any, Final

import pandas as pd

from analysis import figures
from analysis.findings.dumber import FELT, QUESTIONS, commons_by_run, commons_verdicts
from analysis.palette import number, percent, span
from analysis.report.blocks import Cell, details, paragraph, section, table
from analysis.results import BatchResults
from analysis.tables.origin import Origin

_SHADES: Final = {"confirmed": "no", "holds in this run": "no", "refuted": "yes", "fails in this run": "yes"}

_NOTE: Final = (
    "Doublings of effective compute. Worse than they could be: what the best model lacks in the last year for want of "
    "human text. Dumber: by how much it was at most below its own best before. Confirmed: the 95 % interval lies above "
    f"{FELT} doublings, about two weeks of progress; refuted: below. The year is that in which it comes to so much: "
    "the median of the runs in which it does."
)

_OF_ANOTHER_VERSION: Final = (
    "What moves the year of exhaustion is left out: these results are of another version of the program, which had "
    "other parameters."
)


def commons_section(results: BatchResults, origin: Origin, main: str, draw: Callable[..., str]) -> str:
    """Return the section; nothing where the commons is off in every setting."""
    if results.commons.empty:
        return ""
    without = main not in set(results.commons["setting"])
    return section(
        "Does AI get dumber?",
        paragraph(_answer(results), "answer"),
        draw(figures.quality_over_time, results),
        _verdicts_table(results),
        draw(figures.human_share_over_time, results),
        draw(figures.text_and_exhaustion, results),
        _exhaustion_table(results, origin),
        draw(figures.profit_with_the_commons, results, main) if without and len(results.settings) > 1 else "",
    )


def _answer(results: BatchResults) -> str:
    """Say in which settings models get dumber, in which merely worse than they could be, in which neither."""
    verdicts = commons_verdicts(results)
    holds = verdicts[verdicts["verdict"].isin(["confirmed", "holds in this run"])]
    worse, dumber = (holds[holds["claim"] == question.text] for question in QUESTIONS)
    only = worse[~worse["setting"].isin(dumber["setting"])]
    settings = dict.fromkeys(verdicts["setting"])
    neither = [name for name in settings if name not in {*worse["setting"], *dumber["setting"]}]
    words = [
        f"Models get dumber than they were in {_listed(dumber)}",
        f"go on getting better, but less than they could, in {_listed(only)}",
        f"lose nothing that is certain in {', '.join(neither) or 'none'}",
    ]
    return f"{'; '.join(words)}."


def _listed(rows: pd.DataFrame) -> str:
    """List settings with the year from which on it is so."""
    return ", ".join(f"{row['setting']} (from {_year(row['year'])})" for row in rows.to_dict("records")) or "none"


def _verdicts_table(results: BatchResults) -> str:
    by_run = commons_by_run(results)
    verdicts = commons_verdicts(results)
    rows: list[list[Cell]] = []
    for setting, of_setting in verdicts.groupby("setting", sort=False):
        runs = by_run[by_run["setting"] == setting]
        cells: list[Cell] = [setting]
        for row in of_setting.to_dict("records"):
            size = number(row["mean"], 2) if row["replications"] == 1 else _interval(row)
            cells += [(f"{row['verdict']}\n{size}", _SHADES.get(row["verdict"], "open")), _year(row["year"])]
        short = runs["year_exhausted"].dropna()
        cells += [_year(short.median()) + (f"\n{len(short)} of {len(runs)} runs" if len(short) else "")]
        cells += [percent(runs["human_share"].mean()), number(runs["licences"].mean())]
        rows.append(cells)
    claims = [title for question in QUESTIONS for title in (question.text, "since")]
    head = ["Setting", *claims, "Human text short", "Human share of training set", "Paid to creators, USD"]
    return table(head, rows, (0, 1, 3)) + paragraph(_NOTE, "note")


def _interval(row: dict[Any, Any]) -> str:
    return f"{number(row['mean'], 2)} ({span(row['low'], row['high'], lambda value: number(value, 2))})"


def _exhaustion_table(results: BatchResults, origin: Origin) -> str:
    """Return which assumption moves the exhaustion of human text most, on the adoption curves without a market."""
    from pydantic import ValidationError

    from market.commons.alone import exhaustion_sensitivity, expected_exhaustion
    from market.parameters import Parameters

    setting = str(results.commons["setting"].iloc[0])
    values = origin.effective(setting)
    if not values:
        return ""
    try:
        parameters = Parameters.model_validate(values)
    except ValidationError:
        return paragraph(_OF_ANOTHER_VERSION, "note")
    found = exhaustion_sensitivity(parameters)
    rows = [
        [row["assumption"], f"{row['low']:g} to {row['high']:g}", _year(row["year_low"]), _year(row["year_high"])]
        for row in found.to_dict("records")
        if row["years"] > 0
    ]
    most = (
        f"On the adoption curves alone, labs of {setting} want more human text than there is from "
        f"{_year(expected_exhaustion(parameters))} on; what moves that most is {found['assumption'].iloc[0]}."
    )
    head = ["Assumption", "Plausible range", "Year at its low end", "Year at its high end"]
    return paragraph(most) + details("What moves the year of exhaustion", table(head, rows, (0,)))


def _year(year: float) -> str:
    return f"{int(year)}" if isfinite(year) else "never"
