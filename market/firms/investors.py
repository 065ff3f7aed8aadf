"""What investors pay for a lab: for what its share of the market will earn, or for its growth."""

from dataclasses import dataclass

from market.accounts.finance import monthly_rate
from market.conduct.expectations import Prospect
from market.conduct.training import Outlook
from market.parameters.dates import YEAR
from market.parameters.funding import Funding


@dataclass(frozen=True)
class Passing:
    """A part of a month's profit that will not last.

    Attributes:
        profit: USD a month; below zero for a cost.
        lasts: Share of it that is left a month later.
    """

    profit: float = 0.0
    lasts: float = 0.0


def value(before: float, outlook: Outlook, prospect: Prospect, funding: Funding, passing: Passing = Passing()) -> float:
    """Return what a lab is worth, USD: its profit as the market will be, discounted.

    Profit grows with the market for as long as investors look ahead, and stays. What is known must be kept up: of the
    stock that is worth holding δ c K* a month, c K* = π_q/(ln 2 (1 − keep (1 − h)/(1 + i))).

    Args:
        before: USD a month, before training.
        outlook: Of the lab.
        prospect: Of the market.
        funding: Parameters of investors in force in the month.
        passing: Part of ``before`` that shrinks to f of itself a month, and so is discounted by (1 + i)/f.
    """
    interest, kept_up = monthly_rate(funding.required_return), outlook.decay * outlook.worth_holding
    worth = (before - kept_up - passing.profit) * prospect.worth(interest, funding.foresight)
    if not passing.profit or not passing.lasts:
        return worth + passing.profit
    return worth + passing.profit * prospect.worth((1 + interest) / passing.lasts - 1, funding.foresight)


def a_year(worth: float, revenue: float, growth: float, funding: Funding) -> float:
    """Return the money that investors offer in a year, USD.

    Args:
        worth: Of the lab, USD.
        revenue: USD a month.
        growth: Of revenue, a month (logarithm).
        funding: Parameters of investors in force in the month.
    """
    if funding.valued == "profit":
        return funding.appetite * funding.stake * max(worth, 0.0)
    return funding.appetite * revenue * YEAR * funding.counted(growth * YEAR)
