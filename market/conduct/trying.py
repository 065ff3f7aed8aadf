"""Pricing rules of sellers that know nothing of demand, and learn by trying."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from market.arrays import Vector
from market.conduct.layer import Layer
from market.conduct.rule import Rule
from market.fields import quantity


class HillClimbing(Rule):
    """Keep moving the price the way that last raised own profit; knows nothing of demand."""

    sees = ("heading",)

    rule: Literal["hill-climbing"] = "hill-climbing"
    step: float = quantity(0.03, "1", "Relative size of a trial move", gt=0, lt=1)

    def target(self, layer: Layer) -> Vector:
        """Move on if the last move raised profit, turn around if it did not."""
        return layer.price * (1 + self.step * layer.of_seller(layer.heading))


class Bandit(Rule):
    """Try markups over marginal cost and keep to the one that has earned most; knows nothing of demand or rivals.

    An ε-greedy bandit (Sutton and Barto 2018, chapter 2): each markup once, in random order, then the best but for a
    share of the times; what a markup earns is the mean of its months, or where these are many rather of the latest,
    as markets change. Profit is before training, and that of the way from one markup to another does not count.
    """

    rule: Literal["bandit"] = "bandit"
    markups: int = quantity(9, "1", "Markups to choose from, equally far apart", ge=2, le=200)
    lowest: float = quantity(0.0, "1", "Lowest markup over marginal cost", ge=-0.9, le=100)
    highest: float = quantity(1.0, "1", "Highest markup over marginal cost", ge=-0.9, le=100)
    explore: float = quantity(0.1, "1", "Share of repricings at any markup instead of the best", ge=0, le=1)
    latest: float = quantity(0.2, "1", "Least weight of the latest month in what a markup is taken to earn", ge=0, le=1)

    def of_firms(self, firms: Sequence[Any]) -> dict[str, Any]:
        """Return what each firm tries next, [seller]."""
        markups = np.linspace(self.lowest, self.highest, self.markups).tolist()
        how = markups, self.explore, self.latest, self.largest_move
        return {"trial": np.array([firm.trials.choose(*how) for firm in firms])}

    def target(self, layer: Layer) -> Vector:
        """Return (1 + the markup that is tried) × marginal cost."""
        return layer.marginal_cost * (1 + layer.of_seller(layer.trial))
