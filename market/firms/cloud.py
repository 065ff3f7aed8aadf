"""Clouds: servers for rent."""

from math import inf
from typing import TYPE_CHECKING

from market.accounts import ledger
from market.accounts.statement import Statement, Turnover
from market.firms.operator import Operator

if TYPE_CHECKING:
    from market.model import TokenMarket


class Cloud(Operator):
    """Buys servers with its owners' and lenders' money and rents them to labs.

    Attributes:
        let: Reference accelerators let this month.
        let_to_own: Those of them that its own lab has, at cost.
    """

    kind = "cloud"
    layer = "hardware"
    stream = 7
    unit = "accelerator-hour"

    def __init__(self, model: "TokenMarket", index: int) -> None:
        super().__init__(model, index)
        self.let = self.let_to_own = 0.0

    @property
    def owner(self) -> int:
        """Its place among those who own servers: after all labs."""
        return len(self.model.labs) + self.index

    @property
    def lettable(self) -> float:
        """Reference accelerators that can be let this month."""
        return self.running * self.model.parameters.clouds.uptime

    @property
    def utilisation(self) -> float:
        """Servers let over those that can be."""
        return self.let / self.lettable if self.lettable > 0 else 0.0

    @property
    def reserve(self) -> float:
        """USD kept back from investment: nothing, as owners pay for what is ordered."""
        return 0.0

    def draw(self, amount: float) -> None:
        """Take from vendors and owners what is missing for servers that were ordered because they will pay."""
        missing = self.draw_pledged(amount)
        if missing > 0:
            self.raise_money(missing)

    def pay_staff(self, revenue: float) -> None:
        """Pay for selling, administration and support."""
        self.pay(ledger.OUTSIDE, ledger.STAFF, revenue * self.model.parameters.clouds.staff_share)

    def sale(self) -> tuple[float, float, float]:
        """Return the spot price and the user cost, USD per hour of a reference accelerator, and the hours let."""
        hours = self.model.parameters.horizon.hours
        return self.model.compute.price / hours, self.user_cost / hours, self.let * hours

    def state(self, turnover: Turnover) -> Statement:
        """Return the statement of the month: servers are investment."""
        return Statement.of(turnover, self.depreciation, self.written_off, owns_servers=True)

    def settle(self) -> None:
        """Serve the debt, let owners cover a shortfall that is worth it, and pay out what is not needed."""
        self.serve_debt()
        if self.worth >= self.debt:
            self.draw(-self.cash)
        super().settle()

    def can_spend_on_used(self, asked: float) -> float:
        """Return what its owners spend on used servers, USD: anything while they earn what is asked, else nothing."""
        compute = self.model.compute
        return inf if compute.usual >= asked * compute.entry_price(self.user_cost) else 0.0

    @property
    def worth(self) -> float:
        """USD that the fleet is worth: its book value, by the rents there are over those that pay for building."""
        compute = self.model.compute
        at_cost, rent = compute.entry_price(self.user_cost), compute.usual
        if self.let_to_own:
            rent += (at_cost - rent) * self.let_to_own / self.lettable
        return self.book_value(self.model.round) * rent / at_cost
