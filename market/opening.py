"""The first day: users with their providers, prices near equilibrium, fleets that fit demand, money in the bank."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from market.agents.lab import YEAR, Lab
from market.finance import monthly_rate
from market.hardware import UserCost
from market.parameters import value_at
from market.population import adoption, need_factor
from market.pricing import BestResponse
from market.technology import Technology
from market.token_prices import lab_layer, profit_of_quality, reseller_layer
from market.training import Outlook

if TYPE_CHECKING:
    from market.model import TokenMarket

ROUNDS_OF_HAGGLING = 60


def open_market(model: "TokenMarket") -> None:
    """Bring a new model into the state of its first month."""
    technology = model.technology
    _appoint(model)
    data, opening_price = model.parameters.data.chip_prices, model.parameters.vendors.opening_price
    model.servers.open(value_at(data, model.parameters.horizon.start, 0) if data else opening_price)
    cost = float(UserCost.of(model.parameters, technology, model.tariff)(model.servers.price.min()))
    for lab in model.labs:
        lab.user_cost = cost
    for segment in model.segments:
        segment.adopt(0)
    model.retail.look()
    _haggle(model)
    _settle_users(model)
    model.retail.look()
    growth = _growth(model)
    for lab in model.labs:
        _expect(model, lab, growth)
    _train(model, growth)
    for lab in model.labs:
        _endow(model, lab, technology, growth)
    for reseller in model.resellers:
        staff = model.parameters.resellers.staff * model.parameters.resellers.opening_months
        reseller.raise_money(staff)


def _appoint(model: "TokenMarket") -> None:
    """Give firms their places: qualities fall from lab to lab, resellers' added value rises around zero."""
    labs, resellers = model.parameters.labs, model.parameters.resellers
    for lab in model.labs:
        lab.quality = -labs.quality_spread * lab.index / max(len(model.labs) - 1, 1)
    for reseller in model.resellers:
        reseller.lab = reseller.index % len(model.labs)
        rank = reseller.index / max(len(model.resellers) - 1, 1)
        reseller.added_value = resellers.added_value_spread * (0.5 - rank) if len(model.resellers) > 1 else 0.0


def _haggle(model: "TokenMarket") -> None:
    """Let labs and resellers answer each other's prices until they settle; the scenario's rules start there."""
    rule = BestResponse(patience=0.9, largest_move=0.5)
    retail, labs, resellers = model.retail, model.labs, model.resellers
    costs = retail.costs()
    for lab, cost in zip(labs, costs.marginal_cost, strict=True):
        lab.retail_price, lab.wholesale_price = 2.0 * float(cost), 1.5 * float(cost)
    for reseller in resellers:
        reseller.wholesale_price = labs[reseller.lab].wholesale_price
        reseller.price = 1.2 * reseller.marginal_cost(reseller.wholesale_price)
    for _ in range(ROUNDS_OF_HAGGLING):
        retail.look()
        layer = replace(lab_layer(retail.standing, labs, costs), capacity=np.inf)
        posted = rule.post(layer).reshape(-1, len(labs)).T
        retail.contract(list(zip(labs, posted, strict=True)), labs, costs)
        for reseller in resellers:
            reseller.pass_on(labs[reseller.lab].wholesale_price)
        if resellers:
            asked = rule.post(reseller_layer(retail.standing, resellers))
            for reseller, price in zip(resellers, asked.tolist(), strict=True):
                reseller.price = price
    retail.look()


def _settle_users(model: "TokenMarket") -> None:
    """Give users the providers they would choose, tilted to the larger labs by ``share_ratio``."""
    demand = model.retail.expected()
    users = demand.reconsidered.users
    tilted = users * model.parameters.labs.share_ratio**demand.offers.lab
    scale = users.sum(axis=1, keepdims=True) / np.maximum(tilted.sum(axis=1, keepdims=True), 1e-300)
    active = np.maximum(demand.mass.sum(axis=1, keepdims=True), 1e-300)
    shares = np.split(tilted * scale / active, len(model.segments))
    for segment, share in zip(model.segments, shares, strict=True):
        segment.people.settle(np.clip(share, 0.0, 1.0))


def _growth(model: "TokenMarket") -> float:
    """Return the monthly growth (logarithm) of need that everybody expects on the first day."""
    segments, population = model.parameters.population.segments.values(), model.parameters.population
    now, soon = (
        sum(s.people * s.need * adoption(s, month) for s in segments) * need_factor(population, month)
        for month in (0, 1)
    )
    return float(np.log(soon / now)) if now > 0 else 0.0


def _expect(model: "TokenMarket", lab: Lab, growth: float) -> None:
    """Give a lab the demand and the revenue of the past year, as if they had always grown at this rate."""
    demand = model.retail.standing
    mine = demand.offers.lab == lab.index
    tokens = float(demand.quantity[mine].sum())
    prices = np.where(demand.offers.resold, lab.wholesale_price, lab.retail_price)
    revenue = float((demand.quantity * prices)[mine].sum())
    lab.expect(tokens * float(np.exp(-growth)), growth)
    lab.revenues.extend(revenue * np.exp(-growth * month) for month in range(YEAR, 0, -1))


def _train(model: "TokenMarket", growth: float) -> None:
    """Give labs the training their own rule would have led to, at most ``opening_ratio`` of revenue."""
    training, labs = model.parameters.training, model.labs
    gains = profit_of_quality(model.retail.standing, labs, model.retail.costs())
    unit_cost = labs[0].user_cost * (1 + model.parameters.labs.research_staff)
    most = [training.opening_ratio * lab.revenues[-1] / unit_cost for lab in labs]
    leader, leader_gain = labs[0], float(gains[0])
    leader.trained = most[0]
    for _ in range(ROUNDS_OF_HAGGLING):
        leader.knowledge = leader.trained / (training.decay + max(growth, 0.0))
        wanted = training.budget.capacity(_outlook(leader, leader.knowledge, leader_gain))
        leader.trained = min(max(0.5 * (leader.trained + wanted), 1e-3 * most[0]), most[0])
    model.first_knowledge = leader.knowledge
    for lab, gain, limit in zip(labs, gains, most, strict=True):
        lab.knowledge = model.first_knowledge * 2**lab.quality
        if lab is not leader:
            wanted = training.budget.capacity(_outlook(lab, leader.knowledge, float(gain)))
            lab.trained = min(max(wanted, 0.0), limit)
        lab.training_plan = lab.trained


def _outlook(lab: Lab, best: float, gain: float) -> Outlook:
    """Return a lab's outlook before it has money: it counts on what investors will give."""
    months = lab.model.parameters.funding.opening_months
    return replace(lab.outlook(best, gain), money=months * lab.revenues[-1])


def _endow(model: "TokenMarket", lab: Lab, technology: Technology, growth: float) -> None:
    """Give a lab the fleet, the shipments under way and the cash that fit its demand."""
    parameters = model.parameters
    fleet = parameters.fleet
    serving = lab.forecast.ahead(1) / (fleet.target_utilisation * technology.mtok)
    _equip(model, lab, serving, growth, technology)
    lab.debt = parameters.funding.loan_to_value * lab.book_value(0)
    running = parameters.labs.overhead_share * lab.revenues[-1]
    running += parameters.labs.research_staff * lab.training_plan * lab.user_cost
    running += max(1 + growth * YEAR, 0.0) * model.assets.servers.depreciation(lab.index)
    lab.raise_money(parameters.funding.opening_months * running)


def _equip(model: "TokenMarket", lab: Lab, serving: float, growth: float, technology: Technology) -> None:
    """Give a lab a year of vintages for what it serves and trains, and under way what serving will need as it grows."""
    fleet = model.parameters.fleet
    ages = np.arange(1.0, YEAR + 1.0)
    more = max(growth - np.log1p(fleet.software_growth), 0.0)
    shares = np.exp(-more * ages)
    performance = technology.performance * np.exp(-np.log1p(monthly_rate(fleet.hardware_growth)) * ages)
    needed = serving + lab.training_plan
    capacity = needed * shares / shares.sum()
    vendor_shares = np.exp(-model.parameters.vendors.lead * np.arange(len(model.vendors)))
    vendor_shares /= vendor_shares.sum()
    cost = float(model.servers.price.min()) + fleet.network_cost
    months = np.arange(1.0, fleet.lead_time + 1.0)
    step = (serving * (np.exp(more) - 1) + needed * fleet.failure_hazard) / technology.performance
    assets, common = model.assets, {"owner": lab.index, "cost": cost, "power": technology.power}
    for vendor, share in enumerate(vendor_shares):
        assets.servers.add(
            since=-ages, units=share * capacity / performance, performance=performance, vendor=vendor, **common
        )
        assets.under_way.add(
            since=months,
            units=share * step * np.exp(more * months),
            performance=technology.performance,
            vendor=vendor,
            **common,
        )
    kilowatts = lab.kilowatts + assets.under_way.kilowatts(lab.index)
    assets.buildings.add(owner=lab.index, since=-6.0, units=kilowatts, cost=fleet.facility_cost)
