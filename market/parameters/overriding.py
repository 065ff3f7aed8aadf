"""Parameters by their dotted names: some values replaced, the whole checked again."""

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from market.parameters import Parameters
from market.parameters.declarations import RULE, allowed, choices_of, entries_of, inside, located, names_in, rules_of
from market.wording import shown


def overridden(parameters: Parameters, changes: Mapping[str, Any]) -> Parameters:
    """Return the parameters with some values replaced.

    Args:
        parameters: What the rest is taken from.
        changes: Values by dotted name: ``{"labs.count": 3}``. A table (or an instance of its class) is laid over the
            one there is; another rule, by its name or as a table, keeps the values that both rules have; ``False``
            takes an entry out of a free table such as ``population.segments``.

    Raises:
        TypeError: If there is no parameter of a name; the message holds the nearest one.
        ValueError: If a value is not allowed; the message holds name, value and what is allowed.
    """
    if not changes:
        return parameters
    values = _laid_over(Parameters, parameters.model_dump(mode="json"), _nested(changes))
    try:
        return Parameters.model_validate_json(json.dumps(values), strict=True)
    except ValidationError as error:
        every = error.errors(include_url=False)
    found = [item for item in every if not any(_within(other["loc"], item["loc"]) for other in every)]
    unknown = [_unknown(item, values, changes) for item in found if item["type"] == "extra_forbidden"]
    if unknown:
        raise TypeError("\n".join(unknown))
    raise ValueError("\n".join(_refused(item, values) for item in found))


def _within(place: Sequence[int | str], other: Sequence[int | str]) -> bool:
    """Return whether a place lies inside another."""
    return len(place) > len(other) and place[: len(other)] == other


def _nested(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by dotted name as tables within tables."""
    tables: dict[str, Any] = {}
    for name, value in changes.items():
        if inner := next((other for other in changes if other.startswith(f"{name}.")), None):
            raise TypeError(f"{name} is given together with {inner}, which is inside it")
        *above, last = name.split(".")
        table = tables
        for key in above:
            table = table.setdefault(key, {})
        table[last] = _plain(name, value)
    return tables


def _plain(name: str, value: Any) -> Any:
    """Return a value in the types of JSON; whole numbers are integers, as in scenario files."""
    match value:
        case BaseModel():
            return value.model_dump(mode="json")
        case Mapping():
            return {str(key): _plain(f"{name}.{key}", item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(name, item) for item in value]
        case np.ndarray() | np.generic():
            return _plain(name, value.tolist())
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{name} must be a number, text, true or false, a list or a table, not {shown(value)}")


def _laid_over(annotation: Any, before: Any, after: Any) -> Any:
    """Return a value with another laid over it, table by table."""
    rules = rules_of(annotation)
    if isinstance(after, str) and rules:
        after = {RULE: after}
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return after
    rule = after.get(RULE, before.get(RULE))
    if rules and rule != before.get(RULE):
        known = rules[rule].model_fields if isinstance(rule, str) and rule in rules else {}
        before = {key: value for key, value in before.items() if key in known and key != RULE}
    merged, removable = dict(before), entries_of(annotation) not in (None, bool)
    for key, value in after.items():
        if removable and value is False and key in merged:
            del merged[key]
        else:
            kind, _ = inside(annotation, key, {RULE: rule})
            merged[key] = _laid_over(kind, merged.get(key), value)
    return merged


def _unknown(item: ErrorDetails, values: Mapping[str, Any], changes: Iterable[str]) -> str:
    """Say that there is no parameter of a name, and which is nearest or to what rules the name belongs."""
    place = ".".join(located(Parameters, item["loc"], values)[0])
    name = next((name for name in changes if f"{name}.".startswith(f"{place}.")), place)
    _, annotation, _ = located(Parameters, item["loc"][:-1], values)
    above, _, last = name.rpartition(".")
    owners = [rule for rule, section in rules_of(annotation).items() if last in section.model_fields]
    hint = f"{last} belongs to the rule {' or '.join(owners)}" if owners else _hint(name, above, last, values)
    return f"there is no parameter {shown(name)}; {hint}"


def _hint(name: str, above: str, last: str, values: Mapping[str, Any]) -> str:
    """Return the parameter nearest to a name: in its table, with the same last key, or anywhere; else all there are."""
    known = [other for other in names_in(Parameters, values) if other != name]
    ends = {other: other.rpartition(".")[2] for other in known}
    siblings = [other for other in known if other.rpartition(".")[0] == above]
    alike = [other for other in known if ends[other] == last]
    near = (
        get_close_matches(name, siblings, 1, 0.8)
        or (get_close_matches(name, alike, 1, 0.0) if above else alike[:1])
        or get_close_matches(name, known, 1, 0.7)
        or [other for end in get_close_matches(last, ends.values(), 1) for other in known if ends[other] == end]
    )
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(siblings or Parameters.model_fields)}"


def _refused(item: ErrorDetails, values: Mapping[str, Any]) -> str:
    """Say what is wrong with a value, and what is allowed."""
    keys, annotation, field = located(Parameters, item["loc"], values)
    name, given = ".".join(keys), item["input"]
    match item["type"]:
        case "missing":
            return f"{name} is missing"
        case "value_error" if not name or isinstance(given, Mapping):
            return ": ".join(filter(None, (name, str(item["ctx"]["error"]))))
        case "value_error":
            return f"{name} = {shown(given)}: {item['ctx']['error']}"
        case "union_tag_invalid":
            name, given = f"{name}.{RULE}", item["ctx"]["tag"]
    wanted = allowed(annotation, field)
    near = get_close_matches(str(given), choices_of(annotation), 1)
    problem = f"must be {wanted}" if wanted else item["msg"][:1].lower() + item["msg"][1:]
    meaning = f" ({field.description})" if field and field.description else ""
    return f"{name} = {shown(given)} {problem}{meaning}" + (f"; did you mean {near[0]}?" if near else "")
