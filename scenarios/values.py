"""Values of parameters in words for people, and text from files printed as it is."""

import json
from typing import Any

from rich.style import Style
from rich.text import Text

from scenarios.errors import quoted


def in_words(value: Any) -> str:
    """Return a value as a table shows it: numbers short, a series by its first and last record."""
    if isinstance(value, list):
        if not value:
            return "none"
        ends = value if len(value) == 1 else (value[0], value[-1])
        return " … ".join(" ".join(str(item) for item in record.values()) for record in ends)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{int(value):,}" if value == int(value) and abs(value) < 10**12 else f"{value:.10g}"
    return value if isinstance(value, str) and value.isprintable() else quoted(value)


def typed(value: Any) -> str:
    """Return a value as ``--set`` takes it."""
    return value if isinstance(value, str) and value.isidentifier() else json.dumps(value, ensure_ascii=False)


def literal(text: object, style: str | Style = "") -> Text:
    """Return text that is printed as it is: brackets are no markup, control characters are written out."""
    shown = (sign if sign.isprintable() or sign == "\n" else repr(sign)[1:-1] for sign in str(text))
    return Text("".join(shown), style=style)
