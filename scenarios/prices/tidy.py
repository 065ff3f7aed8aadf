"""Tidy CSV files of prices, as people write them and as ``tokenmarket prices --out`` does."""

import math
from collections import Counter
from pathlib import Path
from typing import Final

from scenarios.errors import BadInput, did_you_mean, quoted
from scenarios.files.rows import NUMBER, read_rows
from scenarios.prices.names import CLOSED, OPEN
from scenarios.prices.table import (
    COMPUTE,
    FREE,
    IDENTITY,
    OFFERS,
    TOKENS,
    GpuPrice,
    Prices,
    TokenPrice,
    checked_day,
    checked_price,
    checked_text,
    table_of,
)

NEEDED: Final = {
    TOKENS: ("model", "lab", "input", "output", "unit"),
    COMPUTE: ("accelerator", "channel", "price", "unit"),
}
"""Columns that a file must have; ``channel`` of a file of labs' own prices may be left out, as may all others."""

ROUNDING = 1e-6
"""Relative; by which a blend that is given may differ from that of its two prices."""


def read_tidy(path: Path, unit: str) -> Prices:
    """Return the prices of a tidy CSV file.

    Args:
        path: Of the file.
        unit: ``TOKENS`` or ``COMPUTE``; every row must be in it.

    Raises:
        BadInput: If a row cannot be used, or two are for the same.
    """
    rows: list[TokenPrice | GpuPrice] = []
    left_out, seen = Counter[str](), dict[tuple[str, ...], str]()
    dated = None
    for where, row in read_rows(path, NEEDED[unit]):
        if row["unit"] != unit:
            raise BadInput(f"{where}: unit is {quoted(row['unit'])}, must be {unit} as in all rows of such a file")
        date = _day(row.get("date", ""), where)
        dated = bool(date) if dated is None else dated
        if dated != bool(date):
            raise BadInput(f"{where}: date is {quoted(date)}; either all rows have one or none")
        price = _token_price(row, date, where) if unit == TOKENS else _gpu_price(row, date, where)
        key = (date, *(str(getattr(price, name)) for name in IDENTITY[unit]))
        if key in seen:
            what = " ".join(filter(None, key))
            raise BadInput(f"{where}: is a second price of {what}, after that of {seen[key].rpartition(', ')[2]}")
        seen[key] = where
        if 0 in price[-2:]:
            left_out[FREE] += 1
        else:
            rows.append(price)
    return table_of(unit, rows, str(path), left_out)


def _token_price(row: dict[str, str], date: str, where: str) -> TokenPrice:
    lab = checked_text(row["lab"], where, "lab")
    price = TokenPrice(
        date,
        checked_text(row["model"], where, "model"),
        lab,
        checked_text(row["channel"], where, "channel") if row.get("channel", "") else lab,
        checked_text(row["region"], where, "region") if row.get("region", "") else "",
        _one_of(row, "weights", (OPEN, CLOSED, ""), where),
        _amount(row, "input", TOKENS, where),
        _amount(row, "output", TOKENS, where),
    )
    if given := row.get("blended", ""):
        blended = float(given) if NUMBER.fullmatch(given) else math.nan
        if not math.isclose(blended, price.blended, rel_tol=ROUNDING):
            raise BadInput(f"{where}: blended {quoted(given)} is not (3 input + output) / 4 = {price.blended:g}")
    return price


def _gpu_price(row: dict[str, str], date: str, where: str) -> GpuPrice:
    region, zone, instance = (
        checked_text(row[name], where, name) if row.get(name, "") else "" for name in ("region", "zone", "instance")
    )
    offer = _one_of(row, "offer", (*OFFERS, ""), where) or OFFERS[0]
    accelerator, channel = (
        checked_text(row["accelerator"], where, "accelerator"),
        checked_text(row["channel"], where, "channel"),
    )
    return GpuPrice(date, accelerator, channel, region, zone, instance, offer, _amount(row, "price", COMPUTE, where))


def _day(text: str, where: str) -> str:
    """Return a day; of a month, its first."""
    if not text:
        return ""
    return str(checked_day(f"{text}-01" if len(text) == len("YYYY-MM") else text, f"{where}: date"))


def _one_of(row: dict[str, str], column: str, allowed: tuple[str, ...], where: str) -> str:
    value = row.get(column, "")
    if value not in allowed:
        raise BadInput(f"{where}: {column} {quoted(value)} is none of them{did_you_mean(value, filter(None, allowed))}")
    return value


def _amount(row: dict[str, str], column: str, unit: str, where: str) -> float:
    text = row[column]
    if not NUMBER.fullmatch(text):
        raise BadInput(f"{where}: {column} {quoted(text)} is not a number of {unit}")
    return checked_price(float(text), where, column, unit)
