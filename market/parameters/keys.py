"""The parameters by their dotted names, read off their declarations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from market.conduct.own_rules import RULE, Named, RuleNotFound, imported, is_path


@dataclass(frozen=True)
class Leaf:
    """One value of a scenario.

    Attributes:
        path: Its keys from the top.
        value: What is in effect.
        annotation: Its type.
        field: Its declaration; for an entry of a free table, that of the table.
        entry: Whether it is an entry of a free table.
    """

    path: tuple[str, ...]
    value: Any
    annotation: Any
    field: FieldInfo
    entry: bool

    @property
    def name(self) -> str:
        """The dotted name."""
        return ".".join(self.path)

    @property
    def facts(self) -> dict[str, Any]:
        """Unit, source, grade and plausible range as declared."""
        extra = self.field.json_schema_extra
        return dict(extra) if isinstance(extra, dict) else {}


def sections_of(annotation: Any) -> list[type[BaseModel]]:
    """Return the classes a table of this type may stand for: none, one, or one per rule."""
    members = get_args(annotation) or (annotation,)
    if get_origin(annotation) in (dict, tuple, list):
        return []
    return [member for member in members if isinstance(member, type) and issubclass(member, BaseModel)]


def section_of(annotation: Any, values: object) -> type[BaseModel] | None:
    """Return the class that a table stands for, among several the one its ``rule`` names."""
    sections = sections_of(annotation)
    if len(sections) < 2:
        return sections[0] if sections else None
    rule = values.get(RULE) if isinstance(values, Mapping) else None
    if is_path(rule):
        return _own(str(rule))
    return next((section for section in sections if section.model_fields[RULE].default == rule), None)


def _own(path: str) -> type[BaseModel] | None:
    """Return the class of a rule from outside, None where there is none."""
    try:
        return imported(path, Named)
    except RuleNotFound:
        return None


def entries_of(annotation: Any) -> Any:
    """Return the type of the entries of a free table (one whose keys the scenario chooses), else None."""
    return get_args(annotation)[1] if get_origin(annotation) is dict else None


def records_of(annotation: Any) -> type[BaseModel] | None:
    """Return the class of the records of a list of tables (a series, events), else None."""
    if get_origin(annotation) is not tuple:
        return None
    record = get_args(annotation)[0]
    return record if isinstance(record, type) and issubclass(record, BaseModel) else None


def is_series(annotation: Any) -> bool:
    """Whether a type is that of a series, whose records are dated and which may be given as a CSV file."""
    record = records_of(annotation)
    return record is not None and "date" in record.model_fields


def inner(annotation: Any, field: FieldInfo | None, key: str, values: object) -> tuple[Any, FieldInfo | None] | None:
    """Return type and declaration of what ``key`` names inside a table, or None if it names nothing."""
    entry = entries_of(annotation) or records_of(annotation)
    if entry is not None:
        return entry, field
    section = section_of(annotation, values)
    found = section.model_fields.get(key) if section else None
    return (found.annotation, found) if found else None


def leaves(section: type[BaseModel], values: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Yield every value of a section, in the order of the declarations.

    Args:
        section: The class that declares the values.
        values: As ``model_dump(mode="json")`` gives them.
        path: Keys of the section from the top.
    """
    for name, field in section.model_fields.items():
        yield from _leaves(field.annotation, values[name], (*path, name), field)


def _leaves(
    annotation: Any, value: Any, path: tuple[str, ...], field: FieldInfo, entry: bool = False
) -> Iterator[Leaf]:
    section, inside = section_of(annotation, value), entries_of(annotation)
    if section is not None:
        yield from leaves(section, value, path)
    elif inside is not None:
        for key, item in value.items():
            yield from _leaves(inside, item, (*path, key), field, entry=True)
    else:
        yield Leaf(path, value, annotation, field, entry)


def allowed(field: FieldInfo, annotation: Any) -> str:
    """Return what a declaration allows, for a message: ``a whole number, 1 to 200``, ``true or false``, the choices."""
    kind = {int: "a whole number", float: "a number"}.get(_given(annotation), "")
    return ", ".join(filter(None, (kind, bounds(field, annotation))))


def bounds(field: FieldInfo, annotation: Any) -> str:
    """Return the range of a number, or the choices there are: ``1 to 200``, ``above 0 and below 1``, ``true or false``.

    Empty where a declaration sets no bounds.
    """
    annotation = _given(annotation)
    if get_args(annotation) and all(isinstance(choice, str) for choice in get_args(annotation)):
        return ", ".join(get_args(annotation))
    if annotation is bool:
        return "true or false"
    limits = {name: getattr(item, name) for item in field.metadata for name in WORDS if hasattr(item, name)}
    if limits.keys() == {"ge", "le"}:
        return f"{limits['ge']:g} to {limits['le']:g}"
    return " and ".join(f"{WORDS[name]} {limits[name]:g}" for name in WORDS if name in limits)


def _given(annotation: Any) -> Any:
    """Return the type of a value that is given, where it may be left out."""
    members = [member for member in get_args(annotation) if member is not type(None)]
    return members[0] if len(members) == 1 and len(get_args(annotation)) == 2 else annotation


WORDS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
