"""Who is served where capacity is short: rationing by the token, and where users turn for the rest."""

from dataclasses import dataclass

import numpy as np

from market.arrays import Matrix, Vector, covered
from market.markets.tokens.demand import TokenDemand
from market.users.choice import free_choice


@dataclass(frozen=True)
class Service:
    """What a month's capacity came to, in tokens of labs' best models.

    Attributes:
        people: [type, offer], served.
        demanded: [lab], Mtok asked of a lab by those who chose it.
        taken_in: [lab], Mtok of those whom others left unserved, as far as there was room.
        share: [lab], of what was demanded, that it served.
    """

    people: Matrix
    demanded: Vector
    taken_in: Vector
    share: Vector

    @property
    def served(self) -> Vector:
        """[lab], Mtok."""
        return self.demanded * self.share + self.taken_in


def ration(chosen: Matrix, demand: TokenDemand, capacity: Vector) -> Service:
    """Serve people as far as capacity goes.

    Where tokens are short everybody gets the same share of what he wants: a person counts as served in proportion. For
    the rest he turns to the offers of labs with room, as free to choose as somebody without a provider, and on to the
    next when these are full too.

    Args:
        chosen: [type, offer], people.
        demand: At the prices in force.
        capacity: [lab], Mtok.
    """
    offers = demand.offers

    def asked(people: Matrix) -> Vector:
        return offers.by_lab((people * demand.load).sum(axis=0))

    demanded = asked(chosen)
    share = covered(capacity, demanded)
    served, taken_in = chosen * share[offers.lab], np.zeros_like(capacity)
    full, room, left = share < 1, capacity - demanded * share, chosen - served
    while full.any() and not full.all():
        open_to_all = np.where(full[offers.lab], -np.inf, demand.utility)
        turned = free_choice(open_to_all, demand.nest, demand.tastes.correlation, left.sum(axis=1)).users
        wanted = asked(turned)
        more = np.where(full, 0.0, covered(room, wanted))
        taken = turned * more[offers.lab]
        served, taken_in = served + taken, taken_in + wanted * more
        if (full | (more == 1)).all():
            break
        full, room, left = full | (more < 1), room - wanted * more, turned - taken
    return Service(served, demanded, taken_in, share)
