"""Operators' demand for servers: they choose makers and vendors on total cost, and dearer servers sell fewer tokens."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from market.arrays import Integers, Matrix, Vector, diagonal
from market.firms.technology import Technology, capital_charge
from market.markets.derived_demand import DerivedDemand
from market.parameters import Parameters

if TYPE_CHECKING:
    from market.markets.servers.own_chips import OwnChips


@dataclass(frozen=True)
class UserCost:
    """What a reference accelerator costs its lab per month: ``slope`` × server price + ``rest``, USD.

    Counts the capital charge on server, network and building, operation, and electricity.
    """

    slope: float
    rest: float

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

    def __call__(self, server_price: Vector) -> Vector:
        """USD per reference accelerator and month, elementwise."""
        return self.slope * server_price + self.rest


@dataclass(frozen=True)
class Products:
    """Every maker builds a server around every vendor's chip; [product] arrays, vendor by vendor."""

    vendors: int
    makers: int

    @cached_property
    def vendor(self) -> Integers:
        """[product]."""
        return np.repeat(np.arange(self.vendors), self.makers)

    @cached_property
    def maker(self) -> Integers:
        """[product]."""
        return np.tile(np.arange(self.makers), self.vendors)

    def by_vendor(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up over makers: the last axis from [product] to [vendor]."""
        return values.reshape(*values.shape[:-1], self.vendors, self.makers).sum(axis=-1)


@dataclass(frozen=True)
class ServerDemand:
    """Operators' demand for servers at posted prices.

    A nested logit without an outside option, as labs buy from someone: utility of a server is appeal + lock-in
    − σ ln(user cost), and makers of one vendor's servers are a nest, in which ln(user cost) counts σ + σ'.

    Attributes:
        products: What there is.
        price: [product], USD per accelerator.
        serving, training: [operator], reference accelerators ordered a month to serve and to train.
        fleet_shares: [operator, vendor], share of each vendor in its capacity.
        cost: User cost of a server.
        performance: Reference accelerators per accelerator.
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
    performance: float
    derived: DerivedDemand
    own: "OwnChips | None" = None

    @cached_property
    def product_cost(self) -> Vector:
        """[product], USD per reference accelerator and month."""
        return self.cost(self.price)

    @cached_property
    def within(self) -> Matrix:
        """[vendor, maker], share of a maker among the servers with a vendor's chips."""
        return self._weight / self._weight.sum(axis=1, keepdims=True)

    @cached_property
    def _cheapest(self) -> Vector:
        """[vendor], user cost of the cheapest server with its chips."""
        return self.product_cost.reshape(self.products.vendors, -1).min(axis=1)

    @cached_property
    def _weight(self) -> Matrix:
        """[vendor, maker], weight of a maker next to the cheapest one of the vendor's nest."""
        relative = self.product_cost.reshape(self.products.vendors, -1) / self._cheapest[:, None]
        return relative ** -(self.parameters.vendors.substitution + self.parameters.makers.substitution)

    @property
    def cheapest(self) -> float:
        """User cost of the cheapest server."""
        return float(self._cheapest.min())

    @cached_property
    def worth(self) -> Matrix:
        """[operator, vendor], utility of servers with its chips, over that of the cheapest server's cost."""
        vendors, dearer = self.parameters.vendors, self._cheapest / self._cheapest.min()
        of_makers = np.log(self._weight.sum(axis=1)) / self.stiffness - vendors.substitution * np.log(dearer)
        return np.asarray(of_makers - vendors.lead * np.arange(dearer.size) + vendors.lock_in * self.fleet_shares)

    @cached_property
    def shares(self) -> Matrix:
        """[operator, product], share of an operator's order."""
        value = self.worth
        weight = np.exp(value - value.max(axis=1, keepdims=True))
        of_vendor = weight / weight.sum(axis=1, keepdims=True)
        return (of_vendor[:, :, None] * self.within).reshape(value.shape[0], -1)

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
        response /= self.performance
        return np.asarray(response, dtype=np.float64)

    @property
    def chip_response(self) -> Matrix:
        """[vendor, vendor], ∂quantity/∂price of all servers with a vendor's chips, as `response` adds up."""
        by_vendor = self.products.by_vendor
        response = by_vendor(self.shares).T @ by_vendor(self._fewer)
        total, slope = self._within_nests
        diagonal(response)[:] += by_vendor(self._own_switch) - total.sum(axis=1) * slope.sum(axis=1)
        return np.asarray(response / self.performance, dtype=np.float64)

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
        """[vendor, maker] each, the factors of the switches within the nests."""
        shape = self.products.vendors, self.products.makers
        slope = self.within * self.utility_slope.reshape(shape)
        return self._orders.sum(axis=0).reshape(shape), (self.stiffness - 1) * slope
