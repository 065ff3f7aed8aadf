"""Sellers that try markups and keep to the best: alone they find the monopolist's, together they stay above Nash.

A month's profit answers to rivals' trials as well, so that each takes demand to be less elastic than it is: prices come
to rest above the Bertrand-Nash price, the less so the more sellers there are (Hansen, Misra and Pai 2021).
"""

from functools import cache

import numpy as np

from analysis.validation.rung import Rung
from market.demand import Logit
from market.equilibrium import bertrand_nash

MARKUPS = np.linspace(0.0, 2.0, 21)
BANDIT = {"rule": "bandit", "markups": MARKUPS.size, "lowest": 0.0, "highest": 2.0, "explore": 0.05}
MONTHS, LATER, SEEDS = 300, 150, 6


def demand(sellers: int) -> Logit:
    """Return the demand of Calvano et al. (2020) at a cost of 1."""
    return Logit(np.full(sellers, 8.0), 4.0)


@cache
def prices(sellers: int, seed: int) -> np.ndarray:
    """Return the prices of sellers that try markups, [month, seller], once they have tried all."""
    from market.textbook.model import TextbookMarket
    from scenarios.files.loading import load

    changes = {"resellers.count": sellers, "resellers.pricing": BANDIT, "horizon.rounds": MONTHS}
    model = TextbookMarket(load("theory/bertrand-nash", changes).parameters, rng=seed, collect=False)
    posted = []
    for _ in range(MONTHS):
        model.step()
        posted.append(model.chain.last.price.copy())
    return np.array(posted[LATER:])


def most_frequent(seed: int) -> float:
    """Return the price a seller without rivals asks most often."""
    found, times = np.unique(prices(1, seed).round(9), return_counts=True)
    return float(found[times.argmax()])


def best() -> float:
    """Return the price of those it can ask that earns a seller without rivals most."""
    return float(max(1 + MARKUPS, key=lambda price: (price - 1) * demand(1).quantities(np.array([price]))[0]))


def above_nash(sellers: int) -> float:
    """Return the mean price less the Bertrand-Nash price, of all seeds."""
    mean = np.mean([prices(sellers, seed).mean() for seed in range(SEEDS)])
    return float(mean - bertrand_nash(demand(sellers), np.ones(sellers)).prices.mean())


RUNGS = (
    Rung("most frequent price of one that tries markups over the best of them", "the best of its grid, by the demand",
         1.0, lambda: float(np.mean([most_frequent(seed) for seed in range(SEEDS)])) / best(), 1e-9, slow=True),
    Rung("prices of two and of five that try markups are above Bertrand-Nash", "Hansen, Misra and Pai (2021)",
         1.0, lambda: float(above_nash(2) > 0 and above_nash(5) > 0), 0.0, slow=True),
)  # fmt: skip
