"""Resellers: the same tokens with added value, marked up over wholesale cost."""

from pydantic import Field, model_validator

from market.conduct.pricing import BestResponse, Pricing
from market.fields import quantity
from market.parameters.exceptions import OfFirms

CHANNEL, AGGREGATOR, WRAPPER = FORMS = ("channel", "aggregator", "wrapper")


class Resellers(OfFirms):
    """Sellers of the labs' tokens with added value."""

    fixed = ("count", "aggregator_share", "wrapper_share", "added_value_spread", "opening_months")
    of_a_firm = ("pricing", "repricing_hazard", "support_cost", "staff", "switching_hazard", "choice_sharpness")

    count: int = quantity(12, "firms", "Resellers at the start", ge=0, le=1000)
    aggregator_share: float = quantity(
        0.0,
        "1",
        "Share of them who are aggregators: they pay the list price and live on a fee over it",
        ge=0,
        le=1,
    )
    wrapper_share: float = quantity(
        0.0,
        "1",
        "Share of them who are wrappers: they buy wholesale and sell a flat plan; the others buy wholesale and sell "
        "by the token",
        ge=0,
        le=1,
    )
    wrapper_allowance: float = quantity(
        4.0,
        "Mtok/month",
        "Tokens a month in a wrapper's fee, at the need of the first month; many are as good as all",
        plausible=(1.0, 20.0),
        gt=0,
        le=1e9,
        source="a plan of 20 USD a month with 500 requests (Cursor 2023 to 2025), several thousand tokens each",
        grade="C",
        known_from="2025-06",
        only_if=["resellers.wrapper_share"],
    )
    pricing: Pricing = Field(BestResponse(patience=0.9), description="How resellers set retail prices")
    repricing_hazard: float = quantity(
        0.20,
        "1/month",
        "Chance that a reseller reconsiders its margin; a new wholesale price is passed on at once",
        plausible=(0.05, 0.30),
        ge=0,
        le=1,
        source="hosts of open models, 17 per cent repriced in 22 days",
        grade="B",
        known_from="2026-11",
    )
    added_value_spread: float = quantity(
        1.0,
        "1",
        "Utility of the best reseller's added value over the worst's",
        plausible=(0.0, 3.0),
        ge=0,
        le=20,
    )
    fee_share: float = quantity(
        0.03,
        "1",
        "Payment and platform fees as a share of retail revenue",
        plausible=(0.02, 0.055),
        ge=0,
        lt=1,
        source="card fees; OpenRouter keeps 5 to 5.5 per cent of purchases",
        grade="B",
        known_from="2025-05",
    )
    support_cost: float = quantity(
        0.10,
        "USD/Mtok",
        "Serving, integration and support per Mtok resold in the first month",
        plausible=(0.0, 0.5),
        ge=0,
        le=1e4,
        source="no direct estimate exists",
        grade="M",
    )
    staff: float = quantity(
        150_000.0,
        "USD/month",
        "Staff and platform of one reseller",
        plausible=(20_000, 2_000_000),
        ge=0,
        le=1e9,
        source="a team of ten",
        grade="M",
    )
    staff_share: float = quantity(
        0.04, "1", "Sales staff as a share of retail revenue", plausible=(0.0, 0.15), ge=0, lt=1, grade="M"
    )
    opening_months: float = quantity(18.0, "month", "Cash at the start in months of staff cost", ge=0, le=240)
    switching_hazard: float = quantity(
        0.10, "1/month", "Chance that a reseller reconsiders which lab's model to carry", ge=0, le=1
    )
    choice_sharpness: float = quantity(
        5.0, "1", "Sensitivity of that choice to relative expected profit (logit)", ge=0, le=1e3
    )
    entry: bool = Field(
        False,
        description="Whether a reseller enters when the average reseller earns more than the cost of entry",
        json_schema_extra={"unit": "1"},
    )
    entry_return: float = quantity(
        0.15,
        "1",
        "Operating margin of incumbents above which one more enters in a month",
        ge=0,
        le=1,
        only_if=["resellers.entry", True],
    )

    @property
    def plain(self) -> bool:
        """Whether all buy wholesale and sell by the token."""
        return self.aggregator_share == self.wrapper_share == 0

    @model_validator(mode="after")
    def _kinds_fit(self) -> "Resellers":
        if self.aggregator_share + self.wrapper_share > 1:
            raise ValueError(
                f"aggregator_share = {self.aggregator_share:g} and wrapper_share = {self.wrapper_share:g} must add up "
                "to at most 1"
            )
        return self

    def forms(self) -> list[str]:
        """Return the kind of each reseller, [reseller]: of the first so many each kind has about its share."""
        shares = {
            CHANNEL: 1 - self.aggregator_share - self.wrapper_share,
            AGGREGATOR: self.aggregator_share,
            WRAPPER: self.wrapper_share,
        }
        found: list[str] = []
        for count in range(1, self.count + 1):
            behind = {form: share * count - found.count(form) for form, share in shares.items()}
            found.append(max(behind, key=behind.__getitem__))
        return found
