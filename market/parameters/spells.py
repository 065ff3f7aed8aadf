"""Which parameters are in force when: a run without events has one spell, with events one from each date on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from market.fields import EVERY
from market.parameters.dates import month_of
from market.parameters.events import Event
from market.parameters.keys import entries_of, inner, leaves, section_of
from market.parameters.overriding import ORIGIN, SPELL, overridden
from market.wording import did_you_mean

if TYPE_CHECKING:
    from market.parameters import Parameters
    from market.parameters.run import RunParameters

Told = TypeVar("Told", bound="RunParameters")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Spell(Generic[Told]):
    """Rounds from ``since`` on, until the next spell begins, in which parameters do not change."""

    since: int
    parameters: Told


Past = Sequence[tuple[Spell["Parameters"], int, int]]
"""Spells up to some round, each with its first round and the one after its last."""


def spells_of(parameters: Told) -> tuple[Spell[Told], ...]:
    """Return the spells of a run in order; the first begins before round 0 if an event is in force from the start.

    Raises:
        ValueError: If an event sets what cannot be set, or cannot be changed by an event; the message says which.
    """
    if not parameters.events:
        return (Spell(0, parameters),)
    given = parameters.model_copy(update={"events": ()})
    dated = [(_begins(number, event, parameters), event) for number, event in enumerate(parameters.events)]
    _checked(parameters, given)
    ends = (begins + event.months for begins, event in dated if event.months is not None)
    turns = sorted({0, *(begins for begins, _ in dated), *ends})
    return tuple(Spell(turn, _with_events(given, dated, turn)) for turn in turns)


def amended(
    spells: Sequence[Spell[Told]], before: "RunParameters", after: Told, round_: int
) -> tuple[Spell[Told], ...]:
    """Return the spells of a run that is given other events from a round on; parameters that stay are the same objects.

    Args:
        spells: So far.
        before: The parameters as given so far.
        after: As they are given now.
        round_: The first in which something may change.

    Raises:
        ValueError: If anything else changes.
    """
    plain = {"events": ()}
    if type(before) is not type(after) or before.model_copy(update=plain) != after.model_copy(update=plain):
        raise ValueError("events alone may change in a run")
    later = spells_of(after)
    for turn in {spell.since for spell in (*spells, *later) if spell.since < round_}:
        if in_force(spells, turn) != in_force(later, turn):
            month = month_of(after.horizon.start, round_)
            raise ValueError(f"events may change from {month} on, when what was before has been played")
    known = [spell.parameters for spell in spells]
    return tuple(Spell(s.since, next((same for same in known if same == s.parameters), s.parameters)) for s in later)


def in_force(spells: Sequence[Spell[Told]], round_: int) -> Told:
    """Return the parameters in force in a round."""
    return [spell.parameters for spell in spells if spell.since <= round_][-1]


def stretches(past: Past, read: "Callable[[Parameters], Value]") -> "list[tuple[Value, int, int]]":
    """Return a value of parameters over spells, with the first round and the one after the last in which it holds.

    Args:
        past: The spells.
        read: Takes the value from parameters.
    """
    found: list[tuple[Value, int, int]] = []
    for spell, first, end in past:
        value = read(spell.parameters)
        if found and found[-1][0] == value:
            found[-1] = value, found[-1][1], end
        else:
            found.append((value, first, end))
    return found


def grown(past: Past, rate: "Callable[[Parameters], float]", months: int = 1) -> float:
    """Return the factor by which something has grown that grows by a rate every ``months``."""
    factor = 1.0
    for growth, first, end in stretches(past, rate):
        factor *= (1 + growth) ** ((end - first) / months if months > 1 else end - first)
    return factor


def _begins(number: int, event: Event, parameters: "RunParameters") -> int:
    start = parameters.horizon.start
    begins = event.begins(start)
    if begins < 0:
        raise ValueError(f"events.{number}.month = {event.month} lies before horizon.start = {start}")
    return begins


def _with_events(given: Told, dated: list[tuple[int, Event]], round_: int) -> Told:
    """Return the parameters of a round: the events that hold are laid over each other in the order of the file."""
    here = given
    for number, (begins, event) in enumerate(dated):
        if begins <= round_ and (event.months is None or round_ < begins + event.months):
            try:
                here = overridden(here, event.changes, SPELL)
            except (TypeError, ValueError) as error:
                when = month_of(given.horizon.start, round_)
                raise ValueError(f"from {when} on: {_placed(f'events.{number}.set.', error)}") from None
    return here


def _placed(place: str, error: Exception) -> str:
    """Return what is wrong with a change, with the event's place before its key, or before all where it names none."""
    message = str(error).removeprefix(f"{ORIGIN}: ")
    if "." not in message.removeprefix("unknown key ").split(" ")[0]:
        return f"{place.removesuffix('.')}: {message}"
    unknown = "unknown key " if message.startswith("unknown key ") else ""
    return f"{unknown}{place}{message.removeprefix(unknown)}"


def _checked(parameters: Told, given: Told) -> None:
    """Refuse events that set no parameter, not what is allowed, or what holds for a whole run."""
    here, before = given, given.model_dump(mode="json")
    for number, event in enumerate(parameters.events):
        place = f"events.{number}.set."
        try:
            here = overridden(here, event.changes, SPELL)
        except (TypeError, ValueError) as error:
            raise ValueError(_placed(place, error)) from None
        values = here.model_dump(mode="json")
        for name in event.changes:
            if not is_dated(type(given), name.split("."), values):
                guess = did_you_mean(name, dated_keys(here))
                raise ValueError(f"{place}{name} holds for a whole run, no event can change it{guess}")
            if table := _without_entry(type(given), name.split("."), before):
                raise ValueError(f"{place}{name}: no event can add or take away {table}")


def _without_entry(section: type, path: list[str], values: Mapping[str, Any]) -> str | None:
    """Return the free table that does not have the entry a path leads into; None where there is none."""
    annotation: Any = section
    here: Any = values
    for above, key in pairwise(("", *path)):
        if entries_of(annotation) is not None and key not in here:
            return above
        found = inner(annotation, None, key, here)
        if found is None:
            return None
        annotation, here = found[0], here.get(key) if isinstance(here, Mapping) else None
    return None


def is_dated(section: type, path: list[str], values: Mapping[str, Any]) -> bool:
    """Whether an event can change the parameter at a path, in parameters of this class and these values."""
    annotation: Any = section
    here: Any = values
    for key in path:
        inside = section_of(annotation, here)
        whole_run = getattr(inside, "fixed", ())
        if key in whole_run or EVERY in whole_run:
            return False
        found = inner(annotation, None, key, here)
        if found is None:
            return False
        annotation, here = found[0], here.get(key) if isinstance(here, Mapping) else None
    return section_of(annotation, here) is None and entries_of(annotation) is None


def dated_keys(parameters: "RunParameters") -> list[str]:
    """Return the dotted names of the parameters that events can change."""
    section, values = type(parameters), parameters.model_dump(mode="json")
    return [leaf.name for leaf in leaves(section, values) if is_dated(section, list(leaf.path), values)]
