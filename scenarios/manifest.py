"""What identifies a batch, and how two differ."""

from collections.abc import Mapping
from typing import Any

from scenarios.merging import flatten

SHOWN = 10
DECIDES = ("kind", "experiment", "scenarios", "settings")
"""Parts of a manifest that decide the results, besides versions."""
IGNORED = ("question", "limits")
"""Keys of an experiment that decide nothing."""


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return one line for each value that decides results and differs: name, what is on disk → what is asked for."""
    before, after = _identity(found), _identity(wanted)
    lines = [
        f"{name}: {_text(before, name)} → {_text(after, name)}"
        for name in dict.fromkeys((*before, *after))
        if before.get(name, _MISSING) != after.get(name, _MISSING)
    ]
    return lines[:SHOWN] + ([f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else [])


_MISSING = object()


def _identity(manifest: Mapping[str, Any]) -> dict[str, Any]:
    decides = {part: manifest.get(part) for part in DECIDES}
    experiment = {key: value for key, value in (decides["experiment"] or {}).items() if key not in IGNORED}
    settings = {setting["name"]: setting for setting in decides["settings"] or ()}
    order = {"order of settings": list(settings)}
    return flatten(
        {
            "kind": manifest.get("kind"),
            "experiment": experiment,
            "scenarios": decides["scenarios"] or {},
            "settings": settings,
        }
        | order
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    text = repr(values[name]) if name in values else "nothing"
    return text if len(text) <= 60 else f"{text[:59]}…"
