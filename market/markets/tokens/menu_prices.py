"""The token layers as price setters see them where sellers have menus: fees and prices are set alike.

With Q the quantities billed, y what is set, T the tokens metered and n their net cost, profit is Σ yQ − nT, so that

    Q + (∂Q/∂y)ᵀ y − (∂T/∂y)ᵀ n = 0

at an optimum: the cost of who comes and goes is counted, not that of the mean user. What that cost is beyond the
mean is an opportunity cost of the layer, so that every pricing rule works as with prices alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from market.arrays import Integers, Matrix, Vector
from market.conduct.following import Following, Members, deciders
from market.conduct.layer import Layer
from market.conduct.markup import alike
from market.firms.producer import Producer
from market.firms.reseller import Reseller
from market.markets.derived_demand import DerivedDemand
from market.markets.tokens.menus import MenuDemand, Response
from market.markets.tokens.prices import LabCosts, asked_of_resellers
from market.markets.tokens.tariffs import Instruments
from market.parameters.plans import METERED


@dataclass(frozen=True)
class LabMenus:
    """What labs set, and what of the market's fees and prices it moves.

    Labs' own fees and prices come first, in the order of the demand's instruments, then their wholesale prices.

    Attributes:
        demand: At posted fees and prices.
        labs: In business.
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
    def keeps(self) -> Vector:
        """[instrument of labs], share of the price left after costs that follow it."""
        own = np.full(self.own.size, self.costs.keeps_retail)
        return np.concatenate([own, np.full(len(self.labs), self.costs.keeps_wholesale)]) if self.chosen else own

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
        passed = self.costs.pass_through * self.demand.per_unit
        of_offer = self._where.offer
        moved = self.listed[:, of_offer] * passed
        moved[np.arange(self.own.size), self.own] = 1.0
        return np.concatenate([moved, self.supplied[:, of_offer] * passed]) if self.chosen else moved

    @cached_property
    def margin(self) -> Vector:
        """[offer], USD per Mtok that a lab's tokens cost it, less what a reseller pays at a price not chosen here."""
        offers, wholesale = self.demand.offers, np.array([lab.wholesale_price for lab in self.labs])
        asked = wholesale[offers.lab] + self.costs.fee_of_offers(offers)
        paid = np.zeros(len(offers)) if self.chosen else asked * self.costs.keeps_wholesale
        return self.costs.marginal_cost[offers.lab] - np.where(offers.resold & ~offers.at_list, paid, 0.0)

    def quantity(self) -> Vector:
        """[instrument of labs], what is sold at it."""
        metered = self.demand.metered
        own = self.demand.quantity[self.own] + self._listed_weight * (self.listed @ metered)
        return np.concatenate([own, self.supplied @ metered]) if self.chosen else own

    @property
    def _listed_weight(self) -> float:
        return self.costs.keeps_wholesale / self.costs.keeps_retail

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

    def mean_cost(self) -> Vector:
        """[instrument of labs], USD that a unit sold costs on the mean, over what is kept of its price."""
        own = self.costs.marginal_cost[self.seller[: self.own.size]] * self.demand.per_unit[self.own]
        cost = np.concatenate([own, self.costs.marginal_cost]) if self.chosen else own
        return cost / self.keeps


def extra_cost(quantity: Vector, response: Matrix, taken: Vector, mean: Vector, decider: Integers) -> Vector:
    """Return the cost of a unit beyond its mean, [instrument], that makes first-order conditions those of all effects.

    Solves (∂Q/∂y)ᵀ x = ∂cost/∂y within each decision-maker's instruments that sell.
    """
    found, sold = np.zeros(quantity.size), np.flatnonzero((quantity > 0) & (response.diagonal() < 0))
    for places in alike(decider[sold]):
        mine = sold[places]
        block = response[mine[:, None, :], mine[:, :, None]]  # [decider, instrument, instrument], (∂Q/∂y)ᵀ
        size = np.abs(block).max(axis=(1, 2), keepdims=True)
        found[mine] = (np.linalg.pinv(block / size) @ (taken[mine][:, :, None] / size))[:, :, 0] - mean[mine]
    return found


def lab_layer(
    demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts, patience: float, following: Following | None = None
) -> Layer:
    """Return the labs' layer: their fees and prices, then their wholesale prices where labs choose them.

    Args:
        demand: At what is posted.
        labs: In business.
        costs: Theirs.
        patience: Weight on the response once all have reconsidered, as the rule that reads the layer has it.
        following: That rule and who follows it; all labs on the layer's own if omitted.
    """
    settings = labs[0].model.parameters.labs
    following = following or Following(settings.pricing)
    rule = following.rule
    menus = LabMenus(demand, labs, costs, settings.wholesale == "chosen")
    quantity, today, patient = menus.quantity(), menus.response(demand.today), menus.response(demand.patient)
    counted = demand.today.mixed(demand.patient, patience)
    taken = menus.cost_taken(counted, following.colluding) / menus.keeps
    kept = menus.keeps[:, None] / menus.keeps
    mean, decider = menus.mean_cost(), deciders(menus.seller, following.colluding)
    tokens = demand.offers.by_lab(demand.metered)
    total = tokens.sum()
    slope = np.zeros(quantity.size)
    slope[: menus.own.size] = demand.own_slope[menus.own]
    if menus.chosen:
        slope[menus.own.size :] = np.minimum(today.diagonal()[menus.own.size :], 0.0)
    bend = np.zeros(quantity.size)
    bend[: menus.own.size] = demand.bend[menus.own]
    mine = demand.offers.lab[:, None] == menus.seller
    return Layer(
        price=menus.posted,
        marginal_cost=mean,
        opportunity_cost=extra_cost(quantity, menus.response(counted) * kept, taken, mean, decider),
        quantity=quantity,
        response=today,
        patient_response=patient,
        seller=menus.seller,
        channel=_channels(menus),
        capacity=np.array([lab.capacity for lab in labs]),
        keeps=menus.keeps,
        own_slope=slope if rule.leaps else None,
        curvature=None if rule.leaps else bend,
        market_share=tokens / total if total > 0 else np.zeros(len(labs)),
        with_fees=bool(demand.instruments.is_fee.any()),
        load=tokens,
        load_slope=((demand.today.metered @ menus.shift.T) * mine).sum(axis=0),
        **rule.of_firms(labs),
    )


def _channels(menus: LabMenus) -> Integers:
    """[instrument of labs], a number for each kind of plan and of price: rivals compare like with like."""
    where = menus.demand.instruments
    own = 1 + 2 * where.plan[menus.own] + where.is_fee[menus.own]
    return np.concatenate([own, np.zeros(len(menus.labs), np.int64)]) if menus.chosen else own


def reseller_layer(
    demand: MenuDemand, resellers: list[Reseller], patience: float, following: Following | None = None
) -> Layer:
    """Return the resellers' layer, one fee or price each, given the wholesale prices they pay now."""
    following = following or Following(resellers[0].model.parameters.resellers.pricing)
    rule, colluding, where = following.rule, following.colluding, demand.instruments
    mine = np.flatnonzero(demand.offers.resold[where.offer])
    offer = where.offer[mine]
    cost = np.array([reseller.token_cost(reseller.wholesale_price) for reseller in resellers])
    mean = cost * demand.per_unit[mine]
    today, patient = (found.billed[np.ix_(mine, mine)] for found in (demand.today, demand.patient))
    counted = demand.today.mixed(demand.patient, patience)
    own = counted.metered[offer[:, None], mine] * cost[:, None]
    taken, decider = own.diagonal().copy(), deciders(np.arange(mine.size), colluding)
    if isinstance(colluding, np.ndarray):
        taken[colluding] = own[np.ix_(colluding, colluding)].sum(axis=0)
    elif colluding:
        taken = own.sum(axis=0)
    quantity = demand.quantity[mine]
    return Layer(
        price=np.array([reseller.price for reseller in resellers]),
        marginal_cost=mean,
        opportunity_cost=extra_cost(quantity, counted.billed[np.ix_(mine, mine)], taken, mean, decider),
        quantity=quantity,
        response=today,
        patient_response=patient,
        channel=where.is_fee[mine].astype(np.int64),
        own_slope=demand.own_slope[mine] if rule.leaps else None,
        curvature=None if rule.leaps else demand.bend[mine],
        with_fees=bool(where.is_fee[mine].any()),
        **rule.of_firms(resellers),
    )


def gained_by_links(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts) -> Vector:
    """[reseller], USD that a lab's other offers earn for each Mtok its reseller sells less.

    Users of a lost reseller turn to others as demand's response to its fee or price says (Sheu and Taragin 2021).
    """
    menus = LabMenus(demand, labs, costs, chosen=False)
    offers, where, found = demand.offers, demand.instruments, demand.patient
    mine = np.flatnonzero(offers.resold[where.offer])
    link = where.offer[mine]
    billed = found.billed[np.ix_(menus.own, mine)] * (menus.posted * menus.keeps)[:, None]
    earned, listed = np.zeros((len(labs), mine.size)), np.array([lab.retail_price for lab in labs])[offers.lab]
    np.add.at(earned, menus.seller, billed)
    margin = np.where(offers.at_list, menus.margin - listed * costs.keeps_wholesale, menus.margin)
    lost = -found.metered[:, mine] * margin[:, None]
    lost[link, np.arange(mine.size)] = 0.0
    gained = (earned + offers.of_lab @ lost)[offers.lab[link], np.arange(mine.size)]
    slope = -found.metered[link, mine]
    return np.divide(gained, slope, out=np.zeros(mine.size), where=slope > 0)


def cost_shift(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts) -> Matrix:
    """[lab, instrument], ∂fee or price/∂marginal cost where labs and resellers keep their margins in USD."""
    menus = LabMenus(demand, labs, costs, chosen=True)
    per_cost, count = np.zeros((len(labs), len(demand.instruments))), menus.own.size
    own = menus.shift[:count] * (demand.per_unit[menus.own] / costs.keeps_retail)[:, None]
    np.add.at(per_cost, menus.seller[:count], own)
    return per_cost + menus.shift[count:] / costs.keeps_wholesale


def derived_demand(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts, mtok: float) -> DerivedDemand:
    """Return how the tokens of each lab answer to all labs' marginal costs, margins in USD given."""
    tokens = demand.offers.by_lab(demand.metered)
    response = demand.offers.of_lab @ demand.patient.metered @ cost_shift(demand, labs, costs).T
    relative = np.divide(response, tokens[:, None], out=np.zeros_like(response), where=tokens[:, None] > 0)
    return DerivedDemand(relative, mtok)


def profit_per_user(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts) -> Matrix:
    """[type, offer], USD a month of gross profit that the lab behind an offer earns with a user of it."""
    offers = demand.offers
    buys = asked_of_resellers(offers, labs, costs) * costs.keeps_wholesale
    received = np.where(offers.resold, buys * demand.tokens, demand.payments * costs.keeps_retail)
    return np.asarray(received - costs.marginal_cost[offers.lab] * demand.tokens)


def profit_of_quality(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts) -> Vector:
    """[lab], USD a month of gross profit that one more doubling of quality would bring the lab, menus given."""
    answer = demand.answer_to_quality(profit_per_user(demand, labs, costs))
    return np.asarray((demand.offers.of_lab @ answer * demand.offers.of_lab).sum(axis=1))


def gross_profit(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts) -> Vector:
    """[lab], USD a month at user cost, before standing costs."""
    return demand.offers.by_lab((demand.buyers.users * profit_per_user(demand, labs, costs)).sum(axis=0))
