"""Everything there is to say about the parameters of a scenario, key by key and rule by rule."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from market.conduct.own_rules import RULE
from market.parameters.keys import Leaf, bounds, entries_of, leaves, section_of, sections_of
from market.parameters.laying import merge, paths, removals
from market.parameters.run import RunParameters
from scenarios.files.merging import nest

Path = tuple[str, ...]


def _said(name: str) -> Callable[[FieldInfo, Any], Any]:
    return lambda field, _: _extra(field).get(name, "")


def _plausible(field: FieldInfo, _: Any) -> list[float] | None:
    extra = _extra(field)
    return [extra["low"], extra["high"]] if "low" in extra else None


def _extra(field: FieldInfo) -> dict[str, Any]:
    return dict(field.json_schema_extra) if isinstance(field.json_schema_extra, dict) else {}


FACTS: Mapping[str, Callable[[FieldInfo, Any], Any]] = {
    "unit": _said("unit"),
    "meaning": lambda field, _: field.description or "",
    "range": bounds,
    "plausible": _plausible,
    "source": _said("source"),
    "link": lambda field, _: _extra(field).get("link"),
    "grade": _said("grade"),
    "known_from": lambda field, _: _extra(field).get("known_from"),
}
"""What a declaration says of a key, by its name in ``show --json``: read off the declaration and the type."""

UNSAID: Mapping[str, Any] = dict.fromkeys(FACTS, "") | {"plausible": None, "link": None, "known_from": None}


@dataclass(frozen=True)
class Row:
    """One parameter.

    Attributes:
        path: Its keys from the top.
        value: In effect; False for an entry of a free table that the scenario takes out.
        default: What it is where nobody sets it; None where it is there only because somebody does.
        changed: Whether the scenario differs from the default.
        facts: As `FACTS` reads them off the declaration.
        entry_of: Dotted name of the free table of values it is an entry of, if it is.
        removed: Whether it is an entry of a free table that the scenario takes out.
        dated: Whether an event can change it at a date.
        of_a_firm: Whether a firm of the layer can have a value of its own.
    """

    path: Path
    value: Any
    default: Any
    changed: bool
    facts: Mapping[str, Any]
    entry_of: str | None = None
    removed: bool = False
    dated: bool = False
    of_a_firm: bool = False

    @property
    def key(self) -> str:
        """The dotted name."""
        return ".".join(self.path)

    def about(self) -> dict[str, Any]:
        """Return what ``show --json`` prints."""
        ends = {"default": self.default, "changed": self.changed, "entry_of": self.entry_of, "dated": self.dated}
        return {"key": self.key, "value": self.value, **self.facts, **ends, "of_a_firm": self.of_a_firm}


@dataclass(frozen=True)
class Choice:
    """One rule among those that a table may follow.

    Attributes:
        path: Keys of the table from the top.
        decides: What the rule decides, in words.
        rule: Its name.
        meaning: In a sentence.
        in_effect: Whether the scenario follows it.
        parameters: Its own, as they are where nobody sets them.
        common: Names of those that every rule of the table has and declares alike.
    """

    path: Path
    decides: str
    rule: str
    meaning: str
    in_effect: bool
    parameters: tuple[Row, ...]
    common: frozenset[str]

    @property
    def key(self) -> str:
        """The dotted name of the table."""
        return ".".join(self.path)

    def about(self) -> dict[str, Any]:
        """Return what ``show --json`` prints."""
        own = [{"key": row.path[-1], "default": row.default, **row.facts} for row in self.parameters]
        head = {
            "key": self.key,
            "decides": self.decides,
            "rule": self.rule,
            "meaning": self.meaning,
            "in_effect": self.in_effect,
        }
        return {**head, "parameters": own}


def parameter_rows(parameters: RunParameters) -> list[Row]:
    """Return every parameter in effect, in the order of the declarations, then the entries that are taken out."""
    from market.parameters.exceptions import is_of_a_firm
    from market.parameters.spells import dated_keys
    from scenarios.files.loading import usual

    section, values = type(parameters), parameters.model_dump(mode="json")
    found = {leaf.path: leaf for leaf in leaves(section, values)}
    rules: dict[Path, list[Choice]] = {}
    for choice in rule_choices(parameters):
        rules.setdefault((*choice.path, RULE), []).append(choice)
    default = usual(parameters.model)
    known = _usual(section, default, found, rules)
    dated = set(dated_keys(parameters))
    rows = [
        replace(
            _row(leaf, known.get(leaf.path), rules.get(leaf.path, [])),
            dated=leaf.name in dated,
            of_a_firm=is_of_a_firm(section, leaf.path),
        )
        for leaf in found.values()
    ]
    present = set(paths(values))
    gone = [path for path in paths(removals(section, default, values)) if path not in present]
    return rows + [Row(path, False, None, True, UNSAID, removed=True) for path in gone]


def _row(leaf: Leaf, default: Any, rules: list[Choice]) -> Row:
    facts = {name: read(leaf.field, leaf.annotation) for name, read in FACTS.items()}
    if rules:
        facts |= {"range": ", ".join(choice.rule for choice in rules), "meaning": facts["meaning"] or rules[0].decides}
    table = ".".join(leaf.path[:-1]) if leaf.entry else None
    return Row(leaf.path, leaf.value, default, default != leaf.value, facts, table)


def _usual(
    section: type[BaseModel], default: Mapping[str, Any], found: Mapping[Path, Leaf], rules: Iterable[Path]
) -> dict[Path, Any]:
    """Return the defaults by path; beside a rule that is not the default's, what its keys are by that rule alone."""
    usual = {leaf.path: leaf.value for leaf in leaves(section, default)}
    changed = [path for path in rules if path in found and usual.get(path) not in (None, found[path].value)]
    named = merge(section, default, nest({".".join(path): found[path].value for path in changed}, "show"))
    for path in changed:
        usual |= {leaf.path: _kept(leaf, named) for leaf in found.values() if _beside(leaf.path, path)}
    return usual


def _beside(path: Path, rule: Path) -> bool:
    return path != rule and path[: len(rule) - 1] == rule[:-1]


def _kept(leaf: Leaf, named: Mapping[str, Any]) -> Any:
    """Return what a value is where only the rule of its table is named: kept from before, or the rule's own."""
    place: Any = named
    for key in leaf.path:
        if not isinstance(place, Mapping) or key not in place:
            return _default(leaf.field)
        place = place[key]
    return place


def _default(field: FieldInfo) -> Any:
    value = None if field.is_required() else field.get_default(call_default_factory=True)
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def rule_choices(parameters: RunParameters) -> list[Choice]:
    """Return every rule of every table that chooses among rules."""
    return list(_choices(type(parameters), parameters.model_dump(mode="json"), ()))


def _choices(annotation: Any, values: Any, path: Path, decides: str = "") -> Iterator[Choice]:
    kinds, entry = sections_of(annotation), entries_of(annotation)
    if len(kinds) > 1:
        yield from _rules(kinds, section_of(annotation, values), values, path, decides)
    elif kinds:
        for name, field in kinds[0].model_fields.items():
            yield from _choices(field.annotation, values[name], (*path, name), field.description or "")
    elif entry is not None:
        for name, value in values.items():
            yield from _choices(entry, value, (*path, name))


def _rules(
    kinds: list[type[BaseModel]], used: type[BaseModel] | None, values: Mapping[str, Any], path: Path, decides: str
) -> Iterator[Choice]:
    known = dict.fromkeys([*kinds, *([used] if used else [])])
    parameters = {kind: tuple(_parameters(kind, path)) for kind in known}
    shared = [row for row in parameters[kinds[0]] if all(row in others for others in parameters.values())]
    common = frozenset(row.path[-1] for row in shared)
    for kind in known:
        rule = str(values[RULE] if kind is used else kind.model_fields[RULE].default)
        meaning = " ".join(inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].split())
        yield Choice(path, decides, rule, meaning, kind is used, parameters[kind], common)


def _parameters(kind: type[BaseModel], path: Path) -> Iterator[Row]:
    for name, field in kind.model_fields.items():
        if name != RULE:
            facts = {fact: read(field, field.annotation) for fact, read in FACTS.items()}
            yield Row((*path, name), _default(field), _default(field), False, facts)
