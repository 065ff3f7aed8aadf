"""The table ``layers``: hardware, labs and resellers, one row each a month."""

from collections.abc import Sequence

from market.records.firms import FirmsMonth
from market.records.measures import ratio
from market.table import Column, Table


class LayerMonth:
    """What a row shows: a layer in the month just played.

    Attributes:
        round: Months since the first.
        layer: Its name.
        everyone: All firms of the market.
        places: Among them, of those of the layer that are in business.
        books: Their statements.
        revenue: What it sold to others than itself, USD.
        profit: Operating profit of its firms, USD.
        profit_gain: NaN in all months but the last.
    """

    def __init__(self, layer: str, everyone: FirmsMonth, revenue: float, profit_gain: float) -> None:
        self.round, self.layer, self.everyone = everyone.round, layer, everyone
        self.revenue, self.profit_gain = revenue, profit_gain
        self.places = [place for place, firm in enumerate(everyone.firms) if firm.alive and firm.layer == layer]
        self.books = [everyone.books[place] for place in self.places]
        self.profit = self.sum(everyone.operating)

    def sum(self, values: Sequence[float]) -> float:
        """Return the sum over its firms of values [firm]."""
        return sum([values[place] for place in self.places])

    @property
    def pay(self) -> float:
        """Own staff, researchers included, USD."""
        return sum([books.staff + books.research_pay for books in self.books])

    @property
    def wear(self) -> float:
        """Of what its firms own, USD."""
        return sum([books.total_depreciation for books in self.books])


# fmt: off
def table() -> Table[LayerMonth]:
    """Return the table; its columns are in the order of the files."""
    return Table("layers", (
        Column("round", "month", int, "Months since the first",
            lambda seen: seen.round),
        Column("layer", "name", str, "hardware, labs or resellers",
            lambda seen: seen.layer),
        Column("revenue", "USD", float, "Sales to others than itself, and of servers to its own clouds",
            lambda seen: seen.revenue, stock=True, always=True, collected=True),
        Column("cost", "USD", float, "Revenue less profit",
            lambda seen: seen.revenue - seen.profit, always=True),
        Column("profit", "USD", float, "Operating profit of its firms, before financing and tax on income",
            lambda seen: seen.profit, always=True, collected=True),
        Column("margin", "1", float, "Profit over revenue",
            lambda seen: ratio(seen.profit, seen.revenue), collected=True),
        Column("capitalised_profit", "USD", float, "Profit if training were written off over a model's life",
            lambda seen: seen.sum(seen.everyone.capitalised)),
        Column("cash_profit", "USD", float, "Operating cash flow less investment",
            lambda seen: seen.sum(seen.everyone.cash)),
        Column("value_added", "USD", float, "Revenue less purchases: profit, pay of own staff and wear",
            lambda seen: seen.profit + seen.pay + seen.wear, always=True),
        Column("windfall_tax", "USD", float, "Tax on what of its firms' profit is above normal",
            lambda seen: seen.sum(seen.everyone.windfall)),
        Column("profit_gain", "1", float, "0 as in price competition, 1 as in a cartel; in the last month only",
            lambda seen: seen.profit_gain),
        Column("firms", "firm", int, "Firms in business",
            lambda seen: len(seen.places), stock=True),
    ))
# fmt: on


TABLE = table()
