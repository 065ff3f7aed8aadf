"""Firms that investors finance."""

from collections import deque
from collections.abc import Sequence
from math import log
from typing import TYPE_CHECKING

from market.accounts import ledger
from market.accounts.finance import monthly_rate
from market.firms.firm import Firm
from market.firms.forecast import Forecast
from market.firms.investors import a_year
from market.parameters.dates import YEAR

if TYPE_CHECKING:
    from market.firms.chip_vendor import ChipVendor
    from market.model import TokenMarket


MOST_FALLEN = 1e-300
"""Of revenue, from one half year to the next; less cannot be told from nothing."""


def growth_of(revenues: Sequence[float], otherwise: float) -> float:
    """Return the monthly growth of revenues (logarithm), the last half year against the one before.

    ``otherwise`` where there are not both.
    """
    half = YEAR // 2
    recent, earlier = sum(revenues[-half:]), sum(revenues[-2 * half : -half])
    if len(revenues) < 2 * half or earlier <= 0 or recent <= 0:
        return otherwise
    times = min(max(recent / earlier, MOST_FALLEN), 1 / MOST_FALLEN)
    return log(times) / half


def usual_revenue(firms: Sequence["Financed"]) -> list[float]:
    """Return what each firm takes in a month at its place of the past year in the market of last month, USD [firm].

    What one sells this month does not change it.
    """
    years = [sum(list(firm.revenues)[-YEAR:]) for firm in firms]
    total, market = sum(years), sum(firm.revenues[-1] for firm in firms if firm.revenues)
    return [year / total * market if total > 0 else 0.0 for year in years]


class Financed(Firm):
    """A firm to which investors offer money while it grows, and lend against what it owns.

    Attributes:
        credit: USD that investors offer and the firm has not drawn.
        pledged: USD that each vendor offers this month and the firm has not drawn.
        debt: USD borrowed against servers and buildings.
        revenues: USD of the last two years, month by month.
        forecast: Demand as the firm expects it.
    """

    model: "TokenMarket"
    forecast: Forecast

    def __init__(self, model: "TokenMarket", index: int) -> None:
        super().__init__(model, index)
        self.credit = 0.0
        self.pledged: dict[ChipVendor, float] = {}
        self.debt = 0.0
        self.revenues: deque[float] = deque(maxlen=2 * YEAR)

    def borrow(self, value: float) -> None:
        """Take a loan against servers or buildings bought."""
        amount = value * self.model.parameters.funding.loan_to_value
        self.debt += amount
        self.model.ledger.pay(ledger.INVESTORS, self.name, ledger.LOANS, amount)

    def serve_debt(self) -> None:
        """Pay interest, and repay what the servers have lost in value."""
        fleet = self.model.parameters.fleet
        self.pay(ledger.INVESTORS, ledger.INTEREST, self.debt * monthly_rate(fleet.cost_of_capital))
        repaid = min(self.debt, self.model.parameters.funding.loan_to_value * self.statement.total_depreciation)
        self.pay(ledger.INVESTORS, ledger.REPAYMENT, repaid)
        self.debt -= repaid

    @property
    def money(self) -> float:
        """USD in the account, and what there is to draw."""
        return self.cash + self.credit + sum(self.pledged.values())

    def draw_pledged(self, amount: float) -> float:
        """Take funding from vendors, as far as they have pledged it and still have it; return what is missing."""
        for vendor, pledged in self.pledged.items():
            taken = min(amount, pledged, max(vendor.cash, 0.0))
            if taken > 0:
                self.pledged[vendor] -= taken
                self.raise_money(taken, vendor.name)
                amount -= taken
        return amount

    def draw(self, amount: float) -> None:
        """Take funding up to what vendors have pledged and investors offer."""
        taken = min(self.draw_pledged(amount), self.credit)
        if taken > 0:
            self.credit -= taken
            self.raise_money(taken)

    def revenue_growth(self) -> float:
        """Return the monthly growth of revenue (logarithm), the last half year against the one before."""
        return growth_of(list(self.revenues), self.forecast.growth)

    def court_investors(self, now: int) -> None:
        """Let investors offer money, a twelfth of a year's each month; what is not drawn lasts for a year."""
        funding = self.model.parameters.funding
        self.revenues.append(self.statement.revenue)
        if now >= funding.dries_up:
            self.credit = 0.0
            return
        recent = list(self.revenues)[-YEAR // 2 :]
        offer = self.backing * a_year(self.value(), sum(recent) / len(recent), self.revenue_growth(), funding)
        self.credit = min(self.credit + offer / YEAR, offer)

    @property
    def backing(self) -> float:
        """How generous investors are to the firm, over how generous they are to others."""
        return 1.0

    def value(self) -> float:
        """Return what the firm is worth to investors, USD."""
        raise NotImplementedError
