"""Wholesale prices on which labs and resellers agree."""

from collections.abc import Sequence

import numpy as np

from market.arrays import TINY, Vector
from market.firms.producer import Producer
from market.firms.reseller import Reseller
from market.markets.tokens.demand import TokenDemand
from market.markets.tokens.menu_prices import gained_by_links
from market.markets.tokens.menus import MenuDemand
from market.markets.tokens.prices import LabCosts


def bargained_links(
    demand: TokenDemand, labs: Sequence[Producer], resellers: list[Reseller], costs: LabCosts
) -> Vector:
    """[reseller], wholesale prices of Nash-in-Nash bargaining at the posted retail prices.

    Per link, with b the reseller's weight and k what the lab keeps of a wholesale dollar, the lab's gain over losing
    the reseller is k(1 − b)/b times the reseller's (the first-order condition of the Nash product); users of a lost
    reseller turn to other offers as the demand's diversion says (Sheu and Taragin 2021).
    In a two-part tariff, and within a firm, the price is what a token costs the lab, the sales it loses elsewhere
    included, at which the chain earns most; who gets what is left is another matter (`Reseller.fee_share`).
    A reseller that keeps a part φ of its revenue after the lab's share sets the same price if it pays w with
    (w + s)/φ = c + s, where c is that cost and s its support: w = φ c − (1 − φ) s (Cachon and Lariviere 2005).
    """
    settings, offers = labs[0].model.parameters.labs, demand.offers
    weight: Vector | float = settings.reseller_weight if settings.wholesale == "bargained" else 1.0
    if settings.own_resellers:
        weight = np.where([reseller.owned for reseller in resellers], 1.0, weight)
    lab = offers.lab[offers.resold]
    if isinstance(demand, MenuDemand):
        fallback = gained_by_links(demand, labs, costs)
    else:
        fallback = _gained_by_links(demand, labs, costs)
    earns = np.array([reseller.earns for reseller in resellers])
    agreed = weight * (costs.marginal_cost[lab] + fallback) / costs.net_share_wholesale + (1 - weight) * earns
    if settings.wholesale != "revenue-share":
        return np.asarray(agreed)
    left = np.array([reseller.net_share / (reseller.net_share + reseller.revenue_share) for reseller in resellers])
    support = np.array([reseller.support_cost for reseller in resellers])
    return np.asarray(left * agreed - (1 - left) * support)


def mean_of_links(link: Vector, demand: TokenDemand, labs: Sequence[Producer], resellers: list[Reseller]) -> Vector:
    """[lab], mean of the prices of its links [reseller], weighted by tokens; NaN where nobody buys wholesale."""
    offers = demand.offers
    lab = offers.lab[offers.resold]
    buying = np.array([not (reseller.at_list or reseller.owned) for reseller in resellers])
    tokens = np.maximum(demand.metered[offers.resold], TINY) * buying
    carried = np.bincount(lab, tokens, minlength=len(labs))
    total = np.bincount(lab, tokens * link, minlength=len(labs))
    return np.divide(total, carried, out=np.full(len(labs), np.nan), where=carried > 0)


def _gained_by_links(demand: TokenDemand, labs: Sequence[Producer], costs: LabCosts) -> Vector:
    """[reseller], USD that a lab's other offers earn for each Mtok its reseller sells less."""
    offers = demand.offers
    margin = costs.margin_of_offers(labs, offers)
    of_lab, response = offers.of_lab, demand.patient_response
    slope = -response.diagonal()
    # What a lab's other offers earn when one of its offers sells less; what that offer itself loses is left out.
    gained = (of_lab * (of_lab @ (margin[:, None] * response))).sum(axis=0) + margin * slope
    return np.divide(gained, slope, out=np.zeros(slope.size), where=slope > 0)[offers.resold]
