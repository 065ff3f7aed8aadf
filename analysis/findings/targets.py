"""Facts that no parameter was set to, beside what a run gives: met, near or missed, and by how much."""

from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.findings.counterparts import COUNTERPARTS, measured
from analysis.results import BatchResults, in_memory
from analysis.statistics import t_interval
from analysis.tables.horizon import calendar
from scenarios.batches.precision import CONFIDENCE
from scenarios.files.periods import first_and_last_month

NEAR: Final = 0.05
"""Five percentage points: sources round, and define margins in their own ways."""


NEAR_OF: Final = {"paying_share": 0.01, "revenue_per_payer": 2.0}
"""The same of measures for which five hundredths would say nothing: one percentage point, and USD 2 a month."""


NOTES: Final = {
    "net_margin": "the model's operating margin, before interest and tax",
    "ebitda_margin": "the model's operating margin: depreciation stands for the rent of servers that the source pays",
    "training_share": "the model's training holds the pay of researchers",
    "take_rate": "what resellers keep of users' payments after paying labs",
    "paying_share": "subscribers of labs, of those who subscribe to them or use their free plans",
    "revenue_per_payer": "what a subscriber of labs pays a month",
    "retail_over_list": "median of resellers and months, over what the lab itself asks for the model; an aggregator's "
    "fee is in it, and not in what is reported",
}


def read_targets(path: Path | None = None) -> pd.DataFrame:
    """Return the facts to compare with: ``layer, agent, measure, low, high, unit, period, source, grade, informs``.

    ``informs`` names the parameters whose values draw on the same accounts: these facts are met by construction, as far
    as they are, and no test.
    """
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
        The rows of ``targets``, with ``informs`` empty where it is not given, and ``value`` (mean over replications),
        ``value_low``, ``value_high``, ``miss`` (distance to the range of the fact, with its sign; 0 inside), ``status``
        and ``note``. The status is ``met``, ``near`` (within ``NEAR``, or ``NEAR_OF`` its measure), ``missed``,
        ``not reached`` (the run does not cover the period) or ``no counterpart``. ``by_construction``: whether it is
        met or near, and parameters draw on the same accounts.
    """
    batch = in_memory(results)
    targets = read_targets() if targets is None else targets
    setting = setting or ("baseline" if "baseline" in batch.settings else batch.settings[0])
    own = batch.only([setting])
    played = calendar(own)
    rows = [_compare(own, played, target, confidence) for target in targets.to_dict("records")]
    informs = targets["informs"].fillna("") if "informs" in targets else ""
    table = targets.assign(informs=informs).join(pd.DataFrame(rows, index=targets.index))
    return table.assign(by_construction=(table["informs"] != "") & table["status"].isin(["met", "near"]))


def _compare(batch: BatchResults, played: "pd.Series[str]", target: Any, confidence: float) -> dict[str, Any]:
    blank = {"value": np.nan, "value_low": np.nan, "value_high": np.nan, "miss": np.nan}
    note = NOTES.get(target["measure"], "")
    if target["agent"] not in COUNTERPARTS:
        return blank | {"status": "no counterpart", "note": note}
    first, last = first_and_last_month(target["period"])
    rounds = played.index[(played >= first) & (played <= last)]
    if len(rounds) == 0:
        return blank | {"status": "not reached", "note": note}
    measure = target["measure"]
    found = t_interval(measured(batch, rounds, target["agent"], measure), confidence)
    if found.count == 0:
        return blank | {"status": "no counterpart", "note": note}
    miss = min(found.mean - target["low"], 0.0) or max(found.mean - target["high"], 0.0)
    near = NEAR_OF.get(measure, NEAR)
    status = "met" if miss == 0 else "near" if abs(miss) <= near else "missed"
    value = {"value": found.mean, "value_low": found.low, "value_high": found.high, "miss": miss}
    return value | {"status": status, "note": note}
