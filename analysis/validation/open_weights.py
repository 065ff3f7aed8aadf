"""Open weights: hosts of one model compete on price.

In the stationary world every price of labs and hosts is held to a Bertrand-Nash equilibrium that `market.equilibrium`
computes from the users' tastes: a lab's cost is the user cost of the servers it owns and rents, a host's the rent for
which clouds build. Hosts of one model that users hold for the same sell at cost (Bertrand 1883).
"""

from functools import cache
from math import log2

import numpy as np

from analysis.validation.check import Check
from analysis.validation.stationary import free_to_switch, nash_prices, opened, played
from market import TokenMarket

HOSTS, MONTHS = 3, 60
DECAY, OPENS_AFTER = 0.08, 4
ALIKE = 0.95
"""Correlation of tastes for hosts at which their differences count a fourth of what they do at 0.8."""


@cache
def settled(correlation: float = 0.8) -> TokenMarket:
    """Return the stationary world after five years with hosts, no reseller, and users free to change provider."""
    changes: dict[str, object] = {"clouds.count": 3, "hosts.count": HOSTS, "resellers.count": 0}
    changes |= {"population.nest_correlation": correlation, "labs.opens_after": OPENS_AFTER, "training.decay": DECAY}
    changes |= free_to_switch()
    return played(opened(changes), MONTHS)


@cache
def over_nash(kind: str, correlation: float = 0.8) -> float:
    """Return the mean price of labs or hosts over that of a Bertrand-Nash equilibrium at the costs there are."""
    model = settled(correlation)
    mine = np.array([maker.kind == kind for maker in model.open_producers])
    prices = np.array([maker.price for maker in model.open_producers])
    return float(prices[mine].mean() / nash_prices(model)[mine].mean())


def markup(correlation: float) -> float:
    """Return by how much hosts' price exceeds their cost."""
    return float(np.mean([host.price / host.sale()[1] - 1 for host in settled(correlation).open_hosts]))


def aged() -> float:
    """Return the quality of the open model over the frontier's, doublings, where labs only keep up what they know."""
    model = settled()
    return model.open_weights.best.quality - model.progress


CHECKS = (
    Check("price of labs beside hosts over the Bertrand-Nash price", "market.equilibrium at the user cost", 1.0,
          lambda: over_nash("lab"), 1e-4, slow=True),
    Check("price of hosts of one model over the Bertrand-Nash price", "market.equilibrium at the rent", 1.0,
          lambda: over_nash("host"), 1e-4, slow=True),
    Check("the same where users hardly tell them apart", "market.equilibrium at the rent", 1.0,
          lambda: over_nash("host", ALIKE), 1e-4, slow=True),
    Check("markup of hosts where they differ a fourth as much, over the former", "Bertrand (1883): none, in the end",
          0.25, lambda: markup(ALIKE) / markup(0.8), 0.05, slow=True),
    Check("quality of the open model over the frontier's, doublings", "m log2(1 − decay) where labs keep up",
          OPENS_AFTER * log2(1 - DECAY), aged, 1e-3, slow=True),
)  # fmt: skip
