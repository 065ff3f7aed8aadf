"""The chain of theory: layers from vendors to users, and the demand that is passed up from one to the next.

Vendors rent compute to labs, labs sell tokens to resellers, resellers to users. Month after month every firm answers
what the others did; where that settles is the equilibrium of the chain (Spengler 1950; Greenhut and Ohta 1979; Salinger
1988).
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from market.arrays import Vector
from market.conduct.layer import Layer
from market.conduct.rule import Rule
from market.demand import Logit
from market.equilibrium import bertrand_nash, joint_profit
from market.firms.firm import Firm
from market.textbook.parameters import Chain as ChainParameters
from market.textbook.tiers import Facing, Tier

STEP = 1e-4
"""Change of an input's price, in dollars over the price coefficient, to see how buyers of the input answer."""

REACH = 5.0
"""Largest move in a month of an input's price, in the same unit."""

FLATTEST, LEAST_FALL = 1e-9, 1e-300
"""Least answer of demand to a price, relative to demand times the price coefficient, and in shares per USD/Mtok."""

WITH_RESELLERS = 3
"""Layers of a chain in which resellers stand between labs and users."""


class Chain:
    """Layers from vendors to users, and who sells how much.

    Args:
        settings: Costs, demand and timing.
        tiers: Layers from the top; the last sells to users. Labs that own a reseller are not among the labs here.

    Attributes:
        tokens: [lab], Mtok served this month, resold ones included; labs that own a reseller come first.
    """

    def __init__(self, settings: ChainParameters, tiers: Sequence[Tier]) -> None:
        self.settings = settings
        self.tiers = tiers
        self.tokens = np.zeros(settings.integrated + len(tiers[1].firms))
        for number, tier in enumerate(tiers):
            tier.paid = self.input_prices(number)
            tier.price = tier.marginal_cost + self.first_margin

    def take_notice(self, settings: ChainParameters, conduct: Sequence[tuple[Rule, float]]) -> None:
        """Go on from where prices and quantities are, under other settings.

        Args:
            settings: Costs, demand and timing from now on; of the same firms and the same form of demand.
            conduct: Rule and own cost, USD/Mtok, of each layer that sells, from the top.
        """
        self.settings = settings
        self.__dict__.pop("logit", None)
        for tier, (rule, cost) in zip(self.tiers, conduct, strict=True):
            tier.rule, tier.cost = rule, cost

    @property
    def hardware(self) -> Tier:
        """The vendors."""
        return self.tiers[0]

    @property
    def labs(self) -> Tier:
        """The labs that sell to all."""
        return self.tiers[1]

    @property
    def last(self) -> Tier:
        """The layer that sells to users."""
        return self.tiers[-1]

    @property
    def resold(self) -> bool:
        """Whether resellers stand between labs and users."""
        return len(self.tiers) == WITH_RESELLERS

    @property
    def first_margin(self) -> float:
        """USD/Mtok all sellers start with: a tenth of what there is to share, or the margin of a small logit seller."""
        if self.logit is not None:
            return 1 / self.settings.price_coefficient
        return (self.settings.intercept - sum(tier.cost for tier in self.tiers)) / 10

    @property
    def users(self) -> Facing:
        """Users' demand for tokens that are all alike."""
        return Facing(self.settings.intercept, self.settings.slope)

    @cached_property
    def logit(self) -> Logit | None:
        """Users' choice among the sellers of the last layer, as shares of all users; None where tokens are alike."""
        if self.settings.demand == "linear":
            return None
        return Logit(np.full(len(self.last.firms), self.settings.value), self.settings.price_coefficient)

    # a month ----------------------------------------------------------------------------------------------------

    def trade(self) -> None:
        """Let every layer decide, from the top, and users buy."""
        for number, tier in enumerate(self.tiers):
            tier.paid = self.input_prices(number)
            if tier is self.last and self.logit is not None:
                self._post_prices(self.logit)
            elif (markup := tier.rule.constant_markup) is not None:
                tier.price = tier.marginal_cost * (1 + markup)
            elif tier.firms:
                reach = np.inf if self.logit is None else REACH / self.settings.price_coefficient
                tier.choose_quantities(self.facing(number), reach)
        self._deliver()

    def input_prices(self, number: int) -> Vector:
        """Return what the firms of a layer pay for their input, [firm], USD/Mtok."""
        tier = self.tiers[number]
        if tier is self.hardware:
            return np.zeros(len(tier.firms))
        prices = np.full(len(tier.firms), self.tiers[number - 1].mean_price)
        if tier is not self.labs:
            prices[: self.settings.integrated] = self.hardware.mean_price + self.settings.lab_cost
        return prices

    def _post_prices(self, demand: Logit) -> None:
        """Let the sellers of the last layer post prices by their rule on the true derivative of demand."""
        self.last.price = self.last.rule.post(self.layer(demand))
        for firm in self.last.firms:
            firm.turn()
        self.last.output = demand.quantities(self.last.price) * self.settings.users

    def layer(self, demand: Logit) -> Layer:
        """Return the last layer as its sellers see it."""
        tier, users = self.last, self.settings.users
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
        last, own = self.last, self.settings.integrated
        if last.rule.constant_markup is not None and self.logit is None:
            last.output = last.parts * self.users.quantity(last.mean_price)
        if self.resold:
            self.labs.output = self.labs.parts * float(last.output[own:].sum())
            self.tokens = np.concatenate([last.output[:own], self.labs.output])
        else:
            self.tokens = self.labs.output.copy()
        self.hardware.output = self.hardware.parts * float(self.tokens.sum())

    # demand as it is passed up ----------------------------------------------------------------------------------

    def facing(self, number: int) -> Facing:
        """Return the demand a layer faces: that of users, as the layers below pass it on."""
        if self.logit is not None:
            return self._through_logit(self.logit, number)
        found = self.users
        for below in reversed(self.tiers[number + 1 :]):
            if self.settings.timing == "simultaneous":
                found = below.pass_on_given_margin(found)
            elif below.firms:
                found = below.pass_on(found, self.settings.integrated if self.resold and below is self.last else 0)
        return found

    def _through_logit(self, demand: Logit, number: int) -> Facing:
        """Return the demand for an input of the last layer, layers between adding what they cost."""
        price, users = self.tiers[number].mean_price, self.settings.users
        if self.settings.timing == "simultaneous":
            sold, slope = float(demand.quantities(self.last.price).sum()), float(demand.jacobian(self.last.price).sum())
        else:
            step = STEP / self.settings.price_coefficient
            cost = price + sum(tier.cost for tier in self.tiers[number + 1 :])
            low, sold, high = (self._anticipated(demand, cost + change) for change in (-step, 0.0, step))
            slope = (high - low) / (2 * step)
        steep = 1 / (max(-slope, FLATTEST * sold * self.settings.price_coefficient, LEAST_FALL) * users)
        return Facing(price + steep * sold * users, steep)

    def _anticipated(self, demand: Logit, cost: float) -> float:
        """Return the share of users the last layer serves once it has settled at a marginal cost."""
        costs, rule = np.full(demand.offers, cost), self.last.rule
        if rule.constant_markup is not None:
            return float(demand.quantities(costs * (1 + rule.constant_markup)).sum())
        solve = joint_profit if rule.colludes else bertrand_nash
        return float(solve(demand, costs).quantities.sum())

    # what is recorded -------------------------------------------------------------------------------------------

    def sale(self, firm: Firm) -> tuple[float, float, float]:
        """Return a firm's price and marginal cost, USD/Mtok, and what it sells, Mtok a month."""
        for tier in self.tiers:
            if firm in tier.firms:
                place = tier.firms.index(firm)
                return float(tier.price[place]), float(tier.marginal_cost[place]), float(tier.output[place])
        transfer = float(self.last.paid[firm.index])  # a lab that supplies its own reseller at cost
        return transfer, transfer, float(self.tokens[firm.index])

    @property
    def consumer_surplus(self) -> float:
        """USD a month."""
        if self.logit is None:
            return self.settings.slope * self.last.sold**2 / 2
        return self.logit.consumer_surplus(self.last.price) * self.settings.users

    def benchmarks(self, number: int) -> tuple[float, float]:
        """Return what a layer would earn in equilibrium and as a cartel, other layers as they are, USD a month.

        NaN where some firms are integrated.
        """
        tier = self.tiers[number]
        if self.settings.integrated:
            return float("nan"), float("nan")
        if tier is not self.last or self.logit is None:
            return self.facing(number).profits(float(tier.marginal_cost[-1]), len(tier.firms))
        found = (solve(self.logit, tier.marginal_cost) for solve in (bertrand_nash, joint_profit))
        nash, joint = (float(result.profits.sum()) * self.settings.users for result in found)
        return nash, joint
