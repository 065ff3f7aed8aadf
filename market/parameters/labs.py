"""AI labs: pricing, planning and money."""

from typing import Literal

from pydantic import Field

from market.conduct.pricing import BestResponse, PricingWithCapacity
from market.fields import quantity
from market.parameters.exceptions import OfProducers


class Labs(OfProducers):
    """Sellers of tokens, to users and to resellers."""

    fixed = ("count", "entrants", "quality_spread", "qualities", "share_ratio")
    of_a_firm = (
        "pricing",
        "repricing_hazard",
        "answer_hazard",
        "reprice_at_launch",
        "research_staff",
        "forecast_memory",
        "lowest_runway",
        "opens_after",
        "backing",
        "efficiency",
    )

    count: int = quantity(5, "firms", "AI labs", ge=1, le=200)
    entrants: int = quantity(
        0,
        "firms",
        "Labs that may yet enter, one after the other, on rented servers, if one more is worth what it and its first "
        "model cost; there must be clouds",
        ge=0,
        le=100,
    )
    entry_cost: float = quantity(
        1e9,
        "USD",
        "What a lab costs to found, beside training its first model",
        plausible=(1e8, 5e9),
        ge=0,
        le=1e15,
        source="first rounds of labs without a product: 0.1 to 1 billion USD (Mistral 2023, SSI 2024)",
        grade="B",
        known_from="2024-09",
        only_if=["labs.entrants"],
    )
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
        known_from="2026-11",
    )
    answer_hazard: float = quantity(
        0.5,
        "1/month",
        "Chance that a lab answers with its own price in the month after a rival cut one by a fifth or more",
        plausible=(0.1, 1.0),
        ge=0,
        le=1,
        source="Chinese labs answered DeepSeek's cut of 2024-05 within weeks",
        grade="M",
        known_from="2024-06",
    )
    reprice_at_launch: bool = Field(
        True, description="Whether a new model comes with a new price", json_schema_extra={"unit": "1"}
    )
    wholesale: Literal["bargained", "chosen", "discount", "two-part", "revenue-share"] = Field(
        "bargained",
        description="bargained: Nash-in-Nash with the lab's resellers; chosen: the lab's pricing rule sets it; "
        "discount: a fixed share off the retail price; two-part: what a token costs it and sales lost elsewhere, "
        "and a fee on what the reseller earns; revenue-share: a share of what the reseller takes in, and the price at "
        "which it asks of users what an owner of both would. Never above the retail price, at which anyone can buy",
    )
    wholesale_terms: Literal["most-favoured", "each"] = Field(
        "most-favoured",
        description="most-favoured: all resellers of a lab pay one price, the mean of what is agreed with each by its "
        "tokens; each: every reseller pays what it has agreed on",
        json_schema_extra={"only_if": ["labs.wholesale", "bargained"]},
    )
    reseller_weight: float = quantity(
        0.5,
        "1",
        "Resellers' bargaining weight (0: the lab takes all, 1: it sells at cost); of two-part tariffs their share of "
        "what they earn over staff",
        plausible=(0.2, 0.8),
        ge=0,
        le=1,
        source="symmetric bargaining, for want of an estimate",
        only_if=["labs.wholesale", "bargained", "two-part"],
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
        known_from="2025-09",
    )
    revenue_share: float = quantity(
        0.20,
        "1",
        "Share of its revenue that a reseller pays its lab",
        plausible=(0.05, 0.5),
        ge=0,
        le=0.95,
        source="20 per cent revenue share (OpenAI and Microsoft)",
        grade="B",
        only_if=["labs.wholesale", "revenue-share"],
        known_from="2025-09",
    )
    own_resellers: int = quantity(
        0,
        "firms",
        "Resellers, the first of them, that belong to the lab whose model they carry: it supplies them at what a token "
        "costs it and gets what they earn",
        ge=0,
        le=1000,
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
        known_from="2025-09",
    )
    overhead_fixed: float = quantity(
        0.7,
        "1",
        "Part of it that a lab of its place in the market has whatever it sells, and no price counts",
        plausible=(0.4, 1.0),
        ge=0,
        le=1,
        source="sales, marketing and administration are staff; fees for payments and a partner's share follow revenue",
        grade="M",
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
        known_from="2024-05",
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
        known_from="2023-12",
    )
    qualities: tuple[float, ...] = Field(
        (),
        description="Quality of each lab's model at the start, -30 to 0, which the best has; evenly from lab to lab "
        "over quality_spread if there are none",
        json_schema_extra={"unit": "doubling"},
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
        known_from="2024-12",
    )
    forecast_memory: float = quantity(
        6.0, "month", "Months over which a lab averages demand growth to forecast", ge=1, le=120
    )
    lowest_runway: float = quantity(
        6.0, "month", "Months of cash below which a lab cuts investment and training", ge=0, le=120
    )
    backing: float = quantity(
        1.0,
        "1",
        "How generous investors are to a lab, over how generous they are (`funding.appetite`)",
        plausible=(0.3, 3.0),
        ge=0,
        le=100,
        source="some labs have a parent that pays, others ask each year anew",
        grade="M",
    )
    efficiency: float = quantity(
        1.0,
        "1",
        "Tokens that a server serves at a lab, over what the state of the art does (`fleet.throughput`)",
        ge=1e-3,
        le=1e3,
        source="labs differ in the software and the sparsity of what they serve; none tells by how much",
        grade="M",
    )
    opens_after: int = quantity(
        8,
        "month",
        "Months for which a lab has sold a model before it publishes the weights, which hosts may serve then",
        plausible=(3, 15),
        ge=0,
        le=120,
        source="Epoch AI: open models do what closed ones could a year before (5 to 22 months); as models age, "
        "that is where they are after eight",
        grade="B",
        link="https://epoch.ai/blog/open-models-report",
        known_from="2024-11",
        only_if=["hosts.count"],
    )
    salvage: float = quantity(
        0.3, "1", "Share of book value recovered when a lab exits (0: the fleet is lost)", ge=0, le=1
    )

    @property
    def by_link(self) -> bool:
        """Whether wholesale prices come of what is agreed with each reseller."""
        return self.wholesale in ("bargained", "two-part", "revenue-share")

    @property
    def each_link(self) -> bool:
        """Whether each reseller pays what it has agreed on with its lab."""
        return self.wholesale == "bargained" and self.wholesale_terms == "each"

    @property
    def overhead_on_sales(self) -> float:
        """Share of a dollar of revenue that goes with it."""
        return self.overhead_share * (1 - self.overhead_fixed)

    @property
    def fixed_overhead_share(self) -> float:
        """Share of the usual revenue that is paid whatever is sold."""
        return self.overhead_share * self.overhead_fixed
