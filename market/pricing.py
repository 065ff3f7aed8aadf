"""Pricing rules: one class per conduct; an instance of it sits in the scenario and decides a seller's prices.

A layer is a set of price *instruments* (a lab has two: its retail and its wholesale price). Each rule sees the layer as
published last round, and the true derivative of demand with respect to every price.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from market.fields import Section, quantity

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


def markup(quantities: Vector, response: Matrix, ownership: Matrix | None = None) -> Vector:
    """Return the markups that satisfy the first-order conditions of profit.

    Solves (H ∘ ∂q/∂p)ᵀ m = −q (Morrow and Skerlos 2011): the profit-maximising p − c at the given quantities.

    Args:
        quantities: [instrument], units sold at the posted prices.
        response: [instrument, instrument], ∂quantity/∂price, price along the second axis.
        ownership: [instrument, instrument], 1 where one decision-maker owns both; everything if omitted.
    """
    owned = response if ownership is None else response * ownership
    if quantities.size == 1:
        return -quantities / owned[0]
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


@dataclass
class Seller:
    """What a seller knows of itself when it prices; ``direction`` is what hill climbing remembers."""

    index: int
    layer: Layer
    utilisation: float = 0.0
    market_share: float = 0.0
    runway: float = np.inf
    profits: tuple[float, float] = (0.0, 0.0)
    direction: float = 1.0
    own: NDArray[np.int64] = field(init=False)
    price: Vector = field(init=False)
    """[own instrument], posted last round."""

    def __post_init__(self) -> None:
        self.own = (self.layer.seller == self.index).nonzero()[0]
        self.price = self.layer.price[self.own]

    @property
    def marginal_cost(self) -> Vector:
        """[own instrument], USD per unit."""
        return self.layer.marginal_cost[self.own]


class Rule(Section):
    """A way to set prices."""

    largest_move: float = quantity(
        0.25, "1", "Largest relative change of a posted price in one repricing", gt=0, le=1e9
    )

    def target(self, seller: Seller) -> Vector:
        """Return the prices the rule wants, one per instrument of the seller."""
        raise NotImplementedError

    def post(self, seller: Seller) -> Vector:
        """Return the prices to post: the target, reached in steps of at most ``largest_move``."""
        step = 1 + self.largest_move
        return np.minimum(np.maximum(self.target(seller), seller.price / step), seller.price * step)


class MarginalCost(Rule):
    """Sell at marginal cost."""

    rule: Literal["marginal-cost"] = "marginal-cost"

    def target(self, seller: Seller) -> Vector:
        """Return marginal cost."""
        return seller.marginal_cost


class CostPlus(Rule):
    """Add a fixed percentage to marginal cost."""

    rule: Literal["cost-plus"] = "cost-plus"
    markup: float = quantity(0.2, "1", "Markup over marginal cost", ge=-1, le=100)

    def target(self, seller: Seller) -> Vector:
        """Return (1 + markup) × marginal cost."""
        return seller.marginal_cost * (1 + self.markup)


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

    def members(self, seller: Seller) -> NDArray[np.int64]:
        """Return the instruments whose joint profit the seller maximises."""
        return seller.own

    def target(self, seller: Seller) -> Vector:
        """Return marginal cost plus the optimal markup, or the price that clears capacity if that is higher."""
        layer, joint = seller.layer, self.members(seller)
        quantity, price = layer.quantity[joint], layer.price[joint]
        cost = layer.marginal_cost[joint] + layer.opportunity_cost[joint]
        response = self.felt(layer, joint)
        bought = quantity > 0
        sold = bought & (response.diagonal() < 0)
        # An elasticity below one in absolute value has no optimum: let the price rise step by step instead.
        target = np.where(bought, price + cost, price)
        if sold.any():
            among = response if sold.all() else response[np.ix_(sold, sold)]
            optimum = self.optimum(layer, joint[sold], among, cost[sold])
            target[sold] = np.where(optimum > 0, cost[sold] + optimum, target[sold])
        own = target if joint.size == seller.own.size else target[np.isin(joint, seller.own)]
        return np.maximum(own, seller.price + scarcity(seller))

    def felt(self, layer: Layer, joint: NDArray[np.int64]) -> Matrix:
        """Return the response, [instrument, instrument] among ``joint``, that counts for a seller of this patience."""
        among = joint[:, None], joint
        response = layer.response[among]
        if self.patience > 0:
            response = (1 - self.patience) * response + self.patience * layer.patient_response[among]
        if layer.keeps is not None:
            response = response * (layer.keeps[joint, None] / layer.keeps[joint])
        return response

    @staticmethod
    def optimum(layer: Layer, active: NDArray[np.int64], response: Matrix, cost: Vector) -> Vector:
        """Return the markups wanted on the instruments ``active``, given their response [active, active] and cost."""
        quantities = layer.quantity[active]
        if layer.own_slope is None:
            return markup(quantities, response)
        return settled_markup(quantities, response, layer.own_slope[active], layer.price[active] - cost)


def scarcity(seller: Seller) -> float:
    """Return the price change, USD per unit, that brings a seller's quantity to its capacity (negative with slack)."""
    layer, own = seller.layer, seller.own
    capacity = layer.capacity[seller.index]
    if capacity == np.inf:
        return -np.inf
    slope = float(layer.response[own[:, None], own].sum())
    if slope >= 0:
        return -np.inf
    return float((layer.quantity[own].sum() - capacity) / -slope)


class JointProfit(BestResponse):
    """Maximise the joint profit of all sellers in the layer that use this rule (a cartel)."""

    rule: Literal["joint-profit"] = "joint-profit"  # type: ignore[assignment]

    def members(self, seller: Seller) -> NDArray[np.int64]:
        """Return the instruments of every member of the cartel."""
        return np.flatnonzero(seller.layer.colluding[seller.layer.seller])


class Undercut(Rule):
    """Price a little below the cheapest rival in the same channel, never below marginal cost."""

    rule: Literal["undercut"] = "undercut"
    cut: float = quantity(0.02, "1", "How far below the cheapest rival", ge=0, lt=1)

    def target(self, seller: Seller) -> Vector:
        """Return the cheapest rival's price less the cut; without rivals the price stays."""
        layer = seller.layer
        target = seller.price
        for position, instrument in enumerate(seller.own):
            rivals = (layer.seller != seller.index) & (layer.channel == layer.channel[instrument])
            if rivals.any():
                target[position] = layer.price[rivals].min() * (1 - self.cut)
        return np.maximum(target, seller.marginal_cost)


class HillClimbing(Rule):
    """Keep moving the price the way that last raised own profit; knows nothing of demand."""

    rule: Literal["hill-climbing"] = "hill-climbing"
    step: float = quantity(0.03, "1", "Relative size of a trial move", gt=0, lt=1)

    def target(self, seller: Seller) -> Vector:
        """Move on if the last move raised profit, turn around if it did not."""
        before, after = seller.profits
        if after < before:
            seller.direction = -seller.direction
        return seller.price * (1 + self.step * seller.direction)


class Penetration(BestResponse):
    """Sell below cost to win share while money lasts, then best response."""

    rule: Literal["penetration"] = "penetration"  # type: ignore[assignment]
    discount: float = quantity(0.2, "1", "Discount off marginal cost while buying share", ge=0, lt=1)
    target_share: float = quantity(0.5, "1", "Market share at which buying share ends", ge=0, le=1)
    runway: float = quantity(9.0, "month", "Months of money left below which buying share ends", ge=0, le=240)

    def target(self, seller: Seller) -> Vector:
        """Return a price below marginal cost while share and runway allow it."""
        if seller.market_share < self.target_share and seller.runway > self.runway:
            return seller.marginal_cost * (1 - self.discount)
        return super().target(seller)


class CapacityPricing(Rule):
    """Raise the price when utilisation is above its target and lower it when below; never below marginal cost."""

    rule: Literal["capacity"] = "capacity"
    target_utilisation: float = quantity(0.6, "1", "Utilisation at which the price stays", gt=0, le=1)
    sensitivity: float = quantity(0.5, "1", "Relative price change per point of utilisation gap", gt=0, le=10)

    def target(self, seller: Seller) -> Vector:
        """Return the posted price moved in proportion to the utilisation gap."""
        move = 1 + self.sensitivity * (seller.utilisation - self.target_utilisation)
        return np.maximum(seller.price * max(move, 0.0), seller.marginal_cost)


AnyRule = MarginalCost | CostPlus | BestResponse | JointProfit | Undercut | HillClimbing | Penetration

# Only sellers with a capacity of their own can price by how full it is.
Pricing = Annotated[AnyRule, Field(discriminator="rule")]
PricingWithCapacity = Annotated[AnyRule | CapacityPricing, Field(discriminator="rule")]
