"""Recorded series beside the bands of an ensemble."""

from typing import Final

import pandas as pd
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from analysis.figures.drawing import heading, month_axis, new_figure, plain_price_axis, styled
from analysis.palette import COLOURS

_RECORD: Final = "#333333"
_MODEL: Final = COLOURS["labs"]


@styled
def backtest_series(series: pd.DataFrame, worlds: int, title: str) -> Figure:
    """Draw one series of a back-test: what is on record, and the middle and the bands of the worlds in its months.

    Args:
        series: Rows of one series, as ``backtest`` gives them.
        worlds: Members of the ensemble.
        title: The record that they agree with.
    """
    dates = pd.to_datetime("2000-01-15") + pd.to_timedelta(series["month"] * 30.4375, unit="D")
    figure = new_figure(9, 4.2)
    ax = figure.subplots()
    ax.vlines(dates, series["low_80"], series["high_80"], color=_MODEL, linewidth=7, alpha=0.25, label="80 % of worlds")
    ax.vlines(dates, series["low_50"], series["high_50"], color=_MODEL, linewidth=7, alpha=0.55, label="50 % of worlds")
    ax.plot(dates, series["middle"], "_", color=_MODEL, markersize=12, label="middle of the worlds")
    centre = (series["low"] + series["high"]) / 2
    ax.errorbar(dates, centre, [centre - series["low"], series["high"] - centre], fmt="o", color=_RECORD, markersize=4,
                elinewidth=1.2, capsize=3, label="on record")  # fmt: skip
    known = series["known"].to_numpy(dtype=bool)
    if known.any() and not known.all():
        between = dates[known].max() + (dates[~known].min() - dates[known].max()) / 2
        ax.axvline(date2num(between), color="#888888", linewidth=1, linestyle=":")
        ax.annotate("foretold", (between, 1), (4, -4), xycoords=("data", "axes fraction"), textcoords="offset points",
                    va="top", fontsize=8.5, color="#555555")  # fmt: skip
    if series["logs"].all():
        plain_price_axis(ax, pd.concat([series["low_80"], series["high_80"], series["low"], series["high"]]))
    unit = str(series["unit"].iloc[0])
    ax.set(ylabel="ratio" if unit == "1" else unit)
    month_axis(ax)
    figure.legend(loc="outside right upper")
    name = str(series["series"].iloc[0])
    heading(figure, f"{name[0].upper()}{name[1:]}: {_finding(series)}", _note(worlds, title))
    return figure


def _finding(series: pd.DataFrame) -> str:
    ahead = series[~series["known"].astype(bool)]
    if ahead.empty:
        return "all of it was known"
    met = int(ahead["within_80"].sum())
    return f"{met} of {len(ahead)} foretold numbers within the band of 80 %"


def _note(worlds: int, title: str) -> str:
    return (
        f"{worlds} worlds that agree with “{title}”. Bars: values in the same months as the record; whiskers: range of "
        "the record. Foretold is what ends after the calibration's last month."
    )
