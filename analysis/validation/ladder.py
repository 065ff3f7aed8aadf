"""All groups of the ladder, in the order in which they build on each other."""

from collections.abc import Iterator, Sequence

from analysis.validation import (
    agents,
    asymmetric,
    bandits,
    bargaining,
    capacity,
    chains,
    clouds,
    demand,
    entry,
    free_plans,
    generations,
    incidence,
    integration,
    learners,
    make_or_buy,
    mergers,
    one_layer,
    open_weights,
    pricing_game,
    race,
    rebates,
    small_models,
    squeeze,
    stationary,
    switching,
    tariffs,
)
from analysis.validation.rung import Outcome, Rung, tried
from scenarios.errors import BadInput, did_you_mean, quoted

GROUPS: dict[str, tuple[Rung, ...]] = {
    "demand": demand.RUNGS,
    "one-layer equilibria": one_layer.RUNGS,
    "chains": chains.RUNGS,
    "bargaining": bargaining.RUNGS,
    "capacity": capacity.RUNGS,
    "entry": entry.RUNGS,
    "switching costs": switching.RUNGS,
    "commons": learners.RUNGS,
    "tariffs": (*tariffs.RUNGS, *squeeze.RUNGS, *free_plans.RUNGS),
    "small models": small_models.RUNGS,
    "agents-meet-theory": agents.RUNGS,
    "asymmetric firms": asymmetric.RUNGS,
    "mergers": mergers.RUNGS,
    "stationary state": stationary.RUNGS,
    "integration": (*integration.RUNGS, *make_or_buy.RUNGS),
    "incidence": (*incidence.RUNGS, *rebates.RUNGS),
    "generations of chips": generations.RUNGS,
    "race": race.RUNGS,
    "rented compute": clouds.RUNGS,
    "open weights": open_weights.RUNGS,
    "learning": (*pricing_game.RUNGS, *bandits.RUNGS),
}


def climb(quick: bool = False, groups: Sequence[str] = ()) -> Iterator[Outcome]:
    """Yield the outcome of every rung, group by group; the quick ladder leaves out the slow ones.

    Args:
        quick: Leave them out.
        groups: Only these; all if there are none.

    Raises:
        BadInput: If there is no such group.
    """
    for group in groups:
        if group not in GROUPS:
            raise BadInput(f"unknown group {quoted(group)}{did_you_mean(group, GROUPS)}")
    for group, rungs in GROUPS.items():
        if groups and group not in groups:
            continue
        for rung in rungs:
            if not (quick and rung.slow):
                yield tried(group, rung)
