"""Nash-in-Nash wholesale prices."""

from functools import partial

import numpy as np

from analysis.validation.check import Check
from market.demand import Logit
from market.equilibrium import vertical_bargaining

SOURCE = "Sheu and Taragin (2021)"


def weak_supplier() -> float:
    """Wholesale price where the retailer has all the weight."""
    return float(vertical_bargaining(Logit([8.0], 4), 1, 0, ["lab"], ["shop"], 1.0).wholesale[0])


def weak_supplier_retail() -> float:
    return float(vertical_bargaining(Logit([8.0], 4), 1, 0, ["lab"], ["shop"], 1.0).prices[0])


def worst_link(weight: float) -> float:
    """Largest gap between a lab's gain and (1 − b)/b times the reseller's, over four links."""
    supplier, retailer = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    found = vertical_bargaining(Logit([8.0, 7.5, 7.0, 8.2], 4), 1, 0.1, list(supplier), list(retailer), weight)
    share, worst = found.quantities, 0.0
    up, down = found.wholesale - 1, found.prices - found.wholesale - 0.1
    for link in range(4):
        lost = -share * share[link] / (1 - share[link])
        lost[link] = share[link]
        lab, shop = (lost * up)[supplier == supplier[link]].sum(), (lost * down)[retailer == retailer[link]].sum()
        worst = max(worst, abs(float(lab - (1 - weight) / weight * shop)))
    return worst


CHECKS = (
    Check("wholesale price at cost where the retailer has all the weight", SOURCE, 1.0, weak_supplier, 1e-9),
    Check("retail price is then that of an integrated firm", SOURCE, 1.8019850079, weak_supplier_retail, 1e-9),
    *(
        Check(f"gains of every link split by weight {b}", SOURCE, 0.0, partial(worst_link, b), 1e-7)
        for b in (0.2, 0.5, 0.8)
    ),
)
