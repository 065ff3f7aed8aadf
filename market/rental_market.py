"""The market where compute is rented by the token: every month stands for itself, as theory has it.

Vendors sell capacity to labs, labs sell tokens to resellers, resellers to users. Month after month every firm answers
what the others did; where that settles is the equilibrium of the chain (Spengler 1950; Greenhut and Ohta 1979; Salinger
1988).
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from market import ledger
from market.agents import Firm, Lab
from market.demand import Logit
from market.equilibrium import bertrand_nash, joint_profit
from market.pricing import JointProfit, Layer, Rule
from market.rental_layers import Facing, Tier

if TYPE_CHECKING:
    from market.model import TokenMarket

Vector = NDArray[np.float64]

STEP = 1e-4
"""Change of an input's price, in dollars over the price coefficient, to see how buyers of the input answer."""

REACH = 5.0
"""Largest move in a month of an input's price, in the same unit."""

FLATTEST, LEAST_FALL = 1e-9, 1e-300
"""Least answer of demand to a price, relative to demand times the price coefficient, and in shares per USD/Mtok."""


class RentalMarket:
    """Layers from vendors to users, and who sells how much.

    Attributes:
        tiers: Layers from the top; the last sells to users. Labs that own a reseller are not among the labs here.
        tokens: [lab], Mtok served this month, resold ones included.
    """

    def __init__(self, model: "TokenMarket") -> None:
        self.model = model
        parameters = model.parameters
        self.rental = rental = parameters.rental
        chain: list[tuple[Sequence[Firm], Rule, float]] = [
            (model.vendors, parameters.vendors.pricing, rental.hardware_cost),
            (model.labs[rental.integrated :], parameters.labs.pricing, rental.lab_cost),
        ]
        if model.resellers:
            chain.append((model.resellers, parameters.resellers.pricing, rental.reseller_cost))
        self.tiers = [Tier(*layer) for layer in chain]
        self.tokens = np.zeros(len(model.labs))
        for number, tier in enumerate(self.tiers):
            tier.paid = self.input_prices(number)
            tier.price = tier.marginal_cost + self.first_margin

    @property
    def last(self) -> Tier:
        """The layer that sells to users."""
        return self.tiers[-1]

    @property
    def resold(self) -> bool:
        """Whether resellers stand between labs and users."""
        return len(self.tiers) == 3

    @property
    def first_margin(self) -> float:
        """USD/Mtok all sellers start with: a tenth of what there is to share, or the margin of a small logit seller."""
        if self.logit is not None:
            return 1 / self.rental.price_coefficient
        return (self.rental.intercept - sum(tier.cost for tier in self.tiers)) / 10

    @property
    def users(self) -> Facing:
        """Users' demand for tokens that are all alike."""
        return Facing(self.rental.intercept, self.rental.slope)

    @cached_property
    def logit(self) -> Logit | None:
        """Users' choice among the sellers of the last layer, as shares of all users; None where tokens are alike."""
        if self.rental.demand == "linear":
            return None
        return Logit(np.full(len(self.last.firms), self.rental.value), self.rental.price_coefficient)

    # a month ----------------------------------------------------------------------------------------------------

    def trade(self) -> None:
        """Let every layer decide, from the top, and users buy."""
        for number, tier in enumerate(self.tiers):
            tier.paid = self.input_prices(number)
            if tier is self.last and self.logit is not None:
                self._post_prices(self.logit)
            elif tier.markup is not None:
                tier.price = tier.marginal_cost * (1 + tier.markup)
            elif tier.firms:
                reach = np.inf if self.logit is None else REACH / self.rental.price_coefficient
                tier.choose_quantities(self.facing(number), reach)
        self._deliver()

    def input_prices(self, number: int) -> Vector:
        """Return what the firms of a layer pay for their input, [firm], USD/Mtok."""
        count = len(self.tiers[number].firms)
        if number == 0:
            return np.zeros(count)
        prices = np.full(count, self.tiers[number - 1].mean_price)
        if number == 2:
            prices[: self.rental.integrated] = self.tiers[0].mean_price + self.rental.lab_cost
        return prices

    def _post_prices(self, demand: Logit) -> None:
        """Let the sellers of the last layer post prices by their rule on the true derivative of demand."""
        self.last.price = self.last.rule.post(self.layer(demand))
        for firm in self.last.firms:
            firm.turn()
        self.last.output = demand.quantities(self.last.price) * self.rental.users

    def layer(self, demand: Logit) -> Layer:
        """Return the last layer as its sellers see it."""
        tier, users = self.last, self.rental.users
        return Layer(
            price=tier.price,
            marginal_cost=tier.marginal_cost,
            quantity=demand.quantities(tier.price) * users,
            response=demand.jacobian(tier.price) * users,
            own_slope=demand.split(tier.price)[0] * users,
            market_share=tier.parts,
            **tier.rule.of_firms(tier.firms),
        )

    def _deliver(self) -> None:
        """Let every layer supply what the one below has sold, in the parts in which its firms meant to."""
        labs, own = self.tiers[1], self.rental.integrated
        if self.last.markup is not None and self.logit is None:
            self.last.output = self.last.parts * self.users.quantity(self.last.mean_price)
        if self.resold:
            labs.output = labs.parts * float(self.last.output[own:].sum())
            self.tokens = np.concatenate([self.last.output[:own], labs.output])
        else:
            self.tokens = labs.output.copy()
        self.tiers[0].output = self.tiers[0].parts * float(self.tokens.sum())
        for lab, served in zip(self.model.labs, self.tokens, strict=True):
            lab.served = float(served)

    # demand as it is passed up ----------------------------------------------------------------------------------

    def facing(self, number: int) -> Facing:
        """Return the demand a layer faces: that of users, as the layers below pass it on."""
        if self.logit is not None:
            return self._through_logit(self.logit, number)
        found = self.users
        for place, below in reversed(list(enumerate(self.tiers))[number + 1 :]):
            if self.rental.timing == "simultaneous":
                found = below.pass_on_given_margin(found)
            elif below.firms:
                found = below.pass_on(found, self.rental.integrated if place == 2 else 0)
        return found

    def _through_logit(self, demand: Logit, number: int) -> Facing:
        """Return the demand for an input of the last layer, layers between adding what they cost."""
        price, users = self.tiers[number].mean_price, self.rental.users
        if self.rental.timing == "simultaneous":
            sold, slope = float(demand.quantities(self.last.price).sum()), float(demand.jacobian(self.last.price).sum())
        else:
            step = STEP / self.rental.price_coefficient
            cost = price + sum(tier.cost for tier in self.tiers[number + 1 :])
            low, sold, high = (self._anticipated(demand, cost + change) for change in (-step, 0.0, step))
            slope = (high - low) / (2 * step)
        steep = 1 / (max(-slope, FLATTEST * sold * self.rental.price_coefficient, LEAST_FALL) * users)
        return Facing(price + steep * sold * users, steep)

    def _anticipated(self, demand: Logit, cost: float) -> float:
        """Return the share of users the last layer serves once it has settled at a marginal cost."""
        costs = np.full(demand.offers, cost)
        if self.last.markup is not None:
            return float(demand.quantities(costs * (1 + self.last.markup)).sum())
        solve = joint_profit if isinstance(self.last.rule, JointProfit) else bertrand_nash
        return float(solve(demand, costs).quantities.sum())

    # money ------------------------------------------------------------------------------------------------------

    def bill(self) -> None:
        """Users pay the last layer, every layer the one above for as much as it sold, and all their own costs."""
        self._bill_users()
        if self.resold:
            self._bill_resellers()
        hardware = self.tiers[0]
        for lab, tokens in zip(self.model.labs, self.tokens, strict=True):
            for vendor, part in zip(hardware.firms, hardware.parts, strict=True):
                lab.pay(vendor.name, ledger.COMPUTE, float(tokens * part) * hardware.mean_price)
            lab.pay(ledger.OUTSIDE, ledger.OPERATION, float(tokens) * self.rental.lab_cost)
        for vendor, rented in zip(hardware.firms, hardware.output, strict=True):
            vendor.pay(ledger.OUTSIDE, ledger.OPERATION, float(rented) * self.rental.hardware_cost)

    def _bill_users(self) -> None:
        everybody = sum(segment.traits.people for segment in self.model.segments)
        for firm, revenue in zip(self.last.firms, self.last.output * self.last.price, strict=True):
            for segment in self.model.segments:
                due = float(revenue) * segment.traits.people / everybody
                self.model.ledger.pay(segment.account, firm.name, ledger.RETAIL, due)

    def _bill_resellers(self) -> None:
        own, labs = self.rental.integrated, self.model.labs
        for place, (reseller, tokens) in enumerate(zip(self.last.firms, self.last.output, strict=True)):
            parts = [(labs[place], 1.0)] if place < own else zip(labs[own:], self.tiers[1].parts, strict=True)
            for lab, part in parts:
                reseller.pay(lab.name, ledger.WHOLESALE, float(tokens * part * self.last.paid[place]))
            reseller.pay(ledger.OUTSIDE, ledger.OPERATION, float(tokens) * self.rental.reseller_cost)

    def close_books(self) -> None:
        """Draw up every firm's statement; owners make good losses and take all there is."""
        turnover = self.model.ledger.turnover()
        for firm in self.model.firms:
            firm.close(turnover[firm.name])
            firm.cover_losses()
            firm.pay_dividends(buffer=0.0)

    # what is recorded -------------------------------------------------------------------------------------------

    def sale(self, firm: Firm) -> tuple[float, float, float]:
        """Return a firm's price and marginal cost, USD/Mtok, and what it sells, Mtok a month."""
        if isinstance(firm, Lab) and firm.index < self.rental.integrated:
            transfer = float(self.last.paid[firm.index])
            return transfer, transfer, firm.served
        tier = next(tier for tier in self.tiers if firm in tier.firms)
        place = list(tier.firms).index(firm)
        return float(tier.price[place]), float(tier.marginal_cost[place]), float(tier.output[place])

    @property
    def consumer_surplus(self) -> float:
        """USD a month."""
        if self.logit is None:
            return self.rental.slope * self.last.sold**2 / 2
        return self.logit.consumer_surplus(self.last.price) * self.rental.users

    def benchmarks(self, number: int) -> tuple[float, float]:
        """Return what a layer would earn in equilibrium and as a cartel, other layers as they are, USD a month.

        NaN where some firms are integrated.
        """
        tier = self.tiers[number]
        if self.rental.integrated:
            return float("nan"), float("nan")
        if tier is not self.last or self.logit is None:
            return self.facing(number).profits(float(tier.marginal_cost[-1]), len(tier.firms))
        found = (solve(self.logit, tier.marginal_cost) for solve in (bertrand_nash, joint_profit))
        nash, joint = (float(result.profits.sum()) * self.rental.users for result in found)
        return nash, joint
