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

from market import Parameters, TextbookParameters
from market.models import model_for
from market.parameters.exceptions import is_of_a_firm
from market.parameters.explain import rules_of
from market.parameters.keys import Leaf, leaves, section_of
from market.parameters.run import RunParameters
from market.parameters.spells import dated_keys
from market.textbook.parameters import OF_LINEAR, OF_LOGIT
from scenarios.errors import BadInput
from scenarios.files.finding import presets
from scenarios.files.loading import load, override
from scenarios.files.merging import nest
from scenarios.files.toml import to_toml

COUNT = int(os.environ.get("ANY_SCENARIOS", "500"))
MONTHS = 12
SIZE = {"population.users": 2_000, "population.types": 4}
GOES_ON = {"horizon.rounds": MONTHS + 1}
"""Whose last month, in which the profit gains are worked out, is not played: they take longer than the year."""
LEFT_OUT = ("name", "model", "events", "horizon.", "population.users", "population.types", "population.engine")
CHAINS = sorted(name for name in presets() if load(name).parameters.model == "textbook")


def keys_of(declared: type[RunParameters]) -> list[Leaf]:
    """Return what may be drawn of a model's parameters."""
    values = declared().model_dump(mode="json")
    return [leaf for leaf in leaves(declared, values) if not leaf.name.startswith(LEFT_OUT)]


def rules_in(declared: type[RunParameters]) -> dict[str, list[str]]:
    """Return the rules that a model's tables may follow, by the dotted name of the key that names them."""
    defaults = declared().model_dump(mode="json")
    return {
        f"{section}.{key}.rule": rules_of(field.annotation)
        for section, of_section in declared.model_fields.items()
        if isinstance(defaults[section], dict)
        for key, field in (section_of(of_section.annotation, defaults[section]) or declared).model_fields.items()
        if rules_of(field.annotation)
    }


KEYS, RULES = keys_of(Parameters), rules_in(Parameters)
DATED = set(dated_keys(Parameters()))
INSIDE = tuple(name.removesuffix("rule") for name in RULES)
LAYERS = ("hosts", "labs", "makers", "resellers", "vendors")
CHAIN_RULES = rules_in(TextbookParameters)
CHAIN_KEYS = [leaf for leaf in keys_of(TextbookParameters) if not leaf.name.startswith(INSIDE)]
CHAIN_DATED = set(dated_keys(TextbookParameters()))


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
    whole = leaf.annotation is int
    if whole:
        high = min(high, max(12 * leaf.value, low + 10))  # more: test_long_and_large
    spread = high > 20 * max(abs(low), 0.1) and low >= 0
    if spread and draw.random() < (0.95 if whole else 0.7):  # as likely small as large
        drawn = math.exp(draw.uniform(math.log(max(low, 0.5 if whole else 1e-9 * high)), math.log(high)))
    else:
        drawn = draw.uniform(low, high)
    return round(drawn) if whole else drawn


def drawn(number: int) -> dict[str, Any]:
    """Return the changes of a scenario: few or many keys, some rules and keys of theirs, an engine."""
    draw = random.Random(number)
    keys = [leaf for leaf in KEYS if not leaf.name.startswith(INSIDE)]
    changes = {leaf.name: value(leaf, draw) for leaf in draw.sample(keys, draw.randint(1, 25))}
    rules = {name: draw.choice(names) for name, names in RULES.items() if draw.random() < 0.3}
    changes |= {leaf.name: value(leaf, draw) for leaf in keys_of_rules(rules) if draw.random() < 0.25}
    changes["population.engine"] = draw.choice(["individual", "cohort"])
    if draw.random() < 0.3:
        dated = [leaf for leaf in keys if leaf.name in DATED]
        later = {leaf.name: value(leaf, draw) for leaf in draw.sample(dated, draw.randint(1, 5))}
        later = {name: given for name, given in later.items() if given is not None}
        changes["events"] = [{"round": draw.randint(0, MONTHS - 1), "set": later}] if later else []
    changes = {name: given for name, given in changes.items() if given is not None}
    if draw.random() < 0.2:  # firms that seldom come together by chance
        changes |= {"clouds.count": draw.randint(1, 6), "hosts.count": draw.randint(1, 8)}
    if changes.get("labs.entrants") and not changes.get("clouds.count"):
        changes["clouds.count"] = draw.randint(1, 6)
    if draw.random() < 0.1:
        most = int(changes.get("labs.count", Parameters().labs.count))
        changes |= {"own_chips.labs": draw.randint(1, min(most, 50)), "own_chips.months": draw.randint(0, 6)}
    found = rules | changes | (firms_of_their_own(draw, changes) if draw.random() < 0.3 else {})
    return found if draw.random() < 0.1 else found | GOES_ON


def firms_of_their_own(draw: random.Random, changes: dict[str, Any]) -> dict[str, Any]:
    """Return exceptions for some firms of a layer: any keys that a firm may have, another rule among them."""
    layer = draw.choice(LAYERS)
    count = int(changes.get(f"{layer}.count", getattr(Parameters(), layer).count))
    if not count:
        return {}
    own = [leaf for leaf in KEYS if is_of_a_firm(Parameters, leaf.path) and leaf.path[0] == layer]
    drawn = {leaf.path[-1]: value(leaf, draw) for leaf in own if len(leaf.path) == 2 and draw.random() < 0.3}
    drawn["pricing"] = {"rule": draw.choice(RULES[f"{layer}.pricing.rule"])}
    numbers = sorted(draw.sample(range(1, count + 1), draw.randint(1, min(count, 3))))
    return {f"{layer}.firms": [{"firm": numbers, "set": drawn}]}


def keys_of_rules(rules: dict[str, str]) -> list[Leaf]:
    """Return the keys that rules have of their own where the layers follow these."""
    values = override(Parameters(), rules).model_dump(mode="json")
    return [leaf for leaf in leaves(Parameters, values) if leaf.name.startswith(INSIDE) and leaf.name not in RULES]


def drawn_chain(number: int) -> dict[str, Any]:
    """Return a textbook chain and some changes to it: a few keys, and rules that the layers may be able to follow."""
    draw = random.Random(number)
    preset = draw.choice(CHAINS)
    changes: dict[str, Any] = {"preset": preset, **({"resellers.count": 0} if draw.random() < 0.15 else {})}
    other = OF_LOGIT if load(preset).parameters.chain.demand == "linear" else OF_LINEAR
    keys = [leaf for leaf in CHAIN_KEYS if leaf.path[-1] not in other or draw.random() < 0.05]
    changes |= chain_values(draw, draw.sample(keys, draw.randint(1, 3)))
    posting = "labs" if changes.get("resellers.count") == 0 else "resellers"
    free = posting if other is OF_LINEAR else None
    changes |= chain_rules(draw, free)
    if draw.random() < 0.3:
        later = chain_values(draw, draw.sample([leaf for leaf in keys if leaf.name in CHAIN_DATED], draw.randint(1, 3)))
        later |= chain_rules(draw, free)
        changes["events"] = [{"round": draw.randint(0, MONTHS - 1), "set": later}] if later else []
    return changes


def chain_values(draw: random.Random, keys: list[Leaf]) -> dict[str, Any]:
    """Return values of some keys of a chain."""
    drawn = {leaf.name: draw.uniform(0, 2) if leaf.name.endswith("_cost") else value(leaf, draw) for leaf in keys}
    return {name: given for name, given in drawn.items() if given is not None}


def chain_rules(draw: random.Random, free: str | None) -> dict[str, Any]:
    """Return rules of some layers of a chain; the layer that is free may follow any."""
    rules: dict[str, Any] = {}
    for name, names in CHAIN_RULES.items():
        any_rule = free is not None and name.startswith(free)
        if draw.random() < (0.7 if any_rule else 0.15):
            rules[name] = draw.choice(names if any_rule else CHAIN_RULES["vendors.pricing.rule"])
        if rules.get(name) == "cost-plus":
            rules[f"{name.removesuffix('rule')}markup"] = draw.uniform(-0.5, 2.0)
    return rules


def read(changes: dict[str, Any]) -> RunParameters | None:
    """Return the parameters of a scenario; None where it is refused."""
    chosen = {name: given for name, given in changes.items() if name != "preset"}
    size = {} if "preset" in changes else SIZE
    try:
        parameters = load(changes.get("preset", "baseline")).parameters
        return override(parameters, {"horizon.rounds": MONTHS, **chosen, **size})
    except BadInput:
        return None


def played(changes: dict[str, Any]) -> None:
    """Play a scenario and check each month of it; one that is refused when it is read is none."""
    parameters = read(changes)
    if parameters is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        audit = model_for(parameters)(parameters, rng=1, collect=False).audit()
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
        if name != "preset" and failing(fewer):
            changes = fewer
    return changes


def check(changes: dict[str, Any]) -> None:
    try:
        played(changes)
    except Exception as problem:
        fewer = shrunk(changes)
        base = {"question": "Why does this fail?", "extends": fewer.pop("preset", "baseline")}
        pytest.fail(f"{type(problem).__name__}: {problem}\n\n{to_toml(base | nest(fewer, 'drawn'))}")


@pytest.mark.spread
@pytest.mark.parametrize("number", range(COUNT))
def test_any_scenario_runs_and_adds_up(number: int) -> None:
    check(drawn(number))


@pytest.mark.spread
@pytest.mark.parametrize("number", range(COUNT // 10))
def test_any_textbook_chain_runs_and_adds_up(number: int) -> None:
    check(drawn_chain(number))


def test_most_draws_are_scenarios() -> None:
    for draw, least in ((drawn, 0.7), (drawn_chain, 0.5)):
        read_ = [read(draw(number)) is not None for number in range(100)]
        assert sum(read_) >= least * len(read_), (draw.__name__, sum(read_))


def test_the_draws_reach_every_key_and_every_rule() -> None:
    found = [drawn(number) for number in range(1_000)]
    reached = {name for changes in found for name in changes}
    free = {leaf.name for leaf in KEYS if value(leaf, random.Random(0)) is not None and not leaf.name.endswith(".rule")}
    assert free <= reached
    own = {leaf.name for name, rules in RULES.items() for rule in rules for leaf in keys_of_rules({name: rule})}
    assert own <= reached
    for name, rules in RULES.items():
        assert {changes[name] for changes in found if name in changes} == set(rules)
    in_chains: set[tuple[str, str]] = set()
    for changes in map(drawn_chain, range(2_000)):
        new = brought(changes) - in_chains
        if new and read(changes) is not None:
            in_chains |= new
    assert {("key", leaf.name) for leaf in CHAIN_KEYS if leaf.name.startswith("chain.")} <= in_chains
    assert {(name, rule) for name, rules in CHAIN_RULES.items() for rule in rules} <= in_chains
    dated = {name for name in CHAIN_DATED if name.startswith("chain.") or name.endswith(".rule")}
    assert {("at a date", name) for name in dated} <= in_chains


def brought(changes: dict[str, Any]) -> set[tuple[str, str]]:
    """Return what a drawn chain tries: keys, keys at a date, and rules by the key that names them."""
    at_a_date = {("at a date", key) for event in changes.get("events", ()) for key in event["set"]}
    rules = {(name, changes[name]) for name in CHAIN_RULES if name in changes}
    return {("key", key) for key in changes} | at_a_date | rules


def test_a_failure_is_cut_down_to_what_matters() -> None:
    def failing(changes: dict[str, Any]) -> bool:
        return {"labs.count", "labs.overhead_share"} <= changes.keys()

    given = {"labs.count": 3, "power.count": 2, "labs.overhead_share": 0.5, "makers.count": 1}
    assert shrunk(given, failing) == {"labs.count": 3, "labs.overhead_share": 0.5}
