"""Facts that no parameter was set to, beside what a run gives: met, near or missed, and by how much."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from analysis.results import RUN_KEYS, BatchResults, in_memory
from analysis.statistics import CONFIDENCE, t_interval

NEAR: Final = 0.05
"""Five percentage points: sources round, and define margins in their own ways."""


class Counterpart(NamedTuple):
    """What stands for a reported firm in the model: a kind, and its place by revenue; 0 for all firms of the kind."""

    kind: str
    place: int


COUNTERPARTS: Final = {
    "chip vendor": Counterpart("chip vendor", 1),
    "second chip vendor": Counterpart("chip vendor", 2),
    "server maker": Counterpart("server maker", 0),
    "power supplier": Counterpart("power supplier", 0),
    "lab A": Counterpart("lab", 1),
    "lab B": Counterpart("lab", 2),
    "aggregator": Counterpart("reseller", 0),
    "app wrapper": Counterpart("reseller", 0),
}

NOTES: Final = {
    "net_margin": "the model's operating margin, before interest and tax",
    "ebitda_margin": "the model's operating margin: depreciation stands for the rent of servers that the source pays",
    "take_rate": "what resellers keep of users' payments after paying labs",
}

_SUMS: Final = ["revenue", "cost_of_goods", "depreciation", "operating_profit"]
_MONTHS: Final = {"": 12, "Q": 3, "H": 6}


def read_targets(path: Path | None = None) -> pd.DataFrame:
    """Return the facts to compare with: ``layer, agent, measure, low, high, unit, period, source, grade``."""
    if path is not None:
        return pd.read_csv(path)
    with (files("scenarios") / "data" / "targets.csv").open("rb") as file:
        return pd.read_csv(file)


def compare_targets(
    results: Any, targets: pd.DataFrame | None = None, setting: str | None = None, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Return the facts beside the model's values in the same months.

    Args:
        results: Results of one run or of a batch.
        targets: As ``read_targets`` gives them, which is the default.
        setting: The setting to compare; ``baseline`` if there is one, otherwise the first.
        confidence: Of the interval over replications.

    Returns:
        The rows of ``targets`` with ``value`` (mean over replications), ``value_low``, ``value_high``, ``miss``
        (distance to the range of the fact, with its sign; 0 inside), ``status`` and ``note``. The status is ``met``,
        ``near`` (within ``NEAR``), ``missed``, ``not reached`` (the run does not cover the period) or ``no
        counterpart``.
    """
    batch = in_memory(results)
    targets = read_targets() if targets is None else targets
    setting = setting or ("baseline" if "baseline" in batch.settings else batch.settings[0])
    firms = batch.firms[batch.firms["setting"] == setting]
    calendar = batch.rounds[["round", "month"]].drop_duplicates("round").set_index("round")["month"].astype(str)
    rows = [_compare(batch, firms, calendar, target, confidence) for target in targets.to_dict("records")]
    return targets.join(pd.DataFrame(rows, index=targets.index))


def months_of(period: str) -> tuple[str, str]:
    """Return first and last month of a period: ``2025``, ``2025Q3``, ``2025H1``, ``FY26Q3``, or two joined by a hyphen.

    A fiscal year is Nvidia's: FY26 runs from February 2025 to January 2026.

    Raises:
        ValueError: If the period is none of these.
    """
    first, _, last = period.partition("-")
    start, end = _span(first), _span(last or first)
    return _month(start[0]), _month(end[1])


def _span(part: str) -> tuple[int, int]:
    """First and last month, counted from year 0."""
    found = re.fullmatch(r"(FY\d\d|\d{4})(?:([QH])([1-4]))?", part)
    if not found:
        raise ValueError(f"{part!r} is no year, quarter or half-year")
    year, unit, index = found[1], found[2] or "", int(found[3] or 1)
    start = 12 * (1999 + int(year[2:])) + 1 if year.startswith("FY") else 12 * int(year)
    start += _MONTHS[unit] * (index - 1)
    return start, start + _MONTHS[unit] - 1


def _month(count: int) -> str:
    return f"{count // 12}-{count % 12 + 1:02d}"


def _compare(
    batch: BatchResults, firms: pd.DataFrame, calendar: "pd.Series[str]", target: Any, confidence: float
) -> dict[str, Any]:
    blank = {"value": np.nan, "value_low": np.nan, "value_high": np.nan, "miss": np.nan}
    note = NOTES.get(target["measure"], "")
    if target["agent"] not in COUNTERPARTS:
        return blank | {"status": "no counterpart", "note": note}
    first, last = months_of(target["period"])
    rounds = calendar.index[(calendar >= first) & (calendar <= last)]
    if len(rounds) == 0:
        return blank | {"status": "not reached", "note": note}
    in_period = firms[firms["round"].isin(rounds)]
    values = _margins(batch, in_period, COUNTERPARTS[target["agent"]], target["measure"])
    found = t_interval(values, confidence)
    if found.count == 0:
        return blank | {"status": "no counterpart", "note": note}
    miss = min(found.mean - target["low"], 0.0) or max(found.mean - target["high"], 0.0)
    status = "met" if miss == 0 else "near" if abs(miss) <= NEAR else "missed"
    value = {"value": found.mean, "value_low": found.low, "value_high": found.high, "miss": miss}
    return value | {"status": status, "note": note}


def _margins(batch: BatchResults, firms: pd.DataFrame, who: Counterpart, measure: str) -> "pd.Series[float]":
    """The margin of a counterpart in each run; runs without sales are left out."""
    firms = firms[firms["kind"] == who.kind]
    sums = firms.groupby([*RUN_KEYS, "firm"], observed=True)[_SUMS].sum()
    if who.place:
        ranks = sums["revenue"].groupby(RUN_KEYS, observed=True).rank(ascending=False, method="first")
        sums = sums[ranks == who.place]
    books = sums.groupby(RUN_KEYS, observed=True).sum()
    books = books[books["revenue"] > 0]
    if measure == "take_rate":
        wholesale = batch.flows[batch.flows["category"] == "wholesale tokens"]
        wholesale = wholesale[wholesale["round"].isin(firms["round"].unique())]
        paid = wholesale.groupby(RUN_KEYS, observed=True)["amount"].sum().reindex(books.index, fill_value=0.0)
        return 1 - paid / books["revenue"]
    if measure == "gross_margin":
        return 1 - (books["cost_of_goods"] + books["depreciation"]) / books["revenue"]
    return books["operating_profit"] / books["revenue"]
