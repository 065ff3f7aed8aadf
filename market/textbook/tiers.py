"""A layer of the chain: the demand it faces, and how its firms answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from market.arrays import Vector
from market.conduct.rule import Rule
from market.firms import Firm

ADJUSTMENT = 0.5
"""Part of the way to the best output a firm goes in a month; all of it would overshoot where demand is curved."""


@dataclass(frozen=True)
class Facing:
    """The demand a layer faces, as the straight line through what is sold now: price = choke − steep · quantity.

    Attributes:
        choke: USD/Mtok at which nothing is bought.
        steep: USD/Mtok per Mtok a month.
    """

    choke: float
    steep: float

    def price(self, quantity: float) -> float:
        """Return the price at which a quantity is bought, USD/Mtok."""
        return self.choke - self.steep * quantity

    def quantity(self, price: float) -> float:
        """Return the quantity bought at a price, Mtok a month."""
        return max(self.choke - price, 0.0) / self.steep

    def best_output(self, others: float, cost: float) -> float:
        """Return the output that earns most beside what others sell, Mtok a month."""
        return max(self.price(others) - cost, 0.0) / (2 * self.steep)

    def profits(self, cost: float, sellers: int) -> tuple[float, float]:
        """Return what all sellers of one cost earn together in Cournot's equilibrium, and as a cartel, USD a month."""
        room = max(self.choke - cost, 0.0) ** 2 / self.steep
        return sellers * room / (sellers + 1) ** 2, room / 4


@dataclass
class Tier:
    """The firms of one layer, all with the same cost of their own.

    Attributes:
        firms: Those of the tier, in order.
        rule: How they decide.
        cost: USD/Mtok beside the input.
        paid: [firm], USD/Mtok for the input.
        output: [firm], Mtok sold last month; while a month is played, Mtok each means to sell.
        price: [firm], USD/Mtok; the same for all where tokens are all alike.
    """

    firms: Sequence[Firm]
    rule: Rule
    cost: float
    paid: Vector = field(init=False)
    output: Vector = field(init=False)
    price: Vector = field(init=False)

    def __post_init__(self) -> None:
        self.paid, self.output, self.price = (np.zeros(len(self.firms)) for _ in range(3))

    @property
    def marginal_cost(self) -> Vector:
        """[firm], USD/Mtok."""
        return self.paid + self.cost

    @property
    def sold(self) -> float:
        """Mtok a month of all firms."""
        return float(self.output.sum())

    @property
    def profit(self) -> float:
        """USD a month of all firms."""
        return float((self.price - self.marginal_cost) @ self.output)

    @property
    def mean_price(self) -> float:
        """USD/Mtok, weighted by output; NaN without firms."""
        if not self.firms:
            return float("nan")
        return float(self.price @ self.output / self.sold) if self.sold > 0 else float(self.price.mean())

    @property
    def parts(self) -> Vector:
        """[firm], part of what the layer sells; equal parts where nothing is sold."""
        count = len(self.firms)
        return self.output / self.sold if self.sold > 0 else np.full(count, 1 / max(count, 1))

    @property
    def rivals(self) -> int:
        """Sellers who decide for themselves: one in a cartel."""
        return 1 if self.rule.colludes else len(self.firms)

    def choose_quantities(self, facing: Facing, largest_move: float) -> None:
        """Let the firms go towards their best outputs, one after the other, each knowing what the others do now.

        They start from what buyers take at posted prices once those below have answered. Nobody sells below cost.

        Args:
            facing: The demand the layer faces.
            largest_move: Of the price in a month, USD/Mtok: where demand is curved, a straight line holds nearby only.
        """
        before = self.mean_price
        self.output = self.parts * facing.quantity(self.mean_price)
        if self.rule.colludes:
            together = self.parts * facing.best_output(0.0, float(self.marginal_cost[0]))
            self.output += ADJUSTMENT * (together - self.output)
        else:
            for place, cost in enumerate(self.marginal_cost):
                others = self.sold - float(self.output[place])
                best = facing.best_output(others, float(cost))
                self.output[place] += ADJUSTMENT * (best - self.output[place])
        wanted = min(max(facing.price(self.sold), before - largest_move), before + largest_move)
        self.price = np.full(len(self.firms), max(wanted, float(self.marginal_cost.min())))

    def pass_on(self, facing: Facing, integrated: int = 0) -> Facing:
        """Return the demand for the layer's input where sellers above know how its firms will answer.

        Args:
            facing: What the layer itself faces.
            integrated: Its first firms, which have an input of their own.
        """
        if self.rule.constant_markup is not None:
            share = 1 / (1 + self.rule.constant_markup)
            return Facing(facing.choke * share - self.cost, facing.steep * share)
        crowding = integrated / (integrated + 1)
        own_cost = float(self.marginal_cost[0])
        steep = facing.steep * (1 / (integrated + 1) + 1 / (self.rivals - integrated))
        return Facing(facing.choke - self.cost - crowding * (facing.choke - own_cost), steep)

    def pass_on_given_margin(self, facing: Facing) -> Facing:
        """Return the demand for the layer's input where sellers above take its margin as given, USD/Mtok."""
        margin = self.mean_price - float(self.parts @ self.marginal_cost)
        return Facing(facing.choke - self.cost - margin, facing.steep)
