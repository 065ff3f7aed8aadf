"""The article's claim under test: hardware profits without effort, labs struggle, middlemen live well."""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from analysis.palette import LAYERS
from analysis.results import RUN_KEYS, in_memory
from analysis.statistics import CONFIDENCE, Interval, t_interval
from analysis.tables import run_layers
from market.ledger import FUNDING, LOANS, REPAYMENT

ROUNDS_PER_YEAR: Final = 12
COST_OF_CAPITAL: Final = 0.10
"""Yearly return investors ask for; the baseline's ``fleet.cost_of_capital``."""


@dataclass(frozen=True)
class Claim:
    """One part of the claim and the quantities that must all be above zero (or below, ``sign`` −1) for it to hold.

    Attributes:
        text: The claim.
        layer: The layer it is about; without sales there the claim does not apply.
        sign: 1 if the quantities must be positive, −1 if negative.
        quantities: Column of ``claim_quantities`` and its meaning.
    """

    text: str
    layer: str
    sign: int
    quantities: dict[str, str]


CLAIMS: Final = (
    Claim(
        "Hardware profits without effort",
        "hardware",
        1,
        {
            "hardware_lowest": "Hardware's margin in its worst year",
            "hardware_lead": "Hardware's margin less the best margin of another layer",
        },
    ),
    Claim(
        "Labs struggle",
        "labs",
        -1,
        {"labs_economic": "Labs' margin after the cost of investors' money"},
    ),
    Claim(
        "Middlemen live well",
        "resellers",
        1,
        {
            "resellers_lowest": "Resellers' margin in their worst year",
            "resellers_lead": "Resellers' margin less the labs' margin",
        },
    ),
)


def claims(results: Any, cost_of_capital: float = COST_OF_CAPITAL, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Test the three parts of the claim in each setting.

    A part is *confirmed* if the intervals of all its quantities lie on the claim's side of zero, *refuted* if the
    interval of one lies on the other side, otherwise *undecided*. A setting with a single run has no interval: the
    verdict is then *holds in this run* or *fails in this run*. *Not applicable* if the layer sells nothing. The
    quantities:

    - hardware: its margin in the worst year (positive in every year), and its lead over the other layers' margins;
    - labs: operating profit less ``cost_of_capital`` on the money investors have in them (shares and loans less
      repayment), over revenue. Below zero, labs lose money or earn less than their capital costs;
    - resellers: their margin in the worst year, and its lead over the labs' margin.

    Returns:
        One row per setting, claim and quantity: ``setting``, ``claim``, ``verdict``, ``quantity``, ``mean``, ``low``,
        ``high``, ``replications``.
    """
    quantities = claim_quantities(results, cost_of_capital)
    rows = []
    for setting, runs in quantities.groupby("setting", observed=True):
        for claim in CLAIMS:
            found = {name: t_interval(runs[name], confidence) for name in claim.quantities}
            verdict = _verdict(list(found.values()), claim.sign)
            for name, interval in found.items():
                row = {"setting": setting, "claim": claim.text, "verdict": verdict, "quantity": claim.quantities[name]}
                values = {"mean": interval.mean, "low": interval.low, "high": interval.high}
                rows.append(row | values | {"replications": interval.count})
    return pd.DataFrame(rows).astype({"setting": quantities["setting"].dtype})


def claim_quantities(results: Any, cost_of_capital: float = COST_OF_CAPITAL) -> pd.DataFrame:
    """Return the quantities of ``CLAIMS`` for each run: ``setting``, ``replication``, ``seed`` and a column each."""
    margins = run_layers(results).pivot_table(
        index=RUN_KEYS, columns="layer", values="margin", observed=True, dropna=False
    )
    margins = margins.reindex(columns=list(LAYERS))
    lowest = _worst_year(results).reindex(margins.index)
    hardware, labs, resellers = (margins[layer] for layer in LAYERS)
    table = {
        "hardware_lowest": lowest["hardware"],
        "hardware_lead": hardware - margins[["labs", "resellers"]].max(axis=1),
        "labs_economic": labs - _capital_charge(results, cost_of_capital).reindex(margins.index),
        "resellers_lowest": lowest["resellers"],
        "resellers_lead": resellers - labs,
    }
    return pd.DataFrame(table).reset_index()


def _worst_year(results: Any) -> pd.DataFrame:
    """Lowest yearly margin of each layer, [run, layer]; months left over join the last year."""
    layers = in_memory(results).layers
    years = (layers["round"].max() + 1) // ROUNDS_PER_YEAR
    year = (layers["round"] // ROUNDS_PER_YEAR).clip(upper=max(years - 1, 0)).rename("year")
    keys = [*(layers[key] for key in (*RUN_KEYS, "layer")), year]
    sums = layers[["profit", "revenue"]].groupby(keys, observed=True).sum()
    margin = sums["profit"] / sums["revenue"].where(sums["revenue"] > 0)
    lowest = margin.groupby([*RUN_KEYS, "layer"], observed=True).min()
    return lowest.unstack("layer").reindex(columns=list(LAYERS))


def _capital_charge(results: Any, cost_of_capital: float) -> pd.Series:
    """Yearly ``cost_of_capital`` on the money investors have in the labs, over the labs' revenue, per run.

    That money is shares and loans less repayment; dividends and interest are what it earns.
    """
    batch = in_memory(results)
    flows, rounds = batch.flows, batch.rounds
    put_in = flows[(flows["payee"] == "labs") & flows["category"].isin([FUNDING, LOANS])]
    taken = flows[(flows["payer"] == "labs") & (flows["category"] == REPAYMENT)]
    keys = [*RUN_KEYS, "round"]
    every_round = pd.MultiIndex.from_frame(rounds[keys])
    net = _by(put_in, keys, every_round) - _by(taken, keys, every_round)
    capital = net.groupby(level=RUN_KEYS, observed=True).cumsum().clip(lower=0)
    charge = ((1 + cost_of_capital) ** (1 / ROUNDS_PER_YEAR) - 1) * capital.groupby(level=RUN_KEYS, observed=True).sum()
    labs = batch.layers[batch.layers["layer"] == "labs"]
    revenue = labs.groupby(RUN_KEYS, observed=True)["revenue"].sum()
    return pd.Series(charge / revenue.where(revenue > 0))


def _by(flows: pd.DataFrame, keys: list[str], index: pd.MultiIndex) -> pd.Series:
    return flows.groupby(keys, observed=True)["amount"].sum().reindex(index, fill_value=0.0)


def _verdict(found: list[Interval], sign: int) -> str:
    if any(interval.count == 0 for interval in found):
        return "not applicable"
    if any(interval.count == 1 for interval in found):
        holds = all(sign * interval.mean > 0 for interval in found)
        return "holds in this run" if holds else "fails in this run"
    signs = [sign * interval.sign for interval in found]
    if all(value == 1 for value in signs):
        return "confirmed"
    return "refuted" if any(value == -1 for value in signs) else "undecided"
