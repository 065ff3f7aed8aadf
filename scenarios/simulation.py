"""A model played from its first round to its last. Light to import: batches name it to their workers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from market.parameters.run import RunParameters
    from market.records.results import Results

Watch = Callable[[int, int], None]
"""Called after every round with the rounds played and the rounds to play."""


def simulate(parameters: "RunParameters", seed: int, watch: Watch | None = None, debug: bool = False) -> "Results":
    """Play all rounds of the parameters' horizon and return the tables.

    Args:
        parameters: The scenario; what plays it follows from its model.
        seed: Of the run.
        watch: Told of every round played.
        debug: Whether every identity is checked in every round.

    Raises:
        ArithmeticError: If something does not add up.
    """
    from market.models import model_for

    model = model_for(parameters)(parameters, rng=seed, collect=False)
    rounds = parameters.horizon.rounds
    step = model.audit().step if debug else model.step
    for played in range(1, rounds + 1):
        step()
        if watch:
            watch(played, rounds)
    return model.results()
