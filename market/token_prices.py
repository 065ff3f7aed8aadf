"""The token layers as price setters see them: labs with a retail and a wholesale price, resellers with one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from market.agents.lab import Lab
from market.agents.reseller import Reseller
from market.hardware import DerivedDemand
from market.pricing import JointProfit, Layer, markup
from market.tokens import Offers, TokenDemand

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


def price_shift(offers: Offers, pass_through: float) -> Matrix:
    """[instrument, offer], ∂offer price/∂instrument: a lab moves its own offer, and through wholesale its resellers'.

    Instruments are the labs' retail prices, then their wholesale prices; resellers keep their margins in USD, so
    that their prices move by ``pass_through``.
    """
    return offers.sold_at * np.where(offers.resold, pass_through, 1.0)


def cost_shift(offers: Offers, costs: "LabCosts") -> Matrix:
    """[lab, offer], ∂offer price/∂marginal cost where labs and resellers keep their margins in USD."""
    return offers.of_lab * np.where(offers.resold, costs.pass_through / costs.keeps_wholesale, 1 / costs.keeps_retail)


@dataclass(frozen=True)
class LabCosts:
    """What labs pay to sell a token.

    Attributes:
        marginal_cost: [lab], USD per Mtok before costs that follow revenue.
        keeps_retail, keeps_wholesale: Share of revenue left after costs that follow it.
        pass_through: ∂reseller price/∂wholesale price.
    """

    marginal_cost: Vector
    keeps_retail: float
    keeps_wholesale: float
    pass_through: float

    def margins(self, labs: list[Lab]) -> tuple[Vector, Vector]:
        """[lab], USD of gross profit per Mtok sold retail and wholesale at posted prices."""
        retail = np.array([lab.retail_price for lab in labs]) * self.keeps_retail - self.marginal_cost
        wholesale = np.array([lab.wholesale_price for lab in labs]) * self.keeps_wholesale - self.marginal_cost
        return retail, wholesale

    def margin_of_offers(self, labs: list[Lab], offers: Offers) -> Vector:
        """[offer], USD of gross profit per Mtok that the lab behind it earns at posted prices."""
        retail, wholesale = self.margins(labs)
        return np.where(offers.resold, wholesale[offers.lab], retail[offers.lab])


def lab_layer(demand: TokenDemand, labs: list[Lab], costs: LabCosts) -> Layer:
    """Return the labs' layer: all retail prices, then all wholesale prices where labs choose them.

    Where wholesale is bargained or tied to retail, the retail price counts what it takes from wholesale.
    """
    settings, count = labs[0].model.parameters.labs, len(labs)
    colluding, chosen = isinstance(settings.pricing, JointProfit), settings.wholesale == "chosen"
    instrument = np.arange(2 * count if chosen else count)
    seller, channel = instrument % count, instrument // count
    keeps = np.where(channel == 0, costs.keeps_retail, costs.keeps_wholesale)
    sold, shift = demand.offers.sold_at, price_shift(demand.offers, costs.pass_through)
    patient = sold @ demand.patient_response @ shift.T
    opportunity: Vector | float = 0.0
    if not chosen:
        opportunity = wholesale_profit_taken(patient, costs.margins(labs)[1], colluding) / costs.keeps_retail
    prices = [lab.retail_price for lab in labs] + [lab.wholesale_price for lab in labs]
    tokens = demand.offers.by_lab(demand.quantity)
    total = tokens.sum()
    own = slice(0, instrument.size)
    return Layer(
        price=np.array(prices[own]),
        marginal_cost=costs.marginal_cost[seller] / keeps,
        opportunity_cost=opportunity,
        quantity=sold[own] @ demand.quantity,
        response=sold[own] @ demand.response @ shift[own].T,
        patient_response=patient[own, own],
        seller=seller if chosen else None,
        channel=channel,
        capacity=np.array([lab.capacity for lab in labs]),
        keeps=keeps,
        market_share=tokens / total if total > 0 else np.zeros(count),
        **settings.pricing.of_firms(labs),
    )


def wholesale_profit_taken(response: Matrix, margin: Vector, colluding: bool) -> Vector:
    """[lab], USD of profit on wholesale that a Mtok sold retail takes away where wholesale prices are not chosen.

    Args:
        response: [instrument, instrument], ∂quantity/∂price, all retail prices and then all wholesale prices.
        margin: [lab], USD per Mtok sold wholesale.
        colluding: Whether labs count each other's profit.
    """
    count = margin.size
    retail, wholesale = response[:count, :count], response[count:, :count]
    sells, taken = retail.diagonal() < 0, np.zeros(count)
    if colluding:
        taken[sells] = markup((wholesale.T @ margin)[sells], retail[np.ix_(sells, sells)])
        return taken
    return np.divide(wholesale.diagonal() * margin, -retail.diagonal(), out=taken, where=sells)


def bargained_wholesale(demand: TokenDemand, labs: list[Lab], resellers: list[Reseller], costs: LabCosts) -> Vector:
    """[lab], wholesale prices of Nash-in-Nash bargaining at the posted retail prices; NaN without resellers.

    Per link, with b the reseller's weight and k what the lab keeps of a wholesale dollar, the lab's gain over losing
    the reseller is k(1 − b)/b times the reseller's (the first-order condition of the Nash product); users of a lost
    reseller turn to other offers as the demand's diversion says (Sheu and Taragin 2021).
    A lab charges all its resellers the mean of the links' prices, weighted by tokens.
    """
    weight = labs[0].model.parameters.labs.reseller_weight
    offers = demand.offers
    margin = costs.margin_of_offers(labs, offers)
    of_lab, response = offers.of_lab, demand.patient_response
    slope = -response.diagonal()
    # What a lab's other offers earn when one of its offers sells less; what that offer itself loses is left out.
    gained = (of_lab * (of_lab @ (margin[:, None] * response))).sum(axis=0) + margin * slope
    fallback = np.divide(gained, slope, out=np.zeros(slope.size), where=slope > 0)[offers.resold]
    lab = offers.lab[offers.resold]
    earns = np.array([reseller.price * reseller.keeps for reseller in resellers]) - labs[0].model.support_cost
    link = weight * (costs.marginal_cost[lab] + fallback) / costs.keeps_wholesale + (1 - weight) * earns
    tokens = np.maximum(demand.quantity[offers.resold], 1e-300)
    carried = np.bincount(lab, tokens, minlength=len(labs))
    total = np.bincount(lab, tokens * link, minlength=len(labs))
    return np.divide(total, carried, out=np.full(len(labs), np.nan), where=carried > 0)


def reseller_layer(demand: TokenDemand, resellers: list[Reseller]) -> Layer:
    """Return the resellers' layer, one price each, given the wholesale prices they pay now."""
    resold = slice(len(demand.offers) - len(resellers), None)
    rule = resellers[0].model.parameters.resellers.pricing
    return Layer(
        price=np.array([reseller.price for reseller in resellers]),
        marginal_cost=resellers[0].marginal_cost(np.array([reseller.wholesale_price for reseller in resellers])),
        quantity=demand.quantity[resold],
        response=demand.response[resold, resold],
        patient_response=demand.patient_response[resold, resold],
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


def profit_of_quality(demand: TokenDemand, labs: list[Lab], costs: LabCosts) -> Vector:
    """[lab], USD a month of gross profit that one more doubling of quality would bring the lab, prices given."""
    offers = demand.offers
    gain = costs.margin_of_offers(labs, offers)
    # A lab's doubling lifts all offers of its model at once, the resold ones too.
    return (offers.of_lab @ (gain[:, None] * demand.quality_response) * offers.of_lab).sum(axis=1)
