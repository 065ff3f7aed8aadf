"""Servers there are: every maker builds one around every chip on sale."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.arrays import Integers


@dataclass(frozen=True)
class Products:
    """Every maker builds a server around every chip; every vendor has one chip of each generation on sale.

    Chips come newest generation first, vendor by vendor; [product] arrays chip by chip.
    """

    vendors: int
    makers: int
    generations: int = 1

    @property
    def chips(self) -> int:
        """How many chips there are."""
        return self.generations * self.vendors

    @cached_property
    def chip(self) -> Integers:
        """[product]."""
        return np.repeat(np.arange(self.chips), self.makers)

    @cached_property
    def maker(self) -> Integers:
        """[product]."""
        return np.tile(np.arange(self.makers), self.chips)

    @cached_property
    def vendor_of_chip(self) -> Integers:
        """[chip]."""
        return np.tile(np.arange(self.vendors), self.generations)

    @cached_property
    def vendor(self) -> Integers:
        """[product]."""
        return self.vendor_of_chip[self.chip]

    def of_generations(self, values: ArrayLike) -> NDArray[np.float64]:
        """[product], what holds for its generation, from values [generation]."""
        return np.repeat(np.asarray(values, dtype=np.float64), self.vendors * self.makers)

    def by_chip(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up over makers: the last axis from [product] to [chip]."""
        return values.reshape(*values.shape[:-1], self.chips, self.makers).sum(axis=-1)

    def by_generation(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up over vendors and makers: the last axis from [product] to [generation]."""
        return values.reshape(*values.shape[:-1], self.generations, -1).sum(axis=-1)

    def by_vendor(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up over generations and makers: the last axis from [product] to [vendor]."""
        return self.chips_by_vendor(self.by_chip(values))

    def chips_by_vendor(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up over generations: the last axis from [chip] to [vendor]."""
        return values.reshape(*values.shape[:-1], self.generations, self.vendors).sum(axis=-2)
