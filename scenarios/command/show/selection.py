"""Which of a scenario's parameters to show: a section, what matches words, what differs from the defaults."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from market.conduct.own_rules import RULE
from market.models import MODEL
from scenarios.command.show.facts import Choice, Row
from scenarios.errors import BadInput, nearest, quoted
from scenarios.files.toml import to_toml

if TYPE_CHECKING:
    from scenarios.files.loading import Scenario

NEAREST = 5
LIKE = 0.75
"""Likeness, 0 to 1, from which a key may be what was meant."""


@dataclass(frozen=True)
class Selection:
    """What somebody wants to see.

    Attributes:
        section: A key, or the first keys of several; everything if empty.
        words: All of which must stand in what is said of a key.
        changed: Only what differs from the defaults.
    """

    section: str = ""
    words: tuple[str, ...] = ()
    changed: bool = False

    @property
    def partial(self) -> bool:
        """Whether anything may be left out."""
        return bool(self.section or self.words or self.changed)


def wanted(section: str | None, searches: Iterable[str], changed: bool) -> Selection:
    """Return the selection that the command line asks for.

    Raises:
        BadInput: If a search is empty.
    """
    words: list[str] = []
    for search in searches:
        if not search.split():
            raise BadInput("--search needs a word to look for, as in --search price")
        words += search.casefold().split()
    return Selection((section or "").strip("."), tuple(words), changed)


def select(rows: Sequence[Row], choices: Sequence[Choice], selection: Selection) -> tuple[list[Row], list[Choice]]:
    """Return the rows, and the rules to choose among, that are wanted.

    Raises:
        BadInput: If there is no such section or key.
    """
    if selection.section:
        _check_section(selection.section, rows, choices)
    kept = [row for row in rows if _within(row.key, selection.section)]
    kept = [row for row in kept if _holds(selection.words, _said_of(row)) and (row.changed or not selection.changed)]
    offered = [] if selection.changed else list(choices)
    return kept, [found for choice in offered if (found := _offered(choice, selection)) is not None]


def nearest_keys(words: Iterable[str], rows: Sequence[Row], choices: Sequence[Choice]) -> list[str]:
    """Return the keys and sections most like words that nothing matches, the nearest first."""
    names = _names(rows, choices)
    likeness = {key: max((_likeness(word, key) for word in words), default=0.0) for key in names}
    return sorted((key for key in names if likeness[key] >= LIKE), key=lambda key: -likeness[key])[:NEAREST]


def _likeness(word: str, key: str) -> float:
    last = key.rpartition(".")[2]
    parts = {key, last, *last.split("_")}
    return max(difflib.SequenceMatcher(None, word, part).ratio() for part in parts)


def excerpt(scenario: "Scenario", rows: Sequence[Row], chosen: Sequence[Row], selection: Selection) -> str:
    """Return a scenario file with the chosen rows.

    It extends the scenario shown; where all that differs from the defaults is chosen, it starts from the defaults and
    loads to the same parameters by itself.
    """
    from scenarios.files.loading import BASELINES, load, usual

    if selection.changed and not selection.section and not selection.words:
        model = scenario.parameters.model
        start = {"extends": BASELINES[model]} if model in BASELINES else {MODEL: model}
        below = usual(model)
    else:
        start = {"extends": _source(scenario)}
        below = load(start["extends"]).parameters.model_dump(mode="json")
    table: dict[str, Any] = {"title": scenario.title, "question": scenario.question, **start}
    for row in _with_companions(rows, chosen):
        if not row.removed or _is_in(row.path, below):
            _put(table, row.path, row.value)
    return to_toml(table)


def _check_section(section: str, rows: Sequence[Row], choices: Sequence[Choice]) -> None:
    known = _names(rows, choices)
    if section in known:
        return
    top, last = section.split(".")[0], section.rpartition(".")[2]
    ends = {key: key.rpartition(".")[2] for key in known}
    near = [key for key in known if last in ends[key]]
    near.sort(key=lambda key: (not key.startswith(f"{top}."), ends[key] != last))
    guess = near or [word for word in [nearest(section, known)] if word] or nearest_keys([section], rows, choices)
    tops = [key for key in known if "." not in key]
    hint = f"did you mean {' or '.join(guess[:NEAREST])}?" if guess else f"sections are {', '.join(tops)}"
    raise BadInput(f"there is no section or key {quoted(section)}; {hint}")


def _names(rows: Sequence[Row], choices: Sequence[Choice]) -> list[str]:
    """Return every key and every section, those of rules that are not in effect too."""
    every = [*(row.path for row in rows), *(row.path for choice in choices for row in choice.parameters)]
    return list(dict.fromkeys(name for path in every for name in accumulate(path, "{}.{}".format)))


def _within(key: str, section: str) -> bool:
    return not section or key == section or key.startswith(f"{section}.")


def _said_of(row: Row) -> str:
    facts = row.facts
    return " ".join([row.key, *(str(facts[name]) for name in ("meaning", "unit", "source", "range"))])


def _holds(words: Iterable[str], text: str) -> bool:
    return all(word in text.casefold() for word in words)


def _offered(choice: Choice, selection: Selection) -> Choice | None:
    """Return a rule with those of its parameters that are wanted; None where nothing of it is."""
    head = f"{choice.key} {choice.rule} {choice.meaning}"
    own = choice.parameters
    if not _within(choice.key, selection.section) and selection.section != f"{choice.key}.{RULE}":
        own = tuple(row for row in own if _within(row.key, selection.section))
        if not own:
            return None
    if _holds(selection.words, head):
        return replace(choice, parameters=own)
    own = tuple(row for row in own if _holds(selection.words, f"{head} {_said_of(row)}"))
    return replace(choice, parameters=own) if own else None


def _source(scenario: "Scenario") -> str:
    from pathlib import Path

    from scenarios.files.finding import presets

    origin = Path(scenario.origin).resolve()
    shipped = (name for name, path in presets().items() if path.resolve() == origin)
    return next(shipped, origin.as_posix())


def _with_companions(rows: Sequence[Row], chosen: Sequence[Row]) -> list[Row]:
    """Return the chosen rows with what they make no sense without: their rule, and all shares of their table."""
    paths = {row.path for row in chosen}
    tables = {row.entry_of for row in chosen if row.entry_of}
    rules = {(*row.path[:-1], RULE) for row in chosen}
    return [row for row in rows if row.path in paths or row.path in rules or row.entry_of in tables]


def _is_in(path: Sequence[str], values: Any) -> bool:
    for key in path:
        if not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True


def _put(table: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for key in path[:-1]:
        table = table.setdefault(key, {})
    table[path[-1]] = value
