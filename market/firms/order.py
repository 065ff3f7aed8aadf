"""Orders of servers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    """Servers a lab wants, in reference accelerators, to serve and to train."""

    serving: float
    training: float

    @property
    def total(self) -> float:
        """Reference accelerators."""
        return self.serving + self.training
