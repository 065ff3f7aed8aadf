"""Chip vendors."""

from typing import Literal

from pydantic import Field

from market.conduct.pricing import BestResponse, PricingWithCapacity
from market.fields import quantity
from market.parameters.exceptions import OfFirms


class Vendors(OfFirms):
    """Sellers of accelerators."""

    fixed = ("count", "opening_price")
    of_a_firm = ("pricing", "repricing_hazard", "unit_cost", "research_share", "investing", "capacity_growth")

    count: int = quantity(3, "firms", "Chip vendors", ge=1, le=50)
    pricing: PricingWithCapacity = Field(BestResponse(), description="How vendors set chip prices")
    volume_discount: float = quantity(
        0.0,
        "1",
        "Rebate on chips, as a share of their price, of a buyer who orders all there are; of others in proportion to "
        "their part of orders",
        plausible=(0.0, 0.3),
        ge=0,
        le=0.9,
        source="large buyers are said to get them; none publishes by how much",
        grade="M",
    )
    allocation: Literal["pro-rata", "prepaid"] = Field(
        "pro-rata",
        description="Who gets chips that are short. pro-rata: all the same share of what they wait for; prepaid: who "
        "has most money to put down is served in full before the next",
    )
    repricing_hazard: float = quantity(0.33, "1/month", "Chance that a vendor may change its price", ge=0, le=1)
    opening_price: float = quantity(
        27_500.0,
        "USD/accelerator",
        "Chip price at the start (data.chip_prices replaces it)",
        plausible=(20_000, 40_000),
        gt=0,
        le=1e7,
        source="Epoch AI, H100 class 2023-24",
        grade="A",
        only_if=["data.chip_prices", []],
        link="https://epoch.ai/data/machine-learning-hardware",
        known_from="2024-12",
    )
    unit_cost: float = quantity(
        6_900.0,
        "USD/accelerator",
        "Wafers, memory, packaging and test of one accelerator",
        plausible=(3_320, 13_200),
        ge=0,
        le=1e7,
        source="Nvidia gross margin; bill of materials 3,320 (Raymond James)",
        grade="B",
        known_from="2026-02",
    )
    research_share: float = quantity(
        0.095,
        "1",
        "R&D and overhead as a share of a vendor's revenue",
        plausible=(0.08, 0.12),
        ge=0,
        lt=1,
        source="Nvidia Q1 FY27: 7.6 of 81.6 billion USD",
        grade="A",
        known_from="2026-05",
    )
    investing: float = quantity(
        0.0,
        "1",
        "Share of what a vendor could pay out that it offers as capital to those who run its chips, in proportion to "
        "them. They take it before their investors' money, and it shares in their dividends",
        plausible=(0.0, 0.5),
        ge=0,
        le=1,
        source="announced by Nvidia for OpenAI, up to 100 billion USD over several years (2025-09)",
        grade="M",
        known_from="2025-09",
    )
    capacity: float = quantity(
        60_000.0,
        "accelerators/month",
        "Accelerators all vendors together can ship to labs in the first month; an event scales what they can then",
        plausible=(10_000, 200_000),
        ge=0,
        le=1e12,
        source="a third of roughly two million H100-class shipments in 2024",
        grade="M",
        known_from="2025-01",
    )
    capacity_growth: float = quantity(
        0.05, "1/month", "Monthly growth of what vendors can ship", plausible=(0.0, 0.1), ge=-0.5, le=1
    )
    lead: float = quantity(
        1.2,
        "1",
        "Appeal of each vendor's chips over the next one's in the buyers' choice (software and maturity)",
        plausible=(0.0, 2.0),
        ge=0,
        le=20,
        source="a leader with seven tenths of sales at equal prices before lock-in",
        grade="M",
    )
    lock_in: float = quantity(
        1.5,
        "1",
        "Extra utility of a vendor whose chips are the whole of a lab's fleet (software written for them)",
        plausible=(0.0, 4.0),
        ge=0,
        le=20,
        source="no direct estimate exists; swept in sensitivity studies",
    )
    substitution: float = quantity(
        4.0,
        "1",
        "Sensitivity of a lab's choice of server to its total cost per token, in logarithms",
        plausible=(2.0, 10.0),
        gt=0,
        le=200,
        source="no direct estimate exists; swept in sensitivity studies",
    )
