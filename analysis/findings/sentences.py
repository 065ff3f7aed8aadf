"""Findings in words, made from numbers: figure titles and the answer of a report."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from analysis.findings.claim import claims
from analysis.palette import LAYER_LABELS, in_unit, number, percent, points, span
from analysis.results import BatchResults
from analysis.tables.layers import profit_by_layer
from market.records.columns import LAYERS

JUDGED: Final = ("met", "near", "missed")
"""Of a fact that the runs can be held to."""

_SINGULAR: Final = {"hardware"}
_SMALL: Final = 0.0005
_MOST_MISSES: Final = 4
_WHOLE_PERCENT: Final = 0.02
"""Shares from this one on are written without decimals."""

_SMALL_SHARE: Final = 0.1
"""Reported shares below this one are written with a decimal."""

_BUYERS: Final = {
    "free": "those who pay nothing",
    "subscription": "subscribers",
    "metered": "those who pay by the token",
    "small": "those who pay for small models",
}


def profit_finding(profits: pd.DataFrame) -> str:
    """Say who earns and who loses, from ``profit_by_layer``: amounts of one setting, counts over several."""
    settings = profits["setting"].unique()
    if len(settings) == 1:
        means = profits.set_index("layer")["mean"]
        return sentence([f"{LAYER_LABELS[layer]} {earn(layer, means[layer])}" for layer in LAYERS if layer in means])
    wide = profits.pivot(index="setting", columns="layer", values="mean")
    best = wide.idxmax(axis=1).value_counts()
    first = best.index[0]
    most = f"{LAYER_LABELS[first]} {verb(first, 'earn')} most in {_of(best.iloc[0], len(settings))}"
    losing = (wide < 0).sum()
    lost = [f"{layer} {verb(layer, 'lose')} money in {losing[layer]}" for layer in LAYERS if losing.get(layer, 0)]
    return f"{most}; {' and '.join(lost) if lost else 'no layer loses money in any'}"


def margin_finding(margins: pd.DataFrame) -> str:
    """Say whose margin is highest, from ``profit_by_layer`` of margins without undefined rows."""
    wide = margins.pivot(index="setting", columns="layer", values="mean")
    if len(wide) == 1:
        words = [f"{layer} {percent(wide[layer].iloc[0])}" for layer in LAYERS if layer in wide]
        return f"Operating margin: {', '.join(words)}"
    best, worst = (side.value_counts() for side in (wide.idxmax(axis=1), wide.idxmin(axis=1)))
    highest = f"The highest margin is that of {best.index[0]} in {_of(best.iloc[0], len(wide))}"
    return f"{highest}, the lowest that of {worst.index[0]} in {worst.iloc[0]}"


def course_finding(monthly: pd.DataFrame, measure: str) -> str:
    """Say how profit or margin moves from the first month to the last, from ``over_time``."""
    what = {"profit": "Profit", "margin": "Operating margin"}[measure]
    if monthly["setting"].nunique() > 1:
        return f"{what} of each layer, month by month"
    words = []
    for layer in LAYERS:
        path = monthly.loc[monthly["layer"] == layer, "mean"].dropna()
        if len(path) and (path != 0).any():
            first, last = (percent(x, 0) if measure == "margin" else number(x) for x in (path.iloc[0], path.iloc[-1]))
            words.append(f"{layer} {first} to {last}")
    unit = "USD a month, " if measure == "profit" else ""
    return f"{what}, {unit}from first to last month: {', '.join(words)}"


def investment_finding(share: float) -> str:
    """Say how far investment runs ahead of depreciation, from the part ``investment`` of a waterfall."""
    if share > 0:
        return f"For each dollar paid by users, fleets lost {100 * share:.0f} cents more in value than was invested"
    return f"For each dollar paid by users, {-100 * share:.0f} cents were invested beyond depreciation"


def dollars_finding(shares: pd.DataFrame) -> str:
    """Say between which cents of users' dollar each layer's profit lies, from ``waterfall`` of several settings."""
    words = []
    for layer in LAYERS:
        cents = 100 * shares.loc[shares["part"] == f"{layer} profit", "mean"]
        words.append(f"{layer} {cents.min():.0f} to {cents.max():.0f}".replace("-", "−"))
    return f"Cents of a user's dollar left as profit, by setting: {', '.join(words)}"


def prices_finding(rounds: pd.DataFrame) -> str:
    """Say how the prices of tokens and servers move from the first month to the last, from rows of one setting."""
    paths = rounds.groupby("round")[["price_retail", "price_server"]].mean().dropna()
    if paths.empty:
        return "Prices along the chain"
    words = []
    for name, what, unit in (("price_retail", "Tokens", "per Mtok"), ("price_server", "servers", "per accelerator")):
        first, last = number(paths[name].iloc[0]), number(paths[name].iloc[-1])
        moved = f"stay at USD {first}" if first == last else f"go from USD {first} to {last}"
        words.append(f"{what} {moved} {unit}")
    return ", ".join(words)


def dollar_finding(shares: "pd.Series[float]") -> str:
    """Say what of a dollar paid by users ends as profit where, from one setting of ``waterfall``."""
    words = []
    for layer in LAYERS:
        cents = 100 * shares[f"{layer} profit"]
        if abs(cents) >= 100 * _SMALL:
            words.append(f"{layer} {verb(layer, 'keep' if cents > 0 else 'lose')} {abs(cents):.1f}")
    return f"Of 100 cents paid by users, {', '.join(words) or 'no layer keeps any'}"


def plans_finding(shares: pd.DataFrame, month: str) -> str:
    """Say who uses and who pays, from one month of ``plans_over_time``."""
    table = shares.set_index(shares["plan"].astype(str))[["users", "tokens", "revenue"]]
    first = str(table.index[0])
    size = {column: _of_all(table[column].iloc[0]) for column in table}
    said = f"{_BUYERS[first]} are {size['users']} of the people and use {size['tokens']} of the tokens"
    paid = table["revenue"].drop(index="free", errors="ignore")
    shared = [f"{_BUYERS[str(plan)]} ({_of_all(share)})" for plan, share in paid.items()]
    return f"In {month} {said}; the money comes from {' and '.join(shared)}"


def _of_all(share: float) -> str:
    return percent(share, 0 if share >= _WHOLE_PERCENT else 1)


def answer(results: BatchResults, baseline: str, period: str) -> str:
    """Answer a report's question in two sentences: who earns what in the baseline, and what becomes of the claim."""
    profits, margins = profit_by_layer(results), profit_by_layer(results, "margin")
    in_base, of_base = (table[table["setting"] == baseline].set_index("layer")["mean"] for table in (profits, margins))
    words = []
    for layer in LAYERS:
        share = f" ({percent(of_base[layer], 0)} of revenue)" if in_base[layer] else ""
        words.append(f"{layer} {earn(layer, in_base[layer])}{share}")
    first = f"{results.title(baseline)}, {period}: {', '.join(words)}."
    return f"{first} {claim_finding(claims(results))}"


def record_finding(compared: pd.DataFrame) -> str:
    """Say how a run stands against what is reported, from ``compare_targets``: how many are met, and what is missed."""
    counts = compared["status"].value_counts()
    judged = int(sum(counts.get(status, 0) for status in JUDGED))
    if not judged:
        return "Against the record: nothing that is reported falls into the months of this run."
    met = ", ".join(f"{counts.get(status, 0)} {status}" for status in JUDGED)
    built = int(compared["by_construction"].sum())
    met += f"; {built} of those not missed hold by construction" if built else ""
    missed = compared[compared["status"] == "missed"]
    relative = missed["miss"] / missed[["low", "high"]].abs().max(axis=1)
    size = missed["miss"].where(missed["unit"] == "1", relative).abs()
    missed = missed.loc[size.sort_values(ascending=False, kind="stable").index]
    words = [
        f"{row['agent']}, {row['measure'].replace('_', ' ')} {row['period']}: {in_unit(row['value'], row['unit'], 0)} "
        f"here, {reported(row['low'], row['high'], row['unit'])} reported"
        for row in missed.head(_MOST_MISSES).to_dict("records")
    ]
    more = f"; and {len(missed) - len(words)} more" if len(missed) > len(words) else ""
    worst = f" The largest misses: {'; '.join(words)}{more}." if words else ""
    return f"Against the record, of {judged} reported numbers, {met}.{worst}"


def reported(low: float, high: float, unit: str = "1") -> str:
    """Write a reported share or number, or the range of it."""
    digits = 0 if unit != "1" or max(abs(low), abs(high)) >= _SMALL_SHARE else 1
    return in_unit(low, unit, digits) if low == high else span(low, high, lambda value: in_unit(value, unit, digits))


def claim_finding(verdicts: pd.DataFrame) -> str:
    """Say what becomes of the claim's parts, from ``claims``: the verdicts of one setting, or counts over several."""
    settings = verdicts["setting"].nunique()
    words = []
    for claim, found in verdicts.groupby("claim", sort=False):
        counts = found.drop_duplicates("setting")["verdict"].value_counts()
        if settings == 1:
            words.append(f"“{claim}”: {counts.index[0]} ({evidence(found)})")
        else:
            words.append(f"“{claim}”: " + ", ".join(f"{verdict} in {count}" for verdict, count in counts.items()))
    where = "" if settings == 1 else f" over {settings} settings"
    return f"The claim under test{where}: {'; '.join(words)}."


def evidence(rows: pd.DataFrame) -> str:
    """Say which numbers a verdict was reached on, beside the plain margin, from the rows of one setting and claim."""
    if rows["mean"].isna().any():
        return "nothing sold"
    numbers = [
        f"{row['quantity']} {(points if row['quantity'].startswith('lead') else percent)(row['mean'])}"
        for row in rows.to_dict("records")
    ]
    return ", ".join([*numbers, f"plain margin {percent(rows['margin'].iloc[0])}"])


def earn(layer: str, amount: float) -> str:
    """Write ``earn USD 1.2 billion`` or ``lose USD 340 million`` in the number that fits the layer."""
    if amount == 0:
        return f"{verb(layer, 'earn')} nothing"
    return f"{verb(layer, 'earn' if amount > 0 else 'lose')} USD {number(abs(amount))}"


def sentence(parts: Sequence[str]) -> str:
    """Join clauses that may each begin with a name: only the first keeps its capital."""
    return ", ".join([*parts[:1], *(part[0].lower() + part[1:] for part in parts[1:])])


def _of(count: int, total: int) -> str:
    return f"all {total} settings" if count == total else f"{count} of {total} settings"


def verb(layer: str, verb: str) -> str:
    """Return a verb in the number that fits the layer."""
    return f"{verb}s" if layer in _SINGULAR else verb
