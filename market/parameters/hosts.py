"""Hosts: who serves models that others trained and whose weights are open."""

from pydantic import Field

from market.conduct.pricing import BestResponse, PricingWithCapacity
from market.fields import quantity
from market.parameters.exceptions import OfProducers


class Hosts(OfProducers):
    """Firms without research that rent servers from clouds and sell open models by the token."""

    fixed = ("count", "opening_months")
    of_a_firm = ("pricing", "repricing_hazard", "forecast_memory", "staff")

    count: int = quantity(
        0, "firms", "Hosts at the start; they rent servers, so that there must be clouds", ge=0, le=100
    )
    pricing: PricingWithCapacity = Field(BestResponse(patience=0.9), description="How hosts set prices")
    repricing_hazard: float = quantity(
        0.20,
        "1/month",
        "Chance that a host changes its price",
        plausible=(0.05, 0.30),
        ge=0,
        le=1,
        source="hosts of open models, 17 per cent repriced in 22 days",
        grade="B",
        known_from="2026-11",
    )
    forecast_memory: float = quantity(
        6.0, "month", "Months over which a host averages demand growth to forecast", ge=1, le=120
    )
    staff: float = quantity(
        150_000.0,
        "USD/month",
        "Staff and platform of one host",
        plausible=(20_000, 2_000_000),
        ge=0,
        le=1e9,
        source="a team of ten",
        grade="M",
    )
    size_exponent: float = quantity(
        0.5,
        "1",
        "Elasticity of what serving a model costs with regard to the compute that trained it: older ones are smaller",
        plausible=(0.3, 0.6),
        ge=0,
        le=1,
        source="size of a model that makes the most of its training compute (Hoffmann et al. 2022)",
        grade="A",
        link="https://arxiv.org/abs/2203.15556",
        known_from="2022-03",
    )
    opening_months: float = quantity(6.0, "month", "Cash at the start, in months of costs", ge=0, le=240)
    entry: bool = Field(
        False,
        description="Whether a host enters when the average one earns more than entry needs, or would if none is left",
        json_schema_extra={"unit": "1"},
    )
    entry_return: float = quantity(
        0.15,
        "1",
        "Operating margin of incumbents above which one more enters in a month",
        ge=0,
        le=1,
        only_if=["hosts.entry", True],
    )
