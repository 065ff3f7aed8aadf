"""What the table ``rounds`` shows of the textbook chain: no fleets, no qualities, no loyalty."""

from typing import TYPE_CHECKING

from market.records import rounds
from market.records.measures import NAN, herfindahl
from market.table import Table

if TYPE_CHECKING:
    from market.textbook.model import TextbookMarket


class ChainMonth:
    """What a row shows: the chain in the month just played.

    Attributes:
        moved: USD paid.
        error: By how much accounts are out of balance, relative to all money moved so far.
    """

    def __init__(self, model: "TextbookMarket", moved: float, error: float) -> None:
        self.model, self.chain, self.moved, self.error = model, model.chain, moved, error

    def of_resale(self, value: float) -> float:
        """Return a value; NaN where there are no resellers."""
        return value if self.chain.resold else NAN

    @property
    def outside(self) -> float:
        """Share of users who do not buy; NaN where they are no people."""
        return NAN if self.chain.logit is None else 1 - self.chain.last.sold / self.chain.settings.users


# fmt: off
def table() -> Table[ChainMonth]:
    """Return the table; what it does not name has no meaning here and is missing."""
    return rounds.TABLE.read_off({
        "round": lambda seen: seen.model.round,
        "month": lambda seen: seen.model.month,
        "tokens": lambda seen: seen.chain.last.sold,
        "tokens_demanded": lambda seen: seen.chain.last.sold,
        "unserved_share": lambda _: 0.0,
        "price_retail": lambda seen: seen.chain.last.mean_price,
        "price_wholesale": lambda seen: seen.of_resale(seen.chain.labs.mean_price),
        "unit_cost_token": lambda seen: seen.chain.hardware.mean_price + seen.chain.settings.lab_cost,
        "consumer_surplus": lambda seen: seen.chain.consumer_surplus,
        "hhi_vendors": lambda seen: herfindahl(seen.chain.hardware.output),
        "hhi_labs": lambda seen: herfindahl(seen.chain.tokens),
        "hhi_resellers": lambda seen: seen.of_resale(herfindahl(seen.chain.last.output)),
        "vendors": lambda seen: len(seen.model.vendors),
        "labs": lambda seen: len(seen.model.labs),
        "hosts": lambda _: 0,
        "resellers": lambda seen: len(seen.model.resellers),
        "outside_share": lambda seen: seen.outside,
        "resold_share": lambda seen: float(seen.chain.resold),
        "money_moved": lambda seen: seen.moved,
        "conservation_error": lambda seen: seen.error,
    })
# fmt: on


TABLE = table()
