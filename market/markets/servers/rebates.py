"""Rebates of chip vendors to large buyers.

A buyer's rebate is a share of the price of the chips in the servers it buys, in proportion to its part of all orders.
With r̄ the mean over orders, a vendor earns Q (p (1 − r̄) k − c) on a demand that answers to the net price, so that

    p − c/(k (1 − r̄)) = −Q/((1 − r̄) ∂Q/∂p):

among buyers alike list prices rise until net prices are what they were.
"""

from dataclasses import dataclass

import numpy as np

from market.arrays import Vector


@dataclass(frozen=True)
class Rebates:
    """What buyers get back.

    Attributes:
        share: [operator], of the price of the chips it buys.
        mean: Over all orders.
    """

    share: Vector
    mean: float

    @classmethod
    def of(cls, discount: float, ordered: Vector) -> "Rebates":
        """Return the rebates of a discount for a buyer who orders everything, with what each orders [operator]."""
        total = float(ordered.sum())
        part = ordered / total if total > 0 else np.zeros_like(ordered)
        return cls(discount * part, discount * float(part @ part))

    @property
    def net_share(self) -> float:
        """Share of the list price that vendors keep on the mean."""
        return 1 - self.mean
