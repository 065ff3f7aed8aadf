"""Linear demand for a homogeneous good."""

import numpy as np
from numpy.typing import ArrayLike

from market.arrays import Vector
from market.demand.checks import finite, positive


class Linear:
    """Inverse demand P = intercept − slope · Q.

    Args:
        intercept: Price at which nothing is bought, above zero.
        slope: Fall of the price per unit, above zero.

    Raises:
        ValueError: For an intercept or slope that is not above zero.
    """

    def __init__(self, intercept: float, slope: float) -> None:
        self.intercept = float(positive("intercept", intercept))
        self.slope = float(positive("slope", slope))

    def price(self, quantity: float) -> float:
        """Return the price at which a quantity is bought."""
        return self.intercept - self.slope * quantity

    def quantities(self, prices: ArrayLike) -> Vector:
        """Return the quantity at a price, [1]; nothing above the intercept."""
        price = finite("prices", prices, (1,))
        return np.maximum(self.intercept - price, 0.0) / self.slope

    def jacobian(self, prices: ArrayLike) -> Vector:
        """Return ∂quantity/∂price, [1, 1]."""
        price = finite("prices", prices, (1,))
        return np.where(price < self.intercept, -1.0 / self.slope, 0.0)[:, None]

    def consumer_surplus(self, prices: ArrayLike) -> float:
        """Return the triangle between demand and price, slope · Q² / 2."""
        return float(self.slope * self.quantities(prices)[0] ** 2 / 2)
