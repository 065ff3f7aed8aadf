"""Sellers that try markups and keep to the best: alone they find the monopolist's, together they stay above Nash.

A month's profit answers to rivals' trials as well, so that each takes demand to be less elastic than it is: prices come
to rest above the Bertrand-Nash price, the less so the more sellers there are (Hansen, Misra and Pai 2021).
"""

from functools import cache

import numpy as np

from analysis.validation import one_layer
from analysis.validation.rung import Rung

MARKUPS = np.linspace(0.0, 2.0, 21)
BANDIT = {"rule": "bandit", "markups": MARKUPS.size, "lowest": 0.0, "highest": 2.0, "explore": 0.05}
MONTHS, LATER, SEEDS = 300, 150, 6


@cache
def prices(sellers: int, seed: int) -> np.ndarray:
    """Return the prices of sellers that try markups, [month, seller], once they have tried all."""
    from scenarios.files.loading import load
    from scenarios.simulation import simulate

    changes = {"resellers.count": sellers, "resellers.pricing": BANDIT, "horizon.rounds": MONTHS}
    firms = simulate(load("theory/bertrand-nash", changes).parameters, seed).firms
    posted = firms[firms["kind"] == "reseller"].pivot(index="round", columns="firm", values="price")
    return posted.to_numpy()[LATER:]


def most_frequent(seed: int) -> float:
    """Return the price a seller without rivals asks most often."""
    found, times = np.unique(prices(1, seed).round(9), return_counts=True)
    return float(found[times.argmax()])


def best() -> float:
    """Return the price of those it can ask that earns a seller without rivals most."""
    alone = one_layer.demand(1)
    return float(max(1 + MARKUPS, key=lambda price: (price - 1) * alone.quantities(np.array([price]))[0]))


def above_nash(sellers: int) -> float:
    """Return the mean price less the Bertrand-Nash price, of all seeds."""
    return float(np.mean([prices(sellers, seed).mean() for seed in range(SEEDS)])) - one_layer.nash(sellers)


RUNGS = (
    Rung("most frequent price of one that tries markups over the best of them", "the best of its grid, by the demand",
         1.0, lambda: float(np.mean([most_frequent(seed) for seed in range(SEEDS)])) / best(), 1e-9, slow=True),
    Rung("prices of two and of five that try markups are above Bertrand-Nash", "Hansen, Misra and Pai (2021)",
         1.0, lambda: float(above_nash(2) > 0 and above_nash(5) > 0), 0.0, slow=True),
)  # fmt: skip
