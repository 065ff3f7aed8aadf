"""Parameters of the textbook chain: firms and conduct of three layers, their costs, and the demand of users."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from market.conduct.own_rules import is_path
from market.conduct.pricing import BestResponse, Pricing, PricingInQuantities
from market.conduct.rule import Rule
from market.fields import Name, Section, quantity
from market.parameters.run import RunParameters, Span

OF_LINEAR, OF_LOGIT = ("intercept", "slope", "integrated"), ("value", "price_coefficient", "users")
"""Keys that belong to one form of demand."""

LEAST_UTILITY = -300.0
"""Of a seller's tokens at cost: below it nobody would buy."""

MONTHS = 240
"""Of a run: chains have settled by then."""


class Vendors(Section):
    """Sellers of compute by the token."""

    fixed = ("count",)

    count: int = quantity(2, "firms", "Chip vendors", ge=1, le=50)
    pricing: PricingInQuantities = Field(BestResponse(), description="How vendors set the price of compute")


class Labs(Section):
    """Sellers of tokens: to resellers, or to users where there are none."""

    fixed = ("count",)

    count: int = quantity(3, "firms", "AI labs", ge=1, le=200)
    pricing: Pricing = Field(BestResponse(), description="How labs set the price of tokens")


class Resellers(Section):
    """Sellers of the labs' tokens to users."""

    fixed = ("count",)

    count: int = quantity(5, "firms", "Resellers", ge=0, le=1000)
    pricing: Pricing = Field(BestResponse(), description="How resellers set the price of tokens")


class Chain(Section):
    """What the layers cost, what users demand, and what sellers know of those below them."""

    fixed = ("demand", "integrated")

    demand: Literal["linear", "logit"] = Field(
        "linear",
        description="linear: tokens are all alike and sellers choose quantities; logit: users choose among the sellers "
        "of the last layer, which set prices",
    )
    intercept: float = quantity(10.0, "USD/Mtok", "Price at which nothing is bought (linear)", gt=0, le=1e6)
    slope: float = quantity(
        1.0, "USD/Mtok/(Mtok/month)", "Fall of the price with the tokens sold (linear)", gt=0, le=1e6
    )
    value: float = quantity(8.0, "1", "Utility of a seller's tokens before the price (logit)", ge=-300, le=300)
    price_coefficient: float = quantity(4.0, "Mtok/USD", "Utility lost per USD/Mtok (logit)", ge=1e-6, le=1e6)
    users: float = quantity(1.0, "Mtok/month", "Tokens if everybody bought (logit)", gt=0, le=1e15)
    timing: Literal["sequential", "simultaneous"] = Field(
        "sequential",
        description="sequential: sellers know how those below will answer; simultaneous: they take their margins as "
        "given",
    )
    integrated: int = quantity(
        0, "firm", "Labs that each own a reseller, supply it at cost and sell to no other (linear)", ge=0, le=200
    )
    hardware_cost: float = quantity(2.0, "USD/Mtok", "Marginal cost of vendors", ge=0, le=1e6)
    lab_cost: float = quantity(0.0, "USD/Mtok", "Marginal cost of labs beside compute", ge=0, le=1e6)
    reseller_cost: float = quantity(0.0, "USD/Mtok", "Marginal cost of resellers beside tokens", ge=0, le=1e6)


class TextbookParameters(RunParameters):
    """Everything a run of the textbook chain depends on, but the seed.

    Vendors rent compute to labs by the token, labs sell tokens to resellers, or to users where there are none. Nothing
    is owned, so that every month stands for itself. Users are one demand curve.
    """

    name: Name = Field("textbook", description="Name of the scenario")
    model: Literal["textbook"] = Field("textbook", description="What plays the scenario")
    horizon: Span = Field(Span(rounds=MONTHS), description="Length and start")
    vendors: Vendors = Field(Vendors(), description="Chip vendors")
    labs: Labs = Field(Labs(), description="AI labs")
    resellers: Resellers = Field(Resellers(), description="Resellers")
    chain: Chain = Field(Chain(), description="Costs, demand and timing")

    @model_validator(mode="after")
    def _can_be_played(self) -> "TextbookParameters":
        for problem in (*_of_conduct(self), *_of_demand(self), *_of_foresight(self), *_of_integration(self)):
            raise ValueError(problem)
        return self

    @property
    def selling(self) -> dict[str, Rule]:
        """The rules of the layers that sell, from the top; the last one sells to users."""
        rules: dict[str, Rule] = {"vendors": self.vendors.pricing, "labs": self.labs.pricing}
        return rules | ({"resellers": self.resellers.pricing} if self.resellers.count else {})


def follows_quantities(rule: Rule) -> bool:
    """Whether sellers of a good that is all alike can follow a rule; one from outside says what prices are, no more."""
    return rule.in_quantities and not is_path(rule.rule)


def _of_conduct(parameters: TextbookParameters) -> Iterator[str]:
    """Find rules that sellers of a good all alike cannot follow, and settings of rules that would do nothing."""
    posting = list(parameters.selling)[-1] if parameters.chain.demand == "logit" else None
    for layer, rule in parameters.selling.items():
        if rule.constant_markup is not None and rule.constant_markup <= -1:
            yield f"{layer}.pricing.markup must be above −1: nothing is sold for nothing"
        if getattr(rule, "patience", 0.0) > 0 and not is_path(rule.rule):
            yield f"{layer}.pricing.patience has no effect where all buyers reconsider every month"
        if layer == posting:
            continue
        if not follows_quantities(rule):
            yield f"{layer}.pricing.rule = {rule.rule} needs sellers that differ (chain.demand = logit, last layer)"
        if rule.largest_move != Rule.model_fields["largest_move"].default:
            yield f"{layer}.pricing.largest_move has no effect where sellers choose quantities"


def _of_demand(parameters: TextbookParameters) -> Iterator[str]:
    """Find keys of the other form of demand, and costs at which nobody would buy."""
    chain = parameters.chain
    for key in OF_LOGIT if chain.demand == "linear" else OF_LINEAR:
        if getattr(chain, key) != getattr(Chain(), key):
            yield f"chain.{key} = {getattr(chain, key)} has no effect where chain.demand is {chain.demand}"
    cost = chain.hardware_cost + chain.lab_cost + (chain.reseller_cost if parameters.resellers.count else 0.0)
    if chain.demand == "linear" and cost >= chain.intercept:
        yield "marginal costs (chain.hardware_cost and those below) must add up to less than chain.intercept"
    if chain.demand == "logit" and chain.value - chain.price_coefficient * cost < LEAST_UTILITY:
        yield (
            f"chain.value less chain.price_coefficient × marginal costs (chain.hardware_cost and those below) is "
            f"under {LEAST_UTILITY:g}: nobody would buy"
        )


def _of_foresight(parameters: TextbookParameters) -> Iterator[str]:
    """Find sellers above a logit layer who would have to know what cannot be foreseen."""
    if parameters.chain.demand == "linear" or parameters.chain.timing == "simultaneous":
        return
    *above, last = parameters.selling.values()
    if not follows_quantities(last) and any(rule.constant_markup != 0 for rule in above):
        yield f"chain.timing = sequential needs a rule that can be foreseen in the last layer, not {last.rule}"
    vendors, between = above[0].constant_markup, above[1:]
    if vendors is None and any(rule.constant_markup != 0 for rule in between):
        yield "chain.demand = logit with sequential timing needs vendors or labs on marginal-cost"


def _of_integration(parameters: TextbookParameters) -> Iterator[str]:
    """Find integrated pairs that there cannot be, or that theory has no answer for."""
    own, labs, resellers = parameters.chain.integrated, parameters.labs.count, parameters.resellers.count
    if not own:
        return
    if own > min(labs, resellers):
        yield f"chain.integrated = {own} needs as many labs and resellers, not {labs} and {resellers}"
    if (own == labs) != (own == resellers):
        yield "chain.integrated leaves labs without buyers, or resellers without tokens"
    theory = parameters.chain.demand == "linear" and parameters.chain.timing == "sequential"
    at_cost = parameters.vendors.pricing.constant_markup == 0
    last = parameters.resellers.pricing
    alone = last.in_quantities and last.constant_markup is None and not last.colludes
    if not (theory and at_cost and alone):
        yield (
            "chain.integrated needs linear demand, sequential timing, vendors on marginal-cost and resellers on "
            "best-response"
        )
