"""What resellers set where there are menus, one fee or price each, and what it moves."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from market.arrays import Integers, Matrix, Vector
from market.markets.tokens.menus import MenuDemand, Response
from market.parameters.plans import SMALL


@dataclass(frozen=True)
class ResellerMenus:
    """What each reseller sets: a fee, or a price by the token; that of a small model is as many times less as it takes.

    Attributes:
        demand: At posted fees and prices.
    """

    demand: MenuDemand

    @cached_property
    def own(self) -> Integers:
        """[reseller], the instrument that it sets."""
        where = self.demand.instruments
        return np.flatnonzero(self.demand.offers.resold[where.offer] & (where.plan != SMALL))

    @property
    def offer(self) -> Integers:
        """[reseller], its offer."""
        return self.demand.instruments.offer[self.own]

    @cached_property
    def moves(self) -> Matrix | None:
        """[reseller, instrument], ∂fee or price/∂what a reseller sets; None where each has nothing else."""
        where = self.demand.instruments
        if not (self.demand.offers.resold[where.offer] & (where.plan == SMALL)).any():
            return None
        return (self.offer[:, None] == where.offer) * np.where(where.is_fee, 1.0, self.demand.menu.load[where.plan])

    def posted(self, own: Vector) -> Vector:
        """[instrument], what is posted where resellers set this, [reseller]."""
        posted = self.demand.posted.copy()
        posted[self.own] = own
        if self.moves is not None:
            moved = self.moves.any(axis=0)
            posted[moved] = (own @ self.moves)[moved]
        return posted

    def of_instruments(self, values: Vector) -> Vector:
        """Add up values [instrument] over what each reseller sets, [reseller]."""
        return values[self.own] if self.moves is None else self.moves @ values

    def moved(self, found: Response) -> Response:
        """Return how quantities of all answer to what resellers set: [instrument, reseller], [offer, reseller]."""
        if self.moves is None:
            return Response(found.billed[:, self.own], found.metered[:, self.own])
        return Response(found.billed @ self.moves.T, found.metered @ self.moves.T)

    def response(self, found: Response) -> Response:
        """Return how what resellers sell answers to what they set: [reseller, reseller] both."""
        moved = self.moved(found)
        billed = moved.billed[self.own] if self.moves is None else self.moves @ moved.billed
        return Response(billed, moved.metered[self.offer])

    def own_slope(self) -> Vector:
        """[reseller], ∂quantity/∂what is set as if nobody changed sellers for it."""
        slope = self.demand.own_slope
        return slope[self.own] if self.moves is None else self.moves**2 @ slope

    def curvature(self) -> Vector:
        """[reseller], of what it sets by itself; where prices of two models move together, that of all its users."""
        alone = self.demand.bend[self.own]
        if self.moves is None:
            return alone
        return np.where((self.moves > 0).sum(axis=1) > 1, self.demand.joint_bend[self.offer], alone)
