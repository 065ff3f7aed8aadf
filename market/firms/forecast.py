"""The demand that a lab expects."""

from math import exp, log

FASTEST = 0.25  # monthly growth beyond this is noise, not a trend


class Forecast:
    """Demand as a lab sees it: a smoothed level and its smoothed monthly growth, in logarithms (Holt 1957).

    The level is smoothed because a new price every few months moves demand in steps.
    """

    def __init__(self, tokens: float, growth: float) -> None:
        self.level = tokens
        self.growth = growth

    def update(self, tokens: float, memory: float, smoothing: float) -> None:
        """Learn from a month's demand, Mtok.

        Args:
            tokens: Mtok.
            memory: Months over which growth is averaged.
            smoothing: Months over which the level is.
        """
        if tokens <= 0 or self.level <= 0:
            self.level = tokens
            return
        surprise = min(max(log(tokens / self.level) - self.growth, -FASTEST), FASTEST)
        step = self.growth + surprise / smoothing
        self.level *= exp(step)
        self.growth += (step - self.growth) / memory

    def ahead(self, months: int) -> float:
        """Return Mtok a month expected some months after the last one."""
        return self.level * exp(self.growth * months)
