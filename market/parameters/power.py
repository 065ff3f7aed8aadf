"""Power suppliers."""

from pydantic import Field

from market.conduct.pricing import MarginalCost, PricingWithCapacity
from market.fields import Section, quantity


class Power(Section):
    """Sellers of electricity to the labs' data centres, cleared by merit order."""

    fixed = ("count",)

    count: int = quantity(4, "firms", "Power suppliers", ge=1, le=100)
    pricing: PricingWithCapacity = Field(MarginalCost(), description="How suppliers bid over marginal cost")
    capacity: float = quantity(
        150.0,
        "MW",
        "Power all suppliers together can deliver to the labs in the first month; an event scales what they can then",
        plausible=(90, 1_000),
        gt=0,
        le=1e9,
        source="about 45,000 accelerators at 1.73 kW and 80 per cent load, with room to grow",
        grade="CALC",
        known_from="2026-04",
    )
    expansion: float = quantity(
        0.12,
        "1/month",
        "Fastest monthly growth of a supplier's capacity",
        plausible=(0.0, 0.2),
        ge=0,
        le=1,
        source="data-centre power contracted by labs 2024-26",
        grade="M",
    )
    attractive_margin: float = quantity(
        0.15,
        "1",
        "Operating margin at which a supplier expands as fast as it can; it expands in proportion below, not at a loss",
        gt=0,
        le=1,
    )
    cost_spread: float = quantity(
        0.1, "1", "Spread of the cheapest plant's cost between suppliers, as a share of its mean", ge=0, le=1.9
    )
    fuel_share: float = quantity(
        0.5,
        "1",
        "Fuel and other variable cost of the cheapest plant as a share of the tariff series",
        plausible=(0.3, 0.8),
        ge=0.01,
        le=1,
        source="nuclear cash cost 30-50 USD/MWh against an industrial tariff of 80-90",
        grade="B",
        known_from="2025-11",
    )
    cost_rise: float = quantity(
        1.0,
        "1",
        "Rise of marginal cost from the cheapest to the dearest plant, as a share of the tariff series",
        plausible=(0.3, 3.0),
        gt=0,
        le=100,
        source="merit-order curve of a thermal system",
        grade="M",
    )
    fixed_cost: float = quantity(
        5.0,
        "USD/(kW*month)",
        "Plant, grid and staff per kW of capacity, whatever it produces",
        plausible=(3.0, 12.0),
        ge=0,
        le=1e4,
        source="PJM capacity 50-329 USD/MW-day plus grid charges",
        grade="M",
        known_from="2025-07",
    )
    price_cap: float = quantity(
        0.5,
        "USD/kWh",
        "Highest tariff; what is short beyond it is rationed pro rata",
        gt=0,
        le=1e3,
        source="cost of running on generators",
        grade="M",
    )
