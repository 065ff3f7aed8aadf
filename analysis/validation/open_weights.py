"""Open weights: hosts of one model compete on price.

In the stationary world every price of labs and hosts is held to a Bertrand-Nash equilibrium that `market.equilibrium`
computes from the users' tastes: a lab's cost is the user cost of the servers it owns and rents, a host's the rent for
which clouds build. Hosts of one model that users hold for the same sell at cost (Bertrand 1883).
"""

from functools import cache
from math import log2

import numpy as np

from analysis.validation.rung import Rung
from analysis.validation.stationary import mixed_logit, opened, played
from market import TokenMarket
from market.equilibrium import bertrand_nash

HOSTS, MONTHS = 3, 60
DECAY, OPENS_AFTER = 0.08, 4


@cache
def settled(correlation: float = 0.8) -> TokenMarket:
    """Return the stationary world after five years with hosts, no reseller, and users free to change provider."""
    changes: dict[str, object] = {"clouds.count": 3, "hosts.count": HOSTS, "resellers.count": 0}
    changes |= {"population.nest_correlation": correlation, "labs.opens_after": OPENS_AFTER, "training.decay": DECAY}
    changes |= {f"population.segments.{segment.name}.loyalty": 0.0 for segment in opened().segments}
    return played(opened(changes), MONTHS)


@cache
def nash() -> dict[str, float]:
    """Return mean Bertrand-Nash prices of labs and of hosts, USD/Mtok, at the costs there are."""
    model = settled()
    cost = np.array(model.retail.marginal_costs()) / model.retail.keeps_retail
    prices = bertrand_nash(mixed_logit(model), cost).prices
    return {"lab": float(prices[: len(model.open_labs)].mean()), "host": float(prices[len(model.open_labs) :].mean())}


def price_of(kind: str) -> float:
    model = settled()
    return float(np.mean([maker.price for maker in model.open_producers if maker.kind == kind]))


def at_cost() -> float:
    """Return the price of hosts over their cost where users hardly tell one from another."""
    hosts = settled(0.99).open_hosts
    return float(np.mean([host.price / host.sale()[1] for host in hosts]))


def aged() -> float:
    """Return the quality of the open model over the frontier's, doublings, where labs only keep up what they know."""
    model = settled()
    return model.open_weights.best.quality - model.progress


RUNGS = (
    Rung("price of labs beside hosts over the Bertrand-Nash price", "market.equilibrium at the user cost", 1.0,
         lambda: price_of("lab") / nash()["lab"], 1e-4, slow=True),
    Rung("price of hosts of one model over the Bertrand-Nash price", "market.equilibrium at the rent", 1.0,
         lambda: price_of("host") / nash()["host"], 1e-4, slow=True),
    Rung("price of hosts over cost where users hardly tell them apart", "Bertrand (1883)", 1.0,
         at_cost, 0.05, slow=True),
    Rung("quality of the open model over the frontier's, doublings", "m log2(1 − decay) where labs keep up",
         OPENS_AFTER * log2(1 - DECAY), aged, 1e-3, slow=True),
)  # fmt: skip
