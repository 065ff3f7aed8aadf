"""The token layers as price setters see them where sellers have menus: fees and prices are set alike.

With Q the quantities billed, y what is set, T the tokens metered and n their net cost, profit is Σ yQ − nT, so that

    Q + (∂Q/∂y)ᵀ y − (∂T/∂y)ᵀ n = 0

at an optimum: the cost of who comes and goes is counted, not that of the mean user. What that cost is beyond the
mean is an opportunity cost of the layer, so that every pricing rule works as with prices alone.
"""

from collections.abc import Sequence

import numpy as np

from market.arrays import Integers, Matrix, Vector
from market.conduct.following import Following, deciders
from market.conduct.layer import Layer
from market.conduct.markup import alike, lost_by
from market.firms.producer import Producer
from market.firms.reseller import Reseller
from market.markets.derived_demand import DerivedDemand
from market.markets.tokens.lab_menus import LabMenus
from market.markets.tokens.menus import MenuDemand
from market.markets.tokens.prices import LabCosts, asked_of_resellers
from market.markets.tokens.reseller_menus import ResellerMenus


def extra_cost(quantity: Vector, response: Matrix, taken: Vector, mean: Vector, decider: Integers) -> Vector:
    """Return the cost of a unit beyond its mean, [instrument], that makes first-order conditions those of all effects.

    Solves (∂Q/∂y)ᵀ x = ∂cost/∂y within each decision-maker's instruments that sell.
    """
    found, sold = np.zeros(quantity.size), np.flatnonzero((quantity > 0) & (response.diagonal() < 0))
    lost_each = lost_by(response)
    for places in alike(decider[sold]):
        mine = sold[places]
        block = response[mine[:, None, :], mine[:, :, None]]  # [decider, instrument, instrument], (∂Q/∂y)ᵀ
        lost = lost_each[mine][:, :, None]
        inverse = np.linalg.pinv(block / lost) if block.shape[1] > 1 else lost / block
        found[mine] = (inverse @ (taken[mine][:, :, None] / lost))[:, :, 0] - mean[mine]
    return found


def lab_layer(
    demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts, patience: float, following: Following | None = None
) -> Layer:
    """Return the labs' layer: their fees and prices, then their wholesale prices where labs choose them.

    Args:
        demand: At what is posted.
        labs: Those in business, in the order of the demand.
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
    taken = menus.cost_taken(counted, following.colluding) / menus.net_share
    kept = menus.net_share[:, None] / menus.net_share
    mean, decider = menus.mean_cost(), deciders(menus.seller, following.colluding)
    tokens = demand.offers.by_lab(demand.metered)
    total = tokens.sum()
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
        net_share=menus.net_share,
        own_slope=menus.own_slope(today) if rule.leaps else None,
        curvature=None if rule.leaps else menus.curvature(),
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
    rule, colluding, menus = following.rule, following.colluding, ResellerMenus(demand)
    is_fee = demand.instruments.is_fee[menus.own]
    cost = np.array([reseller.token_cost(reseller.wholesale_price) for reseller in resellers])
    mean = cost * demand.per_unit[menus.own]
    today, patient = menus.response(demand.today), menus.response(demand.patient)
    counted = today.mixed(patient, patience)
    own = counted.metered * cost[:, None]
    taken, decider = own.diagonal().copy(), deciders(np.arange(cost.size), colluding)
    if isinstance(colluding, np.ndarray):
        taken[colluding] = own[np.ix_(colluding, colluding)].sum(axis=0)
    elif colluding:
        taken = own.sum(axis=0)
    quantity = menus.of_instruments(demand.quantity)
    return Layer(
        price=np.array([reseller.price for reseller in resellers]),
        marginal_cost=mean,
        opportunity_cost=extra_cost(quantity, counted.billed, taken, mean, decider),
        quantity=quantity,
        response=today.billed,
        patient_response=patient.billed,
        channel=is_fee.astype(np.int64),
        own_slope=menus.own_slope() if rule.leaps else None,
        curvature=None if rule.leaps else menus.curvature(),
        with_fees=bool(is_fee.any()),
        **rule.of_firms(resellers),
    )


def gained_by_links(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts) -> Vector:
    """[reseller], USD that a lab's other offers earn for each Mtok its reseller sells less.

    Users of a lost reseller turn to others as demand's response to its fee or price says (Sheu and Taragin 2021).
    """
    menus = LabMenus(demand, labs, costs, chosen=False)
    offers, resold = demand.offers, ResellerMenus(demand)
    link, moved = resold.offer, resold.moved(demand.patient)
    billed = moved.billed[menus.own] * (menus.posted * menus.net_share)[:, None]
    earned, listed = np.zeros((len(labs), link.size)), np.array([lab.retail_price for lab in labs])[offers.lab]
    np.add.at(earned, menus.seller, billed)
    margin = np.where(offers.at_list, menus.margin - listed * costs.net_share_wholesale, menus.margin)
    lost, each = -moved.metered * margin[:, None], np.arange(link.size)
    lost[link, each] = 0.0
    gained = (earned + offers.of_lab @ lost)[offers.lab[link], each]
    slope = -moved.metered[link, each]
    return np.divide(gained, slope, out=np.zeros(link.size), where=slope > 0)


def cost_shift(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts) -> Matrix:
    """[lab, instrument], ∂fee or price/∂marginal cost where labs and resellers keep their margins in USD."""
    menus = LabMenus(demand, labs, costs, chosen=True)
    per_cost, count = np.zeros((len(labs), len(demand.instruments))), menus.own.size
    own = menus.shift[:count] * (demand.per_unit[menus.own] / costs.net_share_retail)[:, None]
    np.add.at(per_cost, menus.seller[:count], own)
    return per_cost + menus.shift[count:] / costs.net_share_wholesale


def derived_demand(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts, mtok: float) -> DerivedDemand:
    """Return how the tokens of each lab answer to all labs' marginal costs, margins in USD given."""
    tokens = demand.offers.by_lab(demand.metered)
    response = demand.offers.of_lab @ demand.patient.metered @ cost_shift(demand, labs, costs).T
    relative = np.divide(response, tokens[:, None], out=np.zeros_like(response), where=tokens[:, None] > 0)
    return DerivedDemand(relative, mtok)


def profit_per_user(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts) -> Matrix:
    """[type, offer], USD a month of gross profit that the lab behind an offer earns with a user of it."""
    offers = demand.offers
    buys = asked_of_resellers(offers, labs, costs) * costs.net_share_wholesale
    received = np.where(offers.resold, buys * demand.load, demand.payments * costs.net_share_retail)
    return np.asarray(received - costs.marginal_cost[offers.lab] * demand.load)


def profit_of_quality(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts) -> Vector:
    """[lab], USD a month of gross profit that one more doubling of quality would bring the lab, menus given."""
    answer = demand.answer_to_quality(profit_per_user(demand, labs, costs))
    return np.asarray((demand.offers.of_lab @ answer * demand.offers.of_lab).sum(axis=1))


def gross_profit(demand: MenuDemand, labs: Sequence[Producer], costs: LabCosts) -> Vector:
    """[lab], USD a month at user cost, before fixed costs."""
    return demand.offers.by_lab((demand.buyers.users * profit_per_user(demand, labs, costs)).sum(axis=0))
