"""Menus: there is something to sell, and something for everybody to buy."""

from typing import TYPE_CHECKING

from market.parameters.plans import PLANS

if TYPE_CHECKING:
    from market.parameters import Parameters


def menus_problem(parameters: "Parameters") -> str | None:
    """Return why labs sell nothing, or which segment can buy nothing of what is sold; None if neither is so."""
    tariffs, population = parameters.tariffs, parameters.population
    if not tariffs.metered and tariffs.subscription == "none":
        return "tariffs.metered = false and tariffs.subscription = none: labs have nothing to sell"
    small = parameters.small_models
    if small.plans != "none" and not parameters.small:
        needed = {"metered": "tariffs.metered = true", "free": "a free plan (tariffs.free)"}
        return f"small_models.plans = {small.plans} needs {needed.get(small.plans, ' or '.join(needed.values()))}"
    if population.plan_correlation < population.nest_correlation and not parameters.plain_menus:
        return (
            f"population.plan_correlation = {population.plan_correlation:g} must be at least "
            f"population.nest_correlation = {population.nest_correlation:g}: plans of one seller are no farther from "
            "each other than those of several"
        )
    resellers = parameters.resellers if parameters.resellers.count else None
    sold = (
        tariffs.free.gives,
        tariffs.subscription != "none" or (resellers is not None and resellers.wrapper_share > 0),
        tariffs.metered or (resellers is not None and resellers.wrapper_share < 1),
    )
    for name, segment in population.segments.items():
        if not any(open_to and on_sale for open_to, on_sale in zip(segment.sees, sold, strict=False)):
            plans = " and ".join(plan for plan, on_sale in zip(PLANS, sold, strict=False) if on_sale)
            return f"population.segments.{name} can buy none of the plans that are sold ({plans}): see its sees_… keys"
    return None
