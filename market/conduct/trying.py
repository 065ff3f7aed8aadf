"""Pricing rules of sellers that know nothing of demand, and learn by trying."""

from collections.abc import Sequence
from math import isfinite
from typing import Any, Literal

import numpy as np

from market.arrays import Vector
from market.conduct.layer import Layer
from market.conduct.rule import Rule
from market.conduct.values import Learning, State
from market.fields import quantity


class HillClimbing(Rule):
    """Keep moving the price the way that last raised own profit; knows nothing of demand."""

    sees = ("heading",)

    rule: Literal["hill-climbing"] = "hill-climbing"
    step: float = quantity(0.03, "1", "Relative size of a trial move", gt=0, lt=1)

    def target(self, layer: Layer) -> Vector:
        """Move on if the last move raised profit, turn around if it did not."""
        return layer.price * (1 + self.step * layer.of_seller(layer.heading))


class OnGrid(Rule):
    """Choose among markups over marginal cost, equally far apart."""

    markups: int = quantity(9, "1", "Markups to choose from, equally far apart", ge=2, le=200)
    lowest: float = quantity(0.0, "1", "Lowest markup over marginal cost", ge=-0.9, le=100)
    highest: float = quantity(1.0, "1", "Highest markup over marginal cost", ge=-0.9, le=100)

    @property
    def grid(self) -> Vector:
        """The markups."""
        return np.linspace(self.lowest, self.highest, self.markups)

    def target(self, layer: Layer) -> Vector:
        """Return (1 + the markup chosen) × marginal cost."""
        return layer.marginal_cost * (1 + layer.of_seller(layer.trial))


class Bandit(OnGrid):
    """Try markups over marginal cost and keep to the one that has earned most; knows nothing of demand or rivals.

    An ε-greedy bandit (Sutton and Barto 2018, chapter 2): each markup once, in random order, then the best but for a
    share of the times; what a markup earns is the mean of its months, or where these are many rather of the latest,
    as markets change. Profit is before training, and that of the way from one markup to another does not count.
    """

    rule: Literal["bandit"] = "bandit"
    explore: float = quantity(0.1, "1", "Share of repricings at any markup instead of the best", ge=0, le=1)
    latest: float = quantity(0.2, "1", "Least weight of the latest month in what a markup is taken to earn", ge=0, le=1)

    def of_firms(self, firms: Sequence[Any]) -> dict[str, Any]:
        """Return what each firm tries next, [seller]."""
        how = self.grid.tolist(), self.explore, self.latest, self.largest_move
        return {"trial": np.array([firm.trials.choose(*how) for firm in firms])}


class QLearning(OnGrid):
    """Learn what each markup over marginal cost is worth after what the seller and its rivals asked last.

    Q-learning with a memory of one (Watkins and Dayan 1992; Calvano, Calzolari, Denicolò and Pastorello 2020): the
    state is the seller's own markup and the mean of its rivals', on the grid; a share exp(−β t) of repricings tries
    any markup. It takes thousands of repricings to learn what rivals' answers are worth; the scenario
    ``theory/learning`` has them.
    """

    rule: Literal["q-learning"] = "q-learning"
    rate: float = quantity(0.15, "1", "Weight of the latest in what a markup is worth after a state", gt=0, le=1)
    discount: float = quantity(0.95, "1", "Of the next repricing", ge=0, le=0.999)
    fades: float = quantity(
        0.05, "1", "By how much the share of trials fades from one repricing to the next", ge=0, le=10
    )

    def of_firms(self, firms: Sequence[Any]) -> dict[str, Any]:
        """Return what each firm goes to next, [seller]."""
        grid = self.grid
        asked = np.array([_markup(*firm.sale()) for firm in firms])
        others = (asked.sum() - asked) / max(asked.size - 1, 1)
        how, markups = Learning(self.rate, self.discount, self.fades), grid.tolist()
        states = [State(_nearest(grid, own), _nearest(grid, rivals)) for own, rivals in zip(asked, others, strict=True)]
        tried = [firm.values.decide(markups, state, how, self.largest_move)
                 for firm, state in zip(firms, states, strict=True)]  # fmt: skip
        return {"trial": np.array(tried)}


def _markup(price: float, cost: float, _: float) -> float:
    """Return price over cost less one; 0 where there is neither."""
    return price / cost - 1 if cost > 0 and isfinite(price) else 0.0


def _nearest(grid: Vector, markup: float) -> int:
    return int(np.abs(grid - markup).argmin())
