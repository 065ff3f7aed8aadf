"""All groups of the ladder, in the order in which they build on each other."""

from collections.abc import Iterator

from analysis.validation import (
    agents,
    asymmetric,
    bargaining,
    capacity,
    chains,
    clouds,
    demand,
    entry,
    free_plans,
    learners,
    one_layer,
    pricing_game,
    race,
    squeeze,
    stationary,
    switching,
    tariffs,
)
from analysis.validation.rung import Outcome, Rung, tried

GROUPS: dict[str, tuple[Rung, ...]] = {
    "demand": demand.RUNGS,
    "one-layer equilibria": one_layer.RUNGS,
    "chains": chains.RUNGS,
    "bargaining": bargaining.RUNGS,
    "capacity": capacity.RUNGS,
    "circle and free entry": entry.RUNGS,
    "switching costs": switching.RUNGS,
    "commons": learners.RUNGS,
    "tariffs": (*tariffs.RUNGS, *squeeze.RUNGS, *free_plans.RUNGS),
    "agents-meet-theory": agents.RUNGS,
    "asymmetric firms": asymmetric.RUNGS,
    "stationary state": stationary.RUNGS,
    "race": race.RUNGS,
    "rented compute": clouds.RUNGS,
    "learning": pricing_game.RUNGS,
}


def climb(quick: bool = False) -> Iterator[Outcome]:
    """Yield the outcome of every rung, group by group; the quick ladder leaves out the slow ones."""
    for group, rungs in GROUPS.items():
        for rung in rungs:
            if not (quick and rung.slow):
                yield tried(group, rung)
