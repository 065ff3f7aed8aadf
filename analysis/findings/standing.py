"""How the parts of the claim stand: how often each holds, what would overturn it, and what the record says."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from analysis.findings.claim import CLAIMS, Claim, claims
from analysis.findings.sentences import JUDGED, evidence, reported
from analysis.findings.worlds import claims_in_runs, claims_in_worlds, mostly, worlds_of
from analysis.palette import in_unit, percent, points, span
from analysis.results import BatchResults, Row
from market.wording import counted

MEASURES: Final = ("operating_margin", "ebitda_margin", "net_margin", "take_rate", "gross_margin")
"""What is reported of a layer's profit, the first that there is of a firm and a period."""
MOST_NAMED: Final = 4


@dataclass(frozen=True)
class Standing:
    """One part of the claim in one setting of a batch.

    Attributes:
        claim: Which.
        shade: ``yes`` where it holds in more than half of the worlds or runs for sure, ``no`` where it fails, ``open``.
        often: How often it holds.
        numbers: What it was tested on.
        overturned: Which other settings turn it, and how far the nearest number is from turning it.
        reported: What is on record of the layer's profit, beside what the runs give.
    """

    claim: Claim
    shade: str
    often: str
    numbers: str
    overturned: str
    reported: tuple[str, ...]


def standings(results: BatchResults, setting: str, record: pd.DataFrame | None = None) -> list[Standing]:
    """Return how the parts of the claim stand in a setting, beside the other settings of its batch.

    Args:
        results: Of one run or of a batch.
        setting: The main one.
        record: Reported numbers beside the setting's, as ``compare_targets`` returns them.
    """
    worlds = worlds_of(results)
    held = claims_in_worlds(results) if worlds else claims_in_runs(results)
    tested = claims(results.only([setting]))
    found = []
    for claim in CLAIMS:
        shares = held[held["claim"] == claim.text].set_index("setting").to_dict("index")
        numbers = tested[tested["claim"] == claim.text]
        beside = _reported(record, claim.layer)
        if setting not in shares:
            found.append(Standing(claim, "open", "Does not apply: nothing sold", evidence(numbers), "–", beside))
            continue
        own = shares[setting]
        often = _often(own, "world" if worlds else "run")
        turned = f"{_turned(results, shares, setting)} {_distance(numbers, claim)}".strip()
        found.append(Standing(claim, _shade(own), often, evidence(numbers), turned, beside))
    return found


def _shade(own: Row) -> str:
    if own["worlds"] == 1:
        return "yes" if own["share"] > 0.5 else "no"
    return mostly(own)


def _often(own: Row, unit: str) -> str:
    """Say in how many worlds or runs a part of the claim holds."""
    number = int(own["worlds"])
    if number == 1:
        return f"{'Holds' if own['share'] > 0.5 else 'Fails'} in the one {unit} there is"
    between = span(own["low"], own["high"], lambda value: percent(value, 0))
    return f"Holds in {percent(own['share'], 0)} of {counted(number, unit)} (95 % interval {between})"


def _turned(results: BatchResults, shares: Mapping[Hashable, Row], setting: str) -> str:
    """Say which other settings turn a part of the claim: in which it mostly holds where it mostly fails here."""
    others = {str(name): row["share"] for name, row in shares.items() if name != setting}
    if not others:
        return ""
    holds = shares[setting]["share"] > 0.5
    does = "fails" if holds else "holds"
    turning = [name for name, share in others.items() if (share > 0.5) != holds]
    if not turning:
        return f"It {does} in none of {counted(len(others), 'other setting')}."
    turning.sort(key=lambda name: others[name] if holds else -others[name])
    names = [results.title(name) for name in turning[:MOST_NAMED]]
    more = f" and {len(turning) - len(names)} more" if len(turning) > len(names) else ""
    return f"It {does} in {len(turning)} of {counted(len(others), 'other setting')}: {', '.join(names)}{more}."


def _distance(numbers: pd.DataFrame, claim: Claim) -> str:
    """Say how far the number that decides is from deciding otherwise."""
    beyond = claim.sign * numbers["mean"]
    if beyond.isna().any():
        return ""
    nearest = numbers.to_dict("records")[int(beyond.argmin())]
    way = "fall" if nearest["mean"] > 0 else "rise"
    return f"Here the {nearest['quantity']} would have to {way} by {points(abs(nearest['mean']))}."


def _reported(record: pd.DataFrame | None, layer: str) -> tuple[str, ...]:
    if record is None:
        return ()
    rows = record[(record["layer"] == layer) & record["measure"].isin(MEASURES)]
    rows = rows.assign(rank=rows["measure"].map(MEASURES.index)).sort_values("rank", kind="stable")
    rows = rows.drop_duplicates(["agent", "period"]).sort_index()
    return tuple(_line(row) for row in rows.to_dict("records"))


def _line(row: Row) -> str:
    what = f"{row['agent']}, {row['measure'].replace('_', ' ').replace('ebitda', 'EBITDA')} {row['period']}"
    told = f"{what}: {reported(row['low'], row['high'])}"
    if row["status"] in JUDGED:
        how = f"{row['status']}, by construction" if row["by_construction"] else row["status"]
        return f"{told} (here {in_unit(row['value'], '1', 0)}: {how})"
    return f"{told} ({row['status']})"
