"""Tariffs: by which plans users may buy tokens."""

from typing import Literal

from pydantic import Field

from market.conduct.generosity import FreeTier, NoPlan
from market.fields import Section, quantity


class Tariffs(Section):
    """The menu of plans: each is a fee a month, an allowance of tokens in it, and a price for tokens beyond."""

    fixed = ("metered", "subscription", "free_allowance")

    metered: bool = Field(
        True, description="Whether labs sell by the token, without a fee", json_schema_extra={"unit": "1"}
    )
    subscription: Literal["none", "flat", "two-part"] = Field(
        "none",
        description="What labs sell for a fee a month. flat: an allowance and nothing beyond; two-part: tokens beyond "
        "the allowance at a price; none: nothing",
    )
    allowances: Literal["messages", "tokens"] = Field(
        "messages",
        description="What allowances count. messages: as tokens per message grow with need, so do the tokens in an "
        "allowance; tokens: an allowance stays what it was",
    )
    subscription_allowance: float = quantity(
        1.0,
        "Mtok/month",
        "Tokens a month in the fee of a subscription, at the need of the first month",
        plausible=(0.3, 5.0),
        ge=0,
        le=1e9,
        source="a plan of 20 USD a month is worth some tens of USD at the prices of the interface",
        grade="C",
        only_if=["tariffs.subscription", "flat", "two-part"],
        known_from="2025-06",
    )
    free: FreeTier = Field(NoPlan(), description="How generous labs are to users who pay nothing")
    free_allowance: float = quantity(
        0.05,
        "Mtok/month",
        "Tokens a month that labs give for nothing at the start, at the need of the first month",
        plausible=(0.01, 0.2),
        ge=1e-9,
        le=1e9,
        source="about 35,000 tokens of output a month for each weekly user of ChatGPT (2024-02)",
        grade="CALC",
        known_from="2024-02",
    )

    def tokens_in(self, allowance: float, need_factor: float) -> float:
        """Return the Mtok a month in an allowance of the first month once need is so many times what it was."""
        return allowance * need_factor if self.allowances == "messages" else allowance

    @property
    def plain(self) -> bool:
        """Whether labs sell by the token alone."""
        return self.metered and self.subscription == "none" and not self.free.gives
