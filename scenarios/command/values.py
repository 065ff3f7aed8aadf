"""Values of parameters in words for people, and text from files printed as it is."""

import json
from collections.abc import Mapping
from typing import Any

from rich.style import Style
from rich.text import Text

from market.wording import printable
from scenarios.errors import quoted
from scenarios.files.merging import flatten


def in_words(value: Any) -> str:
    """Return a value as a table shows it: numbers short, a list item by item, a series by its ends."""
    if isinstance(value, list):
        if not value:
            return "none"
        if not isinstance(value[0], Mapping):
            return ", ".join(map(in_words, value))
        if "set" in value[0]:
            return "; ".join(map(_exception if "firm" in value[0] else _event, value))
        ends = value if len(value) == 1 else (value[0], value[-1])
        return " … ".join(" ".join(str(item) for item in record.values()) for record in ends)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{int(value):,}" if value == int(value) and abs(value) < 10**12 else f"{value:.10g}"
    return value if isinstance(value, str) and value.isprintable() else quoted(value)


def _event(event: Mapping[str, Any]) -> str:
    """Return an event in words: ``2025-01 for 3 months: policy.price_cap = 2``."""
    when = event["month"] or f"round {event['round']}"
    lasting = f" for {event['months']} months" if event["months"] else ""
    return f"{when}{lasting}: {_changes(event['set'])}"


def _exception(exception: Mapping[str, Any]) -> str:
    """Return what holds for some firms in words: ``firm 2, 3: unit_cost = 11,000``."""
    return f"firm {in_words(exception['firm'])}: {_changes(exception['set'])}"


def _changes(table: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {in_words(value)}" for name, value in flatten(table).items())


def typed(value: Any) -> str:
    """Return a value as ``--set`` takes it."""
    return value if isinstance(value, str) and value.isidentifier() else json.dumps(value, ensure_ascii=False)


def literal(text: object, style: str | Style = "") -> Text:
    """Return text that is printed as it is: brackets are no markup, control characters are written out."""
    return Text(printable(str(text), lines=True), style=style)
