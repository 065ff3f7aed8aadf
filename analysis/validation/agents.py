"""Agents meet theory: rounds of the simulation itself, played until they settle, against closed forms.

Linear demand is P = 10 − Q at a cost of 2; logit demand has value 8, price coefficient 4 and cost 1 (in units of money:
a = 2, μ = 1/4), the demand of Calvano et al. (2020).
"""

from functools import cache, partial

import numpy as np

from analysis.validation.check import Check
from market.records.columns import LAYERS
from market.records.results import Results

TOLERANCE = 1e-4
NASH = {2: 1.4729266600, 3: 1.3701627294, 5: 1.3115206238, 10: 1.2776072263}
JOINT = {2: 1.9249809190, 3: 2.0000000000, 5: 2.0972312790}
LAB_OVER = {
    2: (1.7399043, 2.0921292, 0.677488),
    5: (1.8940317, 2.1850403, 0.754431),
    10: (2.0285059, 2.2988236, 0.791875),
}
SPLIT = ((1, 1), (1, 2), (2, 1), (2, 2), (3, 5), (5, 3), (10, 10))
CHAINS = ((1, 1, 1), (2, 2, 2), (2, 3, 5), (3, 3, 10), (1, 3, 10), (5, 5, 5))
SALINGER = {(1, 1, 1): (4, 16 / 3), (2, 2, 1): (10 / 3, 14 / 3), (1, 2, 1): (4, 5), (3, 5, 1): (3, 27 / 7),
            (3, 5, 2): (8 / 3, 41 / 12)}  # fmt: skip
"""(labs, resellers, integrated pairs): wholesale and retail price."""
COUNTS = tuple(f"{kind}.count" for kind in ("vendors", "labs", "resellers"))


@cache
def settled(preset: str, firms: tuple[int, int, int], integrated: int = 0) -> Results:
    """Return the tables of a theory preset played to its end, with as many vendors, labs and resellers."""
    from scenarios.files.loading import load
    from scenarios.simulation import simulate

    own = {"chain.integrated": integrated} if integrated else {}
    return simulate(load(f"theory/{preset}", dict(zip(COUNTS, firms, strict=True)) | own).parameters, seed=1)


def price(results: Results, which: str = "retail") -> float:
    return float(results.rounds[f"price_{which}"].iloc[-1])


def share(results: Results, layer: str) -> float:
    """Return a layer's part of all profit in the last month."""
    profit = results.layers.groupby("layer", observed=True)["profit"].last()
    return float(profit[layer] / profit.sum())


def firm_profit(results: Results, firm: str) -> float:
    rows = results.firms[results.firms["firm"] == firm]
    return float(rows["operating_profit"].iloc[-1])


def settled_price(preset: str, firms: tuple[int, int, int], which: str = "retail", pairs: int = 0) -> float:
    """Return the price at which a market settles."""
    return price(settled(preset, firms, pairs), which)


def settled_share(preset: str, firms: tuple[int, int, int], layer: str) -> float:
    """Return the share of profit at which a layer settles."""
    return share(settled(preset, firms), layer)


def integrated_profit(results: Results) -> float:
    """Return what a lab and the reseller it owns earn in the last month."""
    return firm_profit(results, "lab 1") + firm_profit(results, "reseller 1")


def chain_shares(firms: tuple[int, ...]) -> np.ndarray:
    """Return each layer's part of all profit in successive Cournot oligopoly: its margin over the sum of margins."""
    passed = np.cumprod([1.0, *(n / (n + 1) for n in firms[:-1])])
    margins = passed / (np.array(firms) + 1)
    return margins / margins.sum()


def _one_layer() -> list[Check]:
    source = "first-order condition of logit demand, Calvano et al. (2020)"
    checks = []
    for preset, name, prices in (("bertrand-nash", "competing", NASH), ("joint-profit", "in a cartel", JOINT)):
        for n, expected in prices.items():
            checks.append(Check(f"retail price of {n} resellers {name}", source, expected,
                              partial(settled_price, preset, (1, 1, n)), TOLERANCE))  # fmt: skip
    return checks


def _chains() -> list[Check]:
    checks = [
        Check(f"vendors' share of profit, {n} over {m} labs", "Greenhut and Ohta (1979)", (m + 1) / (n + m + 1),
              partial(settled_share, "double-marginalisation", (n, m, 0), "hardware"), TOLERANCE)
        for n, m in SPLIT
    ]  # fmt: skip
    for firms in CHAINS:
        for layer, expected in zip(LAYERS, chain_shares(firms), strict=True):
            checks.append(Check(f"share of {layer}, {firms} firms", "successive Cournot, closed form", float(expected),
                              partial(settled_share, "chain", firms, layer), TOLERANCE))  # fmt: skip
    simultaneous = "first-order conditions, margins given"
    checks += [
        Check("retail price, three layers that take margins as given", simultaneous, 8.0,
              partial(settled_price, "simultaneous-margins", (1, 1, 1)), TOLERANCE),
        Check("share of hardware among them", simultaneous, 1 / 3,
              partial(settled_share, "simultaneous-margins", (1, 1, 1), "hardware"), TOLERANCE),
    ]  # fmt: skip
    return checks


def _integration() -> list[Check]:
    single = ("vertical-integration", (1, 1, 1), 1)
    checks = [
        Check("retail price of a lab that owns the only reseller", "Spengler (1950)", 6.0,
              lambda: price(settled(*single)), TOLERANCE),
        Check("profit of a lab that owns the only reseller", "Spengler (1950)", 16.0,
              lambda: integrated_profit(settled(*single)), TOLERANCE),
        Check("profit of an integrated pair beside 3 labs and 5 resellers", "Salinger (1988)", 169 / 49,
              lambda: integrated_profit(settled("salinger", (1, 4, 6), 1)), TOLERANCE),
        Check("profit of a lab beside an integrated pair, 3 labs and 5 resellers", "Salinger (1988)", 10 / 7,
              lambda: firm_profit(settled("salinger", (1, 4, 6), 1), "lab 4"), TOLERANCE),
    ]  # fmt: skip
    for (labs, resellers, pairs), prices in SALINGER.items():
        for which, expected in zip(("wholesale", "retail"), prices, strict=True):
            claim = f"{which} price: labs {labs}, resellers {resellers}, integrated pairs {pairs}"
            firms = (1, labs + pairs, resellers + pairs)
            checks.append(Check(claim, "Salinger (1988)", expected,
                              partial(settled_price, "salinger", firms, which, pairs), TOLERANCE))  # fmt: skip
    return checks


def _lab_over_resellers() -> list[Check]:
    source, checks = "double marginalisation, computed by brute force", []
    for n, (wholesale, retail, labs) in LAB_OVER.items():
        checks += [
            Check(f"wholesale price of a lab over {n} resellers", source, wholesale,
                  partial(settled_price, "lab-over-resellers", (1, 1, n), "wholesale"), TOLERANCE),
            Check(f"retail price of {n} resellers under one lab", source, retail,
                  partial(settled_price, "lab-over-resellers", (1, 1, n)), TOLERANCE),
            Check(f"share of a lab over {n} resellers", source, labs,
                  partial(settled_share, "lab-over-resellers", (1, 1, n), "labs"), TOLERANCE),
        ]  # fmt: skip
    return checks


CHECKS = (*_one_layer(), *_chains(), *_integration(), *_lab_over_resellers())
