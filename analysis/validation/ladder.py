"""All groups of the ladder, in the order in which they build on each other."""

from collections.abc import Iterator

from analysis.validation import agents, bargaining, capacity, chains, commons, demand, entry, one_layer, switching
from analysis.validation.rung import Outcome, Rung, tried

GROUPS: dict[str, tuple[Rung, ...]] = {
    "demand": demand.RUNGS,
    "one-layer equilibria": one_layer.RUNGS,
    "chains": chains.RUNGS,
    "bargaining": bargaining.RUNGS,
    "capacity": capacity.RUNGS,
    "circle and free entry": entry.RUNGS,
    "switching costs": switching.RUNGS,
    "commons": commons.RUNGS,
    "agents-meet-theory": agents.RUNGS,
}


def climb(quick: bool = False) -> Iterator[Outcome]:
    """Yield the outcome of every rung, group by group; the quick ladder leaves out the slow ones."""
    for group, rungs in GROUPS.items():
        for rung in rungs:
            if not (quick and rung.slow):
                yield tried(group, rung)
