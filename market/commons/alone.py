"""The commons without a market: runs on the adoption curves, the date of exhaustion and what moves it."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from market.commons.state import Commons
from market.commons.use import expected_use
from market.month import Calendar
from market.parameters import Parameters

HORIZON = 600
"""Months after which human text counts as never exhausted."""

PACE = "training.frontier_pace"


def play_alone(commons: Commons, calendar: Calendar, month: int) -> None:
    """Play a month of the commons on the adoption curves, under the settings in force."""
    commons.settings = calendar.parameters(month).commons
    commons.play(expected_use(calendar, month))


def run_alone(parameters: Parameters) -> pd.DataFrame:
    """Return the commons of every round of the horizon, whatever ``commons.mode`` says."""
    commons, calendar = Commons(parameters), Calendar(parameters)
    for month in range(parameters.horizon.rounds):
        play_alone(commons, calendar, month)
    return commons.table()


def year_of_exhaustion(commons: pd.DataFrame) -> float:
    """Return the year, the month as its fraction, in which the best model first wants more human text than there is.

    Args:
        commons: Table ``commons`` of one run.

    Returns:
        NaN if it does not happen.
    """
    short = commons.loc[commons["data_wanted"] > commons["human_stock"], "month"]
    return _year(str(short.iloc[0])) if len(short) else float("nan")


def expected_exhaustion(parameters: Parameters) -> float:
    """Return the year of exhaustion on the adoption curves; infinite if it is not within ``HORIZON`` months."""
    commons, calendar = Commons(parameters), Calendar(parameters)
    for month in range(HORIZON):
        play_alone(commons, calendar, month)
        row = commons.rows[-1]
        if float(row["data_wanted"]) > float(row["human_stock"]):
            return _year(str(row["month"]))
    return float("inf")


def exhaustion_sensitivity(parameters: Parameters) -> pd.DataFrame:
    """Return how far each assumption moves the year of exhaustion over its plausible range, the others as they are.

    Returns:
        One row per assumption, the strongest first: ``assumption`` (dotted name), ``low``, ``high`` (its plausible
        range), ``year_low``, ``year_high`` (of exhaustion at these), ``years`` (between them).
    """
    rows = []
    for name, low, high in _plausible(parameters):
        years = [expected_exhaustion(_with(parameters, name, value)) for value in (low, high)]
        apart = 0.0 if years[0] == years[1] else abs(years[1] - years[0])
        rows.append((name, low, high, *years, apart))
    columns = ["assumption", "low", "high", "year_low", "year_high", "years"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("years", ascending=False, kind="stable", ignore_index=True)


def _plausible(parameters: Parameters) -> Iterator[tuple[str, float, float]]:
    """Yield name, low and high of the assumptions of the commons, and of the pace of compute."""
    sections: dict[str, Any] = {"commons": parameters.commons, "training": parameters.training}
    for title, section in sections.items():
        for key, field in type(section).model_fields.items():
            facts, name = field.json_schema_extra, f"{title}.{key}"
            if isinstance(facts, dict) and "low" in facts and (title == "commons" or name == PACE):
                yield name, float(str(facts["low"])), float(str(facts["high"]))


def _with(parameters: Parameters, name: str, value: float) -> Parameters:
    title, key = name.split(".")
    section = getattr(parameters, title)
    number = type(getattr(section, key))(value)
    return parameters.model_copy(update={title: section.model_copy(update={key: number})})


def _year(month: str) -> float:
    year, number = map(int, month.split("-"))
    return year + (number - 1) / 12
