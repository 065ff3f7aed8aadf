"""The market played from its first round to its last. Light to import: batches name it to their workers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from market import Parameters
    from market.measures import Results

Watch = Callable[[int, int], None]
"""Called after every round with the rounds played and the rounds to play."""


def simulate(parameters: "Parameters", seed: int, watch: Watch | None = None, debug: bool = False) -> "Results":
    """Play all rounds of the parameters' horizon and return the tables.

    Args:
        parameters: The scenario.
        seed: Of the run.
        watch: Told of every round played.
        debug: Whether every identity is checked in every round.

    Raises:
        ArithmeticError: If something does not add up.
    """
    from market import TokenMarket
    from market.identities import Audit

    model = TokenMarket(parameters, rng=seed, collect=False)
    rounds = parameters.horizon.rounds
    step = Audit(model).step if debug else model.step
    for played in range(1, rounds + 1):
        step()
        if watch:
            watch(played, rounds)
    return model.results()
