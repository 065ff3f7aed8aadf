"""What the table ``rounds`` shows of the pricing game: labs and users, and nothing else."""

from typing import TYPE_CHECKING

from market.records import rounds
from market.records.measures import herfindahl, mean, ratio
from market.table import Table

if TYPE_CHECKING:
    from market.learning.model import LearningMarket


class GameMonth:
    """What a row shows: the month just played.

    Attributes:
        moved: USD paid.
        error: By how much accounts are out of balance, relative to all money moved so far.
        tokens: [lab], Mtok.
        total: Mtok.
    """

    def __init__(self, model: "LearningMarket", moved: float, error: float) -> None:
        self.model, self.moved, self.error = model, moved, error
        self.tokens: list[float] = model.sold.quantity.tolist()
        self.total = sum(self.tokens)


# fmt: off
def table() -> Table[GameMonth]:
    """Return the table; what it does not name has no meaning here and is missing."""
    return rounds.TABLE.read_off({
        "round": lambda seen: seen.model.round,
        "month": lambda seen: seen.model.month,
        "tokens": lambda seen: seen.total,
        "tokens_demanded": lambda seen: seen.total,
        "unserved_share": lambda _: 0.0,
        "price_retail": lambda seen: ratio(float(seen.model.sold.revenue.sum()), seen.total),
        "unit_cost_token": lambda seen: mean(seen.model.parameters.marginal_costs, seen.tokens),
        "consumer_surplus": lambda seen: seen.model.sold.consumer_surplus,
        "hhi_labs": lambda seen: herfindahl(seen.tokens),
        "vendors": lambda _: 0,
        "labs": lambda seen: len(seen.model.labs),
        "hosts": lambda _: 0,
        "resellers": lambda _: 0,
        "outside_share": lambda seen: 1 - seen.total / seen.model.parameters.demand.users,
        "resold_share": lambda _: 0.0,
        "money_moved": lambda seen: seen.moved,
        "conservation_error": lambda seen: seen.error,
    })
# fmt: on


TABLE = table()
