"""Labs enter where one more is worth what it costs to found it and to train its first model."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from market.accounts import ledger
from market.firms import investors
from market.firms.lab import Lab
from market.firms.producer import Producer
from market.markets.tokens import setters
from market.markets.tokens.listing import offers_of
from market.markets.tokens.offers import Offers

if TYPE_CHECKING:
    from market.model import TokenMarket

TO_ANSWER = 6
"""Months in which prices answer a lab that has come and got its servers."""


def admit_lab(model: "TokenMarket") -> None:
    """Let one of the labs that may yet come enter, if that pays: like the last of those in business, on rented servers.

    It pays if what investors make of what it would earn is above what its model would cost to train today and what a
    lab costs to found. Investors wait until the last one that came has its servers and prices have answered.
    """
    newcomer = next((lab for lab in model.labs if lab.to_come), None)
    labs = model.open_labs
    if newcomer is None or not labs or not model.round or not model.compute.clouds:
        return
    wait = model.parameters.fleet.lead_time + TO_ANSWER
    if any(model.round - lab.founded < wait for lab in labs if lab.founded >= 0):
        return
    pattern = min(labs, key=lambda lab: (lab.quality, -lab.index))
    _copy(newcomer, pattern)
    now = month_with(model, [*labs, *model.open_hosts], pattern).profit
    profit, revenue = month_with(model, [*labs, newcomer, *model.open_hosts], newcomer)
    part = profit / now if profit > 0 and now > 0 else 0.0
    first_model = pattern.knowledge * pattern.training_cost
    if part and worth(pattern, part, profit, revenue) > first_model + model.parameters.labs.entry_cost:
        _open(newcomer, pattern, part, first_model)


def worth(pattern: Lab, part: float, profit: float, revenue: float) -> float:
    """Return what investors make of a lab that is to be a part of what another is, USD.

    Args:
        pattern: The other.
        part: Of its gross profit.
        profit: USD a month at user cost, before what stands whatever is sold.
        revenue: USD a month.
    """
    parameters, seen = pattern.model.parameters, pattern.seen
    before = profit + (seen.margin_gain - parameters.labs.fixed_overhead_share) * revenue
    outlook = replace(seen, profit_of_quality=part * seen.profit_of_quality)
    return investors.value(before, outlook, pattern.model.prospect, parameters.funding)


class MonthWith(NamedTuple):
    """Gross profit at user cost and revenue of a producer, USD a month."""

    profit: float
    revenue: float


def month_with(model: "TokenMarket", producers: Sequence[Producer], producer: Producer) -> MonthWith:
    """Return what a producer would earn if these were in business, labs first, and users chose anew.

    Prices are taken as posted.
    """
    offers, before = offers_with(model, producers), model.retail.posted_demand.mass
    anew = np.zeros((len(before), len(offers) + 1))
    anew[:, -1] = before.sum(axis=1)
    demand = replace(model.retail.posted_demand, offers=offers, mass=anew)
    cost = np.array([one.marginal_cost(model.technology.mtok) for one in producers])
    costs, place = replace(model.retail.costs(), marginal_cost=cost), producers.index(producer)
    earned, sold = (of(demand, producers, costs)[place] for of in (setters.gross_profit, setters.revenue_of_labs))
    return MonthWith(float(earned), float(sold))


def offers_with(model: "TokenMarket", producers: Sequence[Producer]) -> Offers:
    """Return what would be on offer if these producers were in business, labs first."""
    return offers_of(producers, model.open_resellers, model.parameters)


def _copy(newcomer: Lab, pattern: Lab) -> None:
    """Give a lab that may enter the model and the menu of another."""
    newcomer.quality, newcomer.knowledge, newcomer.size = pattern.quality, pattern.knowledge, pattern.size
    newcomer.retail_price, newcomer.wholesale_price = pattern.retail_price, pattern.wholesale_price
    newcomer.fee, newcomer.beyond, newcomer.free_allowance = pattern.fee, pattern.beyond, pattern.free_allowance
    newcomer.small_price = pattern.small_price
    newcomer.user_cost, newcomer.rented_share = pattern.user_cost, pattern.rented_share


def _open(newcomer: Lab, pattern: Lab, part: float, first_model: float) -> None:
    """Let a lab enter with money for its first model and some months; it expects a part of what the other does."""
    funding = newcomer.model.parameters.funding
    newcomer.to_come, newcomer.alive, newcomer.founded = False, True, newcomer.model.round
    founding = newcomer.model.parameters.labs.entry_cost
    newcomer.raise_money(first_model + founding + part * pattern.usual_spending * funding.opening_months)
    newcomer.pay(ledger.OUTSIDE, ledger.RESEARCH, first_model)
    newcomer.pay(ledger.OUTSIDE, ledger.STAFF, founding)
    newcomer.expect(part * pattern.forecast.level, pattern.forecast.growth)
    newcomer.revenues.extend(part * revenue for revenue in pattern.revenues)
    newcomer.training_plan = newcomer.training_wanted = part * pattern.training_plan
    newcomer.training_spent.extend([0.0] * ((newcomer.training_spent.maxlen or 1) - 1))
