"""The market played from its first round to its last. Light to import: batches name it to their workers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from market import Parameters
    from market.measures import Results

Watch = Callable[[int, int], None]
"""Called after every round with the rounds played and the rounds to play."""


def simulate(parameters: "Parameters", seed: int, watch: Watch | None = None) -> "Results":
    """Play all rounds of the parameters' horizon and return the tables."""
    from market import TokenMarket

    model = TokenMarket(parameters, rng=seed, collect=False)
    rounds = parameters.horizon.rounds
    for played in range(1, rounds + 1):
        model.step()
        if watch:
            watch(played, rounds)
    return model.results()
