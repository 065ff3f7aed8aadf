"""How much a seller gives in an allowance: of its free plan, or in the fee of its subscription."""

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

from pydantic import Field, SerializeAsAny

from market.conduct.own_rules import Named, or_own
from market.fields import quantity


class Generosity(Named):
    """A way to decide on an allowance. One from outside is a subclass with fields of its own and an `allowance`."""

    gives: ClassVar[bool] = True
    """Whether there is such a plan at all."""

    def allowance(self, own: float, rivals: list[float], worth: Callable[[float], float]) -> float:
        """Return the allowance to give from now on, Mtok a month.

        Args:
            own: Given until now.
            rivals: What each other seller gives.
            worth: Gives what an allowance of its own would bring the seller, USD a month, rivals staying as they are.
        """
        raise NotImplementedError


class NoPlan(Generosity):
    """Offer no such plan."""

    gives = False

    rule: Literal["none"] = "none"

    def allowance(self, own: float, rivals: list[float], worth: Callable[[float], float]) -> float:
        """Leave what there is not."""
        return own


class FixedAllowance(Generosity):
    """Give what the scenario says."""

    rule: Literal["fixed"] = "fixed"

    def allowance(self, own: float, rivals: list[float], worth: Callable[[float], float]) -> float:
        """Leave it as it is."""
        return own


class MatchTheMostGenerous(Generosity):
    """Give what the most generous rival gives."""

    rule: Literal["match"] = "match"

    def allowance(self, own: float, rivals: list[float], worth: Callable[[float], float]) -> float:
        """Return the largest allowance of a rival; the own where there is none."""
        return max(rivals, default=own)


class Lifetime(Generosity):
    """Give as long as the discounted margin of those it wins, now and later, pays for it.

    Users who come for the allowance, or would else go to a rival, pay later: they convert as their need grows. The
    seller tries a step up and a step down and keeps the best.
    """

    rule: Literal["lifetime"] = "lifetime"
    step: float = quantity(0.25, "1", "Largest relative change of an allowance at once", gt=0, le=10)
    months: int = quantity(
        12,
        "month",
        "How far ahead a seller looks for what users who come today will pay",
        plausible=(0, 24),
        ge=0,
        le=240,
        grade="D",
    )
    weight: float = quantity(
        0.9,
        "1",
        "Weight on that time, when all have reconsidered, against this month",
        plausible=(0.5, 1.0),
        ge=0,
        le=1,
        grade="D",
    )

    def allowance(self, own: float, rivals: list[float], worth: Callable[[float], float]) -> float:
        """Return the best of the present allowance, a step more and a step less."""
        return max((own, own / (1 + self.step), own * (1 + self.step)), key=worth)


AnyGenerosity = NoPlan | FixedAllowance | MatchTheMostGenerous | Lifetime
FreeTier = Annotated[SerializeAsAny[AnyGenerosity], Field(discriminator="rule"), or_own(Generosity)]
