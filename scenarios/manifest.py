"""What identifies a batch, and how two differ."""

from collections.abc import Iterator, Mapping
from typing import Any

from scenarios.errors import quoted

SHOWN = 10
IGNORED = ("title", "question", "limits", "settings", "replications")
"""Keys of an experiment that decide no run, or are compared as the settings they lead to."""
WORDS = ("title", "question")
"""Keys of settings and scenarios that decide nothing."""


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return one line for each value that decides results and differs: name, what is on disk → what is asked for."""
    lines = list(_compare("", _identity(found), _identity(wanted)))
    before, after = (manifest.get("experiment", {}).get("replications") for manifest in (found, wanted))
    if before is not None and after is not None and after < before:
        lines.append(f"experiment.replications: {before} → {after} (a batch can be extended, not cut)")
    return lines[:SHOWN] + ([f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else [])


def _identity(manifest: Mapping[str, Any]) -> dict[str, Any]:
    settings = {setting["name"]: _without_words(setting) for setting in manifest.get("settings") or ()}
    return {
        "kind": manifest.get("kind"),
        "experiment": {key: value for key, value in manifest.get("experiment", {}).items() if key not in IGNORED},
        "settings": settings,
        "order of settings": list(settings),
        "rules": manifest.get("rules") or {},
        "scenarios": {name: _without_words(about) for name, about in (manifest.get("scenarios") or {}).items()},
    }


def _without_words(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in WORDS}


def _compare(name: str, before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _compare(f"{name}.{key}".lstrip("."), before.get(key), after.get(key))
    elif before != after:
        yield f"{name}: {_text(before)} → {_text(after)}"


def _text(value: Any) -> str:
    return "nothing" if value is None else "a table" if isinstance(value, Mapping) else quoted(value)
