"""Resellers."""

from typing import TYPE_CHECKING

from market import ledger
from market.agents.firm import Firm, Price

if TYPE_CHECKING:
    from market.agents.lab import Lab
    from market.model import TokenMarket


class Reseller(Firm):
    """Buys one lab's tokens wholesale, adds value and sells them to users."""

    kind = "reseller"
    layer = "resellers"
    stream = 5
    unit = "Mtok"

    lab: int = 0
    _price: float = 0.0
    wholesale_price: float = 0.0
    added_value: float = 0.0
    served: float = 0.0

    def __init__(self, model: "TokenMarket", index: int) -> None:
        super().__init__(model, index)
        resellers, policy = model.parameters.resellers, model.parameters.policy
        self.keeps = 1 - resellers.fee_share - resellers.staff_share - policy.token_tax
        """Share of the retail price left after fees, sales staff and tax."""

    @property
    def price(self) -> float:
        """USD per Mtok to users, never above the price cap."""
        return self._price

    @price.setter
    def price(self, price: float) -> None:
        self._price = min(price, self.model.parameters.policy.price_cap)

    def marginal_cost(self, wholesale_price: Price) -> Price:
        """USD per Mtok resold at a wholesale price, or at each of several."""
        return (wholesale_price + self.model.support_cost) / self.keeps

    def pass_on(self, wholesale_price: float) -> None:
        """Keep the margin in USD per Mtok when the price paid to the lab changes; a loss shrinks with the price."""
        if wholesale_price == self.wholesale_price:
            return
        before, after = self.marginal_cost(self.wholesale_price), self.marginal_cost(wholesale_price)
        floor = after if self.price >= before else self.price * after / before
        self.price = max(self.price + after - before, floor)
        self.wholesale_price = wholesale_price

    def price_with(self, wholesale_price: Price) -> Price:
        """Retail price at the present relative margin over another wholesale price, or several, USD per Mtok."""
        ratio = self.price / self.marginal_cost(self.wholesale_price)
        return self.marginal_cost(wholesale_price) * ratio

    def carry(self, lab: "Lab") -> None:
        """Sell another lab's model from next month on, at the same relative margin."""
        self.price = self.price_with(lab.wholesale_price)
        self.lab, self.wholesale_price = lab.index, lab.wholesale_price

    def wind_up(self) -> None:
        """Leave the market."""
        self.close_down()

    def sell(self, tokens: float, lab: str) -> None:
        """Pay the lab for the tokens users have bought this month, and support, fees, staff and tax."""
        parameters = self.model.parameters
        revenue = tokens * self.price
        self.pay(lab, ledger.WHOLESALE, tokens * self.wholesale_price)
        self.pay(ledger.OUTSIDE, ledger.OPERATION, tokens * self.model.support_cost)
        self.pay(ledger.OUTSIDE, ledger.FEES, revenue * parameters.resellers.fee_share)
        self.pay(ledger.OUTSIDE, ledger.STAFF, revenue * parameters.resellers.staff_share + parameters.resellers.staff)
        self.pay(ledger.OUTSIDE, ledger.TAX, revenue * parameters.policy.token_tax)
        self.served = tokens

    def sale(self) -> tuple[float, float, float]:
        """Return price, marginal cost and Mtok sold."""
        return self.price, self.marginal_cost(self.wholesale_price), self.served
