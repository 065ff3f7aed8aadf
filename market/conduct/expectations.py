"""How much larger a market is expected to be some months ahead, by those who train for it and those who pay for that.

What decides how long losses last is not whether growth ends but who sees it end. Each way is one formula, of the
growth g a month that was seen, the share a of people who already take part, and the growth γ of the frontier.
"""

from dataclasses import dataclass
from math import exp, log
from typing import Literal

Expectations = Literal["trend", "saturation", "herd"]


@dataclass(frozen=True)
class Prospect:
    """What is known of a market's growth.

    Attributes:
        kind: How it is carried on.
        growth: Monthly growth seen, a logarithm.
        adopted: Share of those who could take part and do, weighted by what they need.
        pace: Monthly growth of the frontier's stock of knowledge, a logarithm.
    """

    kind: Expectations
    growth: float
    adopted: float
    pace: float

    @property
    def now(self) -> float:
        """Monthly growth expected of the coming month, a logarithm."""
        return self.ahead(1.0)

    def ahead(self, months: float) -> float:
        """Return the logarithm of how many times as large as now the market is expected to be.

        trend: growth goes on, g h. herd: others train for a market, so it will come, (g + γ) h / 2. saturation: a
        logistic curve through the share a with this growth has the rate k = g/(1 − a), and reaches
        1/(1 + (1/a − 1) exp(−k h)), which is 1/(a + (1 − a) exp(−k h)) times a.
        """
        if self.kind == "herd":
            return 0.5 * (self.growth + self.pace) * months
        if self.kind == "trend" or self.growth <= 0 or self.adopted <= 0:
            return self.growth * months
        left = 1 - self.adopted
        if left <= 0:
            return 0.0
        return -log(exp(-self.growth * months / left) * left + self.adopted)

    def worth(self, interest: float, months: int) -> float:
        """Return the present value of a dollar a month that grows with the market for some months and then stays.

        Args:
            interest: Monthly.
            months: For which growth is looked ahead.
        """
        value, discount = 0.0, 1.0
        for month in range(months):
            value += discount * exp(self.ahead(month))
            discount /= 1 + interest
        return value + discount * exp(self.ahead(months)) * (1 + interest) / interest
