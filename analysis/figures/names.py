"""Names as figures write them: titles instead of identifiers, whole, wrapped, never read as mathematics."""

import textwrap
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final
from unicodedata import east_asian_width

from analysis.figures.fonts import missing
from analysis.results import BatchResults

LINE: Final = 30
"""Letters of a name in a line."""

_LINE_HEIGHT: Final = 0.155
"""Inches of a line of a tick's label."""

_UNKNOWN: Final = "?"


def plain(name: Any, line: int = LINE) -> str:
    """Return a name for an axis or a legend: whole, in lines of so many letters, and as it is written.

    A dollar sign opens no formula, and a legend leaves out nothing that begins with an underscore.
    """
    text = wrap(drawable(" ".join(str(name).split())), line)
    return literal(f" {text}" if text.startswith("_") else text)


def literal(text: str) -> str:
    """Return a text that matplotlib does not read as mathematics."""
    return text.replace("$", r"\$")


def wrap(text: str, letters: float) -> str:
    """Break a text into lines of so many letters; those of East Asian scripts are twice as wide."""
    wide = sum(east_asian_width(letter) in "WF" for letter in text)
    share = 1 + wide / max(len(text), 1)
    return "\n".join(textwrap.wrap(text, max(int(letters / share), 12)))


def titles(batch: BatchResults) -> dict[str, str]:
    """Return what figures call each setting: its title, with the name where two share it.

    A title with characters for which there is no font becomes the setting's number; ``undrawable`` lists these.
    """
    known = {item["name"]: item.get("title") or item["name"] for item in batch.manifest.get("settings") or ()}
    words = {name: " ".join(str(known.get(name, name)).split()) for name in batch.settings}
    shared = Counter(words.values())
    words = {name: title if shared[title] == 1 else f"{title} ({name})" for name, title in words.items()}
    return {
        name: f"setting {place}" if missing(title) else title for place, (name, title) in enumerate(words.items(), 1)
    }


def undrawable(batch: BatchResults) -> dict[str, str]:
    """Return the titles that figures cannot write, by what they write instead."""
    drawn = titles(batch)
    return {drawn[name]: batch.title(name) for name in batch.settings if missing(batch.title(name))}


def of_setting(title: str, finding: str) -> str:
    """Put the title of a setting before a finding."""
    return f"{title}: {finding[:1].lower()}{finding[1:]}"


def row_height(labels: Iterable[str], least: float = 0.32) -> float:
    """Return inches that a row needs for the longest of its labels."""
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    return max(least, _LINE_HEIGHT * lines + 0.05)


def drawable(text: str) -> str:
    """Return a text with a question mark for every character that no font at hand has."""
    unknown = missing(text)
    return "".join(_UNKNOWN if letter in unknown else letter for letter in text)
