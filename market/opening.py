"""The first day: users with their providers, prices near equilibrium, fleets that fit demand, money in the bank."""

from dataclasses import replace
from math import expm1
from typing import TYPE_CHECKING

import numpy as np

from market import settling
from market.conduct.training import Outlook, Prize
from market.endowing import endow, endow_clouds, not_written_off
from market.firms import investors
from market.firms.lab import Lab
from market.markets.servers.demand import UserCost
from market.markets.tokens import setters
from market.markets.tokens.foresight import prizes
from market.outlook import prospect_of
from market.parameters import value_at
from market.parameters.dates import YEAR
from market.users.types import need_growth

if TYPE_CHECKING:
    from market.model import TokenMarket


LEAST_TRAINING = 1e-3
"""Of what a lab can pay for, in the search for what its rule would have led to."""
ROUNDS_OF_TRAINING = 120
"""Rounds in which the leader's training and what it knows by it come to fit."""


def open_market(model: "TokenMarket") -> None:
    """Bring a new model into the state of its first month."""
    technology = model.technology
    _appoint(model)
    key = model.parameters.model_dump_json()
    with settling.alone(key):
        _settle(model, key)
    growth = _growth(model)
    _expect(model, growth)
    _train(model, growth)
    for lab in model.open_labs:
        endow(model, lab, technology, growth)
    endow_clouds(model, growth)
    for reseller in model.resellers:
        staff = reseller.own.staff * model.parameters.resellers.opening_months
        reseller.raise_money(staff)
    for host in model.hosts:
        rent = host.to_serve(technology.mtok) * host.user_cost
        host.raise_money((rent + host.own.staff) * host.own.opening_months)


def _settle(model: "TokenMarket", key: str) -> None:
    """Let prices and users come to where they stay, or to where those of a market of the same parameters have."""
    data, opening_price = model.parameters.data.chip_prices, model.parameters.vendors.opening_price
    model.servers.open(value_at(data, model.parameters.horizon.start, 0) if data else opening_price)
    known = settling.SHARED.get(key)
    if known is None:
        model.servers.settle()
    else:
        model.servers.price = known.servers
    cost = float(UserCost.of(model.parameters, model.technology, model.now.tariff)(model.servers.price.min()))
    for producer in model.open_producers:
        producer.user_cost = cost
    model.compute.open(cost)
    model.compute.price_in()
    for segment in model.segments:
        segment.adopt(0)
    if known is None:
        settling.share(key, settling.settle(model))
    else:
        settling.open_as(model, known)


def _appoint(model: "TokenMarket") -> None:
    """Give firms their places: qualities fall from lab to lab, resellers' added value rises around zero."""
    labs, resellers = model.parameters.labs, model.parameters.resellers
    spread = [-labs.quality_spread * place / max(labs.count - 1, 1) for place in range(labs.count)]
    for lab, quality in zip(model.open_labs, labs.qualities or spread, strict=True):
        lab.quality = lab.size = quality
    if model.hosts:
        model.open_weights.publish()
    for reseller in model.resellers:
        reseller.lab = reseller.index % labs.count
        rank = reseller.index / max(len(model.resellers) - 1, 1)
        reseller.added_value = resellers.added_value_spread * (0.5 - rank) if len(model.resellers) > 1 else 0.0


def _growth(model: "TokenMarket") -> float:
    """Return the monthly growth (logarithm) of need that everybody expects on the first day."""
    calendar, segments = model.calendar, model.parameters.population.segments
    now, soon = (
        sum(s.people * s.need * calendar.adopted(name, 0, month) for name, s in segments.items())
        * need_growth(calendar.months_under(0, month))
        for month in (0, 1)
    )
    return float(np.log(soon / now)) if now > 0 else 0.0


def _expect(model: "TokenMarket", growth: float) -> None:
    """Give producers the demand, and labs the revenue, of the past year, as if they had always grown at this rate."""
    demand, producers = model.retail.posted_demand, model.open_producers
    for place, producer in enumerate(producers):
        tokens = float(demand.metered[demand.offers.lab == place].sum())
        producer.expect(tokens * float(np.exp(-growth)), growth)
    revenues = setters.revenue_of_labs(demand, producers, model.retail.costs()).tolist()
    for lab, revenue in zip(model.open_labs, revenues, strict=False):
        lab.revenues.extend(revenue * np.exp(-growth * month) for month in range(YEAR, 0, -1))


def _train(model: "TokenMarket", growth: float) -> None:
    """Give labs the training their own rule would have led to, as far as they can pay for it."""
    training, labs = model.parameters.training, model.open_labs
    model.prospect = prospect_of(model, growth)
    offered = prizes(model)
    most = _affordable(model, growth, offered)
    leader = max(labs, key=lambda lab: lab.quality)
    first = labs.index(leader)
    leader.trained = most[first]
    for _ in range(ROUNDS_OF_TRAINING):
        leader.knowledge = leader.trained / (training.decay + max(growth, 0.0))
        wanted = training.budget.capacity(_outlook(leader, leader.knowledge, offered[first]))
        leader.trained = min(max(0.5 * (leader.trained + wanted), LEAST_TRAINING * most[first]), most[first])
    model.first_knowledge = leader.knowledge
    for lab, prize, limit in zip(labs, offered, most, strict=True):
        lab.knowledge = model.first_knowledge * 2**lab.quality
        if lab is not leader:
            wanted = training.budget.capacity(_outlook(lab, leader.knowledge, prize))
            lab.trained = min(max(wanted, 0.0), limit)
        lab.training_plan = lab.training_wanted = lab.trained


def _affordable(model: "TokenMarket", growth: float, offered: list[Prize]) -> list[float]:
    """Return the training labs can pay for month after month, [lab] reference accelerators.

    That is out of what serving earns at user cost and what investors add, who read statements, and at most
    ``opening_ratio`` of revenue. Where nothing grows, training that eats up more than it earns ends with its lab.
    """
    parameters, costs, labs, funding = model.parameters, model.retail.costs(), model.open_labs, model.parameters.funding
    earned = setters.gross_profit(model.retail.posted_demand, model.open_producers, costs)[: len(labs)].tolist()
    most, unseen = [], not_written_off(model, growth)
    for lab, profit, prize in zip(labs, earned, offered, strict=True):
        revenue = lab.revenues[-1]
        profit -= parameters.labs.fixed_overhead_share * revenue
        serving = lab.to_serve(model.technology.mtok)
        seen = profit + unseen * serving + prize.margin_gain * revenue
        worth = investors.value(seen, _outlook(lab, 0.0, prize), model.prospect, funding)
        given = lab.backing * investors.a_year(worth, revenue, expm1(growth), funding) / YEAR
        money = min(profit + given, parameters.training.opening_ratio * revenue)
        most.append(max(money, 0.0) / lab.training_cost)
    return most


def _outlook(lab: Lab, best: float, prize: Prize) -> Outlook:
    """Return a lab's outlook before it has money: it counts on what investors will give."""
    months = lab.model.parameters.funding.opening_months
    return replace(lab.outlook(best, prize), money=months * lab.revenues[-1])
