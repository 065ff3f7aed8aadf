"""Labs' demand for servers: they choose makers and vendors on total cost, and dearer servers sell fewer tokens."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from market.choice import Expected, expected
from market.parameters import Parameters
from market.technology import Technology, capital_charge

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Indices = NDArray[np.int64]

# Capacity is bought from someone: the utility of buying nothing lies this far below any server's.
MUST_BUY = 60.0


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
    def vendor(self) -> Indices:
        """[product]."""
        return np.repeat(np.arange(self.vendors), self.makers)

    @cached_property
    def maker(self) -> Indices:
        """[product]."""
        return np.tile(np.arange(self.makers), self.vendors)

    def by_vendor(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up over makers: the last axis from [product] to [vendor]."""
        return values.reshape(*values.shape[:-1], self.vendors, self.makers).sum(axis=-1)


@dataclass(frozen=True)
class DerivedDemand:
    """How the tokens sold with a lab's capacity answer to the labs' marginal costs.

    Attributes:
        semi_elasticity: [lab, lab], ∂ln tokens(row)/∂marginal cost(column), per USD/Mtok.
        mtok: Mtok a reference accelerator serves in a month at target utilisation.
    """

    semi_elasticity: Matrix
    mtok: float


@dataclass(frozen=True)
class ServerDemand:
    """The labs' demand for servers at posted prices.

    Utility of a server is appeal + lock-in − σ ln(user cost); makers of one vendor's servers are a nest.

    Attributes:
        products: What there is.
        price: [product], USD per accelerator.
        serving, training: [lab], reference accelerators ordered a month to serve and to train.
        fleet_shares: [lab, vendor], share of each vendor in the lab's capacity.
        cost: User cost of a server.
        performance: Reference accelerators per accelerator.
        derived: Answer of tokens to costs.
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

    @cached_property
    def choice(self) -> Expected:
        """Labs' orders [lab] split over products."""
        vendors, makers = self.parameters.vendors, self.parameters.makers
        cost = self.cost(self.price)
        appeal = -vendors.lead * np.arange(self.products.vendors) + vendors.lock_in * self.fleet_shares
        utility = MUST_BUY + appeal[:, self.products.vendor] - vendors.substitution * np.log(cost / cost.min())
        orders = self.serving + self.training
        mass = np.zeros((orders.size, self.price.size + 1))
        mass[:, -1] = orders
        correlation = makers.substitution / (makers.substitution + vendors.substitution)
        return expected(utility, 0.0, self.products.vendor, correlation, mass)

    @cached_property
    def shares(self) -> Matrix:
        """[lab, product], share of a lab's order."""
        table = self.choice.probabilities
        return table.fresh[:, self.products.vendor] * table.within

    @cached_property
    def user_cost(self) -> Vector:
        """[lab], USD per reference accelerator and month of the mix a lab buys."""
        return self.shares @ self.cost(self.price) / self.shares.sum(axis=1)

    @cached_property
    def quantity(self) -> Vector:
        """[product], accelerators a month."""
        return self.choice.users.sum(axis=0) / self.performance

    @property
    def utility_slope(self) -> Vector:
        """[product], ∂utility/∂price per USD."""
        return -self.parameters.vendors.substitution * self.cost.slope / self.cost(self.price)

    @cached_property
    def response(self) -> Matrix:
        """[product, product], ∂quantity/∂price: labs switch, sell fewer tokens, and train with a given budget.

        What turning to cheaper servers saves is no gain: at the margin it is lost again in what made others preferred.
        """
        left = np.full(self.shares.shape, 1 / self.performance)
        switching = self.choice.response(left, np.broadcast_to(self.utility_slope, self.shares.shape))
        dearer = self.shares * self.cost.slope
        per_mtok = dearer / self.derived.mtok
        serving = self.serving[:, None] * self.shares
        training = self.training[:, None] * self.shares
        fewer = serving.T @ self.derived.semi_elasticity @ per_mtok
        fewer -= training.T @ (dearer / self.user_cost[:, None])
        return switching + fewer / self.performance
