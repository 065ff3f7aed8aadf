"""What labs own: dated vintages of servers in service and under way, and of buildings."""

from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.parameters.hardware import Fleet as FleetParameters

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class Vintages:
    """Assets of several owners by month of service; straight-line depreciation over ``life`` months, then nothing.

    What is asked of an owner is worked out for all owners at once after each change.

    Args:
        owners: How many there are, from 0.
        life: Months.

    Attributes:
        table: [column, vintage]; changed only by the methods here.
        owner: [vintage].
    """

    columns: ClassVar[tuple[str, ...]] = ("owner", "since", "units", "cost")

    def __init__(self, owners: int, life: int) -> None:
        self.owners = owners
        self.life = life
        self._hold(np.zeros((len(self.columns), 0)))

    def _hold(self, table: Matrix) -> None:
        self.table = table
        self.owner = table[0].astype(np.intp)
        self._totals: dict[str, list[float]] = {}
        self._oldest = float(self.since.min(initial=np.inf))

    @property
    def since(self) -> Vector:
        """[vintage], round of the first month in service."""
        return self.table[1]

    @property
    def units(self) -> Vector:
        """[vintage], units in service (accelerators, or kW of building)."""
        return self.table[2]

    @property
    def cost(self) -> Vector:
        """[vintage], USD paid per unit."""
        return self.table[3]

    def by_owner(self, values: Vector) -> Vector:
        """Add up values [vintage] over each owner's, [owner]."""
        return np.asarray(np.bincount(self.owner, values, minlength=self.owners), dtype=np.float64)

    def total(self, column: str) -> list[float]:
        """[owner], what all units in service have together of a column; of "units", how many there are."""
        if column not in self._totals:
            each = 1.0 if column == "units" else self.table[self.columns.index(column)]
            self._totals[column] = self.by_owner(self.units * each).tolist()
        return self._totals[column]

    def quantity(self, owner: int) -> float:
        """Units in service."""
        return self.total("units")[owner]

    def purchase_cost(self, owner: int) -> float:
        """USD once paid for what is in service."""
        return self.total("cost")[owner]

    def depreciation(self, owner: int) -> float:
        """USD of straight-line depreciation in a month."""
        return self.purchase_cost(owner) / self.life

    def book(self, now: int) -> Vector:
        """[owner], USD of purchase cost not yet depreciated at the start of round ``now``."""
        left = np.minimum(np.maximum(self.life - (now - self.since), 0.0), self.life) / self.life
        return self.by_owner(self.units * self.cost * left)

    def add(self, **column: ArrayLike) -> None:
        """Put as many vintages into service as there are ``units``; other columns hold one value for all, or each."""
        new = np.empty((len(self.columns), np.size(column["units"])))
        for row, name in enumerate(self.columns):
            new[row] = column[name]
        self._hold(np.concatenate([self.table, new], axis=1))

    def retire(self, now: int) -> None:
        """Take out what has reached the end of its life; its book value is zero by then."""
        if not self._all_live(now):
            self._hold(self.table[:, now - self.since < self.life])

    def _all_live(self, now: int) -> bool:
        """Whether even the oldest vintage is in service."""
        return now - self._oldest < self.life

    def lose(self, owner: int) -> None:
        """Take out all that an owner has."""
        self._hold(self.table[:, self.owner != owner])


class Servers(Vintages):
    """Vintages of accelerators, of a chip vendor and with a performance and a power draw."""

    columns: ClassVar[tuple[str, ...]] = (*Vintages.columns, "performance", "power", "vendor")

    @property
    def performance(self) -> Vector:
        """[vintage], reference accelerators in one accelerator."""
        return self.table[4]

    @property
    def vendor(self) -> NDArray[np.intp]:
        """[vintage], index of the chip's vendor."""
        return self.table[6].astype(np.intp)

    def fail(self, now: int, hazard: float) -> Vector:
        """Lose a share of every vintage for good; return the book value written off, [owner] USD."""
        lost = hazard * self.book(now)
        self.units[:] *= 1 - hazard
        self._totals = {}
        return lost

    def receive(self, under_way: "Servers", now: int) -> Vector:
        """Put into service what has arrived by now; return the accelerators that have, [owner]."""
        arrived = under_way.since <= now
        units = under_way.by_owner(under_way.units * arrived)
        if arrived.any():
            self._hold(np.concatenate([self.table, under_way.table[:, arrived]], axis=1))
            under_way._hold(under_way.table[:, ~arrived])
        return units

    def reference(self, owner: int) -> float:
        """Capacity in service, in reference accelerators."""
        return self.total("performance")[owner]

    def reference_at(self, owner: int, round_: int, now: int, hazard: float) -> float:
        """Capacity in service that will still be alive in a later round, in reference accelerators."""
        survive = (1 - hazard) ** max(round_ - now, 0)
        if self._all_live(round_):
            return self.reference(owner) * survive
        alive = (round_ - self.since < self.life) & (self.owner == owner)
        return float((self.units * self.performance) @ alive) * survive

    def kilowatts(self, owner: int) -> float:
        """Power at full load."""
        return self.total("power")[owner]

    def vendor_shares(self, vendors: int) -> Matrix:
        """[owner, vendor], share of each vendor's chips in the capacity in service; equal shares of an empty fleet."""
        place = self.owner * vendors + self.vendor
        held = np.bincount(place, self.units * self.performance, minlength=self.owners * vendors)
        held = held.reshape(self.owners, vendors)
        total = held.sum(axis=1, keepdims=True)
        return np.divide(held, total, out=np.full(held.shape, 1 / vendors), where=total > 0)


class Assets:
    """What all labs own.

    Attributes:
        servers: In service.
        under_way: Servers paid for and not yet there, by the round in which they arrive.
        buildings: kW they house.
        arrived: [lab], accelerators put into service this month.
    """

    def __init__(self, labs: int, fleet: FleetParameters) -> None:
        self.servers = Servers(labs, fleet.server_life)
        self.under_way = Servers(labs, fleet.server_life)
        self.buildings = Vintages(labs, fleet.facility_life)
        self.arrived: Vector = np.zeros(labs)

    def deliver(self, now: int) -> None:
        """Put the shipments of this round into service."""
        self.arrived = self.servers.receive(self.under_way, now)

    def age(self, now: int, hazard: float) -> Vector:
        """Retire what is worn out and lose what fails; return the book value written off, [lab] USD."""
        self.servers.retire(now)
        self.buildings.retire(now)
        return self.servers.fail(now, hazard)

    def book(self, now: int) -> Vector:
        """[lab], USD not yet depreciated, shipments included, at the start of a round."""
        return self.servers.book(now) + self.buildings.book(now) + self.under_way.book(now)

    def lose(self, lab: int) -> None:
        """Take all from a lab."""
        for owned in (self.servers, self.under_way, self.buildings):
            owned.lose(lab)
