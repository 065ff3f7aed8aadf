"""Prices of SkyPilot's catalogues (``catalogs/v8/aws/vms.csv``): USD per hour of a machine, in each zone."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

from scenarios.errors import BadInput, quoted
from scenarios.files.rows import NUMBER, read_rows
from scenarios.prices.table import COMPUTE, OFFERS, GpuPrice, Prices, checked_price, checked_text, table_of

COLUMNS: Final = ("InstanceType", "AcceleratorName", "AcceleratorCount", "Price", "Region")
NAMES: Final = ("AcceleratorName", "Region", "InstanceType")
SPOT, ZONE = "SpotPrice", "AvailabilityZone"
"""Columns that some clouds have."""

TPU: Final = re.compile("tpu", re.IGNORECASE)
BARE = "machines without accelerators"
SLICES = "TPU slices, which are not counted in accelerators"
UNPRICED = "prices that are empty"
ZERO = "prices of zero"
SAME = "rows of further zones at the same price"

ALONE = "without machine"
HOSTLESS = f"instances that are called … {ALONE} are accelerators to be put into a machine: its own price comes on top"
"""Google Cloud has such rows, for 1, 2, 4 and 8 of them, at prices that are rounded."""


def read_skypilot(path: Path) -> Prices:
    """Return the prices of a catalogue, which has no dates, by the accelerator and hour.

    The cloud is that of the folder, or of a file that is called otherwise than ``vms.csv``. Zones are told apart where
    their prices differ.

    Raises:
        BadInput: If a row cannot be used.
    """
    cloud = path.resolve().parent.name if path.stem == "vms" else path.stem
    found: dict[tuple[str, ...], dict[str, float]] = {}
    left_out, notes = Counter[str](), set[str]()
    for where, row in read_rows(path, COLUMNS):
        count = _count(row, where)
        if not row["AcceleratorName"] or count == 0 or TPU.match(row["AcceleratorName"]):
            left_out[SLICES if TPU.match(row["AcceleratorName"]) else BARE] += 1
            continue
        if not row["InstanceType"]:
            row["InstanceType"] = f"{count:g} x {row['AcceleratorName']} {ALONE}"
            notes.add(HOSTLESS)
        for offer, column in zip(OFFERS, ("Price", SPOT), strict=True):
            price = _price(row.get(column, ""), count, where, column, left_out)
            if price:
                names = (row[name] and checked_text(row[name], where, name) for name in NAMES)
                key = (*names, cloud, offer)
                _keep(found.setdefault(key, {}), row.get(ZONE, ""), price, where, left_out)
    rows = [price for key, by_zone in found.items() for price in _prices(key, by_zone, left_out)]
    return table_of(COMPUTE, rows, str(path), left_out, tuple(sorted(notes)))


def _count(row: dict[str, str], where: str) -> float:
    """Return how many accelerators a machine has; none is written as nothing or 0."""
    text = row["AcceleratorCount"]
    if not text and not row["AcceleratorName"]:
        return 0.0
    count = float(text) if NUMBER.fullmatch(text) else -1.0
    if not 0 <= count <= 100_000:
        raise BadInput(f"{where}: AcceleratorCount {quoted(text)} is not a number from 0 to 100,000")
    return count


def _price(text: str, count: float, where: str, column: str, left_out: Counter[str]) -> float:
    """Return USD per accelerator and hour; 0, and a count, where there is none."""
    if not text:
        left_out[UNPRICED] += 1
        return 0.0
    if not NUMBER.fullmatch(text):
        raise BadInput(f"{where}: {column} {quoted(text)} is not a number of USD per hour")
    price = checked_price(float(text) / count, where, f"{column} / AcceleratorCount", COMPUTE)
    left_out[ZERO] += price == 0
    return price


def _keep(by_zone: dict[str, float], zone: str, price: float, where: str, left_out: Counter[str]) -> None:
    first = by_zone.setdefault(zone, price)
    if first != price:
        raise BadInput(f"{where}: gives {price:g} {COMPUTE} for what another row gives {first:g} for")


def _prices(key: tuple[str, ...], by_zone: dict[str, float], left_out: Counter[str]) -> list[GpuPrice]:
    """Return the price of a region, or of each of its zones where they differ."""
    accelerator, region, instance, cloud, offer = key
    if len(set(by_zone.values())) == 1:
        left_out[SAME] += len(by_zone) - 1
        by_zone = {"": next(iter(by_zone.values()))}
    return [GpuPrice("", accelerator, cloud, region, zone, instance, offer, price) for zone, price in by_zone.items()]
