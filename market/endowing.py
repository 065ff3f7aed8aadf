"""What a lab owns on the first day: servers and buildings of all ages, shipments under way, debt and cash."""

from math import log1p
from typing import TYPE_CHECKING

import numpy as np

from market.accounts.finance import monthly_rate
from market.firms.chip_vendor import opening_shares
from market.firms.cloud import Cloud
from market.firms.fleet import Purchases
from market.firms.lab import Lab
from market.firms.operator import Operator
from market.firms.technology import Technology, capital_charge
from market.markets.compute.owned import parts
from market.parameters.dates import YEAR

if TYPE_CHECKING:
    from market.model import TokenMarket


def endow(model: "TokenMarket", lab: Lab, technology: Technology, growth: float) -> None:
    """Give a lab the fleet, the shipments under way and the cash that fit its demand."""
    parameters = model.parameters
    owned = 1 - lab.rented_share
    serving = lab.to_serve(technology.mtok)
    _equip(model, lab, owned * serving, owned * lab.training_plan, growth)
    lab.debt = parameters.funding.loan_to_value * lab.book_value(0)
    running = parameters.labs.overhead_share * lab.revenues[-1]
    running += lab.own.research_staff * lab.training_plan * lab.user_cost
    if lab.designs:
        running += parameters.own_chips.design
    running += max(1 + growth * YEAR, 0.0) * model.assets.servers.depreciation(lab.index)
    lab.raise_money(parameters.funding.opening_months * running)


def not_written_off(model: "TokenMarket", growth: float) -> float:
    """Return by how much the capital charge exceeds straight-line depreciation, USD a month per reference accelerator.

    A fleet that was bought for steady growth is written off at what it cost over its life; the charge is what buying
    it now would cost a month, interest, failures and cheaper servers to come included.
    """
    parameters, technology = model.parameters, model.technology
    fleet, charge = parameters.fleet, capital_charge(parameters)
    ages = np.arange(fleet.server_life)
    serves = Purchases.of(fleet, 1.0, growth - log1p(fleet.software_growth))
    dearer = float(serves.left(ages) @ (1 + monthly_rate(fleet.hardware_growth)) ** ages / serves.left(ages).sum())
    server = float(model.servers.price.min()) + fleet.network_cost
    building = fleet.facility_cost * technology.power
    written_off = server * dearer / fleet.server_life + building / fleet.facility_life
    return (charge.server * server + charge.facility * building - written_off) / technology.performance


def endow_clouds(model: "TokenMarket", growth: float) -> None:
    """Give clouds the fleets that fit what is to be rented of each, and cash for some months of costs."""
    parameters, clouds = model.parameters, model.clouds
    serving = sum(producer.rented_share * producer.to_serve(model.technology.mtok) for producer in model.open_producers)
    training = sum(lab.rented_share * lab.training_plan for lab in model.open_labs)
    for cloud, built_for in parts(model.compute).items():
        part = built_for / (len(clouds) * parameters.clouds.uptime)
        _equip(model, cloud, part * serving, part * training, growth)
        cloud.debt = parameters.funding.loan_to_value * cloud.book_value(0)
        cloud.raise_money(parameters.clouds.opening_months * model.assets.servers.depreciation(cloud.owner))


def _equip(model: "TokenMarket", operator: Operator, serving: float, training: float, growth: float) -> None:
    """Give an operator the servers and buildings that buying for steady growth would have left, and those under way.

    Args:
        model: That opens.
        operator: That is equipped.
        serving: Reference accelerators needed to serve.
        training: Those needed to train.
        growth: Of tokens, a month (logarithm); software makes do with less, and training moves with the frontier.
    """
    parameters, assets, owner, technology = model.parameters, model.assets, operator.owner, model.technology
    fleet = parameters.fleet
    serves = Purchases.of(fleet, serving, growth - log1p(fleet.software_growth))
    trains = Purchases.of(fleet, training, model.frontier_pace)
    ages, months = np.arange(1, fleet.server_life), np.arange(fleet.lead_time + 1)
    performance = technology.performance * (1 + monthly_rate(fleet.hardware_growth)) ** -ages.astype(float)
    common = {"owner": owner, "cost": float(model.servers.price.min()) + fleet.network_cost, "power": technology.power}
    for vendor, share in enumerate(opening_shares(parameters.vendors).tolist()):
        assets.servers.add(
            since=-ages,
            units=share * (serves.left(ages) + trains.left(ages)) / performance,
            performance=performance,
            vendor=vendor,
            **common,
        )
        assets.under_way.add(
            since=months,
            units=share * (serves.bought(months) + trains.bought(months)) / technology.performance,
            performance=technology.performance,
            vendor=vendor,
            **common,
        )
    kilowatts = operator.kilowatts + assets.under_way.kilowatts(owner)
    ages = np.arange(fleet.facility_life)
    built = np.exp(-serves.growth * ages)
    assets.buildings.add(owner=owner, since=-ages, units=kilowatts * built / built.sum(), cost=fleet.facility_cost)
    next_month = fleet.lead_time + 1
    bought = float(serves.bought(next_month)), float(trains.bought(next_month))
    model.servers.expect(owner, *((0.0, sum(bought)) if isinstance(operator, Cloud) else bought))
