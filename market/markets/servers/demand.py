"""Operators' demand for servers: they choose makers and vendors on total cost, and dearer servers sell fewer tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from market.arrays import Matrix, Vector, diagonal
from market.firms.firm import Price
from market.firms.technology import Technology, capital_charge
from market.markets.derived_demand import DerivedDemand
from market.markets.servers.products import Products
from market.parameters import Parameters

if TYPE_CHECKING:
    from market.markets.servers.own_chips import OwnChips


def all_in(parameters: Parameters, server_price: Price, power: Price) -> Price:
    """Return USD per accelerator with network and building, at a price of its server and kW that it draws."""
    fleet = parameters.fleet
    return server_price + fleet.network_cost + fleet.facility_cost * power


@dataclass(frozen=True)
class UserCost:
    """What a reference accelerator costs its lab per month: ``slope`` × server price + ``rest``, USD.

    Counts the capital charge on server, network and building, operation, and electricity. Both are numbers where all
    servers are of one generation, else [product].
    """

    slope: Vector | float
    rest: Vector | float

    @classmethod
    def of(cls, parameters: Parameters, technology: Technology, tariff: float) -> "UserCost":
        """Return the user cost of a server bought this round at an electricity tariff, USD/kWh."""
        fleet, charge = parameters.fleet, capital_charge(parameters)
        building = fleet.facility_cost * technology.power
        energy = technology.power * fleet.load_factor * parameters.horizon.hours * tariff
        monthly = fleet.operation / 12
        server = charge.server + monthly
        rest = server * fleet.network_cost + (charge.facility + monthly) * building + energy
        return cls(server / technology.performance, rest / technology.performance)

    @classmethod
    def of_products(
        cls, parameters: Parameters, generations: Sequence[Technology], products: Products, tariff: float
    ) -> "UserCost":
        """Return that of servers around chips of each generation, the newest first."""
        costs = (cls.of(parameters, technology, tariff) for technology in generations)
        slope, rest = np.array([(cost.slope, cost.rest) for cost in costs]).T
        return cls(products.of_generations(slope), products.of_generations(rest))

    def __call__(self, server_price: Vector) -> Vector:
        """USD per reference accelerator and month, elementwise."""
        return self.slope * server_price + self.rest


@dataclass(frozen=True)
class ServerDemand:
    """Operators' demand for servers at posted prices.

    A nested logit without an outside option, as labs buy from someone: utility of a server is appeal + lock-in
    − σ ln(user cost), and makers of servers around one chip are a nest, in which ln(user cost) counts σ + σ'.

    Attributes:
        products: What there is.
        price: [product], USD per accelerator.
        serving, training: [operator], reference accelerators ordered a month to serve and to train.
        fleet_shares: [operator, vendor], share of each vendor in its capacity.
        cost: User cost of a server.
        performance: [product], reference accelerators per accelerator.
        derived: Answer of tokens to costs.
        own: Chips that operators may make instead of buying; orders are what is bought then.
    """

    parameters: Parameters
    products: Products
    price: Vector
    serving: Vector
    training: Vector
    fleet_shares: Matrix
    cost: UserCost
    performance: Vector
    derived: DerivedDemand
    own: "OwnChips | None" = None

    @cached_property
    def product_cost(self) -> Vector:
        """[product], USD per reference accelerator and month."""
        return self.cost(self.price)

    @cached_property
    def within(self) -> Matrix:
        """[chip, maker], share of a maker among the servers around a chip."""
        return self._weight / self._weight.sum(axis=1, keepdims=True)

    @cached_property
    def _cheapest(self) -> Vector:
        """[chip], user cost of the cheapest server around it."""
        return self.product_cost.reshape(self.products.chips, -1).min(axis=1)

    @cached_property
    def _weight(self) -> Matrix:
        """[chip, maker], weight of a maker next to the cheapest one of the chip's nest."""
        relative = self.product_cost.reshape(self.products.chips, -1) / self._cheapest[:, None]
        return relative ** -(self.parameters.vendors.substitution + self.parameters.makers.substitution)

    @property
    def cheapest(self) -> float:
        """User cost of the cheapest server."""
        return float(self._cheapest.min())

    @cached_property
    def worth(self) -> Matrix:
        """[operator, chip], utility of servers around it, over that of the cheapest server's cost."""
        vendors, dearer = self.parameters.vendors, self._cheapest / self._cheapest.min()
        of_makers = np.log(self._weight.sum(axis=1)) / self.stiffness - vendors.substitution * np.log(dearer)
        vendor = self.products.vendor_of_chip
        return np.asarray(of_makers - vendors.lead * vendor + vendors.lock_in * self.fleet_shares[:, vendor])

    @cached_property
    def shares(self) -> Matrix:
        """[operator, product], share of an operator's order."""
        value = self.worth
        weight = np.exp(value - value.max(axis=1, keepdims=True))
        of_chip = weight / weight.sum(axis=1, keepdims=True)
        return (of_chip[:, :, None] * self.within).reshape(value.shape[0], -1)

    @property
    def stiffness(self) -> float:
        """How many times as much a utility counts within a nest as between nests, 1/(1 − ρ) = (σ + σ')/σ."""
        return 1 + self.parameters.makers.substitution / self.parameters.vendors.substitution

    @cached_property
    def user_cost(self) -> Vector:
        """[operator], USD per reference accelerator and month of the mix it buys."""
        return self.shares @ self.product_cost

    @cached_property
    def quantity(self) -> Vector:
        """[product], accelerators a month."""
        serving, training = self._bought
        return (serving + training) @ self.shares / self.performance

    @cached_property
    def utility_slope(self) -> Vector:
        """[product], ∂utility/∂price per USD."""
        return -self.parameters.vendors.substitution * self.cost.slope / self.product_cost

    @cached_property
    def response(self) -> Matrix:
        """[product, product], ∂quantity/∂price: labs switch, sell fewer tokens, and train with a given budget.

        Labs switch as ∂s_j/∂V_k = s_j (stiffness δ_jk − (stiffness − 1) [same nest] s_k|nest − s_k). What turning to
        cheaper servers saves is no gain: at the margin it is lost again in what made others preferred.
        """
        response = self.shares.T @ self._fewer
        diagonal(response)[:] += self._own_switch
        total, slope = self._within_nests
        of_nests = np.einsum("vmvn->vmn", response.reshape(2 * total.shape))
        of_nests -= total[:, :, None] * slope[:, None, :]
        response /= self.performance[:, None]
        return np.asarray(response, dtype=np.float64)

    @property
    def chip_response(self) -> Matrix:
        """[chip, chip], ∂quantity/∂price of all servers around a chip, as `response` adds up."""
        by_chip = self.products.by_chip
        response = by_chip(self.shares).T @ by_chip(self._fewer)
        total, slope = self._within_nests
        diagonal(response)[:] += by_chip(self._own_switch) - total.sum(axis=1) * slope.sum(axis=1)
        return np.asarray(response / self.chip_performance[:, None], dtype=np.float64)

    @property
    def chip_performance(self) -> Vector:
        """[chip], reference accelerators per accelerator."""
        return self.performance[:: self.products.makers]

    @cached_property
    def _orders(self) -> Matrix:
        """[operator, product], reference accelerators ordered a month."""
        serving, training = self._bought
        return (serving + training)[:, None] * self.shares

    @cached_property
    def _fewer(self) -> Matrix:
        """[operator, product], change of orders with the price of a product, but for switches within its nest."""
        serving, training = self._bought
        cost = self.user_cost
        if self.own is not None:
            cost = self.felt * cost + (1 - self.felt) * self.own.cost
        dearer = self.felt[:, None] * (self.shares * self.cost.slope)
        fewer = serving[:, None] * (self.derived.semi_elasticity @ dearer) / self.derived.mtok
        fewer -= (training / cost)[:, None] * dearer
        fewer -= self.felt[:, None] * (self._orders * self.utility_slope)
        return np.asarray(fewer, dtype=np.float64)

    @cached_property
    def felt(self) -> Vector:
        """[operator], share of a rise of all prices by which its costs rise, and its purchases stay: 1 − bypass."""
        if self.own is None:
            return np.ones(self.serving.size)
        return 1 - self.own.bypass(self.worth, self.cheapest)

    @cached_property
    def _bought(self) -> tuple[Vector, Vector]:
        """[operator] each, what is bought to serve and to train at these prices."""
        if self.own is None:
            return self.serving, self.training
        left = self.own.left(self.worth, self.cheapest)
        return self.serving * left, self.training * left

    @cached_property
    def _own_switch(self) -> Vector:
        """[product], what of `response` a product's own price does to it alone."""
        return self.stiffness * self._orders.sum(axis=0) * self.utility_slope

    @cached_property
    def _within_nests(self) -> tuple[Matrix, Matrix]:
        """[chip, maker] each, the factors of the switches within the nests."""
        shape = self.products.chips, self.products.makers
        slope = self.within * self.utility_slope.reshape(shape)
        return self._orders.sum(axis=0).reshape(shape), (self.stiffness - 1) * slope
