"""AI labs: pricing, training, planning and money."""

from typing import Literal

from pydantic import Field

from market.fields import Section, quantity
from market.pricing import BestResponse, PricingWithCapacity
from market.training import MatchTheFrontier, TrainingRule


class Training(Section):
    """How compute becomes quality. One unit of quality is one doubling of effective training compute."""

    budget: TrainingRule = Field(MatchTheFrontier(), description="How a lab decides what to spend on training")
    opening_ratio: float = quantity(
        1.0,
        "1",
        "Most that training before the first month can have cost, over revenue (labs did as their rule says)",
        plausible=(0.35, 1.35),
        ge=0.01,
        le=10,
        source="OpenAI R&D compute over revenue: 135 per cent in 2024, 69 per cent in 2025",
        grade="CALC",
    )
    algorithmic_growth: float = quantity(
        0.09,
        "1/month",
        "Monthly growth of what a unit of training compute achieves",
        plausible=(0.03, 0.15),
        ge=0,
        le=1,
        source="Epoch AI: about three times a year",
        grade="B",
        link="https://arxiv.org/abs/2403.05812",
    )
    decay: float = quantity(
        0.08,
        "1/month",
        "Monthly loss of usefulness of past training compute",
        plausible=(0.03, 0.2),
        gt=0,
        lt=1,
    )
    imitation: float = quantity(
        0.05,
        "1/month",
        "Share of the gap to the best rival that closes each month without own training",
        plausible=(0.0, 0.2),
        ge=0,
        lt=1,
        source="open models trail the frontier by 3 to 12 months",
        grade="M",
    )
    launch_interval: int = quantity(
        3,
        "month",
        "Months between a lab's new models",
        plausible=(1, 6),
        ge=1,
        le=60,
        source="launch dates in public price lists",
        grade="CALC",
    )
    model_life: int = quantity(
        12, "month", "Months over which training is written off where it is capitalised", ge=1, le=120
    )
    frontier_pace: float = quantity(
        2.3,
        "1/year",
        "Yearly growth of the training compute of the frontier, as labs have seen it before the start",
        plausible=(1.0, 4.0),
        ge=0,
        le=20,
        source="cost of training +140 per cent a year, compute per dollar +38 per cent (Epoch AI)",
        grade="CALC",
    )
    largest_step: float = quantity(
        0.25, "1", "Largest monthly rise or fall of training as a share of the lab's training", gt=0, le=1e6
    )


class Funding(Section):
    """Investors."""

    appetite: float = quantity(
        1.0,
        "1",
        "Money investors offer in a year, as a multiple of a lab's yearly revenue times its yearly growth",
        plausible=(0.0, 4.0),
        ge=0,
        le=100,
        source="rounds of OpenAI and Anthropic 2023-25 against their revenue",
        grade="M",
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
    )
    highest_growth: float = quantity(
        3.0, "1/year", "Yearly growth beyond which investors are not more generous", ge=0, le=100
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
    )
    dries_up: int = quantity(1200, "month", "Round from which investors give nothing", ge=0, le=1200)
    buffer: float = quantity(12.0, "month", "Months of spending a firm keeps before it pays dividends", ge=0, le=240)


class Labs(Section):
    """Sellers of tokens, to users and to resellers."""

    count: int = quantity(5, "firms", "AI labs", ge=1, le=200)
    pricing: PricingWithCapacity = Field(
        BestResponse(patience=0.9), description="How labs set retail and wholesale prices"
    )
    repricing_hazard: float = quantity(
        0.01,
        "1/month",
        "Chance that a lab changes the price of a model it already sells",
        plausible=(0.005, 0.03),
        ge=0,
        le=1,
        source="list prices 2024-26: 15 per cent changed in 14 months",
        grade="CALC",
    )
    reprice_at_launch: bool = Field(
        True, description="Whether a new model comes with a new price", json_schema_extra={"unit": "1"}
    )
    wholesale: Literal["bargained", "chosen", "discount"] = Field(
        "bargained",
        description="bargained: Nash-in-Nash with the lab's resellers; chosen: the lab's pricing rule sets it; "
        "discount: a fixed share off the retail price. Never above the retail price, at which anyone can buy",
    )
    reseller_weight: float = quantity(
        0.5,
        "1",
        "Resellers' bargaining weight where wholesale is bargained (0: the lab takes all, 1: it sells at cost)",
        plausible=(0.2, 0.8),
        ge=0,
        le=1,
        source="symmetric bargaining, for want of an estimate",
        only_if=["labs.wholesale", "bargained"],
    )
    wholesale_discount: float = quantity(
        0.20,
        "1",
        "Discount off the lab's own retail price where wholesale is a discount",
        plausible=(0.0, 0.5),
        ge=0,
        lt=1,
        source="20 per cent revenue share (OpenAI and Microsoft)",
        grade="B",
        only_if=["labs.wholesale", "discount"],
    )
    overhead_share: float = quantity(
        0.30,
        "1",
        "Selling, administration and staff outside research as a share of revenue",
        plausible=(0.15, 0.50),
        ge=0,
        le=0.9,
        source="OpenAI H1 2025: sales and marketing 2.0 of 4.3 billion USD",
        grade="B",
    )
    research_staff: float = quantity(
        0.35,
        "1",
        "Pay of researchers per dollar of training compute",
        plausible=(0.1, 0.9),
        ge=0,
        le=10,
        source="staff 29-49 per cent of the cost of frontier models (arXiv 2405.21015)",
        grade="A",
        link="https://arxiv.org/abs/2405.21015",
    )
    quality_spread: float = quantity(
        3.0,
        "doubling",
        "Quality of the best lab's model over the worst's at the start",
        plausible=(0.0, 6.0),
        ge=0,
        le=30,
        source="compute behind leading and trailing models of 2023 (Epoch AI)",
        grade="M",
    )
    share_ratio: float = quantity(
        0.5,
        "1",
        "Users of each lab at the start relative to the next larger one",
        plausible=(0.2, 1.0),
        gt=0,
        le=1,
        source="ChatGPT held about 80 per cent of web visits in 2024",
        grade="B",
    )
    forecast_memory: float = quantity(
        6.0, "month", "Months over which a lab averages demand growth to forecast", ge=1, le=120
    )
    lowest_runway: float = quantity(
        6.0, "month", "Months of cash below which a lab cuts investment and training", ge=0, le=120
    )
    salvage: float = quantity(
        0.3, "1", "Share of book value recovered when a lab exits (0: the fleet is lost)", ge=0, le=1
    )
