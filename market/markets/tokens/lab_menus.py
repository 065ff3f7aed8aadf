"""What labs set where they have menus: fees, prices and wholesale prices, and what each moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from market.arrays import Integers, Matrix, Vector
from market.conduct.following import Members
from market.firms.producer import Producer
from market.markets.tokens.menus import MenuDemand, Response
from market.markets.tokens.prices import LabCosts
from market.markets.tokens.tariffs import Instruments
from market.parameters.plans import METERED


@dataclass(frozen=True)
class LabMenus:
    """What labs set, and what of the market's fees and prices it moves.

    Labs' own fees and prices come first, in the order of the demand's instruments, then their wholesale prices.

    Attributes:
        demand: At posted fees and prices.
        labs: Those in business, in the order of the demand.
        costs: Theirs.
        chosen: Whether wholesale prices are set by the labs' pricing rule.
    """

    demand: MenuDemand
    labs: Sequence[Producer]
    costs: LabCosts
    chosen: bool

    @property
    def _where(self) -> Instruments:
        return self.demand.instruments

    @cached_property
    def own(self) -> NDArray[np.int64]:
        """Places [own instrument] of the labs' fees and prices among all."""
        return np.flatnonzero(~self.demand.offers.resold[self._where.offer])

    @cached_property
    def seller(self) -> Integers:
        """[instrument of labs], whose it is."""
        own, wholesale = self.demand.offers.lab[self._where.offer[self.own]], np.arange(len(self.labs))
        return np.concatenate([own, wholesale]) if self.chosen else own

    @cached_property
    def net_share(self) -> Vector:
        """[instrument of labs], share of the price left after costs that follow it."""
        own = np.full(self.own.size, self.costs.net_share_retail)
        return np.concatenate([own, np.full(len(self.labs), self.costs.net_share_wholesale)]) if self.chosen else own

    @cached_property
    def posted(self) -> Vector:
        """[instrument of labs], USD a month or per Mtok."""
        own = self.demand.menu.posted[self.own]
        return np.concatenate([own, [lab.wholesale_price for lab in self.labs]]) if self.chosen else own

    @cached_property
    def listed(self) -> Matrix:
        """[own instrument, offer], 1 where a reseller sells at the lab's list price."""
        offers = self.demand.offers
        is_list = (self._where.plan == METERED) & ~self._where.is_fee
        mine = offers.lab[self._where.offer[self.own]][:, None] == offers.lab
        return (is_list[self.own][:, None] & mine & offers.at_list).astype(np.float64)

    @cached_property
    def supplied(self) -> Matrix:
        """[lab, offer], 1 where a reseller buys at the lab's wholesale price."""
        offers = self.demand.offers
        return offers.of_lab * (offers.resold & ~offers.at_list)

    @cached_property
    def shift(self) -> Matrix:
        """[instrument of labs, instrument], how posted fees and prices move; resellers keep their margins in USD."""
        of_offer = self._where.offer
        passed = self.costs.passed_on(self.demand.offers)[of_offer] * self.demand.per_unit
        moved = self.listed[:, of_offer] * passed
        moved[np.arange(self.own.size), self.own] = 1.0
        return np.concatenate([moved, self.supplied[:, of_offer] * passed]) if self.chosen else moved

    @cached_property
    def margin(self) -> Vector:
        """[offer], USD per Mtok that a lab's tokens cost it, less what a reseller pays at a price not chosen here."""
        offers, wholesale = self.demand.offers, np.array([lab.wholesale_price for lab in self.labs])
        asked = wholesale[offers.lab] + self.costs.fee_of_offers(offers)
        paid = np.zeros(len(offers)) if self.chosen else asked * self.costs.net_share_wholesale
        return self.costs.marginal_cost[offers.lab] - np.where(offers.resold & ~offers.at_list, paid, 0.0)

    def quantity(self) -> Vector:
        """[instrument of labs], what is sold at it."""
        metered = self.demand.metered
        own = self.demand.quantity[self.own] + self._listed_weight * (self.listed @ metered)
        return np.concatenate([own, self.supplied @ metered]) if self.chosen else own

    @property
    def _listed_weight(self) -> float:
        return self.costs.net_share_wholesale / self.costs.net_share_retail

    def response(self, found: Response) -> Matrix:
        """[instrument of labs, instrument of labs], ∂quantity/∂what is set."""
        own = found.billed[self.own] + self._listed_weight * (self.listed @ found.metered)
        rows = np.concatenate([own, self.supplied @ found.metered]) if self.chosen else own
        return np.asarray(rows @ self.shift.T)

    def cost_taken(self, found: Response, colluding: Members) -> Vector:
        """[instrument of labs], ∂cost/∂what is set: of the lab's own tokens, or of all labs' with which it colludes."""
        moved = found.metered @ self.shift.T * self.margin[:, None]
        if colluding is True:
            return np.asarray(moved.sum(axis=0))
        lab = self.demand.offers.lab
        mine = lab[:, None] == self.seller
        if isinstance(colluding, np.ndarray):
            mine |= colluding[lab][:, None] & colluding[self.seller]
        return np.asarray((moved * mine).sum(axis=0))

    def own_slope(self, today: Matrix) -> Vector:
        """[instrument of labs], ∂quantity/∂what is set as if nobody changed sellers for it; ``today`` the response."""
        own = self.demand.own_slope[self.own]
        return np.concatenate([own, np.minimum(today.diagonal()[own.size :], 0.0)])

    def curvature(self) -> Vector:
        """[instrument of labs], of fees and prices that labs set themselves; 0 of wholesale prices.

        Where labs have two models, each other's closest substitutes, both prices move together: no further than what
        all users pay more could.
        """
        bend, offer = self.demand.bend[self.own], self._where.offer[self.own]
        if self.demand.menu.models is not None:
            bend = np.minimum(bend, self.demand.joint_bend[offer])
        found = np.zeros(self.seller.size)
        found[: self.own.size] = bend
        return found

    def mean_cost(self) -> Vector:
        """[instrument of labs], USD that a unit sold costs on the mean, over what is kept of its price."""
        own = self.costs.marginal_cost[self.seller[: self.own.size]] * self.demand.per_unit[self.own]
        cost = np.concatenate([own, self.costs.marginal_cost]) if self.chosen else own
        return cost / self.net_share
