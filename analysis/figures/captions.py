"""What stands below a figure: the period, how many runs, what its marks mean, and what is left out."""

from collections.abc import Sequence
from typing import Final

from analysis.results import BatchResults
from analysis.tables.horizon import period
from market.wording import counted

FEW_RUNS: Final = 30
"""Up to so many replications every run is drawn as a dot."""


def replications(batch: BatchResults, setting: str | None = None) -> tuple[int, int]:
    """Return the fewest and the most finished runs of a setting, or those of one setting."""
    done = batch.layers[["setting", "replication"]].drop_duplicates()
    counts = done["setting"].astype(str).value_counts()
    if setting is not None:
        counts = counts[counts.index == setting]
    return int(counts.min()), int(counts.max())


def marks(batch: BatchResults, interval: str, dots: bool = False, setting: str | None = None) -> str:
    """Say what the marks called ``interval`` mean, the dots if there are any, and which months are covered."""
    few, most = replications(batch, setting)
    if most == 1:
        return f"One run{'' if setting or len(batch.settings) == 1 else ' of each'}: no interval. {period(batch)}."
    shown = " Dots are single runs." if dots and most <= FEW_RUNS else ""
    apart = " Worlds differ far more than that." if batch.manifest.get("ensemble") else ""
    return f"{interval}: 95 % interval of the mean of {_runs(few, most)} (Student's t).{apart}{shown} {period(batch)}."


def mean_of(batch: BatchResults, setting: str | None = None) -> str:
    """Say of how many runs a number is the mean, and which months are covered."""
    few, most = replications(batch, setting)
    runs = "One run" if most == 1 else f"Mean of {_runs(few, most)}"
    return f"{runs}, {period(batch)}."


def shown(batch: BatchResults, settings: Sequence[str], most: int) -> tuple[list[str], str]:
    """Return no more settings than a figure can show, and what to say of those left out."""
    if len(settings) <= most:
        return list(settings), ""
    left = len(settings) - most
    return list(settings[:most]), f" Shown are {most} of {len(settings)} settings: {left} are left out."


def _runs(few: int, most: int) -> str:
    return counted(most, "replication") if few == most else f"{few} to {most} replications"
