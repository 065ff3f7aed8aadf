"""Compute rented by the token: the chain as theory has it, static within a month."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from market.fields import Section, quantity
from market.pricing import BestResponse, CapacityPricing, CostPlus, JointProfit, MarginalCost

if TYPE_CHECKING:
    from market.parameters import Parameters

USED: dict[str, tuple[str, ...]] = {
    "name": (),
    "rental": (),
    "horizon": ("rounds", "start"),
    "fleet": ("compute",),
    "vendors": ("count", "pricing"),
    "labs": ("count", "pricing"),
    "resellers": ("count", "pricing"),
}
"""Sections that matter where compute is rented, and the keys in them that do; all keys where none is named."""

WITH_QUANTITIES = (BestResponse, JointProfit, MarginalCost, CostPlus)
"""Rules for sellers of a good that is all alike, who choose quantities or sell at cost plus a markup."""

OF_LINEAR, OF_LOGIT = ("intercept", "slope", "integrated"), ("value", "price_coefficient", "users")
"""Keys that belong to one form of demand."""

LEAST_UTILITY = -300.0


class Rental(Section):
    """The chain where ``fleet.compute`` is rented: vendors rent capacity to labs, labs sell tokens to resellers.

    Nothing is owned, so that every month stands for itself; without resellers labs sell to users. Users are one demand
    curve. Firms per layer are ``vendors.count``, ``labs.count``, ``resellers.count``, their conduct is ``pricing``.
    """

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


def rental_problem(parameters: "Parameters") -> str | None:
    """Return what is wrong with a scenario in view of how compute is paid for; None if nothing is."""
    if parameters.fleet.compute == "bought":
        idle = [f"rental.{change}" for change in _changes(parameters.rental, ())]
        return f"{idle[0]} has no effect unless fleet.compute is rented" if idle else None
    idle = [
        f"{section}.{change}"
        for section in type(parameters).model_fields
        if section not in USED or USED[section]
        for change in _changes(getattr(parameters, section), USED.get(section, ()))
    ]
    if idle:
        return f"{idle[0]} has no effect where fleet.compute is rented"
    return _conduct_problem(parameters) or _demand_problem(parameters) or _integration_problem(parameters)


def _changes(section: BaseModel, used: tuple[str, ...]) -> Iterator[str]:
    """Yield the keys of a section, but those used, that differ from their default, with the value if it is short."""
    usual = type(section)()
    for key in type(section).model_fields:
        value = getattr(section, key)
        if key not in used and value != getattr(usual, key):
            yield f"{key} = {value}" if isinstance(value, int | float | str) else key


def _conduct_problem(parameters: "Parameters") -> str | None:
    """Find rules that sellers of a good all alike cannot follow, and settings of rules that would do nothing."""
    selling = ("vendors", "labs", "resellers") if parameters.resellers.count else ("vendors", "labs")
    with_prices = selling[-1] if parameters.rental.demand == "logit" else None
    for layer in selling:
        rule = getattr(parameters, layer).pricing
        if getattr(rule, "markup", 0.0) <= -1:
            return f"{layer}.pricing.markup must be above −1: nothing is sold for nothing"
        if isinstance(rule, CapacityPricing):
            return f"{layer}.pricing.rule = {rule.rule} needs a capacity, and rented compute has none"
        if layer == with_prices:
            continue
        if type(rule) not in WITH_QUANTITIES:
            return f"{layer}.pricing.rule = {rule.rule} needs sellers that differ (rental.demand = logit, last layer)"
        usual = type(getattr(parameters, layer))().pricing
        for key in ("largest_move", "patience"):
            given = getattr(rule, key, None)
            if given not in (getattr(usual, key, None), getattr(type(rule)(), key, None)):
                return f"{layer}.pricing.{key} has no effect where sellers choose quantities"
    return None


def _demand_problem(parameters: "Parameters") -> str | None:
    rental = parameters.rental
    other = OF_LOGIT if rental.demand == "linear" else OF_LINEAR
    for key in other:
        if getattr(rental, key) != getattr(Rental(), key):
            return f"rental.{key} = {getattr(rental, key)} has no effect where rental.demand is {rental.demand}"
    cost = rental.hardware_cost + rental.lab_cost + (rental.reseller_cost if parameters.resellers.count else 0.0)
    if rental.demand == "linear":
        message = "marginal costs (rental.hardware_cost and those below) must add up to less than rental.intercept"
        return message if cost >= rental.intercept else None
    if rental.value - rental.price_coefficient * cost < LEAST_UTILITY:
        return (
            f"rental.value less rental.price_coefficient × marginal costs (rental.hardware_cost and those below) is "
            f"under {LEAST_UTILITY:g}: nobody would buy"
        )
    last = parameters.resellers if parameters.resellers.count else parameters.labs
    known = type(last.pricing) in WITH_QUANTITIES or rental.timing == "simultaneous"
    above = ("vendors", "labs") if parameters.resellers.count else ("vendors",)
    pricing = {layer: type(getattr(parameters, layer).pricing) for layer in above}
    if not known and set(pricing.values()) != {MarginalCost}:
        return (
            f"rental.timing = sequential needs a rule that can be foreseen in the last layer, not {last.pricing.rule}"
        )
    margins = pricing["vendors"] not in (MarginalCost, CostPlus) and pricing.get("labs", MarginalCost) != MarginalCost
    if margins and rental.timing == "sequential":
        return "rental.demand = logit with sequential timing needs vendors or labs on marginal-cost"
    return None


def _integration_problem(parameters: "Parameters") -> str | None:
    own, labs, resellers = parameters.rental.integrated, parameters.labs.count, parameters.resellers.count
    if not own:
        return None
    if own > min(labs, resellers):
        return f"rental.integrated = {own} needs as many labs and resellers, not {labs} and {resellers}"
    if (own == labs) != (own == resellers):
        return "rental.integrated leaves labs without buyers, or resellers without tokens"
    theory = parameters.rental.demand == "linear" and parameters.rental.timing == "sequential"
    at_cost = isinstance(parameters.vendors.pricing, MarginalCost)
    if not (theory and at_cost and type(parameters.resellers.pricing) is BestResponse):
        return (
            "rental.integrated needs linear demand, sequential timing, vendors on marginal-cost and resellers on "
            "best-response"
        )
    return None
