"""Servers and buildings of labs."""

from market.fields import Section, quantity


class Fleet(Section):
    """Servers and buildings once they are in a lab's hands."""

    fixed = ("server_life", "facility_life", "generation_months", "ramp_months")

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
        known_from="2025-02",
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
        known_from="2026-05",
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
        known_from="2026-05",
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
        known_from="2026-05",
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
        known_from="2026-05",
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
        known_from="2026-04",
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
        known_from="2026-04",
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
        known_from="2026-04",
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
        known_from="2026-04",
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
        known_from="2022-06",
    )
    generation_months: int = quantity(
        1,
        "month",
        "Months from one generation of accelerators to the next; all of one are alike (1: each month's are better)",
        plausible=(1, 24),
        ge=1,
        le=120,
        source="Nvidia's generations of data-centre chips, about every two years until 2024",
        grade="M",
        known_from="2024-03",
    )
    ramp_months: int = quantity(
        0,
        "month",
        "Months in which what vendors can make comes to be chips of a new generation; those of the one before are sold "
        "beside it until the next (0: at once, and none are; at most a month less than a generation)",
        plausible=(0, 12),
        ge=0,
        le=119,
        source="Nvidia: first Blackwell sales in the quarter to 2025-01, nearly 70 % of compute in that to 2025-04",
        grade="B",
        known_from="2025-05",
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
        known_from="2025-05",
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
        known_from="2025-03",
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

    def ramp(self, round_: int) -> float | None:
        """Return the share of what vendors can make that can be chips of the newest generation.

        None where there are no others: before a second generation, and where each takes over at once. In the first of
        r months it is 1/(r + 1), after the last all.
        """
        months = min(self.ramp_months, self.generation_months - 1)
        if not months or round_ < self.generation_months:
            return None
        return min((round_ % self.generation_months + 1) / (months + 1), 1.0)
