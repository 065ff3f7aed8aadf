"""The hardware layer: chip vendors, server makers, power suppliers, and the servers themselves."""

from typing import Literal

from pydantic import Field

from market.fields import Section, quantity
from market.pricing import BestResponse, MarginalCost, Pricing, PricingWithCapacity


class Vendors(Section):
    """Sellers of accelerators."""

    count: int = quantity(3, "firms", "Chip vendors", ge=1, le=50)
    pricing: PricingWithCapacity = Field(BestResponse(), description="How vendors set chip prices")
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
    )
    capacity: float = quantity(
        60_000.0,
        "accelerators/month",
        "Accelerators all vendors together can ship to labs in the first month",
        plausible=(10_000, 200_000),
        ge=0,
        le=1e12,
        source="a third of roughly two million H100-class shipments in 2024",
        grade="M",
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


class Makers(Section):
    """Makers that build servers around the vendors' chips."""

    count: int = quantity(4, "firms", "Server makers", ge=1, le=50)
    pricing: Pricing = Field(BestResponse(), description="How makers set server prices")
    repricing_hazard: float = quantity(1.0, "1/month", "Chance that a maker may change its prices", ge=0, le=1)
    parts_cost: float = quantity(
        4_000.0,
        "USD/accelerator",
        "Other parts and assembly of a server, per accelerator",
        plausible=(3_000, 9_000),
        ge=0,
        le=1e7,
        source="DGX H100 bill of materials (SemiAnalysis via Epoch AI)",
        grade="B",
    )
    staff_share: float = quantity(
        0.035,
        "1",
        "Selling, research and overhead of a server maker as a share of its revenue",
        plausible=(0.02, 0.06),
        ge=0,
        lt=1,
        source="Supermicro FY25: gross margin 11 per cent, operating margin about 6 to 7 per cent",
        grade="B",
    )
    substitution: float = quantity(
        16.0,
        "1",
        "Sensitivity of the choice between makers of the same server to cost, in logarithms, beyond that between chips",
        plausible=(4.0, 40.0),
        ge=0,
        le=500,
        source="no direct estimate exists; swept in sensitivity studies",
    )


class Power(Section):
    """Sellers of electricity to the labs' data centres, cleared by merit order."""

    count: int = quantity(4, "firms", "Power suppliers", ge=1, le=100)
    pricing: PricingWithCapacity = Field(MarginalCost(), description="How suppliers bid over marginal cost")
    capacity: float = quantity(
        150.0,
        "MW",
        "Power all suppliers together can deliver to the labs in the first month",
        plausible=(90, 1_000),
        gt=0,
        le=1e9,
        source="about 45,000 accelerators at 1.73 kW and 80 per cent load, with room to grow",
        grade="CALC",
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


class Fleet(Section):
    """Servers and buildings once they are in a lab's hands."""

    compute: Literal["bought", "rented"] = Field(
        "bought", description="bought: durable servers; rented: capacity paid by the token, nothing to own"
    )
    lead_time: int = quantity(4, "month", "Months from shipment to service", plausible=(1, 9), ge=0, le=36, grade="M")
    server_life: int = quantity(
        60,
        "month",
        "Straight-line life of servers and network",
        plausible=(36, 72),
        ge=1,
        le=240,
        source="hyperscalers' accounts 2025: 5 to 6 years",
        grade="A",
    )
    facility_life: int = quantity(
        168,
        "month",
        "Straight-line life of buildings",
        plausible=(120, 240),
        ge=1,
        le=600,
        source="Epoch AI, one-gigawatt data centre",
        grade="A",
    )
    failure_hazard: float = quantity(
        0.005,
        "1/month",
        "Chance that a server fails for good",
        plausible=(0.002, 0.01),
        ge=0,
        le=1,
        grade="M",
        source="large-cluster reports",
    )
    network_cost: float = quantity(
        6_000.0,
        "USD/accelerator",
        "Network of a cluster",
        plausible=(4_200, 11_000),
        ge=0,
        le=1e7,
        source="Epoch AI, one-gigawatt data centre",
        grade="A",
    )
    facility_cost: float = quantity(
        8_700.0,
        "USD/kW",
        "Building, cooling and grid connection per kW of power drawn",
        plausible=(6_000, 15_000),
        ge=0,
        le=1e7,
        source="15,000 USD per H100 at 1.73 kW (Epoch AI)",
        grade="A",
    )
    operation: float = quantity(
        0.015,
        "1/year",
        "Yearly operation and maintenance as a share of the purchase cost of the fleet",
        plausible=(0.008, 0.03),
        ge=0,
        le=1,
        source="Epoch AI: 0.31 of 37.9 billion USD plus staff",
        grade="CALC",
    )
    power_draw: float = quantity(
        1.73,
        "kW/accelerator",
        "Power at full load, cooling included",
        plausible=(1.2, 2.7),
        gt=0,
        le=100,
        source="InferenceX constants 2026-04, H100",
        grade="A",
        link="https://github.com/SemiAnalysisAI/InferenceX",
    )
    power_growth: float = quantity(
        0.10,
        "1/year",
        "Yearly growth of the power of a new accelerator",
        plausible=(0.0, 0.3),
        ge=-0.5,
        le=2,
        source="1.73 kW (H100) to 2.10 kW (GB200)",
        grade="CALC",
    )
    load_factor: float = quantity(
        0.80,
        "1",
        "Average over peak power of a running accelerator",
        plausible=(0.5, 0.95),
        gt=0,
        le=1,
        source="ASSUME: nameplate sums are an upper bound",
        grade="M",
    )
    throughput: float = quantity(
        500.0,
        "token/s",
        "Tokens a second of one accelerator of the first month at full use, frontier model",
        plausible=(70, 1_000),
        gt=0,
        le=1e7,
        source="InferenceX: 73-266 on H100 for interactive use, 4,951 for DeepSeek on H800",
        grade="A",
        link="https://github.com/SemiAnalysisAI/InferenceX",
    )
    software_growth: float = quantity(
        0.03,
        "1/month",
        "Monthly growth of throughput through software, on old and new servers alike",
        plausible=(0.01, 0.10),
        ge=0,
        le=1,
        source="InferenceX software gains 2025-26",
        grade="A",
        link="https://github.com/SemiAnalysisAI/InferenceX",
    )
    hardware_growth: float = quantity(
        0.38,
        "1/year",
        "Yearly growth of what a new accelerator computes",
        plausible=(0.25, 0.60),
        ge=0,
        le=5,
        source="Epoch AI, price-performance of accelerators",
        grade="A",
        link="https://epoch.ai/data/machine-learning-hardware",
    )
    target_utilisation: float = quantity(
        0.50,
        "1",
        "Average utilisation that fleets are planned for",
        plausible=(0.30, 0.82),
        ge=0.01,
        le=1,
        source="clusters run at 40 to 85 per cent",
        grade="B",
    )
    highest_utilisation: float = quantity(
        0.82,
        "1",
        "Average utilisation beyond which requests are turned away",
        plausible=(0.6, 0.95),
        gt=0,
        le=1,
        source="DeepSeek average over peak nodes 226.75/278",
        grade="A",
    )
    cost_of_capital: float = quantity(
        0.10,
        "1/year",
        "Yearly return that a purchase of servers must earn",
        plausible=(0.07, 0.14),
        ge=0,
        le=1,
        source="debt of GPU clouds",
        grade="M",
    )
