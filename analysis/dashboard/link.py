"""Addresses of the page: scenario, changes, events, seed, month and tab, so that a link opens the same market."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import solara

from analysis.dashboard.choice import Choice, Dated
from analysis.dashboard.views import TABS
from scenarios.errors import BadInput, did_you_mean, quoted
from scenarios.files.finding import presets
from scenarios.files.merging import parse_assignments
from scenarios.files.toml import to_toml_value

LONGEST = 16_000
"""Characters of a link."""
MOST_MONTHS = 600
"""That a link lets be played."""
OF_A, OF_B = "", "b-"
FILES = {"data", "events", "name"}
"""Keys that name files, or that a link has a part of its own for."""
NAMES = ("scenario", "seed", "set", "event", "b-scenario", "b-set", "b-event", "months", "tab")


@dataclass(frozen=True)
class Opened:
    """What a link opens.

    Attributes:
        choices: Of one market or two.
        months: To be played at once.
        tab: The view.
        problem: Why a link could not be opened; empty if all is well.
    """

    choices: tuple[Choice, ...]
    months: int = 0
    tab: str = TABS[0]
    problem: str = ""


@solara.component_vue("address.vue")
def Address(query: str) -> None:
    """Show a query in the window's address, without a new entry in its history."""


def query_of(choices: Sequence[Choice], months: int, tab: str) -> str:
    """Return the query of an address that opens these markets after so many months."""
    first = choices[0]
    parts = [*_parts(first, OF_A), ("seed", str(first.seed))]
    for other in choices[1:]:
        parts += _parts(other, OF_B)
    return "?" + urlencode([*parts, ("months", str(months)), ("tab", tab)])


def _parts(choice: Choice, of: str) -> list[tuple[str, str]]:
    sets = [(f"{of}set", f"{key}={to_toml_value(value)}") for key, value in choice.changes.items()]
    named = [{**event.table, **({"name": event.name} if event.name else {})} for event in choice.events]
    return [(f"{of}scenario", choice.scenario), *sets, *((f"{of}event", to_toml_value(event)) for event in named)]


def opened_by(query: str | None, scenario: str) -> Opened:
    """Return what a query opens; the scenario of this server, and why, where it cannot be opened.

    Args:
        query: Without its question mark; none for the plain page.
        scenario: That the server was started with.
    """
    plain = Opened((Choice(scenario),))
    if not query:
        return plain
    try:
        return _read(query, scenario)
    except BadInput as problem:
        return Opened(plain.choices, problem=f"The link cannot be opened: {problem}")


def _read(query: str, scenario: str) -> Opened:
    if len(query) > LONGEST:
        raise BadInput(f"it has {len(query):,} characters, at most {LONGEST:,} will do")
    given: dict[str, list[str]] = {name: [] for name in NAMES}
    for name, value in parse_qsl(query):
        if name not in given:
            raise BadInput(f"unknown part {quoted(name)}{did_you_mean(name, NAMES)}")
        given[name].append(value)
    seed = _whole(given, "seed", 1, 2**31 - 1)
    choices = [_choice(given, OF_A, scenario, seed)]
    if given["b-scenario"]:
        choices.append(_choice(given, OF_B, scenario, seed))
    for choice in choices:
        choice.load()
    tab = next(iter(given["tab"]), TABS[0])
    if tab not in TABS:
        raise BadInput(f"tab = {quoted(tab)}{did_you_mean(tab, TABS)}")
    return Opened(tuple(choices), _whole(given, "months", 0, MOST_MONTHS), tab)


def _whole(given: Mapping[str, list[str]], name: str, usual: int, most: int) -> int:
    text = next(iter(given[name]), str(usual))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most):
        raise BadInput(f"{name} = {quoted(text)} must be a whole number from 0 to {most:,}")
    return int(text)


def _choice(given: Mapping[str, list[str]], of: str, served: str, seed: int) -> Choice:
    """Return what a link wants of a market: a preset, or what is served anyway, and no file or program."""
    name = next(iter(given[f"{of}scenario"]), served)
    if name != served and name not in presets():
        raise BadInput(f"{of}scenario = {quoted(name)} is no preset{did_you_mean(name, presets())}")
    changes = parse_assignments(given[f"{of}set"], f"{of}set")
    events = tuple(_event(text, f"{of}event") for text in given[f"{of}event"])
    for key, value in _leaves({**changes, **{f"event {n}": event.table for n, event in enumerate(events)}}):
        if FILES & set(key.split(".")):
            raise BadInput(f"{key} cannot be set by a link")
        if isinstance(value, str) and (":" in value or "/" in value or "\\" in value):
            raise BadInput(f"{key} = {quoted(value)}: a link names no file and no program")
    return Choice(name, seed, changes, events)


def _event(text: str, place: str) -> Dated:
    table = parse_assignments([f"event={text}"], place)["event"]
    known = ("month", "months", "set", "name")
    if not isinstance(table, dict) or not {"month", "set"} <= set(table) <= set(known):
        raise BadInput(f"{place} = {quoted(text)} must be a table of {', '.join(known)}")
    month, months, name = table["month"], table.get("months"), table.get("name", "")
    kinds = isinstance(month, str), isinstance(table["set"], dict), isinstance(name, str) and len(name) <= 40
    if not all(kinds) or not (months is None or type(months) is int):
        raise BadInput(f"{place} = {quoted(text)} has a value of the wrong type")
    return Dated(month, table["set"], months, name)


def _leaves(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all values by dotted name, and what is inside tables and lists too."""
    for key, value in table.items():
        name = f"{above}{key}"
        yield name, value
        inside = {str(place): item for place, item in enumerate(value)} if isinstance(value, list) else value
        if isinstance(inside, Mapping):
            yield from _leaves(inside, f"{name}.")
