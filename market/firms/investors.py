"""What investors pay for a lab: for what its share of the market will earn, or for its growth."""

from market.accounts.finance import monthly_rate
from market.conduct.expectations import Prospect
from market.conduct.training import Outlook
from market.parameters.dates import YEAR
from market.parameters.funding import Funding


def value(before: float, outlook: Outlook, prospect: Prospect, funding: Funding) -> float:
    """Return what a lab is worth, USD: its profit as the market will be, discounted.

    Profit grows with the market for as long as investors look ahead, and stays. What is known must be kept up: of the
    stock that is worth holding δ c K* a month, c K* = π_q/(ln 2 (1 − keep (1 − h)/(1 + i))).

    Args:
        before: USD a month, before training.
        outlook: Of the lab.
        prospect: Of the market.
        funding: In force.
    """
    kept_up = outlook.decay * outlook.worth_holding
    return (before - kept_up) * prospect.worth(monthly_rate(funding.required_return), funding.foresight)


def a_year(worth: float, revenue: float, growth: float, funding: Funding) -> float:
    """Return the money that investors offer in a year, USD.

    Args:
        worth: Of the lab, USD.
        revenue: USD a month.
        growth: Of revenue, a month (logarithm).
        funding: In force.
    """
    if funding.valued == "profit":
        return funding.appetite * funding.stake * max(worth, 0.0)
    return funding.appetite * revenue * YEAR * funding.counted(growth * YEAR)
