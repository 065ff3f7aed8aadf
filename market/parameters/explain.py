"""What pydantic found wrong, as one message that a person can act on."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from market.conduct.own_rules import RULE
from market.models import MODEL, MODELS, parameters_of
from market.parameters.keys import allowed, inner, leaves, section_of, sections_of
from market.wording import did_you_mean, nearest, quoted

Path = tuple[str, ...]
SHOWN = 5

SAID = {
    "string_type": "must be text",
    "list_type": "must be a list",
    "too_short": "must hold at least {min_length}",
    "string_too_short": "must have at least {min_length} character",
    "string_too_long": "must have at most {max_length} characters",
}
"""What is wrong with a value, by pydantic's name for it, where a declaration has no bounds of a number."""


def explain(
    error: ValidationError,
    section: type[BaseModel],
    values: Mapping[str, Any],
    origin: Callable[[Path], str],
    also: Sequence[str] = (),
) -> str:
    """Return what is wrong: file, key, value, what is allowed, and the nearest valid key.

    Args:
        error: As raised by the section.
        section: The class that refused the values.
        values: What was refused.
        origin: Tells where the value at a path comes from.
        also: Keys that are valid at the top besides those of the section.
    """
    every = error.errors(include_url=False)
    found = [item for item in every if not any(_inside(other["loc"], item["loc"]) for other in every)]
    lines = list(dict.fromkeys(_explain(item, section, values, origin, also) for item in found))
    more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join(lines[:SHOWN] + more)


def _inside(inner_place: Sequence[int | str], place: Sequence[int | str]) -> bool:
    return len(inner_place) > len(place) and inner_place[: len(place)] == place


def locate(section: type[BaseModel], location: Sequence[int | str], values: Any) -> tuple[Path, Any, FieldInfo | None]:
    """Return keys, type and declaration of the place pydantic names (which counts the rule's name as a step)."""
    path: list[str] = []
    annotation: Any = section
    field: FieldInfo | None = None
    for step in location:
        if len(sections_of(annotation)) > 1 and isinstance(values, Mapping) and step == values.get(RULE):
            annotation = section_of(annotation, values)
            continue
        path.append(str(step))
        found = inner(annotation, field, str(step), values)
        annotation, field = found if found else (None, field)
        if isinstance(values, Mapping):
            values = values.get(step)
        elif isinstance(values, Sequence) and isinstance(step, int):
            values = values[step]
    return tuple(path), annotation, field


def _explain(
    item: ErrorDetails,
    section: type[BaseModel],
    values: Mapping[str, Any],
    origin: Callable[[Path], str],
    also: Sequence[str],
) -> str:
    path, annotation, field = locate(section, item["loc"], values)
    name, where, given = ".".join(path), origin(path), item["input"]
    context = item.get("ctx", {})
    match item["type"]:
        case "extra_forbidden":
            top = also if where.endswith(".toml") else ()
            return f"{where}: {_unknown(section, values, path, given, top)}"
        case "missing":
            return f"{where}: {name} is missing{_meaning(field)}"
        case "union_tag_invalid":
            rules, rule = rules_of(annotation), str(context["tag"])
            return f"{where}: {name}.{RULE} = {quoted(rule)} must be {choice_among(rule, rules)}"
        case "union_tag_not_found":
            return f"{where}: {name} needs a {RULE}, one of {', '.join(rules_of(annotation))}"
        case "literal_error":
            choices = allowed(field, annotation).split(", ") if field else []
            return f"{where}: {name} = {quoted(given)} must be {choice_among(str(given), choices)}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{where}: {name} = {quoted(given)} must be a table{_table(annotation, name, given)}"
        case "tuple_type":
            kind = "a CSV file or a list of records" if field and field.json_schema_extra else "a list"
            return f"{where}: {name} = {quoted(given)} must be {kind}{_meaning(field)}"
        case "value_error" if not path:
            return f"{_origins(str(context['error']), origin)}: {context['error']}"
        case "value_error":
            value = "" if isinstance(given, Mapping) else f" = {quoted(given)}"
            return f"{where}: {name}{value}: {context['error']}"
    return f"{where}: {name} = {quoted(given)} {_problem(item, annotation, field)}{_meaning(field)}"


def _problem(item: ErrorDetails, annotation: Any, field: FieldInfo | None) -> str:
    """Return what a value must be by its declaration; in the words of pydantic where there are none of ours."""
    if said := SAID.get(item["type"]):
        return said.format(**item.get("ctx", {}))
    wanted = allowed(field, annotation) if field else ""
    return f"must be {wanted}{_unit(field)}" if wanted else item["msg"][:1].lower() + item["msg"][1:]


def _origins(message: str, origin: Callable[[Path], str]) -> str:
    """Return where the values of the keys that a message names come from."""
    named = [tuple(name.split(".")) for name in re.findall(r"[a-z_]+(?:\.\w+)+", message)]
    places = dict.fromkeys(origin(path) for path in named)
    return ", ".join(place for place in places if place != "defaults") or origin(())


def rules_of(annotation: Any) -> list[str]:
    """Return the names of the rules among which a table chooses."""
    sections = sections_of(annotation)
    return [str(section.model_fields[RULE].default) for section in sections] if len(sections) > 1 else []


def choice_among(given: str, choices: Sequence[str]) -> str:
    """Return ``one of a, b, c`` and which of them is nearest to what was given."""
    guess = nearest(given, choices)
    return f"one of {', '.join(choices)}" + (f"; did you mean {guess}?" if guess else "")


def _alternatives(section: type[BaseModel], values: Mapping[str, Any], path: Path, also: Sequence[str]) -> str:
    """Suggest the same key in another place, a like key in the same table, a like key anywhere, or list the table."""
    *above, key = path
    parent, annotation, _ = locate(section, above, values) if above else ((), section, None)
    table: Any = values
    for step in parent:
        table = table[int(step) if isinstance(table, list) else step]
    here = section_of(annotation, table)
    owners = [rule for rule, other in zip(rules_of(annotation), sections_of(annotation), strict=False)
              if key in other.model_fields and other is not here]  # fmt: skip
    if owners and here is not None and RULE in here.model_fields:
        rule = here.model_fields[RULE].default
        return f"; the rule is {rule}, and {key} belongs to {' and '.join(owners)}"
    prefix = "".join(f"{step}." for step in parent)
    siblings = [name for name in (*(here.model_fields if here else ()), *(also if not parent else ())) if name != key]
    elsewhere = _places(section)
    if key in elsewhere:
        return f"; did you mean {elsewhere[key]}?"
    if guess := nearest(key, siblings):
        return f"; did you mean {prefix}{guess}?"
    if guess := nearest(key, elsewhere):
        return f"; did you mean {elsewhere[guess]}?"
    return did_you_mean(key, (f"{prefix}{name}" for name in siblings))


def _unknown(
    section: type[BaseModel], values: Mapping[str, Any], path: Path, given: object, also: Sequence[str]
) -> str:
    """Say that there is no such key, and what was meant: one of another model, or one much like it."""
    known = f"unknown key {'.'.join(path)}{_alternatives(section, values, path, also)}"
    return _of_another_model(section, path, given) or known


def _of_another_model(section: type[BaseModel], path: Path, given: object) -> str | None:
    """Say of which model a key is that the model of this section does not have; None if of none."""
    if MODEL not in section.model_fields:
        return None
    own = section.model_fields[MODEL].default
    while isinstance(given, Mapping) and len(given) == 1:
        ((key, given),) = given.items()
        path = (*path, str(key))
    for name in MODELS:
        if name != own and _has(parameters_of(name), path) and not _has(section, path):
            return f'{".".join(path)} is a key of scenarios with model = "{name}", and this one is of {own}'
    return None


def _has(section: type[BaseModel], path: Path) -> bool:
    """Whether a class declares a key."""
    values = section().model_dump(mode="json")
    return locate(section, path, values)[1] is not None


def _places(section: type[BaseModel]) -> dict[str, str]:
    """Return the dotted name of the first place of every key, where the class has defaults to look into."""
    try:
        values = section().model_dump(mode="json")
    except ValidationError:
        return {name: name for name in section.model_fields}
    places: dict[str, str] = {}
    for leaf in leaves(section, values):
        for length, key in enumerate(leaf.path, start=1):
            places.setdefault(key, ".".join(leaf.path[:length]))
    return places


def _table(annotation: Any, name: str, given: object) -> str:
    rules = rules_of(annotation)
    if given in rules:
        return f"; did you mean {name}.{RULE} = {given}?"
    if rules:
        return f" with a {RULE}, one of {', '.join(rules)}"
    section = section_of(annotation, given)
    return f" with the keys {', '.join(section.model_fields)}" if section else ""


def _unit(field: FieldInfo | None) -> str:
    extra = field.json_schema_extra if field else None
    unit = extra.get("unit", "1") if isinstance(extra, dict) else "1"
    return "" if unit == "1" else f" {unit}"


def _meaning(field: FieldInfo | None) -> str:
    return f" ({field.description})" if field and field.description else ""
