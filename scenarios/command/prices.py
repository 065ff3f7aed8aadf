"""What ``prices`` prints: list prices, reseller prices and markups, and prices of GPU-hours."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from scenarios.command.display import console
from scenarios.command.values import literal
from scenarios.prices.markups import is_list, markups, spreads
from scenarios.prices.table import COMPUTE, TOKENS, Prices, reasons

if TYPE_CHECKING:
    import pandas as pd

QUANTILES: Final = ("min", "q1", "median", "q3", "max")
SHARES: Final = ("above", "equal", "below")
MOST_MODELS: Final = 40
"""Prices that are listed one by one."""

KINDS: Final = {"closed": "all models that labs alone serve", "open": "all models with open weights", "": "all others"}


def print_prices(prices: Prices) -> None:
    """Print tables of prices, and what was left out of them."""
    out = console()
    for table in _compute(prices) if prices.unit == COMPUTE else _tokens(prices):
        out.print(table)
    if prices.left_out:
        out.print(literal(f"left out of {prices.source}: {reasons(prices.left_out)}"))


def _day(prices: Prices) -> str:
    """Return on which day prices hold, to end a title."""
    days = sorted(set(prices.frame["date"]))
    return "" if not days[0] else f", {days[0]}" if len(days) == 1 else f", {days[0]} to {days[-1]}"


def _tokens(prices: Prices) -> list[Table]:
    frame, day = prices.frame, _day(prices)
    own, pairs = is_list(frame), markups(frame)
    blended = f"USD/Mtok, three read for one written{day}"
    tables = [_one_by_one(prices)] if len(frame) <= MOST_MODELS else []
    if own.any():
        tables.append(_spread(f"list prices by lab, {blended}", spreads(frame[own], "blended", ["lab"]), ("lab",)))
    if not own.all():
        resold = spreads(frame[~own], "blended", ["channel", "region"])
        tables.append(_spread(f"reseller prices by channel, {blended}", resold, ("channel", "region")))
    if len(pairs):
        tables.append(_markup_table(pairs, day))
    return tables


def _one_by_one(prices: Prices) -> Table:
    table = Table(title=literal(f"prices, {TOKENS}{_day(prices)}", "table.title"))
    frame = prices.frame
    found = frame.merge(markups(frame)[["model", "lab", "channel", "region", "markup"]], how="left")
    for head in ("model", "lab", "channel", "region"):
        table.add_column(head)
    for head in ("input", "output", "blended", "markup"):
        table.add_column(head, justify="right")
    for row in found.to_dict("records"):
        names = (literal(row[head]) for head in ("model", "lab", "channel", "region"))
        own = row["channel"] == row["lab"]
        markup = "list" if own else _number(row["markup"]) if row["markup"] == row["markup"] else "–"
        table.add_row(*names, *(_number(row[head]) for head in ("input", "output", "blended")), markup)
    return table


def _markup_table(pairs: "pd.DataFrame", day: str) -> Table:
    """Return the markups of all channels together, and of each."""
    import pandas as pd

    kinds = spreads(pairs, "markup", ["weights"])
    together = kinds.assign(channel=kinds["weights"].map(KINDS), region="")
    each = spreads(pairs, "markup", ["channel", "region"])
    title = f"markup: reseller over list price of the same model, blended{day}"
    return _spread(title, pd.concat([together, each]), ("channel", "region"), len(together))


def _compute(prices: Prices) -> list[Table]:
    found = spreads(prices.frame, "price", ["accelerator", "channel", "offer"])
    found = found.sort_values(["accelerator", "channel", "offer"])
    return [_spread(f"prices by accelerator, {COMPUTE}{_day(prices)}", found, ("accelerator", "channel", "offer"))]


def _spread(title: str, found: "pd.DataFrame", names: Sequence[str], first: int = 0) -> Table:
    """Return a table of quartiles, with a line below the first rows."""
    numbers = [name for name in ("n", *QUANTILES, *SHARES) if name in found]
    table = Table(title=literal(title, "table.title"))
    for name in names:
        table.add_column(name)
    for name in numbers:
        table.add_column(name, justify="right")
    for place, row in enumerate(found.to_dict("records"), start=1):
        cells = [f"{row[name]:.1%}" if name in SHARES else _number(row[name]) for name in numbers]
        table.add_row(*(literal(row[name]) for name in names), *cells, end_section=place == first)
    return table


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}" if value < 1 else f"{value:,.2f}"
