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
from analysis.validation.check import Check, Outcome, tried
from scenarios.errors import BadInput, did_you_mean, quoted

GROUPS: dict[str, tuple[Check, ...]] = {
    "demand": demand.CHECKS,
    "one-layer equilibria": one_layer.CHECKS,
    "chains": chains.CHECKS,
    "bargaining": bargaining.CHECKS,
    "capacity": capacity.CHECKS,
    "entry": entry.CHECKS,
    "switching costs": switching.CHECKS,
    "commons": learners.CHECKS,
    "tariffs": (*tariffs.CHECKS, *squeeze.CHECKS, *free_plans.CHECKS),
    "small models": small_models.CHECKS,
    "agents-meet-theory": agents.CHECKS,
    "asymmetric firms": asymmetric.CHECKS,
    "mergers": mergers.CHECKS,
    "stationary state": stationary.CHECKS,
    "integration": (*integration.CHECKS, *make_or_buy.CHECKS),
    "incidence": (*incidence.CHECKS, *rebates.CHECKS),
    "generations of chips": generations.CHECKS,
    "race": race.CHECKS,
    "rented compute": clouds.CHECKS,
    "open weights": open_weights.CHECKS,
    "learning": (*pricing_game.CHECKS, *bandits.CHECKS),
}


def run_checks(quick: bool = False, groups: Sequence[str] = ()) -> Iterator[Outcome]:
    """Yield the outcome of every check, group by group; the quick ladder leaves out the slow ones.

    Args:
        quick: Leave them out.
        groups: Only these; all if there are none.

    Raises:
        BadInput: If there is no such group.
    """
    for group in groups:
        if group not in GROUPS:
            raise BadInput(f"unknown group {quoted(group)}{did_you_mean(group, GROUPS)}")
    for group, checks in GROUPS.items():
        if groups and group not in groups:
            continue
        for check in checks:
            if not (quick and check.slow):
                yield tried(group, check)
