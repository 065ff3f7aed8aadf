"""Two labs, three resellers of theirs, and users spread over all of them."""

import numpy as np

from market.markets.tokens.demand import TokenDemand
from market.markets.tokens.offers import Offers
from market.markets.tokens.tastes import Tastes
from market.users.types import Types

PRICES = np.array([3.0, 5.0, 4.5, 6.0, 5.5])
LABS, RESELLERS = np.array([0, 1, 0, 1, 1]), np.array([-1, -1, 0, 1, 2])


def demand(loyalty=0.0, elasticity=0.9, correlation=0.5, types=6, seed=2, nests="model") -> TokenDemand:
    """Two labs that sell themselves, and three resellers of their models; users spread over all of them and none."""
    random = np.random.default_rng(seed)
    people = Types(
        people=np.ones(types),
        need=random.uniform(0.1, 3.0, types),
        price_sensitivity=random.uniform(1.0, 4.0, types),
        quality_taste=random.uniform(0.2, 1.0, types),
        base_value=random.uniform(0.5, 2.0, types),
        reseller_taste=random.uniform(-1.0, 1.0, types),
        loyalty=loyalty * random.uniform(0.5, 1.5, types),
        fertility=random.uniform(1.0, 1.7, types),
        sees=np.ones((types, 3), dtype=np.bool_),
    )
    tastes = Tastes(
        people,
        reference_price=4.0,
        elasticity=elasticity,
        obsolescence=0.9,
        correlation=correlation,
        nests=nests,
        plan_correlation=correlation,
        satiation=10.0,
        allowances="tokens",
    )
    offers = Offers(
        sellers=("lab 1", "lab 2", "reseller 1", "reseller 2", "reseller 3"),
        price=PRICES,
        quality=np.array([1.0, 0.2, 1.0, 0.2, 0.2]),
        lab=LABS,
        reseller=RESELLERS,
        added_value=np.array([0.0, 0.0, 0.4, -0.1, 0.2]),
    )
    return TokenDemand(tastes, offers, random.uniform(0, 1e6, (types, 6)), need_factor=1.3, progress=1.0)
