"""Training."""

from pydantic import Field

from market.conduct.expectations import Expectations
from market.conduct.training import Race, TrainingRule
from market.fields import Section, quantity


class Training(Section):
    """How compute becomes quality. One unit of quality is one doubling of effective training compute."""

    fixed = ("opening_ratio", "model_life", "frontier_pace")

    budget: TrainingRule = Field(Race(), description="How a lab decides what to spend on training")
    expectations: Expectations = Field(
        "trend",
        description="How labs and investors carry growth on: trend: as it was; saturation: along a logistic curve "
        "through the share of people who take part; herd: half as seen, half as fast as the frontier moves",
    )
    horizon: int = quantity(
        12,
        "month",
        "Months from ordering what a model is trained with to the middle of its life, for which labs look ahead",
        plausible=(6, 18),
        ge=0,
        le=60,
        source="servers five months, a run three, testing seven (GPT-4: trained by 2022-08, sold from 2023-03)",
        grade="B",
        link="https://arxiv.org/abs/2303.08774",
        known_from="2023-03",
    )
    opening_ratio: float = quantity(
        1.0,
        "1",
        "Most that training before the first month can have cost, over revenue (labs did as their rule says)",
        plausible=(0.35, 1.35),
        ge=0.01,
        le=10,
        source="OpenAI R&D compute over revenue: 135 per cent in 2024, 69 per cent in 2025",
        grade="CALC",
        known_from="2026-02",
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
        known_from="2024-03",
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
        known_from="2026-11",
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
        known_from="2024-06",
    )
    largest_step: float = quantity(
        0.25, "1", "Largest monthly rise or fall of training as a share of the lab's training", gt=0, le=1e6
    )
