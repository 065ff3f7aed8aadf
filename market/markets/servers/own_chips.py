"""Labs that design chips for themselves: what they make, and what they still buy.

Servers around its own chips cost a lab what foundry and parts cost. It divides its orders Q between them and those of
vendors by the same logit as among vendors: with V what servers on sale are worth to it and W its own, the share

    s = e^W / (e^W + Σ e^V)

is made, as far as its part of the foundries goes, and B = (1 − s) Q is bought. To ∂V_k that answers with B s ŝ_k beside
the switching among vendors, ŝ their shares of B: the threat to make what is bought holds prices down (Katz 1987).
Where no more can be made there is none: the next server is bought.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from market.arrays import Matrix, Vector
from market.markets.servers.demand import ServerDemand, UserCost, all_in
from market.parameters.vendors import Vendors

if TYPE_CHECKING:
    from market.firms.technology import Technology
    from market.model import TokenMarket


@dataclass(frozen=True)
class OwnChips:
    """Own chips as their labs see them next to those on sale.

    Attributes:
        appeal: [operator], utility of servers around own chips but for their cost; −∞ where there are none.
        weight: Of the logarithm of user cost in utility, as among vendors.
        cost: USD per reference accelerator and month.
        bought: [operator], share of orders that is bought at the prices posted.
        bind: [operator], whether no more can be made.
    """

    appeal: Vector
    weight: float
    cost: float
    bought: Vector
    bind: NDArray[np.bool_]

    def buys(self, worth: Matrix, cheapest: float) -> Vector:
        """[operator], share of orders that would be bought were there no limit to what can be made, 1 − s.

        Args:
            worth: [operator, chip], utility of servers around each chip.
            cheapest: User cost of the server that has no cost in that utility.
        """
        on_sale = np.logaddexp.reduce(worth, axis=1)
        own = self.appeal - self.weight * np.log(self.cost / cheapest)
        return np.asarray(np.exp(on_sale - np.logaddexp(on_sale, own)))

    def bypass(self, worth: Matrix, cheapest: float) -> Vector:
        """[operator], share of orders that is made and would be more if what is on sale were dearer."""
        return np.where(self.bind, 0.0, 1 - self.buys(worth, cheapest))

    def left(self, worth: Matrix, cheapest: float) -> Vector:
        """[operator], what is bought over what is bought at the prices posted."""
        less = self.buys(worth, cheapest)
        return np.divide(less, self.bought, out=np.ones_like(less), where=~self.bind & (self.bought > 0))


class Foundry:
    """What is made for labs that have chips of their own.

    Attributes:
        capacity: Accelerators a month for each of these labs; none before the first chips are designed.
        made: [operator], accelerators made for it this month.
        could: Accelerators that could be made for each of them this month.
    """

    def __init__(self, model: "TokenMarket") -> None:
        self.model = model
        self.capacity = self.could = 0.0
        self.made = np.zeros(len(model.operators))

    @property
    def there(self) -> bool:
        """Whether any lab has or will have chips of its own."""
        return self.model.parameters.own_chips.labs > 0

    @property
    def price(self) -> float:
        """USD per accelerator in a server around own chips: what foundry and parts cost."""
        parameters = self.model.parameters
        return parameters.vendors.unit_cost + parameters.makers.parts_cost

    def admit(self) -> None:
        """Take note of an operator that has come."""
        self.made = np.append(self.made, 0.0)

    def grow(self, now: int) -> None:
        """Let capacity grow with that of vendors, who leave labs' own chips a part of it once these are designed."""
        settings, vendors = self.model.parameters.own_chips, self.model.vendors
        self.capacity *= 1 + self.model.parameters.vendors.capacity_growth
        if self.there and now + 1 == max(settings.months, 1):
            self.capacity = settings.capacity * sum(vendor.capacity for vendor in vendors) / settings.labs
            for vendor in vendors:
                vendor.capacity *= 1 - settings.capacity

    def resize(self, before: Vendors) -> None:
        """Be able to make as much more or less as all vendors now can."""
        if before.capacity > 0:
            self.capacity *= self.model.parameters.vendors.capacity / before.capacity

    def beside(self, demand: ServerDemand, in_fleets: Vector, tariff: float) -> ServerDemand:
        """Return the demand that is left for servers on sale: what labs do not make themselves.

        Args:
            demand: For all servers.
            in_fleets: [operator], share of own chips in its capacity.
            tariff: Of electricity, USD/kWh.
        """
        if not self.capacity:
            return demand
        parameters, operators = self.model.parameters, self.model.operators
        designs = np.array([lab.alive and lab.designs for lab in self.model.labs])
        designs = np.pad(designs, (0, len(operators) - designs.size))
        appeal = parameters.vendors.lock_in * in_fleets - parameters.own_chips.lag
        free = OwnChips(
            appeal=np.where(designs, appeal, -np.inf),
            weight=parameters.vendors.substitution,
            cost=float(UserCost.of(parameters, self.model.technology, tariff)(np.array([self.price]))[0]),
            bought=np.ones(len(operators)),
            bind=np.zeros(len(operators), dtype=np.bool_),
        )
        ordered = demand.serving + demand.training
        made, bind = self._within(free, demand, ordered)
        bought = np.where(ordered > 0, 1 - made, free.buys(demand.worth, demand.cheapest))
        own = replace(free, bought=bought, bind=bind)
        return replace(demand, serving=demand.serving * bought, training=demand.training * bought, own=own)

    def take(self, demand: ServerDemand, ordered: Vector) -> Vector:
        """Make for labs what they want of these orders [operator]; return the part that is made of each."""
        self.could = self.capacity
        if demand.own is None:
            self.made = np.zeros_like(ordered)
            return self.made
        part, _ = self._within(demand.own, demand, ordered)
        self.made = part * ordered / self.model.technology.performance
        return part

    def _within(self, own: OwnChips, demand: ServerDemand, ordered: Vector) -> tuple[Vector, NDArray[np.bool_]]:
        """Return the part of orders [operator] that is made, and whether it is as much as can be."""
        room = self.capacity * self.model.technology.performance
        wanted = 1 - own.buys(demand.worth, demand.cheapest)
        bind = wanted * ordered > room
        return np.divide(room, ordered, out=wanted.copy(), where=bind), bind

    def all_in(self, technology: "Technology") -> float:
        """USD per accelerator in a server around own chips, which are of the newest generation; see `all_in`."""
        return all_in(self.model.parameters, self.price, technology.power)
