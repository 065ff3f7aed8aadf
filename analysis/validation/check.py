"""One claim of the ladder."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from market.threads import one_thread


@dataclass(frozen=True)
class Check:
    """A claim of theory that the code must meet.

    Attributes:
        claim: What is compared, in words.
        source: Where the expected value comes from.
        expected: By formula, or as printed in the source.
        obtain: Computes the same from the code that scenarios run.
        tolerance: Largest error, relative to the expected value where that is above one, absolute below.
        slow: Whether it takes more than a second; left out of the quick ladder.
    """

    claim: str
    source: str
    expected: float
    obtain: Callable[[], float]
    tolerance: float
    slow: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a check; ``error`` is measured as its tolerance is, NaN where computing it failed."""

    group: str
    check: Check
    obtained: float
    failure: str = ""

    @property
    def error(self) -> float:
        """Distance from the expected value."""
        return abs(self.obtained - self.check.expected) / max(abs(self.check.expected), 1.0)

    @property
    def passed(self) -> bool:
        """Whether the error is within tolerance."""
        return not math.isnan(self.obtained) and self.error <= self.check.tolerance


@one_thread
def tried(group: str, check: Check) -> Outcome:
    """Compute a check; an error of the code is an outcome like any other."""
    try:
        return Outcome(group, check, float(check.obtain()))
    except (ArithmeticError, ValueError) as error:
        return Outcome(group, check, math.nan, f"{type(error).__name__}: {error}")
