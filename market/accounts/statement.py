"""The profit statement of a firm in one month, on accrual, and how it ties to cash."""

from collections.abc import Mapping
from typing import NamedTuple

from market.accounts import ledger

Turnover = tuple[Mapping[str, float], Mapping[str, float]]

GOODS, SERVERS, STAFF, RESEARCH, INVESTMENT, NEITHER = range(6)
LINE = (
    dict.fromkeys(ledger.NO_COST, NEITHER)
    | dict.fromkeys(ledger.INVESTMENT, INVESTMENT)
    | {
        ledger.REBATE: NEITHER,
        ledger.STAFF: STAFF,
        ledger.RESEARCH: RESEARCH,
        ledger.ELECTRICITY: SERVERS,
        ledger.OPERATION: SERVERS,
        ledger.COMPUTE: SERVERS,
    }
)
"""What a payment is for, by category; all others are cost of goods. `SERVERS` run, for users or to train."""


class Statement(NamedTuple):
    """What a firm earned and spent in a round, USD.

    Operating profit is before financing and tax on income. ``training`` holds everything spent to train: pay of
    researchers and the share of depreciation, electricity and operation of the servers that trained. ``serving`` is the
    part of the cost of goods that ran the servers that served. ``total_depreciation`` is that of servers that served
    and trained, with what failed.
    """

    revenue: float = 0.0
    cost_of_goods: float = 0.0
    depreciation: float = 0.0
    training: float = 0.0
    staff: float = 0.0
    investment: float = 0.0
    total_depreciation: float = 0.0
    research_pay: float = 0.0
    serving: float = 0.0

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
        spent = [0.0] * (NEITHER + 1)
        for category, amount in paid.items():
            spent[LINE.get(category, GOODS)] += amount
        goods, servers, staff, research, investment, _ = spent
        investment -= received.get(ledger.REBATE, 0.0)
        if not owns_servers:
            goods, investment = goods + investment, 0.0
        goods -= received.get(ledger.TAX, 0.0)  # a subsidy
        total_depreciation, serving = depreciation + write_off, 1 - training_share
        return cls(
            revenue=sum([amount for category, amount in received.items() if category in ledger.REVENUE])
            - paid.get(ledger.REBATE, 0.0),
            cost_of_goods=goods + servers * serving,
            depreciation=total_depreciation * serving,
            training=research + (servers + total_depreciation) * training_share,
            staff=staff,
            investment=investment,
            total_depreciation=total_depreciation,
            research_pay=research,
            serving=servers * serving,
        )
