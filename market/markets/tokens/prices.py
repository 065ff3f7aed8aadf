"""The token layers as price setters see them: labs with a retail and a wholesale price, resellers with one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from market.arrays import Matrix, Vector
from market.conduct.following import Following, Members
from market.conduct.layer import Layer
from market.conduct.markup import markup
from market.firms.producer import Producer
from market.firms.reseller import Reseller
from market.markets.derived_demand import DerivedDemand
from market.markets.tokens.demand import TokenDemand
from market.markets.tokens.offers import Offers


def price_shift(offers: Offers, costs: "LabCosts") -> Matrix:
    """[instrument, offer], ∂offer price/∂instrument: a lab moves its own offer, and through wholesale its resellers'.

    Instruments are the labs' retail prices, then their wholesale prices; resellers keep their margins in USD, so
    that their prices move by what they pass through.
    """
    return offers.sold_at * costs.passed_on(offers)


def cost_shift(offers: Offers, costs: "LabCosts") -> Matrix:
    """[lab, offer], ∂offer price/∂marginal cost where labs and resellers keep their margins in USD."""
    net_share = np.where(offers.resold, costs.net_share_wholesale, costs.net_share_retail)
    return offers.of_lab * (costs.passed_on(offers) / net_share)


def asked_of_resellers(offers: Offers, labs: Sequence[Producer], costs: "LabCosts") -> Vector:
    """[offer], USD per Mtok that the lab behind an offer gets of a reseller: its list or wholesale price, and fee."""
    listed = np.array([lab.retail_price for lab in labs])
    wholesale = np.array([lab.wholesale_price for lab in labs])
    return np.where(offers.at_list, listed[offers.lab], wholesale[offers.lab] + costs.fee_of_offers(offers))


@dataclass(frozen=True)
class LabCosts:
    """What labs pay to sell a token.

    Attributes:
        marginal_cost: [lab], USD per Mtok before costs that follow revenue.
        net_share_retail, net_share_wholesale: Share of revenue left after costs that follow it.
        pass_through: [reseller], ∂reseller price/∂wholesale price.
        fees: [reseller], USD per Mtok that it pays its lab beyond the wholesale price; none if omitted.
    """

    marginal_cost: Vector
    net_share_retail: float
    net_share_wholesale: float
    pass_through: Vector
    fees: Vector | None = None

    def passed_on(self, offers: Offers) -> Vector:
        """[offer], ∂price/∂price of the tokens sold: what a reseller passes through, and 1 of labs' own offers."""
        return np.concatenate([np.ones(len(offers) - self.pass_through.size), self.pass_through])

    def fee_of_offers(self, offers: Offers) -> Vector | float:
        """[offer], USD per Mtok that the lab behind it gets beyond the wholesale price; nothing of its own offers."""
        if self.fees is None:
            return 0.0
        return np.concatenate([np.zeros(len(offers) - self.fees.size), self.fees])

    def margins(self, labs: Sequence[Producer]) -> tuple[Vector, Vector]:
        """[lab], USD of gross profit per Mtok sold retail and wholesale at posted prices."""
        retail = np.array([lab.retail_price for lab in labs]) * self.net_share_retail - self.marginal_cost
        wholesale = np.array([lab.wholesale_price for lab in labs]) * self.net_share_wholesale - self.marginal_cost
        return retail, wholesale

    def margin_of_offers(self, labs: Sequence[Producer], offers: Offers) -> Vector:
        """[offer], USD of gross profit per Mtok that the lab behind it earns at posted prices."""
        retail, wholesale = self.margins(labs)
        resold = wholesale[offers.lab] + self.net_share_wholesale * self.fee_of_offers(offers)
        return np.where(offers.resold, resold, retail[offers.lab])


def lab_layer(
    demand: TokenDemand, labs: Sequence[Producer], costs: LabCosts, patience: float, following: Following | None = None
) -> Layer:
    """Return the labs' layer: all retail prices, then all wholesale prices where labs choose them.

    Where wholesale is bargained or tied to retail, the retail price counts what it takes from wholesale, by the
    response that the rule counts: ``patience`` is its weight on that once all have reconsidered. The layer is that of
    those who follow a rule; of all labs on the layer's own rule if omitted.
    """
    settings, count = labs[0].model.parameters.labs, len(labs)
    following = following or Following(settings.pricing)
    rule, chosen = following.rule, settings.wholesale == "chosen"
    instrument = np.arange(2 * count if chosen else count)
    seller, channel = instrument % count, instrument // count
    net_share = np.where(channel == 0, costs.net_share_retail, costs.net_share_wholesale)
    sold, shift = demand.offers.sold_at, price_shift(demand.offers, costs)
    today, patient = sold @ demand.response @ shift.T, sold @ demand.patient_response @ shift.T
    opportunity: Vector | float = 0.0
    if not chosen:
        counted = (1 - patience) * today + patience * patient
        won = counted[count:, :count] * costs.margins(labs)[1][:, None]
        if costs.fees is not None:
            of_offers = (1 - patience) * demand.response + patience * demand.patient_response
            fees = costs.net_share_wholesale * costs.fee_of_offers(demand.offers)
            won += (sold[count:] * fees) @ of_offers @ shift[:count].T
        taken = wholesale_profit_taken(counted[:count, :count], won, following.colluding)
        opportunity = taken / costs.net_share_retail
    prices = [lab.retail_price for lab in labs] + [lab.wholesale_price for lab in labs]
    tokens = demand.offers.by_lab(demand.quantity)
    total = tokens.sum()
    own = slice(0, instrument.size)
    return Layer(
        price=np.array(prices[own]),
        marginal_cost=costs.marginal_cost[seller] / net_share,
        opportunity_cost=opportunity,
        quantity=sold[own] @ demand.quantity,
        response=today[own, own],
        patient_response=patient[own, own],
        seller=seller if chosen else None,
        channel=channel,
        capacity=np.array([lab.capacity for lab in labs]),
        net_share=net_share,
        load=tokens,
        load_slope=(today[:count] + today[count:])[seller, instrument],
        own_slope=shift[own] @ demand.own_slope if rule.leaps else None,
        market_share=tokens / total if total > 0 else np.zeros(count),
        **rule.of_firms(labs),
    )


def wholesale_profit_taken(retail: Matrix, won: Matrix, colluding: Members) -> Vector:
    """[lab], USD of profit on wholesale that a Mtok sold retail takes away where wholesale prices are not chosen.

    Args:
        retail: [lab, lab], ∂quantity sold retail/∂retail price.
        won: [lab, lab], ∂profit on wholesale/∂retail price, USD.
        colluding: [lab], whether it counts the profit of the others who do; or one answer for all.
    """
    sells, taken = retail.diagonal() < 0, np.zeros(len(won))
    if colluding is True:
        taken[sells] = markup(won.sum(axis=0)[sells], retail[np.ix_(sells, sells)])
        return taken
    taken = np.divide(won.diagonal(), -retail.diagonal(), out=taken, where=sells)
    if isinstance(colluding, np.ndarray):
        inside = np.flatnonzero(sells & colluding)
        taken[inside] = markup(won[np.ix_(colluding, inside)].sum(axis=0), retail[np.ix_(inside, inside)])
    return taken


def reseller_layer(demand: TokenDemand, resellers: list[Reseller], following: Following | None = None) -> Layer:
    """Return the resellers' layer, one price each, given the wholesale prices they pay now."""
    offers = len(demand.offers)
    resold = slice(offers - len(resellers), None)
    rule = following.rule if following else resellers[0].model.parameters.resellers.pricing
    return Layer(
        price=np.array([reseller.price for reseller in resellers]),
        marginal_cost=np.array([reseller.marginal_cost(reseller.wholesale_price) for reseller in resellers]),
        quantity=demand.quantity[resold],
        response=demand.response[resold, resold],
        patient_response=demand.patient_response[resold, resold],
        own_slope=demand.own_slope[resold] if rule.leaps else None,
        curvature=None if rule.leaps else demand.curvature(np.eye(offers)[resold]),
        **rule.of_firms(resellers),
    )


def derived_demand(demand: TokenDemand, costs: LabCosts, mtok: float) -> DerivedDemand:
    """Return how the tokens of each lab answer to all labs' marginal costs, margins in USD given.

    Args:
        demand: At posted prices.
        costs: Of the labs in business.
        mtok: Mtok a reference accelerator serves in a month at target utilisation.
    """
    tokens = demand.offers.by_lab(demand.quantity)
    response = demand.offers.of_lab @ demand.patient_response @ cost_shift(demand.offers, costs).T
    relative = np.divide(response, tokens[:, None], out=np.zeros_like(response), where=tokens[:, None] > 0)
    return DerivedDemand(relative, mtok)


def profit_of_quality(demand: TokenDemand, labs: Sequence[Producer], costs: LabCosts) -> Vector:
    """[lab], USD a month of gross profit that one more doubling of quality would bring the lab, prices given."""
    offers = demand.offers
    gain = costs.margin_of_offers(labs, offers)
    # A lab's doubling lifts all offers of its model at once, the resold ones too.
    return (offers.of_lab @ (gain[:, None] * demand.quality_response) * offers.of_lab).sum(axis=1)
