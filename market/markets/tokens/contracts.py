"""What labs and resellers agree on, within what policy allows."""

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from market.arrays import Vector
from market.firms.producer import Producer
from market.firms.reseller import Reseller
from market.markets.tokens import setters
from market.markets.tokens.bargaining import bargained_links, mean_of_links
from market.markets.tokens.prices import LabCosts

if TYPE_CHECKING:
    from market.model import TokenMarket


def agree(
    model: "TokenMarket", wanted: Vector, repricing: list[int], labs: Sequence[Producer], costs: LabCosts
) -> None:
    """Set the retail and wholesale prices of producers that reprice, within what contracts and policy allow.

    Args:
        model: The market.
        wanted: What their rules want, as their layer has it.
        repricing: Places of those that reprice.
        labs: Producers in business.
        costs: Theirs.
    """
    settings, demand, resellers = model.parameters.labs, model.retail.posted_demand, model.open_resellers
    bargains = settings.by_link and any(one.contract == settings.wholesale for one in resellers)
    if bargains or settings.own_resellers:
        listed = np.array([lab.retail_price for lab in labs])
        links = bargained_links(demand, labs, resellers, costs)
    if bargains:
        ratio = (mean_of_links(links, demand, labs, resellers) / listed).tolist()
        known = [value for value in ratio if isfinite(value)]
        usual = sum(known) / len(known)
    setters.set_retail(demand, labs, wanted, repricing)
    for place in repricing:
        lab = labs[place]
        if settings.wholesale == "chosen":
            wholesale = float(wanted[place - len(labs)])
        elif settings.wholesale == "discount":
            wholesale = lab.retail_price * (1 - settings.wholesale_discount)
        elif bargains:
            wholesale = lab.retail_price * (ratio[place] if isfinite(ratio[place]) else usual)
        else:
            wholesale = lab.retail_price
        lab.wholesale_price = allowed(wholesale, lab, float(costs.marginal_cost[place]))
    if settings.own_resellers or (bargains and settings.each_link):
        per_list = (links / listed[demand.offers.lab[demand.offers.resold]]).tolist()
        _ask_each(model, resellers, per_list, {labs[place] for place in repricing})


def _ask_each(
    model: "TokenMarket", resellers: Sequence[Reseller], per_list: Sequence[float], repricing: set[Producer]
) -> None:
    """Let labs that reprice ask of each reseller with terms of its own what is agreed, relative to the list price."""
    mtok = model.technology.mtok
    for reseller, relative in zip(resellers, per_list, strict=True):
        lab = model.labs[reseller.lab]
        if lab in repricing and has_terms(reseller):
            asked = allowed(relative * lab.retail_price, lab, lab.marginal_cost(mtok))
            reseller.terms = asked / lab.wholesale_price


def keep_to_policy(model: "TokenMarket", costs: LabCosts) -> None:
    """Bring posted prices within what policy allows now."""
    for producer, cost in zip(model.open_producers, costs.marginal_cost.tolist(), strict=True):
        producer.retail_price = producer.retail_price
        producer.small_price, producer.beyond = producer.small_price, producer.beyond
        producer.wholesale_price = allowed(producer.wholesale_price, producer, cost)
    for reseller in model.open_resellers:
        reseller.price = reseller.price
        if not has_terms(reseller):
            reseller.terms = 1.0
        elif reseller.terms != 1:
            lab = model.labs[reseller.lab]
            asked = allowed(reseller.asked_by(lab), lab, lab.marginal_cost(model.technology.mtok))
            reseller.terms = asked / lab.wholesale_price


def allowed(wholesale: float, producer: Producer, marginal_cost: float) -> float:
    """Return a wholesale price within what policy allows, never above the retail price, at which anyone can buy."""
    ceiling = marginal_cost * producer.model.parameters.policy.wholesale_cap
    return max(min(wholesale, producer.retail_price, ceiling), setters.NEXT_TO_NOTHING * producer.retail_price)


def has_terms(reseller: Reseller) -> bool:
    """Whether a lab asks something else of a reseller than of the others: it owns it, or each agrees by itself."""
    return reseller.owned or (reseller.model.parameters.labs.each_link and not reseller.at_list)


def paid_beyond(model: "TokenMarket") -> Vector | None:
    """[reseller], USD per Mtok that it pays beyond its lab's wholesale price; None where all pay that."""
    settings = model.parameters.labs
    if settings.wholesale not in ("two-part", "revenue-share") and not (settings.each_link or settings.own_resellers):
        return None
    return np.array([reseller.paid_beyond for reseller in model.open_resellers])
