"""Trade in rented compute: contracts are kept, what is free is let, and clouds build for what will be wanted."""

from dataclasses import dataclass, replace
from math import isnan, log
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from market.accounts import ledger
from market.arrays import Matrix, Vector, covered
from market.firms.cloud import Cloud
from market.firms.lab import Lab
from market.firms.operator import Operator
from market.firms.order import Order
from market.firms.producer import Producer
from market.markets.compute.owned import parts, serve_own
from market.markets.compute.spot import Spot, clear, mean_until

if TYPE_CHECKING:
    from market.model import TokenMarket

MONTHS_OF_PRICES = 6
"""Over which the spot price is averaged."""

DEAREST = 3.0
"""Most that Cournot clouds are taken to ask, over the user cost: demand is not known farther off."""


@dataclass(frozen=True)
class Contracts:
    """What was signed in a month: compute to be paid for whether it is used or not.

    Attributes:
        units: [producer, cloud], reference accelerators.
        price: USD per reference accelerator and month.
        until: First round without it.
    """

    units: Matrix
    price: float
    until: int


class ComputeMarket:
    """What stands between clouds and their tenants, labs and hosts.

    Attributes:
        price: Spot price, USD per reference accelerator and month.
        usual: The same, averaged.
        long_run: That for which clouds build, which labs plan with: servers outlive shortages.
        contracts: In force, by the month in which they were signed.
    """

    def __init__(self, model: "TokenMarket") -> None:
        self.model = model
        self.price = self.usual = self.long_run = float("nan")
        self.contracts: list[Contracts] = []

    @property
    def clouds(self) -> list[Cloud]:
        """Clouds in business."""
        return [cloud for cloud in self.model.clouds if cloud.alive]

    # what renting costs, and what it is worth to labs -------------------------------------------------------------

    def entry_price(self, user_cost: float) -> float:
        """Return the price at which a cloud earns the user cost of its servers, at the share of them that is let."""
        clouds = self.model.parameters.clouds
        return user_cost / (clouds.uptime * (1 - clouds.staff_share))

    def rented_share(self, owning: float, renting: float | None = None) -> float:
        """Return the part of its compute that a lab means to rent, where owning and renting cost so much a month.

        Renting costs what clouds build for if omitted.
        """
        if not self.clouds:
            return 0.0
        clouds = self.model.parameters.clouds
        advantage = clouds.appeal - clouds.substitution * log((renting or self.long_run) / owning)
        return float(expit(advantage))

    def parent_of(self, producer: Producer) -> Cloud | None:
        """Return the cloud that owns a lab; None where it has no owner of the kind in business."""
        if producer.kind != Lab.kind or producer.index >= self.model.parameters.clouds.own_labs:
            return None
        parent = self.model.clouds[producer.index]
        return parent if parent.alive else None

    def open(self, user_cost: float) -> None:
        """Post the first month's price: that at which building just pays."""
        for cloud in self.model.clouds:
            cloud.user_cost = user_cost
        self.price = self.usual = self.long_run = self.built_for(user_cost)

    def price_in(self) -> None:
        """Let labs reckon with the cost of the mix that they own and rent."""
        if self.clouds:
            self.long_run = self.built_for(float(np.mean([cloud.user_cost for cloud in self.clouds])))
        for host in self.model.open_hosts:
            host.user_cost = self.long_run
        for lab in self.model.open_labs:
            parent = self.parent_of(lab)
            renting = self.entry_price(parent.user_cost) if parent else self.long_run
            lab.renting = renting if self.clouds else 0.0
            lab.rented_share = share = self.rented_share(lab.user_cost, renting)
            if share > 0:
                lab.user_cost = (1 - share) * lab.user_cost + share * renting

    def admit(self) -> None:
        """Take note of a tenant that has come; it is the last of the producers and has no contract yet."""
        self.contracts = [replace(deals, units=np.pad(deals.units, ((0, 1), (0, 0)))) for deals in self.contracts]

    def successors(self) -> list[Operator]:
        """Return a cloud that is founded for the fleet of another; nobody where entry is not open."""
        model = self.model
        if not model.parameters.clouds.entry:
            return []
        newcomer = Cloud(model, len(model.clouds))
        newcomer.user_cost = float(np.mean([cloud.user_cost for cloud in model.clouds]))
        newcomer.founded = model.round
        model.clouds.append(newcomer)
        for owned in (model.assets, model.servers):
            owned.admit()
        self.contracts = [replace(deals, units=np.pad(deals.units, ((0, 0), (0, 1)))) for deals in self.contracts]
        return [newcomer]

    # letting ------------------------------------------------------------------------------------------------------

    def let(self) -> None:
        """Honour contracts, and let on the spot what is free of the servers that have power."""
        clouds, labs = self.clouds, self.model.open_producers
        for lab in labs:
            lab.rented = lab.rent = 0.0
        if not clouds:
            return
        now = self.model.round
        self.contracts = [deals for deals in self.contracts if deals.until > now]
        self._honour()
        serve_own(self, labs)
        free = np.array([max(cloud.lettable - cloud.let, 0.0) for cloud in clouds])
        spot = self._clear(float(free.sum()), labs)
        self._rent(spot.serving + spot.training, free, spot.price)
        self.price = spot.price
        self.usual += (spot.price - self.usual) / MONTHS_OF_PRICES
        self._sign()

    def _promised(self, round_: int) -> Matrix:
        """[producer, cloud], reference accelerators on contract in a round between those who are in business."""
        labs, clouds = self.model.producers, self.model.clouds
        units = sum(
            (deals.units for deals in self.contracts if deals.until > round_), np.zeros((len(labs), len(clouds)))
        )
        return units * np.outer([lab.alive for lab in labs], [cloud.alive for cloud in clouds])

    def _lettable(self) -> Vector:
        """[cloud], reference accelerators that can be let this month."""
        return np.array([cloud.lettable if cloud.alive else 0.0 for cloud in self.model.clouds])

    def _honour(self) -> None:
        """Give labs what they have on contract and let them pay; what has no power is neither given nor paid."""
        model, units = self.model, self._promised(self.model.round)
        by_cloud = units.sum(axis=0)
        lettable = self._lettable()
        kept = covered(lettable, by_cloud)
        for cloud, let in zip(model.clouds, (by_cloud * kept).tolist(), strict=True):
            cloud.let = let
        for lab, rented in zip(model.producers, (units @ kept).tolist(), strict=True):
            lab.rented = rented
        in_force = units > 0
        self.bill(sum((deals.units * deals.price for deals in self.contracts), np.zeros_like(units)) * in_force * kept)

    def bill(self, rents: Matrix) -> None:
        """Let tenants pay clouds, USD [producer, cloud], and clouds their staff."""
        names = [cloud.name for cloud in self.model.clouds]
        for lab, amounts in zip(self.model.producers, rents.tolist(), strict=True):
            if lab.alive:
                lab.rent += sum(amounts)
                self.model.ledger.pay_each(lab.name, names, ledger.COMPUTE, amounts)
        for cloud, revenue in zip(self.model.clouds, rents.sum(axis=0).tolist(), strict=True):
            if cloud.alive:
                cloud.pay_staff(revenue)

    def _clear(self, free: float, labs: list[Producer]) -> Spot:
        """Clear the spot market: who trains has so much money, who serves needs servers.

        Above the usual price tenants do with less room for days on which more is asked: it is worth money, as training.
        """
        serving, training = self.lacking(labs)
        budget, floor, worth = training * self.long_run, self.running_cost(), self._worth(labs)
        spot = clear(free, serving, budget, floor, worth)
        if spot.price <= self.long_run:
            return spot
        fleet = self.model.parameters.fleet
        at_most = serving * min(fleet.target_utilisation / fleet.highest_utilisation, 1.0)
        return clear(free, at_most, budget + (serving - at_most) * self.long_run, floor, worth)

    def lacking(self, labs: list[Producer]) -> tuple[Vector, Vector]:
        """Return what tenants lack this month to serve and to train, [producer] reference accelerators."""
        needed = np.array([lab.to_serve(self.model.technology.mtok) for lab in labs])
        plan = np.array([max(lab.training_plan, 0.0) for lab in labs])
        there = np.array([lab.running for lab in labs])
        serving = np.maximum(needed - there, 0.0)
        return serving, np.maximum(needed + plan - there, 0.0) - serving

    def _worth(self, labs: list[Producer]) -> float:
        """Return what a reference accelerator earns at most by serving, USD a month."""
        mtok = self.model.technology.mtok * self.model.parameters.fleet.highest_utilisation
        net_share = self.model.retail.net_share_retail
        return max((lab.earns * net_share * mtok * lab.lightness for lab in labs), default=0.0)

    def running_cost(self) -> float:
        """Return what it costs to run a reference accelerator that is let, USD a month: electricity."""
        fleet, hours = self.model.parameters.fleet, self.model.parameters.horizon.hours
        servers = self.model.assets.servers
        kilowatts = sum(servers.kilowatts(cloud.owner) for cloud in self.clouds)
        capacity = sum(servers.reference(cloud.owner) for cloud in self.clouds)
        per_unit = kilowatts / capacity if capacity > 0 else 0.0
        return per_unit * fleet.load_factor * hours * self.model.power.price

    def _rent(self, units: Vector, free: Vector, price: float) -> None:
        """Rent units [tenant in business] on the spot, from clouds in proportion to what is free, [cloud]."""
        total, model = float(free.sum()), self.model
        if total <= 0:
            return
        parts = free / total
        places = [place for place, producer in enumerate(model.producers) if producer.alive]
        rents = np.zeros((len(model.producers), len(model.clouds)))
        rents[np.ix_(places, [cloud.index for cloud in self.clouds])] = np.outer(units, parts) * price
        self.bill(rents)
        for cloud, let in zip(self.clouds, (parts * units.sum()).tolist(), strict=True):
            cloud.let += let
        for lab, rented in zip(model.open_producers, units.tolist(), strict=True):
            lab.rented += rented

    def _sign(self) -> None:
        """Let labs take part of what they mean to rent on contract from next month on, as far as it is free."""
        settings, model = self.model.parameters.clouds, self.model
        promised = self._promised(model.round + 1)
        lettable = self._lettable()
        takers = [lab.alive and self.parent_of(lab) is None for lab in model.producers]
        meant = np.array(
            [self.meant(lab) if takes else 0.0 for lab, takes in zip(model.producers, takers, strict=True)]
        )
        free = np.maximum(lettable - promised.sum(axis=0), 0.0)
        wanted = np.maximum(settings.contract_share * meant - promised.sum(axis=1), 0.0)
        total, asked = float(free.sum()), float(wanted.sum())
        if total > 0 and asked > 0:
            granted = min(1.0, total / asked)
            until = model.round + 1 + settings.contract_months
            self.contracts.append(Contracts(np.outer(wanted * granted, free / total), self._on_contract(), until))

    @property
    def lasts(self) -> float:
        """Share that is left a month later of what the spot price differs by: new servers end a shortage."""
        return 1 - 1 / (self.model.parameters.fleet.lead_time + 1)

    def _on_contract(self) -> float:
        """Return what compute costs over the length of a contract, USD a month."""
        return mean_until(self.price, self.long_run, self.model.parameters.clouds.contract_months, self.lasts)

    def meant(self, lab: Producer) -> float:
        """Return what a tenant means to rent, reference accelerators."""
        return lab.rented_share * (lab.to_serve(self.model.technology.mtok) + max(lab.training_plan, 0.0))

    # building -----------------------------------------------------------------------------------------------------

    def built_for(self, user_cost: float) -> float:
        """Return the price for which clouds build, USD per reference accelerator and month.

        A Cournot cloud's marginal revenue p (1 − s/η) is the user cost, with s = 1/n and η the elasticity of what is
        rented: labs turn to servers of their own, and train less with the same money.
        """
        clouds, entry = self.model.parameters.clouds, self.entry_price(user_cost)
        if clouds.conduct == "entry" or not self.clouds:
            return entry
        share = self.rented_share(user_cost) if not isnan(self.long_run) else 0.5
        plans = sum(max(lab.training_plan, 0.0) for lab in self.model.open_labs)
        serving = sum(lab.running for lab in self.model.open_labs) - plans
        trains = plans / (plans + serving) if plans + serving > 0 else 1.0
        elasticity = clouds.substitution * (1 - share) + trains
        room = 1 - 1 / (len(self.clouds) * elasticity) if elasticity > 0 else 0.0
        return entry / max(room, 1 / DEAREST)

    def orders(self) -> list[Order]:
        """Return what clouds order, [cloud]: their part of what will be wanted at delivery, less what will be there.

        Their tenants tell them what they expect to need by then, as they do who order servers of their own.
        """
        model, delay = self.model, self.model.parameters.fleet.lead_time + 1
        meant = sum(tenant.rented_share * sum(tenant.needs(model.round, delay)) for tenant in model.open_producers)
        wanted, part = meant / model.parameters.clouds.uptime, parts(self)
        orders = []
        for cloud in model.clouds:
            there = cloud.expected_at(model.round + delay, model.round) if cloud.alive else 0.0
            missing = max(wanted / len(part) * part[cloud] - there, 0.0) if cloud.alive else 0.0
            orders.append(Order(0.0, missing))
        return orders
