"""Pricing rules: one class per conduct; an instance of it sits in the scenario and decides the prices of a layer.

A layer is a set of price *instruments* (a lab has two: its retail and its wholesale price). Each rule sees the layer as
published last round, and the true derivative of demand with respect to every price. It answers for all sellers at
once, each as if it alone moved; who moves this month is not the rule's concern.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from market.fields import Section, quantity

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
    if ownership is not None and np.count_nonzero(ownership) == quantities.size:
        return -quantities / response.diagonal()
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
        opportunity_cost: [instrument], USD per unit of profit that a unit sold takes from the seller's other channels.
        quantity: [instrument], expected units at the posted prices.
        response: [instrument, instrument], ∂quantity/∂price this month.
        patient_response: [instrument, instrument], the same once every buyer has reconsidered.
        seller: [instrument], index of the firm that sets the price.
        channel: [instrument], 0 retail, 1 wholesale (0 in layers with one channel).
        capacity: [seller], units a firm can supply; infinite where nothing binds.
        colluding: [seller], True for members of the cartel.
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
    opportunity_cost: Vector
    quantity: Vector
    response: Matrix
    patient_response: Matrix
    seller: NDArray[np.int64]
    channel: NDArray[np.int64]
    capacity: Vector
    colluding: NDArray[np.bool_]
    keeps: Vector | None = None
    own_slope: Vector | None = None
    utilisation: Vector | float = 0.0
    market_share: Vector | None = None
    runway: Vector | float = np.inf
    heading: Vector | float = 1.0

    def of_seller(self, values: Vector | float) -> Vector:
        """Return what holds for the seller of each instrument, [instrument], from values [seller]."""
        return np.broadcast_to(values, self.capacity.shape)[self.seller]

    def by_seller(self, values: Vector) -> Vector:
        """Add up values [instrument] over each seller's instruments, [seller]."""
        return np.bincount(self.seller, values, minlength=self.capacity.size).astype(np.float64)

    @property
    def share(self) -> Vector:
        """[instrument], the seller's market share."""
        if self.market_share is not None:
            return self.of_seller(self.market_share)
        total = self.quantity.sum()
        return self.of_seller(self.by_seller(self.quantity) / total if total > 0 else 0.0)

    @cached_property
    def own(self) -> NDArray[np.bool_]:
        """[instrument, instrument], whether one seller sets both prices."""
        return self.seller[:, None] == self.seller


class Rule(Section):
    """A way to set prices."""

    largest_move: float = quantity(
        0.25, "1", "Largest relative change of a posted price in one repricing", gt=0, le=1e9
    )

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

    def joint(self, layer: Layer) -> NDArray[np.bool_]:
        """[instrument, instrument], whether one decision-maker counts the profit of both."""
        return layer.own

    def target(self, layer: Layer) -> Vector:
        """Return marginal cost plus the optimal markup, or the price that clears capacity if that is higher."""
        cost = layer.marginal_cost + layer.opportunity_cost
        bought = layer.quantity > 0
        response = self.response(layer)
        sold = bought & (response.diagonal() < 0)
        optimum = np.zeros(cost.size)
        if sold.any():
            optimum[sold] = self.optimum(layer, response, cost, sold)
        # An elasticity below one in absolute value has no optimum: let the price rise step by step instead.
        target = np.where(optimum > 0, cost + optimum, layer.price + np.where(bought, cost, 0.0))
        return np.maximum(target, layer.price + scarcity(layer))

    def response(self, layer: Layer) -> Matrix:
        """Return ∂quantity/∂price as it counts for sellers of this patience, in what they keep of the price."""
        response = layer.response
        if self.patience > 0:
            response = (1 - self.patience) * response + self.patience * layer.patient_response
        return response if layer.keeps is None else response * (layer.keeps[:, None] / layer.keeps)

    def optimum(self, layer: Layer, response: Matrix, cost: Vector, sold: NDArray[np.bool_]) -> Vector:
        """Return the markups wanted on the instruments ``sold``, in their order."""
        among = slice(None) if sold.all() else np.ix_(sold, sold)
        joint, response, quantity = self.joint(layer)[among], response[among], layer.quantity[sold]
        if layer.own_slope is None:
            return markup(quantity, response, joint)
        return settled_markup(quantity, response * joint, layer.own_slope[sold], (layer.price - cost)[sold])


def scarcity(layer: Layer) -> Vector:
    """Return the price change, USD per unit, that brings a seller's quantity to its capacity (negative with slack).

    [instrument], the same for all of a seller's; −∞ where capacity is infinite or demand does not answer to price.
    """
    if not np.isfinite(layer.capacity).any():
        return np.full(layer.price.size, -np.inf)
    missing = layer.by_seller(layer.quantity) - layer.capacity
    slope = layer.by_seller((layer.response * layer.own).sum(axis=1))
    nothing = np.full(missing.size, -np.inf)
    return np.divide(missing, -slope, out=nothing, where=(slope < 0) & (missing > -np.inf))[layer.seller]


class JointProfit(BestResponse):
    """Maximise the joint profit of all sellers in the layer that use this rule (a cartel)."""

    rule: Literal["joint-profit"] = "joint-profit"  # type: ignore[assignment]

    def joint(self, layer: Layer) -> NDArray[np.bool_]:
        """[instrument, instrument], whether both are of one seller or of members of the cartel."""
        member = layer.colluding[layer.seller]
        return layer.own | (member[:, None] & member)


class Undercut(Rule):
    """Price a little below the cheapest rival in the same channel, never below marginal cost."""

    rule: Literal["undercut"] = "undercut"
    cut: float = quantity(0.02, "1", "How far below the cheapest rival", ge=0, lt=1)

    def target(self, layer: Layer) -> Vector:
        """Return the cheapest rival's price less the cut; without rivals the price stays."""
        rivals = ~layer.own & (layer.channel[:, None] == layer.channel)
        cheapest = np.where(rivals, layer.price, np.inf).min(axis=1, initial=np.inf)
        wanted = np.where(cheapest < np.inf, cheapest * (1 - self.cut), layer.price)
        return np.maximum(wanted, layer.marginal_cost)


class HillClimbing(Rule):
    """Keep moving the price the way that last raised own profit; knows nothing of demand."""

    rule: Literal["hill-climbing"] = "hill-climbing"
    step: float = quantity(0.03, "1", "Relative size of a trial move", gt=0, lt=1)

    def target(self, layer: Layer) -> Vector:
        """Move on if the last move raised profit, turn around if it did not."""
        return layer.price * (1 + self.step * layer.of_seller(layer.heading))


class Penetration(BestResponse):
    """Sell below cost to win share while money lasts, then best response."""

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

    rule: Literal["capacity"] = "capacity"
    target_utilisation: float = quantity(0.6, "1", "Utilisation at which the price stays", gt=0, le=1)
    sensitivity: float = quantity(0.5, "1", "Relative price change per point of utilisation gap", gt=0, le=10)

    def target(self, layer: Layer) -> Vector:
        """Return the posted price moved in proportion to the utilisation gap."""
        move = 1 + self.sensitivity * (layer.of_seller(layer.utilisation) - self.target_utilisation)
        return np.maximum(layer.price * np.maximum(move, 0.0), layer.marginal_cost)


AnyRule = MarginalCost | CostPlus | BestResponse | JointProfit | Undercut | HillClimbing | Penetration

# Only sellers with a capacity of their own can price by how full it is.
Pricing = Annotated[AnyRule, Field(discriminator="rule")]
PricingWithCapacity = Annotated[AnyRule | CapacityPricing, Field(discriminator="rule")]
