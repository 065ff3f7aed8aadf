"""Every scenario that the declarations allow runs, and everything in it adds up.

Scenarios are drawn from the declarations themselves: any keys within their bounds, any rule in any layer, both user
engines, the commons off, on or alone. A key or a rule that is added joins without a line here. ``ANY_SCENARIOS`` sets
how many are drawn; one that fails is cut down to the changes that matter and printed as a TOML file.
"""

import math
import os
import random
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from market import Parameters, TokenMarket
from market.identities import Audit
from market.parameters.explain import rules_of
from market.parameters.keys import Leaf, leaves, section_of
from scenarios.errors import BadInput
from scenarios.loading import load, override
from scenarios.merging import nest
from scenarios.toml import to_toml

COUNT = int(os.environ.get("ANY_SCENARIOS", "200"))
MONTHS = 12
SIZE = {"horizon.rounds": MONTHS, "population.users": 2_000, "population.types": 4}
LEFT_OUT = ("horizon.", "population.users", "population.types", "population.engine", "rental.", "fleet.compute")
DEFAULTS = Parameters().model_dump(mode="json")
KEYS = [leaf for leaf in leaves(Parameters, DEFAULTS) if not leaf.name.startswith(LEFT_OUT)]
RULES = {
    f"{section}.{key}.rule": rules_of(field.annotation)
    for section, of_section in Parameters.model_fields.items()
    if isinstance(DEFAULTS[section], dict)
    for key, field in (section_of(of_section.annotation, DEFAULTS[section]) or Parameters).model_fields.items()
    if rules_of(field.annotation)
}


def bounds(leaf: Leaf) -> tuple[float, float] | None:
    """Return the ends of what a number may be."""
    limits = {
        name: getattr(item, name)
        for item in leaf.field.metadata
        for name in ("ge", "gt", "le", "lt")
        if hasattr(item, name)
    }
    low, high = limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))
    return None if low is None or high is None else (low, high)


def value(leaf: Leaf, draw: random.Random) -> Any:
    """Return any value that a declaration allows; None for one that is no number and no choice."""
    if isinstance(leaf.value, bool):
        return draw.random() < 0.5
    choices = getattr(leaf.annotation, "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        return draw.choice(choices)
    ends = bounds(leaf)
    if ends is None or not isinstance(leaf.value, int | float):
        return None
    low, high = ends
    if leaf.annotation is int:
        return draw.randint(int(low), int(min(high, max(60 * leaf.value, low + 10))))
    if high > 100 * max(abs(low), 0.1) and low >= 0 and draw.random() < 0.7:  # as likely small as large
        return math.exp(draw.uniform(math.log(max(low, 1e-9 * high)), math.log(high)))
    return draw.uniform(low, high)


def drawn(number: int) -> dict[str, Any]:
    """Return the changes of a scenario: few or many keys, some rules, an engine."""
    draw = random.Random(number)
    inside = [name.removesuffix("rule") for name in RULES]
    keys = [leaf for leaf in KEYS if not leaf.name.startswith(tuple(inside))]
    changes = {leaf.name: value(leaf, draw) for leaf in draw.sample(keys, draw.randint(1, 25))}
    changes |= {name: draw.choice(rules) for name, rules in RULES.items() if draw.random() < 0.3}
    changes["population.engine"] = draw.choice(["individual", "cohort"])
    return {name: given for name, given in changes.items() if given is not None}


def played(changes: dict[str, Any]) -> None:
    """Play a scenario and check each month of it; one that is refused when it is read is none."""
    try:
        parameters = override(load("baseline").parameters, {**changes, **SIZE})
    except BadInput:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        audit = Audit(TokenMarket(parameters, rng=1, collect=False))
        for _ in range(MONTHS):
            audit.step()


def fails(changes: dict[str, Any]) -> bool:
    try:
        played(changes)
    except Exception:
        return True
    return False


def shrunk(changes: dict[str, Any], failing: Callable[[dict[str, Any]], bool] = fails) -> dict[str, Any]:
    """Return the changes without those that do not matter."""
    for name in list(changes):
        fewer = {key: given for key, given in changes.items() if key != name}
        if failing(fewer):
            changes = fewer
    return changes


@pytest.mark.parametrize("number", range(COUNT))
def test_any_scenario_runs_and_adds_up(number: int) -> None:
    changes = drawn(number)
    try:
        played(changes)
    except Exception as problem:
        table = to_toml({"question": "Why does this fail?", "extends": "baseline", **nest(shrunk(changes), "drawn")})
        pytest.fail(f"{type(problem).__name__}: {problem}\n\n{table}")


def test_the_draws_reach_every_key_and_every_rule() -> None:
    found = [drawn(number) for number in range(1_000)]
    reached = {name for changes in found for name in changes}
    free = {leaf.name for leaf in KEYS if value(leaf, random.Random(0)) is not None and not leaf.name.endswith(".rule")}
    of_rules = tuple(name.removesuffix("rule") for name in RULES)
    assert {name for name in free if not name.startswith(of_rules)} <= reached
    for name, rules in RULES.items():
        assert {changes[name] for changes in found if name in changes} == set(rules)


def test_a_failure_is_cut_down_to_what_matters() -> None:
    def failing(changes: dict[str, Any]) -> bool:
        return {"labs.count", "labs.overhead_share"} <= changes.keys()

    given = {"labs.count": 3, "power.count": 2, "labs.overhead_share": 0.5, "makers.count": 1}
    assert shrunk(given, failing) == {"labs.count": 3, "labs.overhead_share": 0.5}
