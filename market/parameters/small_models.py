"""Small models: what labs sell, or give away, beside their best one."""

from typing import Literal

from pydantic import Field

from market.fields import Section, quantity

ON: list[object] = ["small_models.plans", "metered", "free", "both"]
"""Where there is a small model."""


class SmallModels(Section):
    """A second model of each lab, worse and cheaper to serve than its best (a quality ladder; Mussa and Rosen 1978)."""

    fixed = ("plans",)

    plans: Literal["none", "metered", "free", "both"] = Field(
        "none",
        description="What labs serve with a small model. metered: one more plan, by the token, beside that of the best "
        "model; free: the free plan; both: as many of the two as there are; none: nothing, each lab has one model",
    )
    behind: float = quantity(
        3.0,
        "doubling",
        "Doublings by which a lab's small model is worse than its best",
        plausible=(1.5, 4.5),
        ge=0,
        le=40,
        source="models that one gaming card can run are as good as the best were 6 to 12 months before (Epoch AI), in "
        "which the compute that trained the best, and what algorithms make of it, double two to four times together",
        grade="CALC",
        known_from="2025-08",
        only_if=ON,
        link="https://epoch.ai/data-insights/consumer-gpu-model-gap",
    )
    lightness: float = quantity(
        12.0,
        "1",
        "Tokens of the small model that a server serves in the time of one of the best",
        plausible=(4.0, 30.0),
        ge=1,
        le=1e4,
        source="list prices of GPT-4o over GPT-4o mini (17 times, 2024-08), of Mistral large over small (4 times in "
        "2024, 20 in 2025-03), for want of a measure that is no price",
        grade="C",
        known_from="2025-03",
        only_if=ON,
    )

    @property
    def metered(self) -> bool:
        """Whether a small model is sold by the token."""
        return self.plans in ("metered", "both")

    @property
    def free(self) -> bool:
        """Whether the free plan is served with a small model."""
        return self.plans in ("free", "both")
