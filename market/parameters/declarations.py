"""What parameters declare: the classes, types and bounds behind the names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

RULE = "rule"
"""The key that tells which of several classes a table stands for."""

LIMITS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
KINDS = {bool: "true or false", int: "a whole number", float: "a number"}


def rules_of(annotation: Any) -> dict[str, type[BaseModel]]:
    """Return the classes among which a table's rule chooses, by the name of the rule; none where there is no rule."""
    sections = [member for member in get_args(annotation) if isinstance(member, type) and issubclass(member, BaseModel)]
    return {str(section.model_fields[RULE].default): section for section in sections if RULE in section.model_fields}


def section_of(annotation: Any, table: Any) -> type[BaseModel] | None:
    """Return the class a table stands for, among several the one its rule names."""
    if rules := rules_of(annotation):
        rule = table.get(RULE) if isinstance(table, Mapping) else None
        return rules.get(rule) if isinstance(rule, str) else None
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def entries_of(annotation: Any) -> Any:
    """Return the type of what is in a free table (one whose keys the scenario chooses) or in a series, else None."""
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    return get_args(annotation)[0] if get_origin(annotation) is tuple else None


def inside(annotation: Any, key: str, table: Any, field: FieldInfo | None = None) -> tuple[Any, FieldInfo | None]:
    """Return type and declaration of what a key names in a table; entries are declared by ``field``, the table's."""
    entries = entries_of(annotation)
    if entries is not None:
        return entries, field
    section = section_of(annotation, table)
    found = section.model_fields.get(key) if section else None
    return (found.annotation, found) if found else (None, None)


def located(
    root: type[BaseModel], location: Sequence[int | str], values: Any
) -> tuple[tuple[str, ...], Any, FieldInfo | None]:
    """Return keys, type and declaration of a place as pydantic names it, with the name of a rule as a step."""
    keys: list[str] = []
    annotation: Any = root
    field: FieldInfo | None = None
    for step in location:
        if rules_of(annotation) and isinstance(values, Mapping) and step == values.get(RULE):
            continue
        keys.append(str(step))
        annotation, field = inside(annotation, str(step), values, field)
        if isinstance(values, Mapping):
            values = values.get(step)
        elif isinstance(values, list) and isinstance(step, int):
            values = values[step]
    return tuple(keys), annotation, field


def names_in(annotation: Any, values: Any, above: str = "") -> Iterator[str]:
    """Yield the dotted names of everything in a table, tables inside included."""
    section, table = section_of(annotation, values), values if isinstance(values, Mapping) else {}
    for key in section.model_fields if section else table:
        yield above + key
        yield from names_in(inside(annotation, key, table)[0], table.get(key), f"{above}{key}.")


def choices_of(annotation: Any) -> tuple[str, ...]:
    """Return the texts or the rules among which a value is chosen; none where it is not."""
    members = get_args(annotation)
    texts = bool(members) and all(isinstance(choice, str) for choice in members)
    return members if texts else tuple(rules_of(annotation))


def allowed(annotation: Any, field: FieldInfo | None) -> str:
    """Return what a declaration allows: ``a whole number, 1 to 200``, ``one of auto, individual, cohort``."""
    if choices := choices_of(annotation):
        return f"one of {', '.join(choices)}"
    if section := section_of(annotation, None):
        return f"a table with the keys {', '.join(section.model_fields)}"
    if get_origin(annotation) is tuple:
        return "a list of tables"
    kind = next((KINDS[member] for member in (annotation, *get_args(annotation)) if member in KINDS), "")
    return ", ".join(filter(None, (kind, _span(field))))


def _span(field: FieldInfo | None) -> str:
    metadata = field.metadata if field else []
    limits = {name: getattr(item, name) for item in metadata for name in LIMITS if hasattr(item, name)}
    if limits.keys() == {"ge", "le"}:
        return f"{limits['ge']:g} to {limits['le']:g}"
    return " and ".join(f"{LIMITS[name]} {limits[name]:g}" for name in LIMITS if name in limits)
