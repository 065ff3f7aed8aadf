"""Laying the tables of one scenario over those of another."""

from collections.abc import Iterator, Mapping
from typing import Any

from market.conduct.own_rules import RULE
from market.parameters.keys import entries_of, inner, section_of

Path = tuple[str, ...]


def merge(annotation: Any, base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Return the base with the overlay's values in place of its own, table by table.

    A table that names another ``rule`` keeps the values that both rules have. In a free table (segments, languages)
    ``false`` takes an entry out.
    """
    merged = dict(base)
    for key, value in overlay.items():
        here = merged.get(key)
        entry = entries_of(annotation)
        if value is False and key in merged and entry not in (None, bool):
            del merged[key]
        elif isinstance(value, Mapping) and isinstance(here, Mapping):
            found = inner(annotation, None, key, base)
            kind = found[0] if found else None
            merged[key] = merge(kind, kept(kind, here, value), value)
        else:
            merged[key] = value
    return merged


def kept(annotation: Any, base: Mapping[str, Any], overlay: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a table that stay when another is laid over it.

    All of them, unless the other names another rule: then those whose keys mean the same in both rules.
    """
    if overlay.get(RULE, base.get(RULE)) == base.get(RULE):
        return base
    before, after = section_of(annotation, base), section_of(annotation, overlay)
    if before is None or after is None:
        return {}
    meant, means = ({name: field.description for name, field in rule.model_fields.items()} for rule in (before, after))
    return {key: value for key, value in base.items() if key != RULE and key in means and means[key] == meant.get(key)}


def removals(annotation: Any, base: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with ``false`` for the entries of free tables that only the base has: ``merge`` undoes it."""
    marked: dict[str, Any] = {}
    for key, value in values.items():
        found = inner(annotation, None, key, values)
        both = isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
        marked[key] = removals(found[0] if found else None, base[key], value) if both else value
    if entries_of(annotation) is not None:
        marked |= {key: False for key in base if key not in values}
    return marked


def paths(table: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    """Yield the path of every key in a table and in the tables inside."""
    for key, value in table.items():
        yield (*above, key)
        if isinstance(value, Mapping):
            yield from paths(value, (*above, key))
