"""Training: the rules by which a lab sets its budget, and what training compute leaves behind.

Knowledge is a stock of effective training compute, in reference accelerators × months. It loses ``decay`` a month,
gains what is trained, and laggards pick up ``imitation`` of their gap to the best. Quality is its binary
logarithm (a scaling law: a constant gain per doubling).
"""

from dataclasses import dataclass
from math import exp, expm1, log
from typing import Annotated, ClassVar, Literal

from pydantic import Field, SerializeAsAny

from market.conduct.own_rules import Named, or_own
from market.fields import quantity


@dataclass(frozen=True)
class Prize:
    """What a lab may win.

    Attributes:
        profit_of_quality: USD a month of gross profit per doubling of quality; not a number where nobody asks.
        margin_gain: Gross profit over revenue as it is foreseen at the horizon, less that of today.
    """

    profit_of_quality: float
    margin_gain: float = 0.0


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
        growth: Monthly growth the lab expects of the market, a logarithm.
        prospect: Logarithm of how many times as large as now the market is expected to be at the horizon.
        cheaper: Share by which training compute gets cheaper a month.
        picked_up: What the lab learns from the frontier without training, reference accelerators × months a month.
        margin_gain: See `Prize`.
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
    prospect: float = 0.0
    cheaper: float = 0.0
    picked_up: float = 0.0
    margin_gain: float = 0.0

    @property
    def worth_holding(self) -> float:
        """USD of knowledge at which the last unit pays for itself today: see `Race`."""
        holding = 1 - self.keep * (1 - self.cheaper) / (1 + self.interest)
        return max(self.profit_of_quality, 0.0) / (log(2) * holding)


class Budget(Named):
    """A way to decide what to train. One from outside is a subclass with fields of its own and a `capacity`."""

    values_quality: ClassVar[bool] = True
    """Whether it looks at ``profit_of_quality``, which takes time to work out; where it does not, that is NaN."""

    def capacity(self, outlook: Outlook) -> float:
        """Return the reference accelerators wanted for training."""
        raise NotImplementedError


class MatchTheFrontier(Budget):
    """Train what it takes to be where the best lab will be if the frontier keeps the pace it had."""

    values_quality = False

    rule: Literal["match-the-frontier"] = "match-the-frontier"
    months: float = quantity(12.0, "month", "Months in which to reach the frontier", ge=1, le=120)

    def capacity(self, outlook: Outlook) -> float:
        """Return the reference accelerators wanted for training."""
        goal = outlook.frontier * exp(outlook.pace * self.months)
        return outlook.decay * outlook.knowledge + (goal - outlook.knowledge) / self.months


class Race(Budget):
    """Train until the last dollar pays for itself, given what rivals know and where the market is expected to be.

    A unit of knowledge earns π_q / (K ln 2) a month and costs what it loses in a month, as it could be bought a month
    later: c (1 − keep (1 − h) / (1 + i)), h the fall of its price (Jorgenson 1963). The two are equal at K*. Of alike
    labs that share a gross profit G by K^r/ΣK^r, π_q/ln 2 is r (n−1)/n² G, and K* the equilibrium of a Tullock contest.
    Training brings the stock to K* as it will be at the horizon: what is trained now earns once it is in a model.
    """

    rule: Literal["race"] = "race"
    months_to_adjust: float = quantity(6.0, "month", "Months in which a gap to the best stock closes", ge=1, le=120)

    def capacity(self, outlook: Outlook) -> float:
        """Return the reference accelerators wanted for training."""
        best, growth = self.best(outlook), expm1(outlook.growth) + outlook.cheaper
        gap = best - outlook.knowledge
        return (outlook.decay + growth) * best + gap / self.months_to_adjust - outlook.picked_up

    def best(self, outlook: Outlook) -> float:
        """Return the stock K* at which the last unit pays for itself, reference accelerators × months."""
        return outlook.worth_holding * exp(outlook.prospect) / outlook.unit_cost


class Truce(Race):
    """Race, but no farther than all have agreed on: a cap on training as a share of revenue."""

    rule: Literal["truce"] = "truce"  # type: ignore[assignment]
    share: float = quantity(0.2, "1", "Most that training may cost, over revenue", ge=0, le=10)

    def capacity(self, outlook: Outlook) -> float:
        """Return the reference accelerators wanted for training."""
        return min(super().capacity(outlook), self.share * outlook.revenue / outlook.unit_cost)


class Runway(Budget):
    """Train with whatever money is left over a runway."""

    values_quality = False

    rule: Literal["runway"] = "runway"
    months: float = quantity(12.0, "month", "Months the money must last", ge=1, le=240)

    def capacity(self, outlook: Outlook) -> float:
        """Return the reference accelerators wanted for training."""
        return (outlook.money / self.months - outlook.burn) / outlook.unit_cost


class FixedShare(Budget):
    """Train with a fixed share of revenue (for studies: it decides the answer by assumption)."""

    values_quality = False

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
        known_from="2026-02",
    )

    def capacity(self, outlook: Outlook) -> float:
        """Return the reference accelerators wanted for training."""
        return self.share * outlook.revenue / outlook.unit_cost


TrainingRule = Annotated[
    SerializeAsAny[Race | Truce | MatchTheFrontier | Runway | FixedShare], Field(discriminator="rule"), or_own(Budget)
]


def knowledge_after(knowledge: float, best: float, trained: float, decay: float, imitation: float) -> float:
    """Return the stock of knowledge a month later; ``best`` is the largest stock of all labs."""
    return (1 - decay) * knowledge + trained + imitation * max(best - knowledge, 0.0)
