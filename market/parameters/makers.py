"""Server makers."""

from pydantic import Field

from market.conduct.pricing import BestResponse, Pricing
from market.fields import quantity
from market.parameters.exceptions import OfFirms


class Makers(OfFirms):
    """Makers that build servers around the vendors' chips."""

    fixed = ("count",)
    of_a_firm = ("pricing", "repricing_hazard", "parts_cost")

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
        known_from="2023-05",
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
        known_from="2025-08",
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
