"""Dated vintages of durable assets: servers and buildings."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


class Vintages:
    """Assets by month of service; straight-line depreciation over ``life`` months, nothing is left after that.

    Args:
        life: Months.

    Attributes:
        table: [column, vintage]; changed only by the methods here.
    """

    columns: ClassVar[tuple[str, ...]] = ("since", "units", "cost")

    def __init__(self, life: int) -> None:
        self.life = life
        self._first = np.inf
        self._hold(np.zeros((len(self.columns), 0)))

    def _hold(self, table: Vector) -> None:
        self.table = table
        self._sums: list[float] | None = None

    @property
    def since(self) -> Vector:
        """[vintage], round of the first month in service."""
        return self.table[0]

    @property
    def units(self) -> Vector:
        """[vintage], units in service (accelerators, or kW of building)."""
        return self.table[1]

    @property
    def cost(self) -> Vector:
        """[vintage], USD paid per unit."""
        return self.table[2]

    def _total(self, row: int) -> float:
        """Return what all units have together of a column; asked for often, worked out once after each change."""
        if self._sums is None:
            units = self.units
            self._sums = [float(units.sum()), *(self.table[2:] @ units).tolist()]
        return self._sums[row - 1]

    def _all_live(self, now: int) -> bool:
        """Whether even the oldest vintage is in service."""
        return now - self._first < self.life

    def add(self, **column: Vector | Sequence[float] | float) -> None:
        """Put a vintage, or several, into service; one value, or one array each, per column."""
        new = np.array([column[name] for name in self.columns], dtype=np.float64).reshape(len(self.columns), -1)
        self._first = min(self._first, float(new[0].min()))
        self._hold(np.concatenate([self.table, new], axis=1))

    def depreciation(self) -> float:
        """USD of straight-line depreciation in a month."""
        return self.purchase_cost() / self.life

    def book(self, now: int) -> float:
        """USD of purchase cost not yet depreciated at the start of round ``now``."""
        left = np.maximum(self.life - (now - self.since), 0.0) / self.life
        return float((self.units * self.cost) @ left)

    def purchase_cost(self) -> float:
        """USD once paid for what is in service."""
        return self._total(2)

    def quantity(self) -> float:
        """Units in service."""
        return self._total(1)

    def retire(self, now: int) -> None:
        """Take out what has reached the end of its life; its book value is zero by then."""
        if not self._all_live(now):
            self._hold(self.table[:, now - self.since < self.life])
            self._first = float(self.since.min(initial=np.inf))


class Fleet(Vintages):
    """The servers of a lab."""

    columns: ClassVar[tuple[str, ...]] = ("since", "units", "cost", "performance", "power", "vendor")

    @property
    def performance(self) -> Vector:
        """[vintage], reference accelerators in one accelerator."""
        return self.table[3]

    @property
    def vendor(self) -> Vector:
        """[vintage], index of the chip's vendor."""
        return self.table[5]

    def fail(self, now: int, hazard: float) -> float:
        """Lose a share of every vintage for good; return the book value written off, USD."""
        lost = hazard * self.book(now)
        self.units[:] *= 1 - hazard
        self._hold(self.table)
        return lost

    def reference(self) -> float:
        """Capacity in service, in reference accelerators."""
        return self._total(3)

    def reference_at(self, round_: int, now: int, hazard: float) -> float:
        """Capacity in service that will still be alive in a later round, in reference accelerators."""
        survive = (1 - hazard) ** max(round_ - now, 0)
        if self._all_live(round_):
            return self.reference() * survive
        alive = round_ - self.since < self.life
        return float((self.units * self.performance) @ alive) * survive

    def kilowatts(self) -> float:
        """Power at full load."""
        return self._total(4)

    def vendor_shares(self, vendors: int) -> Vector:
        """Share of each vendor's chips in the capacity in service, [vendor]; equal shares of an empty fleet."""
        capacity = np.bincount(self.vendor.astype(np.int64), self.units * self.performance, minlength=vendors)
        total = capacity.sum()
        return capacity / total if total > 0 else np.full(vendors, 1 / vendors)


class Shipment(NamedTuple):
    """Servers paid for and under way to a lab."""

    arrives: int
    units: float
    performance: float
    power: float
    vendor: int
    cost: float
