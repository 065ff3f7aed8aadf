"""Pricing rules: one class per conduct; an instance of it sits in the scenario and decides the prices of a layer.

A layer is a set of price *instruments* (a lab has two: its retail and its wholesale price). Each rule sees the layer as
published last round, and the true derivative of demand with respect to every price. It answers for all sellers at
once, each as if it alone moved; who moves this month is not the rule's concern.
"""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, SerializeAsAny

from market.arrays import Matrix, Vector
from market.conduct.layer import Layer
from market.conduct.markup import markups_of_deciders, part_of_the_way, settled_markup
from market.conduct.own_rules import or_own
from market.conduct.rule import Rule
from market.conduct.scarcity import scarcity
from market.conduct.trying import Bandit, HillClimbing, QLearning
from market.fields import quantity


class MarginalCost(Rule):
    """Sell at marginal cost."""

    in_quantities = True

    rule: Literal["marginal-cost"] = "marginal-cost"

    @property
    def constant_markup(self) -> float:
        """No markup."""
        return 0.0

    def target(self, layer: Layer) -> Vector:
        """Return marginal cost."""
        return layer.marginal_cost


class CostPlus(Rule):
    """Add a fixed percentage to marginal cost."""

    in_quantities = True

    rule: Literal["cost-plus"] = "cost-plus"
    markup: float = quantity(0.2, "1", "Markup over marginal cost", ge=-1, le=100)

    @property
    def constant_markup(self) -> float:
        """The markup that is set."""
        return self.markup

    def target(self, layer: Layer) -> Vector:
        """Return (1 + markup) × marginal cost."""
        return layer.marginal_cost * (1 + self.markup)


class BestResponse(Rule):
    """Meet the first-order condition of own profit on the true demand derivative, within capacity.

    The fixed point, with every seller on this rule and no patience, is the Bertrand-Nash equilibrium.
    """

    in_quantities = True

    rule: Literal["best-response"] = "best-response"
    patience: float = quantity(
        0.0,
        "1",
        "Weight on the demand response after all buyers have reconsidered, against this month's response",
        ge=0,
        le=1,
    )

    @property
    def looks_ahead(self) -> float:
        """Weight on the demand response after all buyers have reconsidered."""
        return self.patience

    def decider(self, layer: Layer) -> NDArray[np.int64] | None:
        """[instrument], the number of who decides on its price, counting all its profit; None where each has one."""
        return layer.seller

    def target(self, layer: Layer) -> Vector:
        """Return marginal cost plus the optimal markup, or the price that clears capacity if that is higher."""
        cost = layer.marginal_cost + layer.opportunity_cost
        response = self.response(layer)
        bought = layer.quantity > 0
        sold = bought & (response.diagonal() < 0)
        if layer.own_slope is not None:
            sold = sold & (layer.own_slope < 0)
        optimum = self.optimum(layer, response, layer.price - cost, sold)
        # An elasticity below one in absolute value has no optimum: let the price rise step by step instead. A price
        # beside a fee may be at cost, to the bit, or below it.
        found, step = optimum > 0, cost
        if layer.with_fees:
            found, step = sold & (cost + optimum > 0), layer.marginal_cost
        target = np.where(found, cost + optimum, layer.price + step * bought)
        return target if isinstance(layer.capacity, float) else np.maximum(target, layer.price + scarcity(layer))

    def response(self, layer: Layer) -> Matrix:
        """Return ∂quantity/∂price as it counts for sellers of this patience, in what they keep of the price."""
        response = layer.response
        if self.patience > 0 and layer.patient_response is not None:
            response = (1 - self.patience) * response + self.patience * layer.patient_response
        return response if layer.net_share is None else response * (layer.net_share[:, None] / layer.net_share)

    def optimum(self, layer: Layer, response: Matrix, margin: Vector, sold: NDArray[np.bool_]) -> Vector:
        """Return the markups wanted, [instrument]; 0 where nothing is sold or demand does not fall with the price.

        Args:
            layer: What is priced.
            response: [instrument, instrument], what counts of its response.
            margin: [instrument], price less cost now.
            sold: [instrument], where there is a markup to want.
        """
        decider, wanted = self.decider(layer), np.zeros(margin.size)
        if decider is None and layer.own_slope is None and layer.curvature is None:
            return np.divide(layer.quantity, -response.diagonal(), out=wanted, where=sold)
        decider = (np.arange(sold.size) if decider is None else decider)[sold]
        if not sold.all():
            response = response[np.ix_(sold, sold)]
        quantity, start = layer.quantity[sold], margin[sold]
        if layer.own_slope is not None:
            owned = decider[:, None] == decider
            wanted[sold] = settled_markup(quantity, response * owned, layer.own_slope[sold], start)
            return wanted
        wanted[sold] = markups_of_deciders(quantity, response, decider)
        if layer.curvature is not None:
            start = start if layer.with_fees else np.maximum(start, 0.0)
            wanted[sold] = start + (wanted[sold] - start) * part_of_the_way(layer.curvature[sold])
        return wanted


class JointProfit(BestResponse):
    """Maximise the joint profit of all sellers in the layer that use this rule (a cartel)."""

    colludes = True

    rule: Literal["joint-profit"] = "joint-profit"  # type: ignore[assignment]

    def decider(self, layer: Layer) -> NDArray[np.int64]:
        """[instrument], the number of its seller; one number for all members of the cartel."""
        seller = np.arange(layer.price.size) if layer.seller is None else layer.seller
        member = np.broadcast_to(layer.of_seller(layer.colluding), layer.price.size)
        return np.where(member, -1, seller)


class Undercut(Rule):
    """Price a little below the cheapest rival in the same channel, never below marginal cost."""

    rule: Literal["undercut"] = "undercut"
    cut: float = quantity(0.02, "1", "How far below the cheapest rival", ge=0, lt=1)

    def target(self, layer: Layer) -> Vector:
        """Return the cheapest rival's price less the cut; without rivals the price stays."""
        channel = np.broadcast_to(layer.channel, layer.price.size)
        rivals = ~layer.own & (channel[:, None] == channel)
        cheapest = np.where(rivals, layer.price, np.inf).min(axis=1, initial=np.inf)
        wanted = np.where(cheapest < np.inf, cheapest * (1 - self.cut), layer.price)
        return np.maximum(wanted, layer.marginal_cost)


class Penetration(BestResponse):
    """Sell below cost to win share while money lasts, then best response."""

    sees = ("runway",)
    in_quantities = False

    rule: Literal["penetration"] = "penetration"  # type: ignore[assignment]
    discount: float = quantity(0.2, "1", "Discount off marginal cost while buying share", ge=0, lt=1)
    target_share: float = quantity(0.5, "1", "Market share at which buying share ends", ge=0, le=1)
    runway: float = quantity(9.0, "month", "Months of money left below which buying share ends", ge=0, le=240)

    def target(self, layer: Layer) -> Vector:
        """Return a price below marginal cost while share and runway allow it."""
        buying = (layer.share < self.target_share) & (layer.of_seller(layer.runway) > self.runway)
        return np.where(buying, layer.marginal_cost * (1 - self.discount), super().target(layer))


class CapacityPricing(Rule):
    """Raise the price when utilisation is above its target and lower it when below; never below marginal cost."""

    sees = ("utilisation",)

    rule: Literal["capacity"] = "capacity"
    target_utilisation: float = quantity(0.6, "1", "Utilisation at which the price stays", gt=0, le=1)
    sensitivity: float = quantity(0.5, "1", "Relative price change per point of utilisation gap", gt=0, le=10)

    def target(self, layer: Layer) -> Vector:
        """Return the posted price moved in proportion to the utilisation gap."""
        move = 1 + self.sensitivity * (layer.of_seller(layer.utilisation) - self.target_utilisation)
        return np.maximum(layer.price * np.maximum(move, 0.0), layer.marginal_cost)


Trying = HillClimbing | Bandit | QLearning
AnyRule = MarginalCost | CostPlus | BestResponse | JointProfit | Undercut | Trying | Penetration

RuleInQuantities = MarginalCost | CostPlus | BestResponse | JointProfit

# Only sellers with a capacity of their own can price by how full it is.
Pricing = Annotated[SerializeAsAny[AnyRule], Field(discriminator="rule"), or_own(Rule, ("utilisation",))]
PricingWithCapacity = Annotated[SerializeAsAny[AnyRule | CapacityPricing], Field(discriminator="rule"), or_own(Rule)]
PricingInQuantities = Annotated[SerializeAsAny[RuleInQuantities], Field(discriminator="rule")]
