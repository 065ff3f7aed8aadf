"""The table ``flows``: what layers paid each other, one row a month, payer, payee and category."""

from collections.abc import Sequence, Set
from itertools import repeat
from typing import NamedTuple

from market.accounts.ledger import INVESTMENT
from market.table import Column, Table


class Flows(NamedTuple):
    """What the rows show: all payments between layers in the month just played.

    Attributes:
        round: Months since the first.
        between: Payer's layer, payee's layer and category, in alphabetical order.
        amounts: Of each, USD.
    """

    round: int
    between: Sequence[tuple[str, str, str]]
    amounts: Sequence[float]

    def into(self, layer: str, categories: Set[str]) -> float:
        """Return what a layer received in some categories, USD: of itself only for what is kept for years.

        Servers that makers sell to clouds are earned at once and written off over their life, as those sold to labs.
        """
        return sum([
            amount for (payer, payee, category), amount in zip(self.between, self.amounts, strict=True)
            if payee == layer and category in categories and (payer != layer or category in INVESTMENT)
        ])  # fmt: skip


# fmt: off
def table() -> Table[Flows]:
    """Return the table; its columns are in the order of the files."""
    return Table("flows", (
        Column("round", "month", int, "Months since the first",
            lambda seen: repeat(seen.round, len(seen.amounts))),
        Column("payer", "layer", str, "hardware, labs, resellers, users, investors or outside",
            lambda seen: [payer for payer, _, _ in seen.between]),
        Column("payee", "layer", str, "The same",
            lambda seen: [payee for _, payee, _ in seen.between]),
        Column("category", "name", str, "What the payment is for",
            lambda seen: [category for _, _, category in seen.between]),
        Column("amount", "USD", float, "What was paid",
            lambda seen: seen.amounts, stock=True, always=True),
    ))
# fmt: on


TABLE = table()
