"""Investors."""

from math import expm1, log1p
from typing import Literal

from pydantic import Field

from market.fields import Section, quantity


class Funding(Section):
    """Investors."""

    fixed = ("opening_months", "dries_up")

    valued: Literal["profit", "growth"] = Field(
        "profit",
        description="What investors pay for. profit: what a lab's share of the market will earn, discounted, under the "
        "scenario's expectations; growth: its revenue times its growth",
    )
    stake: float = quantity(
        0.15,
        "1/year",
        "Share of a lab's value that investors put in a year",
        plausible=(0.05, 0.30),
        ge=0,
        le=10,
        source="OpenAI 6.6 of 157 and 40 of 300, Anthropic 3.5 of 61.5 and 13 of 183 billion USD (2024-10 to 2025-09)",
        grade="B",
        only_if=["funding.valued", "profit"],
        known_from="2025-09",
    )
    foresight: int = quantity(
        24,
        "month",
        "Months of growth that investors count on",
        plausible=(12, 36),
        ge=0,
        le=240,
        source="values of 37 to 44 times yearly revenue in the rounds of 2024-10 to 2025-09",
        grade="CALC",
        only_if=["funding.valued", "profit"],
        known_from="2025-09",
    )
    required_return: float = quantity(
        0.25,
        "1/year",
        "Return that investors in labs want",
        plausible=(0.15, 0.40),
        gt=0,
        le=10,
        source="usual in venture capital: 20 to 35 per cent a year",
        grade="M",
        only_if=["funding.valued", "profit"],
    )
    appetite: float = quantity(
        1.0,
        "1",
        "How generous investors are: 1 as said under funding.valued, 0 not at all. Of growth: money offered in a year "
        "over yearly revenue times yearly growth",
        plausible=(0.0, 4.0),
        ge=0,
        le=100,
        source="rounds of OpenAI and Anthropic 2023-25 against their revenue",
        grade="M",
        known_from="2025-12",
    )
    loan_to_value: float = quantity(
        0.7,
        "1",
        "Share of the price of servers and buildings that lenders advance against them, repaid over their life",
        plausible=(0.0, 0.85),
        ge=0,
        lt=1,
        source="loans of GPU clouds against servers (CoreWeave 2023-25)",
        grade="M",
        known_from="2025-03",
    )
    highest_growth: float = quantity(
        3.0,
        "1/year",
        "Yearly growth beyond which investors are not more generous",
        ge=0,
        le=100,
        only_if=["funding.valued", "growth"],
    )
    opening_months: float = quantity(
        18.0,
        "month",
        "Cash at the start, in months of the lab's opening costs",
        plausible=(6.0, 36.0),
        ge=0,
        le=240,
        source="rounds announced in 2023",
        grade="M",
        known_from="2023-12",
    )
    dries_up: int = quantity(1200, "month", "Round from which investors give nothing", ge=0, le=1200)
    buffer: float = quantity(12.0, "month", "Months of spending a firm keeps before it pays dividends", ge=0, le=240)

    def counted(self, growth: float) -> float:
        """Return the part of a yearly growth (logarithm) for which investors offer money, of today's size."""
        return expm1(min(max(growth, 0.0), log1p(self.highest_growth)))
