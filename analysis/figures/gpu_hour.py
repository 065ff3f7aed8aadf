"""What an hour of rented compute costs, beside what was asked for one."""

from importlib.resources import files
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.figures.captions import mean_of
from analysis.figures.drawing import heading, month_axis, months, new_figure, plain_price_axis, styled
from analysis.figures.names import of_setting, titles
from analysis.palette import COLOURS
from analysis.results import BatchResults, in_memory

_RECORD: Final = "#444444"


def lets_compute(results: BatchResults, setting: str) -> bool:
    """Whether compute was rented by the hour in a setting."""
    return bool(results.rounds.loc[results.rounds["setting"] == setting, "price_gpu_hour"].notna().any())


def rental_record() -> pd.DataFrame:
    """Return prices of an hour of an H100 as they were asked: ``date, low, high, offer, source, grade``."""
    with (files("scenarios") / "data" / "gpu_rental.csv").open("rb") as file:
        record = pd.read_csv(file)
    return record.assign(date=pd.to_datetime(record["date"].str[:7]))


@styled
def gpu_hour(results: Any, setting: str | None = None) -> Figure:
    """Draw the spot price of a GPU-hour, mean and range over replications, and the prices on record in these years."""
    batch = in_memory(results)
    setting = setting or batch.settings[0]
    rounds = batch.rounds[batch.rounds["setting"] == setting]
    price = rounds.groupby("round", observed=True)["price_gpu_hour"].agg(["mean", "min", "max"])
    dates = months(batch).reindex(price.index)
    figure = new_figure(9, 4.6)
    ax = figure.subplots()
    ax.fill_between(dates, price["min"], price["max"], color=COLOURS["hardware"], alpha=0.2, linewidth=0)
    ax.plot(dates, price["mean"], color=COLOURS["hardware"], label="spot price here")
    known = rental_record()
    known = known[known["date"].between(dates.min() - pd.DateOffset(months=1), dates.max())]
    ax.vlines(known["date"], known["low"], known["high"], color=_RECORD, linewidth=1)
    ax.plot(known["date"], known["low"], "o", color=_RECORD, markersize=4, label="asked for an H100")
    ax.plot(known["date"], known["high"], "o", color=_RECORD, markersize=4)
    plain_price_axis(ax, pd.concat([price["mean"], known["high"]]))
    ax.set(ylabel="USD per hour")
    month_axis(ax)
    ax.legend()
    note = (
        "Of what an accelerator of the first month computes; shaded: lowest to highest of the replications. "
        "Record: lists and market reports (scenarios/data/gpu_rental.csv). " + mean_of(batch, setting)
    )
    heading(figure, of_setting(titles(batch)[setting], _finding(price["mean"])), note)
    return figure


def _finding(price: "pd.Series[float]") -> str:
    """Say how the price moved from the first year to the last month in which there was one."""
    asked = price.dropna()
    first, last = float(np.mean(asked.iloc[:12])), float(asked.iloc[-1])
    return f"an hour of rented compute costs USD {first:.2f} in the first year and {last:.2f} at the end"
