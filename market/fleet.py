"""Dated vintages of durable assets: servers and buildings."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def _empty() -> Vector:
    return np.zeros(0)


@dataclass
class Vintages:
    """Assets by month of service; straight-line depreciation over ``life`` months, nothing is left after that.

    Attributes:
        life: Months.
        since: [vintage], round of the first month in service.
        units: [vintage], units in service (accelerators, or kW of building).
        cost: [vintage], USD paid per unit.
    """

    life: int
    since: Vector = field(default_factory=_empty)
    units: Vector = field(default_factory=_empty)
    cost: Vector = field(default_factory=_empty)

    columns: ClassVar[tuple[str, ...]] = ("since", "units", "cost")

    def add(self, **column: NDArray[np.float64] | float) -> None:
        """Put a vintage, or several, into service; one value or array per column."""
        for name in self.columns:
            setattr(self, name, np.concatenate([getattr(self, name), np.atleast_1d(column[name])]))

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Drop all other vintages."""
        for name in self.columns:
            setattr(self, name, getattr(self, name)[rows])

    def depreciation(self) -> float:
        """USD of straight-line depreciation in a month."""
        return float(self.units @ self.cost) / self.life

    def book(self, now: int) -> float:
        """USD of purchase cost not yet depreciated at the start of round ``now``."""
        left = np.maximum(self.life - (now - self.since), 0.0) / self.life
        return float((self.units * self.cost) @ left)

    def purchase_cost(self) -> float:
        """USD once paid for what is in service."""
        return float(self.units @ self.cost)

    def retire(self, now: int) -> None:
        """Take out what has reached the end of its life; its book value is zero by then."""
        alive = (now - self.since) < self.life
        if not alive.all():
            self.keep(alive)


@dataclass
class Fleet(Vintages):
    """The servers of a lab.

    Attributes:
        performance: [vintage], reference accelerators in one accelerator.
        power: [vintage], kW per accelerator at full load.
        vendor: [vintage], index of the chip's vendor.
    """

    performance: Vector = field(default_factory=_empty)
    power: Vector = field(default_factory=_empty)
    vendor: Vector = field(default_factory=_empty)

    columns: ClassVar[tuple[str, ...]] = ("since", "units", "cost", "performance", "power", "vendor")

    def fail(self, now: int, hazard: float) -> float:
        """Lose a share of every vintage for good; return the book value written off, USD."""
        lost = hazard * self.book(now)
        self.units = self.units * (1 - hazard)
        return lost

    def accelerators(self) -> float:
        """Accelerators in service."""
        return float(self.units.sum())

    def reference(self) -> float:
        """Capacity in service, in reference accelerators."""
        return float(self.units @ self.performance)

    def reference_at(self, round_: int, now: int, hazard: float) -> float:
        """Capacity in service that will still be alive in a later round, in reference accelerators."""
        alive = (round_ - self.since) < self.life
        survive = (1 - hazard) ** max(round_ - now, 0)
        return float((self.units * self.performance) @ alive) * survive

    def kilowatts(self) -> float:
        """Power at full load."""
        return float(self.units @ self.power)

    def vendor_shares(self, vendors: int) -> Vector:
        """Share of each vendor's chips in the capacity in service, [vendor]; equal shares of an empty fleet."""
        capacity = np.bincount(self.vendor.astype(np.int64), self.units * self.performance, minlength=vendors)
        total = capacity.sum()
        return capacity / total if total > 0 else np.full(vendors, 1 / vendors)


@dataclass(frozen=True)
class Shipment:
    """Servers paid for and under way to a lab."""

    arrives: int
    units: float
    performance: float
    power: float
    vendor: int
    cost: float
