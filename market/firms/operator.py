"""Firms that own fleets of servers."""

from math import inf
from typing import TYPE_CHECKING

from market.accounts import ledger
from market.accounts.finance import monthly_rate
from market.firms.financed import Financed
from market.firms.order import Order

if TYPE_CHECKING:
    from market.model import TokenMarket


MOST_BUYERS = 3
"""Of a fleet."""


class Operator(Financed):
    """Buys servers on credit, houses and powers them, and writes them off as they fail and wear out.

    Attributes:
        owner: The operator's place among those who own servers, as `market.firms.fleet.Assets` counts them.
        waiting: Reference accelerators ordered and not shipped.
        user_cost: USD a month of a reference accelerator bought now.
        powered: Share of the fleet that has power this month.
        written_off: USD of book value of what failed this month.
        founded: Month in which it entered, or was founded for the fleet of another; −1 of one there was from the
            first day.
    """

    founded = -1

    def __init__(self, model: "TokenMarket", index: int) -> None:
        super().__init__(model, index)
        self.waiting = 0.0
        self.user_cost = 0.0
        self.powered = 1.0
        self.written_off = 0.0

    @property
    def owner(self) -> int:
        """The operator's place among those who own servers."""
        return self.index

    # the fleet --------------------------------------------------------------------------------------------------

    @property
    def accelerators(self) -> float:
        """Accelerators in service."""
        return self.model.assets.servers.quantity(self.owner)

    @property
    def reference(self) -> float:
        """Capacity in service, in reference accelerators."""
        return self.model.assets.servers.reference(self.owner)

    @property
    def running(self) -> float:
        """Capacity that has power this month, in reference accelerators."""
        return self.reference * self.powered

    @property
    def kilowatts(self) -> float:
        """Power of the servers in service at full load."""
        return self.model.assets.servers.kilowatts(self.owner)

    @property
    def depreciation(self) -> float:
        """USD a month of straight-line depreciation of servers and buildings."""
        assets = self.model.assets
        return assets.servers.depreciation(self.owner) + assets.buildings.depreciation(self.owner)

    def book_value(self, now: int) -> float:
        """USD of servers and buildings not yet depreciated, shipments included, at the start of a round."""
        return float(self.model.assets.book(now)[self.owner])

    def expected_at(self, ready: int, now: int) -> float:
        """Return the capacity there will be in a later round, reference accelerators, orders that wait included."""
        assets, hazard = self.model.assets, self.model.parameters.fleet.failure_hazard
        expected = self.waiting
        for servers in (assets.servers, assets.under_way):
            expected += servers.reference_at(self.owner, ready, now, hazard)
        return expected

    def build(self, kilowatts: float) -> float:
        """Pay for buildings that new servers need beyond the room there is, and that replace worn-out ones; return kW.

        The market for servers puts them into service with those of all other operators.
        """
        assets, price = self.model.assets, self.model.parameters.fleet.facility_cost
        housed = self.kilowatts + assets.under_way.kilowatts(self.owner)
        extra = max(kilowatts + housed - assets.buildings.quantity(self.owner), 0.0)
        self.pay(ledger.OUTSIDE, ledger.FACILITY, extra * price)
        return extra

    def operate(self) -> None:
        """Pay for the upkeep of servers and buildings."""
        assets, fleet = self.model.assets, self.model.parameters.fleet
        value = assets.servers.purchase_cost(self.owner) + assets.buildings.purchase_cost(self.owner)
        self.pay(ledger.OUTSIDE, ledger.OPERATION, value * fleet.operation / 12)

    def liquidate(self, now: int, recovered: float) -> None:
        """Sell the fleet for a share of its book value, and strike what is on order.

        It is offered to clouds, or to labs where no cloud is left, to those who can spend most; what they do not take
        leaves the market.
        """
        value, taken = recovered * self.book_value(now), {}
        left = value
        for buyer in self._buyers(recovered):
            part = min(left, buyer.can_spend_on_used(recovered))
            if part > 0:
                buyer.draw(part * (1 - self.model.parameters.funding.loan_to_value) - buyer.cash)
                buyer.pay(self.name, ledger.SECOND_HAND, part)
                buyer.borrow(part)
                taken[buyer.owner] = part / value
                left -= part
        self.model.ledger.pay(ledger.OUTSIDE, self.name, ledger.SALVAGE, left)
        self.model.assets.hand_over(self.owner, taken, recovered)
        self.model.servers.cancel(self)

    def _buyers(self, asked: float) -> "list[Operator]":
        """Return who bids for the operator's fleet, in order; what fewer could use is not split among more.

        Where no cloud is left, new owners found one for the fleet of each that failed, if renting it out pays.
        """
        others = [
            operator
            for operator in self.model.open_operators
            if operator is not self and not operator.bankrupt and operator.founded < self.model.round
        ]
        clouds: list[Operator] = [operator for operator in others if operator.kind == "cloud"]
        if not clouds and self.kind == "cloud" and self.can_spend_on_used(asked) > 0:
            clouds = self.model.compute.successors()
        return sorted(clouds or others, key=lambda buyer: -buyer.can_spend_on_used(asked))[:MOST_BUYERS]

    def can_spend_on_used(self, asked: float) -> float:
        """Return what the operator can and will spend on used servers, USD, at a share of their book value."""
        own_money = 1 - self.model.parameters.funding.loan_to_value
        return max(self.money - self.reserve, 0.0) / own_money

    def wind_up(self, now: int) -> None:
        """Leave the market: the fleet is sold for what it fetches, and owners take what is left or bear the loss."""
        self.liquidate(now, self.model.parameters.labs.salvage)
        self.debt = self.credit = 0.0
        self.pledged.clear()
        self.close_down()

    # money for it -----------------------------------------------------------------------------------------------

    @property
    def loss(self) -> float:
        """USD a month lost in cash before investment, interest and repayment included; below zero for a gain."""
        statement = self.statement
        interest = self.debt * monthly_rate(self.model.parameters.fleet.cost_of_capital)
        repaid = self.model.parameters.funding.loan_to_value * statement.total_depreciation
        return interest + repaid - statement.operating_profit - statement.total_depreciation

    @property
    def burn(self) -> float:
        """USD a month by which cash falls before investment; nothing for a firm that earns money."""
        return max(self.loss, 0.0)

    @property
    def runway(self) -> float:
        """Months the cash lasts at this burn."""
        burn = self.burn
        return self.cash / burn if burn > 0 else inf

    @property
    def reserve(self) -> float:
        """USD kept back from investment."""
        raise NotImplementedError

    def afford(self, order: Order, price: float) -> Order:
        """Draw on investors for an order, USD per reference accelerator, and cut it to the money there is."""
        bill = order.total * price * (1 - self.model.parameters.funding.loan_to_value)
        reserve = self.reserve
        missing = bill + reserve - self.cash
        if missing > 0:
            self.draw(missing)
        money = max(self.cash - reserve, 0.0)
        share = min(1.0, money / bill) if bill > 0 else 1.0
        return Order(order.serving * share, order.training * share)
