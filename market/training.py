"""Training: the rules by which a lab sets its budget, and what training compute leaves behind.

Knowledge is a stock of effective training compute, in reference accelerators × months. It loses ``decay`` a month,
gains what is trained, and laggards pick up ``imitation`` of their gap to the best. Quality is its binary
logarithm (a scaling law: a constant gain per doubling).
"""

from dataclasses import dataclass
from math import exp, log
from typing import Annotated, Literal

from pydantic import Field, SerializeAsAny

from market.fields import quantity
from market.finance import annuity
from market.own_rules import Named, or_own


@dataclass(frozen=True)
class Outlook:
    """What a lab knows when it sets its training budget.

    Attributes:
        knowledge: Its stock, reference accelerators × months.
        frontier: The largest stock of all labs.
        pace: Monthly growth (logarithm) of the frontier as labs have seen it.
        keep: Share of a unit of knowledge still of use a month later, after decay and rivals' imitation.
        decay: Monthly loss of knowledge.
        interest: Monthly cost of money.
        profit_of_quality: USD a month of gross profit per doubling, from the demand's quality derivative.
        unit_cost: USD per reference accelerator and month, researchers included.
        money: USD of cash and open funding.
        burn: USD a month lost before training; below zero where that earns money.
        revenue: USD a month.
        growth: Monthly growth the lab expects of its profit.
    """

    knowledge: float
    frontier: float
    pace: float
    keep: float
    decay: float
    interest: float
    profit_of_quality: float
    unit_cost: float
    money: float
    burn: float
    revenue: float
    growth: float


class Budget(Named):
    """A way to decide what to train. One from outside is a subclass with fields of its own and a `capacity`."""

    def capacity(self, outlook: Outlook) -> float:
        """Return the reference accelerators wanted for training."""
        raise NotImplementedError


class MatchTheFrontier(Budget):
    """Train what it takes to be where the best lab will be if the frontier keeps the pace it had."""

    rule: Literal["match-the-frontier"] = "match-the-frontier"
    months: float = quantity(12.0, "month", "Months in which to reach the frontier", ge=1, le=120)

    def capacity(self, outlook: Outlook) -> float:
        """Return the reference accelerators wanted for training."""
        goal = outlook.frontier * exp(outlook.pace * self.months)
        return outlook.decay * outlook.knowledge + (goal - outlook.knowledge) / self.months


class BestReturn(Budget):
    """Train until the last dollar's discounted profit through quality pays for itself.

    Marginal profit of knowledge K is π_q / (K ln 2) a month; discounted over its life it equals unit cost at
    K* = π_q A / (c ln 2). The stock is brought to K* over ``months_to_adjust``.
    """

    rule: Literal["best-return"] = "best-return"
    months: float = quantity(24.0, "month", "Months of later profit that count", ge=1, le=240)
    months_to_adjust: float = quantity(6.0, "month", "Months in which the stock reaches its best size", ge=1, le=120)

    def capacity(self, outlook: Outlook) -> float:
        """Return the reference accelerators wanted for training."""
        worth = annuity(self.months, 1 - outlook.keep * (1 + outlook.growth) / (1 + outlook.interest))
        best = max(outlook.profit_of_quality, 0.0) * worth / (outlook.unit_cost * log(2))
        return outlook.decay * best + (best - outlook.knowledge) / self.months_to_adjust


class Runway(Budget):
    """Train with whatever money is left over a runway."""

    rule: Literal["runway"] = "runway"
    months: float = quantity(12.0, "month", "Months the money must last", ge=1, le=240)

    def capacity(self, outlook: Outlook) -> float:
        """Return the reference accelerators wanted for training."""
        return (outlook.money / self.months - outlook.burn) / outlook.unit_cost


class FixedShare(Budget):
    """Train with a fixed share of revenue (for studies: it decides the answer by assumption)."""

    rule: Literal["fixed-share"] = "fixed-share"
    share: float = quantity(
        0.70,
        "1",
        "Training as a share of revenue",
        plausible=(0.35, 1.35),
        ge=0,
        le=10,
        source="OpenAI R&D compute over revenue 2025",
        grade="CALC",
    )

    def capacity(self, outlook: Outlook) -> float:
        """Return the reference accelerators wanted for training."""
        return self.share * outlook.revenue / outlook.unit_cost


TrainingRule = Annotated[
    SerializeAsAny[MatchTheFrontier | BestReturn | Runway | FixedShare], Field(discriminator="rule"), or_own(Budget)
]


def knowledge_after(knowledge: float, best: float, trained: float, decay: float, imitation: float) -> float:
    """Return the stock of knowledge a month later; ``best`` is the largest stock of all labs."""
    return (1 - decay) * knowledge + trained + imitation * max(best - knowledge, 0.0)
