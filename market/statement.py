"""The profit statement of a firm in one month, on accrual, and how it ties to cash."""

from collections.abc import Mapping
from typing import NamedTuple

from market import ledger

Turnover = tuple[Mapping[str, float], Mapping[str, float]]

INVESTMENT = sorted(ledger.INVESTMENT)
NOT_GOODS = ledger.FINANCING | {ledger.STAFF, ledger.RESEARCH, ledger.ELECTRICITY, ledger.OPERATION}
NOT_GOODS_OF_OWNERS = NOT_GOODS | ledger.INVESTMENT
"""What is not among the cost of goods of firms that own servers; electricity and operation are counted apart."""


class Statement(NamedTuple):
    """What a firm earned and spent in a round, USD.

    Operating profit is before financing and tax on income. ``training`` holds everything spent to train: pay of
    researchers and the share of depreciation, electricity and operation of the servers that trained.
    """

    revenue: float = 0.0
    cost_of_goods: float = 0.0
    depreciation: float = 0.0
    training: float = 0.0
    staff: float = 0.0
    investment: float = 0.0
    worn: float = 0.0
    research_pay: float = 0.0

    @property
    def operating_profit(self) -> float:
        """Revenue less all costs of the month."""
        return self.revenue - self.cost_of_goods - self.depreciation - self.training - self.staff

    @classmethod
    def of(
        cls,
        turnover: Turnover,
        depreciation: float = 0.0,
        write_off: float = 0.0,
        training_share: float = 0.0,
        owns_servers: bool = False,
    ) -> "Statement":
        """Draw up the statement from a firm's receipts and payments by category.

        Args:
            turnover: USD received and USD paid by category.
            depreciation: Straight-line depreciation of the month.
            write_off: Book value of what failed in the month.
            training_share: Share of the firm's servers that trained.
            owns_servers: Whether servers and buildings are investment (labs) and not cost of goods.
        """
        received, paid = turnover
        not_goods = NOT_GOODS_OF_OWNERS if owns_servers else NOT_GOODS
        goods = sum([amount for name, amount in paid.items() if name not in not_goods])
        fleet = paid.get(ledger.ELECTRICITY, 0.0) + paid.get(ledger.OPERATION, 0.0)
        worn = depreciation + write_off
        return cls(
            revenue=sum([amount for name, amount in received.items() if name in ledger.REVENUE]),
            cost_of_goods=goods + fleet * (1 - training_share),
            depreciation=worn * (1 - training_share),
            training=paid.get(ledger.RESEARCH, 0.0) + (fleet + worn) * training_share,
            staff=paid.get(ledger.STAFF, 0.0),
            investment=sum([paid.get(name, 0.0) for name in INVESTMENT]) if owns_servers else 0.0,
            worn=worn,
            research_pay=paid.get(ledger.RESEARCH, 0.0),
        )
