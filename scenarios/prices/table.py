"""Tidy tables of prices: one row a price, and what may stand in it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from market.fields import checked_name
from scenarios.errors import BadInput, nearest, quoted

if TYPE_CHECKING:
    import pandas as pd

LOWEST, HIGHEST = 1e-3, 1e3
"""Of prices, in USD per million tokens and in USD per GPU-hour: what lies outside has another unit."""

TOKENS, COMPUTE = "USD/Mtok", "USD/GPU-hour"

IDENTITY: Final = {
    TOKENS: ("model", "lab", "channel", "region"),
    COMPUTE: ("accelerator", "channel", "region", "zone", "instance", "offer"),
}
"""What a price is for: one of a table of each unit has it on one day."""

COLUMNS: Final = {
    TOKENS: ("date", *IDENTITY[TOKENS], "weights", "input", "output", "blended", "unit"),
    COMPUTE: ("date", *IDENTITY[COMPUTE], "price", "unit"),
}
AMOUNTS: Final = ("input", "output", "blended", "price")

OFFERS: Final = ("on-demand", "spot")

FREE = "prices of zero (free variants)"


class TokenPrice(NamedTuple):
    """What a channel asks for a model; a lab's own list is the channel of its name.

    Attributes:
        date: YYYY-MM-DD on which it is known to hold; empty where the source has no dates.
        model: By the one name that all channels share.
        lab: That made it.
        channel: That sells it.
        region: In which, where the channel has prices by region.
        weights: ``open``, ``closed`` or empty, where it is not known.
        input: USD/Mtok read, at the lowest tier.
        output: USD/Mtok written, at the lowest tier.
    """

    date: str
    model: str
    lab: str
    channel: str
    region: str
    weights: str
    input: float
    output: float

    @property
    def blended(self) -> float:
        """USD/Mtok of three tokens read for one written."""
        return (3 * self.input + self.output) / 4


class GpuPrice(NamedTuple):
    """What a cloud asks for an accelerator and hour.

    Attributes:
        date: YYYY-MM-DD on which it is known to hold; empty where the source has no dates.
        accelerator: Name of the accelerator.
        channel: The cloud.
        region: Where it is offered.
        zone: In it, where prices differ by zone.
        instance: The machine it is part of.
        offer: ``on-demand`` or ``spot``.
        price: USD per accelerator and hour, its share of the machine included.
    """

    date: str
    accelerator: str
    channel: str
    region: str
    zone: str
    instance: str
    offer: str
    price: float


@dataclass(frozen=True)
class Prices:
    """A tidy table of prices, and what was done to come by it.

    Attributes:
        unit: ``TOKENS`` or ``COMPUTE``.
        frame: One row a price, with the columns of its unit.
        source: Where it is from, in words.
        left_out: How many rows are missing from it, by the reason.
        notes: What the reader must know of the source.
    """

    unit: str
    frame: "pd.DataFrame"
    source: str
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def table_of(
    unit: str,
    rows: Sequence[TokenPrice | GpuPrice],
    source: str,
    left_out: Counter[str],
    notes: tuple[str, ...] = (),
) -> Prices:
    """Return the tidy table of prices, sorted.

    Raises:
        BadInput: If there are none.
    """
    import pandas as pd

    if not rows:
        raise BadInput(f"{source}: holds no prices to show{'; left out: ' if left_out else ''}{reasons(left_out)}")
    records = [
        row._asdict() | {"unit": unit} | ({"blended": row.blended} if isinstance(row, TokenPrice) else {})
        for row in rows
    ]
    frame = pd.DataFrame(records, columns=list(COLUMNS[unit]))
    frame = frame.sort_values([*IDENTITY[unit], "date"], kind="stable", ignore_index=True)
    return Prices(unit, frame, source, dict(left_out), notes)


def reasons(left_out: Mapping[str, int]) -> str:
    """Return what is left out in words."""
    return "; ".join(f"{reason}: {number:,}" for reason, number in left_out.items() if number)


def checked_price(value: Any, where: str, what: str, unit: str) -> float:
    """Return a price of zero, or one that can be meant in its unit.

    Args:
        value: A number.
        where: The row stands, to open messages.
        what: The price is called.
        unit: ``TOKENS`` or ``COMPUTE``.

    Raises:
        BadInput: If it is another.
    """
    price = float(value)
    if price != 0 and not LOWEST <= price <= HIGHEST:
        raise BadInput(f"{where}: {what} = {price:g} {unit} must be {LOWEST:g} to {HIGHEST:g} {unit}, or 0 where free")
    return price


def checked_text(text: str, where: str, what: str) -> str:
    """Return a name.

    Raises:
        BadInput: If it is empty, too long, or cannot be printed.
    """
    try:
        return checked_name(text)
    except ValueError as problem:
        raise BadInput(f"{where}: {what} {quoted(text)} {problem}") from None


def checked_day(text: str, where: str) -> date:
    """Return a day.

    Raises:
        BadInput: If it is not one from 1900 to 2200, written YYYY-MM-DD.
    """
    try:
        day = date.fromisoformat(text) if text.isascii() and len(text) == len("YYYY-MM-DD") else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise BadInput(f"{where} {quoted(text)} is not a day from 1900-01-01 to 2200-12-31, written YYYY-MM-DD")
    return day


def on_day(prices: Prices, day: date | None) -> Prices:
    """Return the prices that hold on a day, or the last ones: each until there is another for the same.

    Prices of a source without dates are taken for those of that day.

    Raises:
        BadInput: If none is known by then.
    """
    frame = prices.frame
    if (frame["date"] == "").all():
        return replace(prices, frame=frame.assign(date=str(day or "")))
    if day is not None:
        frame = frame[frame["date"] <= str(day)]
        if frame.empty:
            raise BadInput(f"{prices.source}: holds no price of {day} or before; the first is of {_first(prices)}")
    last = frame.drop_duplicates(list(IDENTITY[prices.unit]), keep="last")
    return replace(prices, frame=last.reset_index(drop=True))


def _first(prices: Prices) -> str:
    return str(prices.frame["date"].min())


def selected(prices: Prices, model: str | None, lab: str | None) -> Prices:
    """Return the prices of models or accelerators whose name holds a text, and of one lab, whatever the case.

    Raises:
        BadInput: If there is none.
    """
    frame = prices.frame
    if lab is not None:
        if prices.unit != TOKENS:
            raise BadInput(f"--lab {quoted(lab)}: {prices.source} holds prices of GPU-hours, which have no labs")
        frame = frame[frame["lab"].str.casefold() == lab.casefold()]
        if frame.empty:
            known = {name.casefold(): name for name in sorted(set(prices.frame["lab"]))}
            near = nearest(lab, known)
            others = f"did you mean {known[near]}?" if near else f"known are {', '.join(known.values())}"
            raise BadInput(f"--lab: there is no lab {quoted(lab)}; {others}")
    if model is not None:
        column = IDENTITY[prices.unit][0]
        names = sorted(set(frame[column]))
        frame = frame[frame[column].str.casefold().str.contains(model.casefold(), regex=False)]
        if frame.empty:
            guess = nearest(model, names)
            raise BadInput(
                f"--model: no {column} is called {quoted(model)}{f'; did you mean {guess}?' if guess else ''}"
            )
    return replace(prices, frame=frame.reset_index(drop=True))
