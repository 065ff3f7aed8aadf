"""Values by dotted name, as people and files give them, and nested tables."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from scenarios.errors import BadInput, quoted
from scenarios.files.toml import DEEPEST, plain

BARE_NUMBER = re.compile(r"[+-]?(\d+\.|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
"""A number that people write and TOML does not know: ``.5``, ``5.``."""


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
