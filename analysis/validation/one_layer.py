"""One layer: Bertrand-Nash, monopoly, mergers."""

from functools import partial

import numpy as np

from analysis.validation.check import Check
from market.demand import Logit, NestedLogit
from market.equilibrium import bertrand_nash, joint_profit

SOURCE = "demand of Calvano et al. (2020), computed to ten digits"
TABLE = {1: (1.8019850079, 1.8019850079), 2: (1.4729266600, 1.9249809190),
         3: (1.3701627294, 2.0), 4: (1.3314606899, 2.0544111805),
         6: (1.2994006277, 2.1325899261), 10: (1.2776072263, 2.2332863960)}  # fmt: skip


def demand(firms: int) -> Logit:
    return Logit(np.full(firms, 8.0), 4.0)


def nash(firms: int) -> float:
    return float(bertrand_nash(demand(firms), np.ones(firms)).prices[0])


def cartel(firms: int) -> float:
    return float(joint_profit(demand(firms), np.ones(firms)).prices[0])


def worst_condition() -> float:
    """Largest gap in the first-order conditions of a hundred random nested-logit markets of fifty products."""
    rng, owned, worst = np.random.default_rng(1), np.kron(np.eye(10), np.ones((5, 5))), 0.0
    for _ in range(100):
        market = NestedLogit(rng.normal(1, 2, 50), rng.uniform(0.5, 3), rng.integers(0, 5, 50), rng.uniform(0, 0.95))
        cost = rng.uniform(0, 3, 50)
        found = bertrand_nash(market, cost, owned)
        gap = found.quantities + (owned * market.jacobian(found.prices).T) @ (found.prices - cost)
        worst = max(worst, float(np.abs(gap).max()) if found.converged else np.inf)
    return worst


CHECKS = (
    *(Check(f"Nash price of {n} firms", SOURCE, p, partial(nash, n), 1e-9) for n, (p, _) in TABLE.items()),
    *(Check(f"cartel price of {n} firms", SOURCE, p, partial(cartel, n), 1e-9) for n, (_, p) in TABLE.items()),
    Check("first-order conditions of 100 nested-logit markets of 50 products", "identity", 0.0, worst_condition, 1e-7),
)
