"""The command lines that repeat what a view shows."""

import shlex
from pathlib import Path

from analysis.dashboard.painter import Painting
from analysis.dashboard.views import COMPARE

DRAW = "python -m analysis.dashboard"
OUT = "results/page"


def commands(painting: Painting) -> list[tuple[str, str]]:
    """Return pairs of what a command gives, and the command."""
    if painting.tab == COMPARE:
        folders = dict.fromkeys(item.folder for item in painting.items)
        words = [word for item in painting.items for word in (str(item.folder), item.setting)]
        reports = [(f"report on {_short(folder)}", shlex.join(["tokenmarket", "report", str(folder)]))
                   for folder in folders]  # fmt: skip
        return [("these figures", f"{DRAW} compare {shlex.join(words)} --out {OUT}"), *reports]
    played = painting.snapshot.choice.arguments(painting.snapshot.round)
    return [
        ("these figures", f"{DRAW} view {shlex.quote(painting.tab)} {played} --out {OUT}"),
        ("the tables of this run", f"tokenmarket run {played} --out {OUT}-run"),
    ]


def _short(folder: Path) -> str:
    return folder.name or str(folder)
