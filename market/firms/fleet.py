"""What operators own: dated vintages of servers in service and under way, and of buildings."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.arrays import Integers, Matrix, Vector
from market.parameters.fleet import Fleet as FleetParameters


class Vintages:
    """Assets of several owners by month of service; straight-line depreciation over ``life`` months, then nothing.

    What is asked of an owner is worked out for all owners at once after each change, and what is added is joined to the
    rest when somebody looks.

    Args:
        owners: How many there are, from 0.
        life: Months.

    Attributes:
        owners: How many there are.
        life: Months.
    """

    columns: ClassVar[tuple[str, ...]] = ("owner", "since", "units", "cost")

    def __init__(self, owners: int, life: int) -> None:
        self.owners = owners
        self.life = life
        self._hold(np.zeros((len(self.columns), 0)))

    def _hold(self, table: Matrix) -> None:
        self._table = table
        self._owner = table[0].astype(np.intp)
        self._added: list[Matrix] = []
        self._oldest = float(table[1].min(initial=np.inf))
        self._forget()

    def admit(self) -> None:
        """Take note of one more owner, the last of all."""
        self.owners += 1
        self._forget()

    def _forget(self) -> None:
        """Forget what was worked out, for units have changed."""
        self._totals: dict[str, list[float]] = {}
        self._books: dict[int, Vector] = {}

    def _join(self) -> None:
        """Join what was added to the rest."""
        if self._added:
            self._hold(np.concatenate([self._table, *self._added], axis=1))

    @property
    def table(self) -> Matrix:
        """[column, vintage]; changed only by the methods here."""
        self._join()
        return self._table

    @property
    def owner(self) -> NDArray[np.intp]:
        """[vintage]."""
        self._join()
        return self._owner

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
        self._join()
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
        self._join()
        if now not in self._books:
            left = np.minimum(np.maximum(self.life - (now - self.since), 0.0), self.life) / self.life
            self._books[now] = self.by_owner(self.units * self.cost * left)
        return self._books[now]

    def add(self, **column: ArrayLike) -> None:
        """Put as many vintages into service as there are ``units``; other columns hold one value for all, or each."""
        new = np.empty((len(self.columns), np.size(column["units"])))
        for row, name in enumerate(self.columns):
            new[row] = column[name]
        self._added.append(new)

    def retire(self, now: int) -> None:
        """Take out what has reached the end of its life; its book value is zero by then."""
        if not self._all_live(now):
            self._hold(self.table[:, now - self.since < self.life])

    def _all_live(self, now: int) -> bool:
        """Whether even the oldest vintage is in service."""
        self._join()
        return now - self._oldest < self.life

    def hand_over(self, owner: int, taken: Mapping[int, float], price: float) -> None:
        """Give shares of all that an owner has to others, for a share of its book value; the rest goes."""
        sold = self.table[:, self.owner == owner]
        parts = [self.table[:, self.owner != owner]]
        for buyer, share in taken.items():
            if share > 0:
                part = sold.copy()
                part[0], part[2], part[3] = buyer, part[2] * share, part[3] * price
                parts.append(part)
        self._hold(np.concatenate(parts, axis=1))


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
        self._forget()
        return lost

    def receive(self, under_way: "Servers", now: int) -> None:
        """Put into service what has arrived by now."""
        arrived = under_way.since <= now
        if arrived.any():
            self._hold(np.concatenate([self.table, under_way.table[:, arrived]], axis=1))
            under_way._hold(under_way.table[:, ~arrived])

    def reference(self, owner: int) -> float:
        """Capacity in service, in reference accelerators."""
        return self.total("performance")[owner]

    def reference_at(self, owner: int, round_: int, now: int, hazard: float) -> float:
        """Reference accelerators that will be alive in a later round; those under way fail once there."""
        self._join()
        column = f"performance in {round_} from {now} at {hazard}"
        if column not in self._totals:
            months = np.maximum(round_ - np.maximum(now, self.since - 1), 0)
            left = (round_ - self.since < self.life) * (1 - hazard) ** months
            self._totals[column] = self.by_owner(self.units * self.performance * left).tolist()
        return self._totals[column][owner]

    def kilowatts(self, owner: int) -> float:
        """Power at full load."""
        return self.total("power")[owner]

    def by_vendor(self, vendors: int) -> Matrix:
        """[owner, vendor], capacity in service with each vendor's chips, reference accelerators."""
        place = self.owner * vendors + self.vendor
        held = np.bincount(place, self.units * self.performance, minlength=self.owners * vendors)
        return np.asarray(held.reshape(self.owners, vendors))

    def vendor_shares(self, vendors: int) -> Matrix:
        """[owner, vendor], share of each vendor's chips in the capacity in service; equal shares of an empty fleet."""
        held = self.by_vendor(vendors)
        total = held.sum(axis=1, keepdims=True)
        return np.divide(held, total, out=np.full(held.shape, 1 / vendors), where=total > 0)


class Assets:
    """What all operators own.

    Attributes:
        servers: Those in service, by vintage.
        under_way: Servers paid for and not yet there, by the round in which they arrive.
        buildings: kW they house.
        handed_over: This month, the shares that others took of what an owner had.
    """

    def __init__(self, owners: int, fleet: FleetParameters) -> None:
        self.servers = Servers(owners, fleet.server_life)
        self.under_way = Servers(owners, fleet.server_life)
        self.buildings = Vintages(owners, fleet.facility_life)
        self.handed_over: dict[int, Mapping[int, float]] = {}

    def admit(self) -> None:
        """Take note of one more owner, the last of all."""
        for owned in (self.servers, self.under_way, self.buildings):
            owned.admit()

    def deliver(self, now: int) -> None:
        """Put the shipments of this round into service."""
        self.servers.receive(self.under_way, now)

    def age(self, now: int, hazard: float) -> Vector:
        """Retire what is worn out and lose what fails; return the book value written off, [owner] USD."""
        self.servers.retire(now)
        self.buildings.retire(now)
        return self.servers.fail(now, hazard)

    def book(self, now: int) -> Vector:
        """[owner], USD not yet depreciated, shipments included, at the start of a round."""
        return self.servers.book(now) + self.buildings.book(now) + self.under_way.book(now)

    def hand_over(self, owner: int, taken: Mapping[int, float], price: float) -> None:
        """Give shares of all that an owner has to others, for a share of its book value; the rest is lost."""
        self.handed_over[owner] = taken
        for owned in (self.servers, self.under_way, self.buildings):
            owned.hand_over(owner, taken, price)


@dataclass(frozen=True)
class Purchases:
    """Servers bought month after month for needs that grow steadily, reference accelerators.

    Purchases that grow by γ a month and fail at λ leave (1 − λ)^a e^(−γa) of today's at age a, up to their life: the
    stable age distribution of a population (Lotka 1907). What comes in a month fails in that month, too.

    Attributes:
        today: That come this month.
        growth: Of purchases, a month (logarithm).
        survive: Share of servers that do not fail in a month.
    """

    today: float
    growth: float
    survive: float

    @classmethod
    def of(cls, fleet: FleetParameters, needed: float, growth: float) -> "Purchases":
        """Return purchases that keep as much in service as is needed; where needs shrink, as if they stood still."""
        survive, growth = 1 - fleet.failure_hazard, max(growth, 0.0)
        in_service = survive * ((survive * exp(-growth)) ** np.arange(fleet.server_life)).sum()
        return cls(needed / float(in_service), growth, survive)

    def bought(self, month: Integers | int) -> Vector:
        """Return what comes in a month from now on."""
        return np.asarray(self.today * np.exp(self.growth * np.asarray(month)), dtype=np.float64)

    def left(self, age: Integers) -> Vector:
        """Return what is left before this month of what came in an earlier one."""
        return np.asarray(self.today * (self.survive * exp(-self.growth)) ** age, dtype=np.float64)
