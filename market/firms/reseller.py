"""Resellers, of three kinds: what they pay and what they sell differs by contract, not by margin."""

from typing import TYPE_CHECKING

from market.accounts import ledger
from market.firms.firm import Firm, Price
from market.parameters.resellers import AGGREGATOR, CHANNEL, WRAPPER, Resellers

if TYPE_CHECKING:
    from market.firms.lab import Lab
    from market.model import TokenMarket

OWNED, LIST = "owned", "list"
"""What is agreed between a lab and a reseller of its own, and with one that pays what anyone does."""


class Reseller(Firm):
    """Buys one lab's tokens, adds value and sells them to users.

    Attributes:
        form: aggregator, who pays the list price and sells by the token; channel, who buys wholesale and sells by the
            token; or wrapper, who buys wholesale and sells a flat plan.
        per_unit: Mtok used for a unit sold: by a subscriber of a wrapper last month, else 1.
        served: Mtok that it sold this month; those of a small model count, cost and are paid for by what they take.
        terms: What its lab asks of it over its wholesale price, as agreed.
    """

    kind = "reseller"
    layer = "resellers"
    stream = 5
    unit = "Mtok"

    model: "TokenMarket"
    lab: int = 0
    _price: float = 0.0
    wholesale_price: float = 0.0
    added_value: float = 0.0
    served: float = 0.0
    form: str = CHANNEL
    per_unit: float = 1.0
    terms: float = 1.0

    @property
    def own(self) -> Resellers:
        """Resellers' parameters in force, as they hold for this one."""
        return self.model.parameters.resellers.of(self.index)

    @property
    def support_cost(self) -> float:
        """USD per Mtok it spends on support."""
        return self.model.now.support_of(self.own)

    @property
    def flat(self) -> bool:
        """Whether it sells a plan for a fee a month; its price is that fee then."""
        return self.form == WRAPPER

    @property
    def owned(self) -> bool:
        """Whether it belongs to the lab whose model it carries."""
        return self.index < self.model.parameters.labs.own_resellers

    @property
    def at_list(self) -> bool:
        """Whether it pays the lab's list price."""
        return self.form == AGGREGATOR and not self.owned

    def asked_by(self, lab: "Lab") -> float:
        """Return what a lab asks of it, USD per Mtok."""
        if self.at_list:
            return lab.retail_price
        return lab.wholesale_price * (self.terms if lab.index == self.lab else 1.0)

    @property
    def net_share(self) -> float:
        """Share of the retail price left after fees, sales staff, tax and what its lab gets of it."""
        resellers, policy = self.model.parameters.resellers, self.model.parameters.policy
        return 1 - resellers.fee_share - resellers.staff_share - policy.token_tax - self.revenue_share

    @property
    def price(self) -> float:
        """USD per Mtok to users, never above the price cap; of a wrapper its fee, USD a month."""
        return self._price

    @price.setter
    def price(self, price: float) -> None:
        self._price = price if self.flat else min(price, self.model.parameters.policy.price_cap)

    @property
    def earns(self) -> float:
        """USD per Mtok resold that are left of its price or fee to pay the lab with."""
        return self.price * self.net_share / self.per_unit - self.support_cost

    def token_cost(self, wholesale_price: Price) -> Price:
        """USD per Mtok resold at a wholesale price, or at each of several, over what is kept of the price."""
        return (wholesale_price + self.support_cost) / self.net_share

    def marginal_cost(self, wholesale_price: Price) -> Price:
        """USD per unit sold at a wholesale price, or at each of several: a Mtok, or a subscriber's month."""
        cost = self.token_cost(wholesale_price)
        return cost * self.per_unit if self.flat else cost

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
        self.price = self.price_with(self.asked_by(lab))
        self.lab, self.terms = lab.index, 1.0
        self.wholesale_price = self.asked_by(lab)

    def wind_up(self) -> None:
        """Leave the market."""
        self.close_down()

    @property
    def contract(self) -> str:
        """How it and its lab agree: as all labs' resellers do, but at cost and all to the owner within a firm."""
        if self.owned:
            return OWNED
        return LIST if self.at_list else self.model.parameters.labs.wholesale

    @property
    def fee_share(self) -> float:
        """Share of what it earns over staff that goes to its lab; aggregators pay none, an owner gets all."""
        if self.contract == OWNED:
            return 1.0
        return 1 - self.model.parameters.labs.reseller_weight if self.contract == "two-part" else 0.0

    @property
    def revenue_share(self) -> float:
        """Share of its revenue that goes to its lab."""
        labs = self.model.parameters.labs
        return labs.revenue_share if labs.wholesale == "revenue-share" and self.contract == labs.wholesale else 0.0

    @property
    def paid_beyond(self) -> float:
        """USD per Mtok that its lab gets of it beyond its wholesale price, at posted prices and terms.

        Staff is left out of what it earns: it is the same whatever is sold.
        """
        share = self.revenue_share * self.price / self.per_unit
        fee = self.fee_share * max(self.earns - self.wholesale_price, 0.0)
        return fee + share + (self.terms - 1) * self.model.labs[self.lab].wholesale_price

    def sell(self, tokens: float, revenue: float, lab: str) -> float:
        """Pay the lab for the tokens users have used this month, and support, fees, staff and tax; return the first."""
        parameters = self.model.parameters
        earned = revenue * self.net_share - tokens * (self.wholesale_price + self.support_cost) - self.own.staff
        paid = tokens * self.wholesale_price + revenue * self.revenue_share + self.fee_share * max(earned, 0.0)
        self.pay(lab, ledger.WHOLESALE, paid)
        self.pay(ledger.OUTSIDE, ledger.OPERATION, tokens * self.support_cost)
        self.pay(ledger.OUTSIDE, ledger.FEES, revenue * parameters.resellers.fee_share)
        self.pay(ledger.OUTSIDE, ledger.STAFF, revenue * parameters.resellers.staff_share + self.own.staff)
        self.pay_tax(parameters.policy.token_tax, revenue)
        self.served = tokens
        return paid

    def sale(self) -> tuple[float, float, float]:
        """Return price, marginal cost and Mtok sold; a wrapper's per Mtok that its subscribers use."""
        per_unit = self.per_unit if self.flat else 1.0
        return self.price / per_unit, self.token_cost(self.wholesale_price), self.served
