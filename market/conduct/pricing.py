"""Pricing rules: one class per conduct; an instance of it sits in the scenario and decides the prices of a layer.

A layer is a set of price *instruments* (a lab has two: its retail and its wholesale price). Each rule sees the layer as
published last round, and the true derivative of demand with respect to every price. It answers for all sellers at
once, each as if it alone moved; who moves this month is not the rule's concern.
"""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, SerializeAsAny

from market.arrays import Matrix, Vector
from market.conduct.layer import Layer
from market.conduct.markup import markups_of_deciders, part_of_the_way, settled_markup
from market.conduct.own_rules import Named, or_own
from market.fields import quantity

LONGEST_SURE_MOVE = 1.0
"""Largest relative move in one repricing that may rest on a straight line through today's demand."""


class Rule(Named):
    """A way to set prices. One from outside is a subclass with fields of its own and a `target`."""

    largest_move: float = quantity(
        0.25, "1", "Largest relative change of a posted price in one repricing", gt=0, le=1e9
    )

    sees: ClassVar[tuple[str, ...]] = ()
    """What the rule looks at in a `Layer` that is a property of its firms."""

    in_quantities: ClassVar[bool] = False
    """Whether sellers of a good that is all alike can follow it: they choose quantities, or add a markup to cost."""

    colludes: ClassVar[bool] = False
    """Whether all who follow it decide as one."""

    @property
    def constant_markup(self) -> float | None:
        """Markup over marginal cost of a rule that looks at nothing else; None for rules that look at demand."""
        return None

    @property
    def looks_ahead(self) -> float:
        """Weight on the demand response after all buyers have reconsidered; rules that look at none have 0."""
        return 0.0

    @property
    def leaps(self) -> bool:
        """Whether a price may move so far at once that best responses must know where demand bends."""
        return self.largest_move > LONGEST_SURE_MOVE

    def of_firms(self, firms: Sequence[Any]) -> dict[str, Any]:
        """Return the parts of a `Layer` that the rule looks at and firms know by themselves, each [seller]."""
        return {name: np.array([getattr(firm, name) for firm in firms]) for name in self.sees}

    def target(self, layer: Layer) -> Vector:
        """Return the prices the rule wants, [instrument]."""
        raise NotImplementedError

    def post(self, layer: Layer) -> Vector:
        """Return the prices to post, [instrument]: the target, reached in steps of at most ``largest_move``."""
        step = 1 + self.largest_move
        return np.minimum(np.maximum(self.target(layer), layer.price / step), layer.price * step)


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
        return response if layer.keeps is None else response * (layer.keeps[:, None] / layer.keeps)

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


def scarcity(layer: Layer) -> Vector:
    """Return the price change, USD per unit, that brings a seller's quantity to its capacity (negative with slack).

    [instrument], the same for all of a seller's; −∞ where capacity is infinite or demand does not answer to price.
    """
    if layer.load is not None and layer.load_slope is not None:
        return _scarcity_of_load(layer, layer.load, layer.load_slope)
    missing = layer.of_sellers_prices(layer.quantity) - layer.of_seller(layer.capacity)
    slope = layer.response.diagonal()
    if layer.own_slope is not None:
        slope = layer.of_sellers_prices(layer.own_slope)  # nobody leaves faster than that: the price stops short
    elif layer.seller is not None:
        slope = layer.of_sellers_prices((layer.response * layer.own).sum(axis=1))
    nothing = np.full(layer.price.size, -np.inf)
    return np.divide(missing, -slope, out=nothing, where=(slope < 0) & (missing > -np.inf))


def _scarcity_of_load(layer: Layer, load: Vector, slope: Vector) -> Vector:
    """Return the price change, in proportion to the prices of a seller, that brings what it uses to its capacity."""
    missing = layer.of_seller(load) - layer.of_seller(layer.capacity)
    falls = layer.of_sellers_prices(-slope * layer.price)
    nothing = np.full(layer.price.size, -np.inf)
    with np.errstate(over="ignore"):  # who answers next to nothing may be asked for anything: steps are limited
        moved = np.divide(missing, falls, out=nothing, where=(falls > 0) & (missing > -np.inf))
        return np.asarray(moved * layer.price)


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


class HillClimbing(Rule):
    """Keep moving the price the way that last raised own profit; knows nothing of demand."""

    sees = ("heading",)

    rule: Literal["hill-climbing"] = "hill-climbing"
    step: float = quantity(0.03, "1", "Relative size of a trial move", gt=0, lt=1)

    def target(self, layer: Layer) -> Vector:
        """Move on if the last move raised profit, turn around if it did not."""
        return layer.price * (1 + self.step * layer.of_seller(layer.heading))


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


AnyRule = MarginalCost | CostPlus | BestResponse | JointProfit | Undercut | HillClimbing | Penetration

RuleInQuantities = MarginalCost | CostPlus | BestResponse | JointProfit

# Only sellers with a capacity of their own can price by how full it is.
Pricing = Annotated[SerializeAsAny[AnyRule], Field(discriminator="rule"), or_own(Rule, ("utilisation",))]
PricingWithCapacity = Annotated[SerializeAsAny[AnyRule | CapacityPricing], Field(discriminator="rule"), or_own(Rule)]
PricingInQuantities = Annotated[SerializeAsAny[RuleInQuantities], Field(discriminator="rule")]
