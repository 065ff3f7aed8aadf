"""Sellers that try markups and keep to the best: alone they find the monopolist's, together they stay above Nash.

A seller alone that learns by Q-learning knows what each markup is worth if it is followed by the best ones for ever,
Q(a) = π(a) + δ max π/(1 − δ) (Watkins and Dayan 1992).

A month's profit answers to rivals' trials as well, so that each takes demand to be less elastic than it is: prices come
to rest above the Bertrand-Nash price, the less so the more sellers there are (Hansen, Misra and Pai 2021).
"""

from functools import cache

import numpy as np

from analysis.validation import one_layer
from analysis.validation.check import Check
from market.textbook.model import TextbookMarket

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


DISCOUNT, TRIED = 0.5, 7
"""Of a learner alone, and markups it has."""


def learned() -> float:
    """Return the largest error of what a learner alone takes a markup to be worth, over the best one's."""
    from scenarios.files.loading import load

    rule = {"rule": "q-learning", "markups": TRIED, "highest": 2.0, "discount": DISCOUNT, "rate": 0.5, "fades": 0.0}
    changes = {"resellers.count": 1, "resellers.pricing": rule | {"largest_move": 10.0}}
    model = TextbookMarket(load("theory/bertrand-nash", changes).parameters, rng=1, collect=False)
    for _ in range(8 * MONTHS):
        model.step()
    grid, demand = np.linspace(0.0, 2.0, TRIED), one_layer.demand(1)
    profit = np.array([markup * demand.quantities(np.array([1 + markup]))[0] for markup in grid])
    worth = dict(zip(grid.tolist(), profit + DISCOUNT * profit.max() / (1 - DISCOUNT), strict=True))
    found = model.resellers[0].values.worth
    return max(abs(value - worth[markup]) for (_, markup), value in found.items()) / max(worth.values())


CHECKS = (
    Check("most frequent price of one that tries markups over the best of them", "the best of its grid, by the demand",
          1.0, lambda: float(np.mean([most_frequent(seed) for seed in range(SEEDS)])) / best(), 1e-9, slow=True),
    Check("prices of two and of five that try markups are above Bertrand-Nash", "Hansen, Misra and Pai (2021)",
          1.0, lambda: float(above_nash(2) > 0 and above_nash(5) > 0), 0.0, slow=True),
    Check("error of what a Q-learner alone takes markups to be worth", "Bellman: π + δ max π/(1 − δ)", 0.0,
          learned, 1e-9, slow=True),
)  # fmt: skip
