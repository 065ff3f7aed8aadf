"""How long runs are, and how the answer depends on it: margins by year, and the months in which their sign turns."""

from typing import Any, Final

import pandas as pd

from analysis.results import RUN_KEYS, BatchResults, in_memory
from analysis.tables.layers import over_time
from market.records.columns import LAYERS
from market.wording import counted

YEAR: Final = 12
"""Months."""

_BY_MONTH: Final = ("rounds", "firms", "layers", "flows", "plans", "commons")


def months_of(results: Any) -> "pd.Series[int]":
    """Return the months played in each setting, [setting]; where replications differ, in the shortest."""
    layers = in_memory(results).layers
    months = layers.groupby(RUN_KEYS, observed=True)["round"].max() + 1
    return months.groupby("setting", observed=True, sort=False).min()


def calendar(results: Any, setting: str | None = None) -> "pd.Series[str]":
    """Return the month (YYYY-MM) of each round, [round]: of a setting, by default of the first."""
    batch = in_memory(results)
    rounds = batch.rounds[batch.rounds["setting"] == (setting or batch.settings[0])]
    return rounds.drop_duplicates("round").set_index("round")["month"].astype(str)


def period(results: Any) -> str:
    """Say which months the runs cover: ``2024-01 to 2026-12 (36 months)``."""
    batch = in_memory(results)
    months = sorted(batch.rounds["month"].astype(str).unique())
    lengths = months_of(batch)
    least = "" if lengths.min() == lengths.max() else f"{lengths.min()} to "
    ends = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    return f"{ends} ({least}{counted(int(lengths.max()), 'month')})"


def aligned(results: Any) -> tuple[BatchResults, str]:
    """Return the results cut to the months that all settings have, and what to say of it; nothing if nothing was cut.

    Raises:
        ValueError: If settings start in different months: there is no period in common to compare.
    """
    batch = in_memory(results)
    starts = batch.rounds.loc[batch.rounds["round"] == 0, ["setting", "month"]].astype(str).drop_duplicates()
    if starts["month"].nunique() > 1:
        listed = ", ".join(f"{row.setting} in {row.month}" for row in starts.itertuples())
        raise ValueError(f"settings that start in different months cannot be compared: {listed}")
    months = months_of(batch)
    shortest = int(months.min())
    if shortest == int(months.max()):
        return batch, ""

    def load(name: str) -> pd.DataFrame:
        table: pd.DataFrame = getattr(batch, name)
        return table[table["round"] < shortest] if name in _BY_MONTH else table

    note = (
        f"Settings run for {shortest} to {months.max()} months; everything that compares them is over the first "
        f"{shortest}."
    )
    return BatchResults(load, batch.manifest, batch.directory), note


def comparable(results: BatchResults) -> tuple[BatchResults, str, bool]:
    """Return the results over the months that all settings have, what to say of it, and whether they compare at all."""
    try:
        return (*aligned(results), True)
    except ValueError as problem:
        return results, f"{str(problem)[0].upper()}{str(problem)[1:]}.", False


def margin_by_year(results: Any) -> pd.DataFrame:
    """Return each layer's margin year by year and so far.

    Returns:
        One row per setting, layer and year: ``setting``, ``layer``, ``year`` (from 1), ``months`` (in it), ``margin``
        (profit over revenue in the year) and ``so_far`` (from the first month to the year's end), means over
        replications; NaN where the layer sold nothing.
    """
    layers = in_memory(results).layers
    keys = [*RUN_KEYS, "layer", "year"]
    yearly = layers.assign(year=layers["round"] // YEAR + 1).groupby(keys, observed=True)[["profit", "revenue"]]
    sums = yearly.sum()
    so_far = sums.groupby(keys[:-1], observed=True).cumsum()
    table = pd.DataFrame({
        "months": yearly.size(),
        "margin": sums["profit"] / sums["revenue"].where(sums["revenue"] > 0),
        "so_far": so_far["profit"] / so_far["revenue"].where(so_far["revenue"] > 0),
    })  # fmt: skip
    return table.groupby(["setting", "layer", "year"], observed=True).mean().reset_index()


def turns(results: Any) -> pd.DataFrame:
    """Return when the sign of each layer's monthly margin turned for the last time.

    Margins are means over replications, and each month is the median of three: a single odd month is no turn.

    Returns:
        One row per setting and layer: ``setting``, ``layer``, ``month`` (YYYY-MM of the first month with the last
        sign; empty where the sign never turned), ``times`` (that the sign turned), ``sign`` (1 or −1, that of the
        end; 0 where the layer sold nothing).
    """
    batch = in_memory(results)
    monthly = over_time(batch, "margin")
    rows = []
    for (setting, layer), path in monthly.groupby(["setting", "layer"], observed=True):
        smooth = path.set_index("round")["mean"].rolling(3, center=True, min_periods=1).median().dropna()
        positive = smooth > 0
        changes = (
            positive.index[positive != positive.shift(fill_value=positive.iloc[0])] if len(positive) else positive.index
        )
        rows.append({
            "setting": setting,
            "layer": layer,
            "month": calendar(batch, str(setting))[changes[-1]] if len(changes) else "",
            "times": len(changes),
            "sign": 0 if positive.empty else 1 if positive.iloc[-1] else -1,
        })  # fmt: skip
    found = pd.DataFrame(rows, columns=["setting", "layer", "month", "times", "sign"])
    return found.astype({"setting": monthly["setting"].dtype, "layer": pd.CategoricalDtype(list(LAYERS), ordered=True)})
