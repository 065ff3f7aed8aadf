"""Power suppliers and the merit order."""

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

from market.accounts import ledger
from market.arrays import Vector
from market.firms.firm import Firm
from market.parameters.power import Power

if TYPE_CHECKING:
    from market.model import TokenMarket


def merit_order(
    capacity: Vector, first_cost: Vector, rise: float, bid: Vector, load: float, cap: float
) -> tuple[float, Vector]:
    """Clear the power market: the dearest plant that runs sets the price.

    A supplier's marginal cost rises linearly over its capacity, from ``first_cost`` by ``rise``; it bids
    ``bid`` times that.

    Args:
        capacity: [supplier], kW.
        first_cost: [supplier], USD/kWh of the cheapest plant.
        rise: USD/kWh from the cheapest to the dearest plant, above zero.
        bid: [supplier], bid over marginal cost.
        load: kW.
        cap: Highest price, USD/kWh.

    Returns:
        The price, USD/kWh, and the dispatch [supplier], kW; the dispatch adds up to less than load when power is short.
    """
    suppliers = list(zip(capacity.tolist(), first_cost.tolist(), bid.tolist(), strict=True))

    def supply(price: float) -> list[float]:
        return [size * min(max((price / over - first) / rise, 0.0), 1.0) for size, first, over in suppliers]

    def offered(price: float) -> float:
        return sum(supply(price))

    if offered(cap) <= load:
        return cap, np.array(supply(cap))
    turns = (over * (first + part) for _, first, over in suppliers for part in (0.0, rise))
    steps = sorted([0.0, cap, *(turn for turn in turns if turn <= cap)])
    above = max(bisect_left(steps, load, key=offered), 1)
    below, step = offered(steps[above - 1]), steps[above] - steps[above - 1]
    gap = offered(steps[above]) - below
    price = steps[above - 1] + step * ((load - below) / gap if gap > 0 else 1.0)
    return price, np.array(supply(price))


class PowerSupplier(Firm):
    """Runs plants of rising cost and sells kWh to the labs at the clearing price."""

    kind = "power supplier"
    layer = "hardware"
    stream = 3
    unit = "kWh"

    model: "TokenMarket"

    capacity: float = 0.0
    bid: float = 1.0
    sold: float = 0.0
    unit_cost: float = 0.0
    dispatched: float = 0.0

    @property
    def utilisation(self) -> float:
        """Capacity that runs over what could run."""
        return self.dispatched / self.capacity if self.capacity > 0 else 0.0

    @property
    def first_cost(self) -> float:
        """USD/kWh of the cheapest plant: it follows the tariff series and rises from supplier to supplier."""
        power = self.model.parameters.power
        rank = self.index / (power.count - 1) - 0.5 if power.count > 1 else 0.0
        return power.fuel_share * self.model.now.tariff * (1 + power.cost_spread * rank)

    @property
    def cost_rise(self) -> float:
        """USD/kWh from the cheapest plant to the dearest."""
        return self.model.parameters.power.cost_rise * self.model.now.tariff

    @property
    def marginal_cost(self) -> float:
        """USD/kWh of the dearest plant that runs."""
        return self.first_cost + self.cost_rise * self.utilisation

    def fuel_cost(self) -> float:
        """Average USD/kWh of the plants that run at the dispatch of the month."""
        return (self.first_cost + self.marginal_cost) / 2

    def deliver(self, kilowatt_hours: float) -> None:
        """Burn fuel for what was sold, and pay for the plants."""
        fuel_cost = self.fuel_cost()
        self.pay(ledger.OUTSIDE, ledger.FUEL, kilowatt_hours * fuel_cost)
        self.pay(ledger.OUTSIDE, ledger.PLANT, self.capacity * self.model.parameters.power.fixed_cost)
        self.sold = kilowatt_hours
        self.unit_cost = fuel_cost

    def sale(self) -> tuple[float, float, float]:
        """Return the price that cleared, the average cost of fuel and kWh sold."""
        return self.model.power.price, self.unit_cost, self.sold

    def settle(self) -> None:
        """Let owners cover a loss, add plants, and pay out what is not needed."""
        self.cover_losses()
        self.expand()
        super().settle()

    def resize(self, before: Power) -> None:
        """Have as many more or fewer plants as all suppliers now do."""
        self.capacity *= self.model.parameters.power.capacity / before.capacity

    def expand(self) -> None:
        """Add plants, the faster the better they pay."""
        power, statement = self.model.parameters.power, self.statement
        margin = statement.operating_profit / statement.revenue if statement.revenue > 0 else 0.0
        self.capacity *= 1 + power.expansion * min(max(margin / power.attractive_margin, 0.0), 1.0)
