"""Pricing rules: one class per conduct; an instance of it sits in the scenario and decides the prices of a layer.

A layer is a set of price *instruments* (a lab has two: its retail and its wholesale price). Each rule sees the layer as
published last round, and the true derivative of demand with respect to every price. It answers for all sellers at
once, each as if it alone moved; who moves this month is not the rule's concern.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, SerializeAsAny

from market.fields import quantity
from market.own_rules import Named, or_own

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


def markup(quantities: Vector, response: Matrix, ownership: Matrix | NDArray[np.bool_] | None = None) -> Vector:
    """Return the markups that satisfy the first-order conditions of profit.

    Solves (H ∘ ∂q/∂p)ᵀ m = −q (Morrow and Skerlos 2011): the profit-maximising p − c at the given quantities.

    Args:
        quantities: [instrument], units sold at the posted prices.
        response: [instrument, instrument], ∂quantity/∂price, price along the second axis.
        ownership: [instrument, instrument], 1 where one decision-maker owns both; everything if omitted.
    """
    owned = response if ownership is None else response * ownership
    return np.asarray(np.linalg.solve(owned.T, -quantities), dtype=np.float64)


def settled_markup(quantities: Vector, response: Matrix, own_slope: Vector, margins: Vector) -> Vector:
    """Return the next markups on the way to those that satisfy the first-order conditions.

    The ζ map of Morrow and Skerlos (2011), m ← Λ⁻¹(Γᵀm − q) with Γ = Λ − ∂q/∂p; unlike `markup` it draws nearer to
    the solution where a seller's share is large.

    Args:
        quantities: [instrument], units sold at the posted prices.
        response: [instrument, instrument], ∂quantity/∂price, price along the second axis.
        own_slope: [instrument], Λ, below zero: ∂quantity/∂price as if no buyer changed sellers.
        margins: [instrument], price less cost now.
    """
    return margins - (response.T @ margins + quantities) / own_slope


@dataclass(frozen=True)
class Layer:
    """The price instruments of one layer, as every seller in it sees them.

    Attributes:
        price: [instrument], posted last round, USD per unit.
        marginal_cost: [instrument], USD per unit, grossed up for costs that are a share of revenue.
        quantity: [instrument], expected units at the posted prices.
        response: [instrument, instrument], ∂quantity/∂price this month.
        patient_response: [instrument, instrument], the same once every buyer has reconsidered; the same as this
            month if omitted.
        seller: [instrument], index of the firm that sets the price; each has one price, in their order, if omitted.
        channel: [instrument], 0 retail, 1 wholesale (0 in layers with one channel).
        capacity: [seller], units a firm can supply; infinite where nothing binds.
        opportunity_cost: [instrument], USD per unit of profit that a unit sold takes from the seller's other channels.
        colluding: [seller], True for members of the cartel, if there is one; everybody if omitted.
        keeps: [instrument], share of the price left after costs that follow it; needed where it differs between the
            instruments of one seller.
        own_slope: [instrument], ∂quantity/∂price as if the sum over which a logit share is taken stood still (Λ of
            Morrow and Skerlos 2011); where known, best responses settle whatever the shares are.
        utilisation: [seller], part of the capacity in use.
        market_share: [seller]; shares of ``quantity`` if omitted.
        runway: [seller], months the money lasts.
        heading: [seller], 1 or −1: up or down, what hill climbing does next.
    """

    price: Vector
    marginal_cost: Vector
    quantity: Vector
    response: Matrix
    patient_response: Matrix | None = None
    seller: NDArray[np.int64] | None = None
    channel: NDArray[np.int64] | int = 0
    capacity: Vector | float = np.inf
    opportunity_cost: Vector | float = 0.0
    colluding: NDArray[np.bool_] | bool = True
    keeps: Vector | None = None
    own_slope: Vector | None = None
    utilisation: Vector | float = 0.0
    market_share: Vector | None = None
    runway: Vector | float = np.inf
    heading: Vector | float = 1.0

    def of_seller(self, values: Vector | NDArray[np.bool_] | float) -> Any:
        """Return what holds for the seller of each instrument, [instrument], from values [seller] or one for all."""
        return values[self.seller] if isinstance(values, np.ndarray) and self.seller is not None else values

    def of_sellers_prices(self, values: Vector) -> Vector:
        """Add up values [instrument] over the seller's instruments, for the seller of each instrument."""
        if self.seller is None:
            return values
        return np.asarray(np.bincount(self.seller, values)[self.seller], dtype=np.float64)

    @property
    def share(self) -> Vector:
        """[instrument], the seller's market share."""
        if self.market_share is not None:
            return np.asarray(self.of_seller(self.market_share))
        total = self.quantity.sum()
        return self.of_sellers_prices(self.quantity) / total if total > 0 else np.zeros(self.price.size)

    @cached_property
    def own(self) -> NDArray[np.bool_]:
        """[instrument, instrument], whether one seller sets both prices."""
        seller = np.arange(self.price.size) if self.seller is None else self.seller
        return seller[:, None] == seller


class Rule(Named):
    """A way to set prices. One from outside is a subclass with fields of its own and a `target`."""

    largest_move: float = quantity(
        0.25, "1", "Largest relative change of a posted price in one repricing", gt=0, le=1e9
    )

    sees: ClassVar[tuple[str, ...]] = ()
    """What the rule looks at in a `Layer` that is a property of its firms."""

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

    rule: Literal["marginal-cost"] = "marginal-cost"

    def target(self, layer: Layer) -> Vector:
        """Return marginal cost."""
        return layer.marginal_cost


class CostPlus(Rule):
    """Add a fixed percentage to marginal cost."""

    rule: Literal["cost-plus"] = "cost-plus"
    markup: float = quantity(0.2, "1", "Markup over marginal cost", ge=-1, le=100)

    def target(self, layer: Layer) -> Vector:
        """Return (1 + markup) × marginal cost."""
        return layer.marginal_cost * (1 + self.markup)


class BestResponse(Rule):
    """Meet the first-order condition of own profit on the true demand derivative, within capacity.

    The fixed point, with every seller on this rule and no patience, is the Bertrand-Nash equilibrium.
    """

    rule: Literal["best-response"] = "best-response"
    patience: float = quantity(
        0.0,
        "1",
        "Weight on the demand response after all buyers have reconsidered, against this month's response",
        ge=0,
        le=1,
    )

    def joint(self, layer: Layer) -> NDArray[np.bool_] | None:
        """[instrument, instrument], whether one decision-maker counts the profit of both; None where each has one."""
        return None if layer.seller is None else layer.own

    def target(self, layer: Layer) -> Vector:
        """Return marginal cost plus the optimal markup, or the price that clears capacity if that is higher."""
        cost = layer.marginal_cost + layer.opportunity_cost
        response = self.response(layer)
        bought = layer.quantity > 0
        optimum = self.optimum(layer, response, layer.price - cost, bought & (response.diagonal() < 0))
        # An elasticity below one in absolute value has no optimum: let the price rise step by step instead.
        target = np.where(optimum > 0, cost + optimum, layer.price + cost * bought)
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
        joint, wanted = self.joint(layer), np.zeros(margin.size)
        if joint is None and layer.own_slope is None:
            return np.divide(layer.quantity, -response.diagonal(), out=wanted, where=sold)
        owned = response * (layer.own if joint is None else joint)
        if not sold.all():
            owned = owned[np.ix_(sold, sold)]
        quantity = layer.quantity[sold]
        if layer.own_slope is None:
            wanted[sold] = markup(quantity, owned)
        else:
            wanted[sold] = settled_markup(quantity, owned, layer.own_slope[sold], margin[sold])
        return wanted


def scarcity(layer: Layer) -> Vector:
    """Return the price change, USD per unit, that brings a seller's quantity to its capacity (negative with slack).

    [instrument], the same for all of a seller's; −∞ where capacity is infinite or demand does not answer to price.
    """
    missing = layer.of_sellers_prices(layer.quantity) - layer.of_seller(layer.capacity)
    slope = layer.response.diagonal()
    if layer.seller is not None:
        slope = layer.of_sellers_prices((layer.response * layer.own).sum(axis=1))
    nothing = np.full(layer.price.size, -np.inf)
    return np.divide(missing, -slope, out=nothing, where=(slope < 0) & (missing > -np.inf))


class JointProfit(BestResponse):
    """Maximise the joint profit of all sellers in the layer that use this rule (a cartel)."""

    rule: Literal["joint-profit"] = "joint-profit"  # type: ignore[assignment]

    def joint(self, layer: Layer) -> NDArray[np.bool_]:
        """[instrument, instrument], whether both are of one seller or of members of the cartel."""
        member = np.broadcast_to(layer.of_seller(layer.colluding), layer.price.size)
        return layer.own | (member[:, None] & member)


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

# Only sellers with a capacity of their own can price by how full it is.
Pricing = Annotated[SerializeAsAny[AnyRule], Field(discriminator="rule"), or_own(Rule, ("utilisation",))]
PricingWithCapacity = Annotated[SerializeAsAny[AnyRule | CapacityPricing], Field(discriminator="rule"), or_own(Rule)]
