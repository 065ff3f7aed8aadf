"""The article's claim under test: hardware profits without effort, labs struggle, middlemen live well."""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from analysis.results import RUN_KEYS, BatchResults, in_memory
from analysis.statistics import Interval, t_interval
from analysis.tables.layers import run_layers
from analysis.tables.origin import Origin
from market.accounts.ledger import FUNDING, LOANS, REPAYMENT
from market.records.columns import LAYERS
from scenarios.batches.precision import CONFIDENCE
from scenarios.files.loading import usual

ROUNDS_PER_YEAR: Final = 12


@dataclass(frozen=True)
class Claim:
    """One part of the claim and the quantities that must all be above zero (or below, ``sign`` −1) for it to hold.

    Attributes:
        text: The claim, worded as what is tested.
        says: The article's words for it.
        layer: The layer it is about; without sales there the claim does not apply.
        sign: 1 if the quantities must be positive, −1 if negative.
        quantities: Column of ``claim_quantities`` and its meaning.
    """

    text: str
    says: str
    layer: str
    sign: int
    quantities: dict[str, str]


CLAIMS: Final = (
    Claim(
        "Hardware earns a profit every year and the highest margin",
        "hardware profits effortlessly",
        "hardware",
        1,
        {"hardware_lowest": "margin in the worst year", "hardware_lead": "lead over the next layer"},
    ),
    Claim(
        "Labs do not earn their cost of capital",
        "labs struggle",
        "labs",
        -1,
        {"labs_economic": "margin after the cost of capital"},
    ),
    Claim(
        "Resellers earn a profit every year and a higher margin than labs",
        "middlemen live well",
        "resellers",
        1,
        {"resellers_lowest": "margin in the worst year", "resellers_lead": "lead over labs"},
    ),
)


def claims(results: Any, cost_of_capital: float | None = None, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Test the three parts of the claim in each setting.

    A part is *confirmed* if the intervals of all its quantities lie on the claim's side of zero, *refuted* if the
    interval of one lies on the other side, otherwise *undecided*. A setting with a single run has no interval: the
    verdict is then *holds in this run* or *fails in this run*. *Not applicable* if the layer sells nothing. The
    quantities:

    - hardware: its margin in the worst year (positive in every year), and its lead over the other layers' margins;
    - labs: operating profit less the cost of the money investors have in them (shares and loans less repayment), over
      revenue. Below zero, labs lose money or earn less than their capital costs;
    - resellers: their margin in the worst year, and its lead over the labs' margin.

    Args:
        results: Of one run or of a batch.
        cost_of_capital: Yearly return that investors ask for; each setting's ``fleet.cost_of_capital`` if omitted.
        confidence: Of the intervals.

    Returns:
        One row per setting, claim and quantity: ``setting``, ``claim``, ``verdict``, ``quantity``, ``mean``, ``low``,
        ``high``, ``replications``, and ``margin``, the mean plain margin of the layer that the claim is about.
    """
    quantities = claim_quantities(results, cost_of_capital)
    rows = []
    for setting, runs in quantities.groupby("setting", observed=True):
        for claim in CLAIMS:
            found = {name: t_interval(runs[name], confidence) for name in claim.quantities}
            verdict = _verdict(list(found.values()), claim.sign)
            margin = t_interval(runs[f"{claim.layer}_margin"]).mean
            for name, interval in found.items():
                row = {"setting": setting, "claim": claim.text, "verdict": verdict, "quantity": claim.quantities[name]}
                values = {"mean": interval.mean, "low": interval.low, "high": interval.high, "margin": margin}
                rows.append(row | values | {"replications": interval.count})
    return pd.DataFrame(rows).astype({"setting": quantities["setting"].dtype})


def claim_quantities(results: Any, cost_of_capital: float | None = None) -> pd.DataFrame:
    """Return the quantities of ``CLAIMS`` for each run: ``setting``, ``replication``, ``seed`` and a column each.

    Plain margins of the layers are beside them, as ``hardware_margin`` and so on.
    """
    margins = run_layers(results).set_index([*RUN_KEYS, "layer"])["margin"].unstack("layer")
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
    return pd.DataFrame(table).assign(**{f"{layer}_margin": margins[layer] for layer in LAYERS}).reset_index()


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


def _capital_charge(results: Any, cost_of_capital: float | None) -> "pd.Series[float]":
    """Cost of the money investors have in the labs, over the labs' revenue, per run.

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
    capital = capital.groupby(level=RUN_KEYS, observed=True).sum()
    yearly = {name: _cost_of_capital(batch, name, cost_of_capital) for name in batch.settings}
    rate = capital.index.get_level_values("setting").map(yearly).to_numpy(dtype=float)
    charge = ((1 + rate) ** (1 / ROUNDS_PER_YEAR) - 1) * capital
    labs = batch.layers[batch.layers["layer"] == "labs"]
    revenue = labs.groupby(RUN_KEYS, observed=True)["revenue"].sum()
    return pd.Series(charge / revenue.where(revenue > 0))


def _cost_of_capital(batch: BatchResults, setting: str, given: float | None) -> float:
    """Return the yearly cost of capital of a setting: the one given, or the setting's own."""
    if given is not None:
        return given
    fleet = Origin.of(batch).effective(setting).get("fleet") or usual()["fleet"]
    return float(fleet["cost_of_capital"])


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
