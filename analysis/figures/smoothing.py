"""The response of a measure to a factor: means with intervals, or a smooth curve through sampled points."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import make_smoothing_spline

from analysis.statistics import summarise
from analysis.tables.factors import Factor

FEWEST: Final = 5
"""Different values below which nothing is smoothed; as scipy asks for."""

_MOST: Final = 200
"""Values of which more are averaged in bins of equal size first."""

_POINTS: Final = 101


def curve(runs: pd.DataFrame, factor: Factor, measure: str) -> pd.DataFrame:
    """Return the mean response: ``place`` on the factor's axis, ``mean``, and ``low`` and ``high`` where known.

    Where the factor is drawn from a range, this is a spline whose smoothness minimises the generalised
    cross-validation error (Wahba 1990), without an interval. Otherwise it is the mean at each value; the interval is
    that over replications, each averaged over all other factors first.

    Args:
        runs: As ``responses`` returns, of one layer.
        factor: Along which.
        measure: Column of the response.
    """
    places = factor.places(list(runs[factor.name]))
    if factor.sampled:
        return _smooth(places, runs[measure].to_numpy(dtype=float))
    each = runs.assign(place=places).groupby(["place", "replication"])[measure].mean().reset_index()
    return summarise(each, ["place"], measure)[["place", "mean", "low", "high"]]


def _smooth(places: NDArray[np.float64], values: NDArray[np.float64]) -> pd.DataFrame:
    table = pd.DataFrame({"place": places, "value": values}).dropna()
    points = table.groupby("place")["value"].agg(["mean", "count"]).reset_index()
    if len(points) > _MOST:
        bins = np.arange(len(points)) * _MOST // len(points)
        weighted = points.assign(total=points["mean"] * points["count"]).groupby(bins)
        points = weighted.agg({"place": "mean", "total": "sum", "count": "sum"})
        points["mean"] = points["total"] / points["count"]
    if len(points) >= FEWEST:
        low, high = points["place"].iloc[0], points["place"].iloc[-1]
        share = ((points["place"] - low) / (high - low)).to_numpy()
        spline = make_smoothing_spline(share, points["mean"].to_numpy(), w=points["count"].to_numpy(dtype=float))
        even = np.linspace(0.0, 1.0, _POINTS)
        points = pd.DataFrame({"place": low + even * (high - low), "mean": spline(even)})
    return points[["place", "mean"]].assign(low=np.nan, high=np.nan)
