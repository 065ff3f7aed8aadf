"""Laying the tables of one scenario over those of another, and remembering where each value comes from."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from market.own_rules import RULE
from scenarios.errors import BadInput, quoted
from scenarios.keys import entries_of, inner, section_of
from scenarios.toml import DEEPEST, plain

Path = tuple[str, ...]

BARE_NUMBER = re.compile(r"[+-]?(\d+\.|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
"""A number that people write and TOML does not know: ``.5``, ``5.``."""


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


def nest(changes: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """Return values by dotted name as nested tables.

    Raises:
        BadInput: If a name is empty or has too many parts, or one value would stand inside another.
    """
    nested: dict[str, Any] = {}
    for name, value in changes.items():
        *above, last = name.split(".")
        if not all((*above, last)) or len(above) >= DEEPEST:
            raise BadInput(f"{origin}: {quoted(name)} is not a dotted name such as labs.count")
        table = nested
        for key in above:
            table = table.setdefault(key, {})
            if not isinstance(table, dict):
                raise BadInput(f"{origin}: {name} is set inside {'.'.join(above)}, which is itself set to a value")
        if last in table:
            raise BadInput(f"{origin}: {name} is set together with a key inside it")
        plain(name, f"{origin}: the key")
        table[last] = plain(value, f"{origin}: {name}")
    return nested


def flatten(table: Mapping[str, Any], known_tables: Iterable[str] = ()) -> dict[str, Any]:
    """Return nested tables as values by dotted name; a table that holds one of the known keys is a value."""
    known = set(known_tables)
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping) and not known & set(value):
            flat |= {f"{key}.{name}": item for name, item in flatten(value, known).items()}
        else:
            flat[key] = value
    return flat


def parse_assignments(texts: Iterable[str], origin: str = "--set") -> dict[str, Any]:
    """Return ``KEY=VALUE`` texts as values by dotted name.

    A value is TOML; what is not TOML is taken as text, so that names need no quotes.

    Raises:
        BadInput: If a text has no ``=``, no key, or a key comes twice.
    """
    changes: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name or not value.strip():
            raise BadInput(f"{origin}: {quoted(text)} is not KEY=VALUE, as in labs.count=3")
        if name in changes:
            raise BadInput(f"{origin}: {name} is given twice")
        changes[name] = plain(_parse(value.strip()), f"{origin}: {name}")
    return changes


def _parse(text: str) -> Any:
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):  # no TOML, or a whole number of too many digits
        return float(text) if BARE_NUMBER.fullmatch(text) else text
    return parsed["value"] if set(parsed) == {"value"} else text
