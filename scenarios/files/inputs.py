"""The inputs of a sensitivity study: every number of a scenario that declares a plausible range and has an effect."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from market.fields import EVERY
from market.parameters.keys import Leaf, entries_of, inner, leaves
from market.parameters.run import RunParameters
from scenarios.errors import BadInput, did_you_mean, quoted
from scenarios.files.design import Range
from scenarios.files.implications import without_effect
from scenarios.files.loading import override
from scenarios.files.study import Input, geometric_mean

LOG_RATIO = 3.0
"""A positive range that spans more than this factor is spread on a logarithmic scale."""


@dataclass(frozen=True)
class _Group:
    """Values of one declaration that may move together: those of every segment, or a single one."""

    name: str
    leaves: tuple[Leaf, ...]


def inputs_of(parameters: RunParameters, patterns: Sequence[str] = (), held: Collection[str] = ()) -> tuple[Input, ...]:
    """Return what is spread of a scenario.

    Args:
        parameters: Of the scenario.
        patterns: Dotted names or globs; all that can be spread if there are none.
        held: Dotted names of what keeps its value.

    Raises:
        BadInput: If a pattern names nothing, or nothing that can be spread; or if nothing is left to be spread.
    """
    section, values = type(parameters), parameters.model_dump(mode="json")
    every = list(leaves(section, values))
    spread = [leaf for leaf in every if _can_spread(leaf) and without_effect(section, values, leaf.name) is None]
    groups = _grouped(section, values, [leaf for leaf in spread if not _is_held(leaf.name, held)])
    for pattern in patterns:
        if not any(_matches(pattern, name) for group in groups for name in _names(group)):
            raise BadInput(_why_not(pattern, parameters, every, spread, groups))
    chosen = [part for group in groups for part in (_chosen(group, patterns) if patterns else (group,))]
    if not chosen:
        raise BadInput(f"{parameters.name}: no parameter with a plausible range is left to be spread")
    return tuple(item for group in chosen for item in _inputs(group))


def input_between(parameters: RunParameters, name: str, span: Range) -> Input:
    """Return the input that moves a key, or keys of one name, between two values, whatever is plausible.

    Raises:
        BadInput: If there is no such number, its keys have different values, or a value is not allowed.
    """
    section, values = type(parameters), parameters.model_dump(mode="json")
    numbers = [leaf for leaf in leaves(section, values) if _is_number(leaf)]
    groups = {group.name: group for group in _grouped(section, values, numbers)}
    single = {leaf.name: _Group(leaf.name, (leaf,)) for leaf in numbers}
    group = groups.get(name) or single.get(name)
    if group is None:
        raise BadInput(f"{parameters.name} has no number {quoted(name)}{did_you_mean(name, groups)}")
    found = tuple(float(leaf.value) for leaf in group.leaves)
    if len(set(found)) > 1:
        raise BadInput(f"{name} has several values; give low and high of each, or none for its plausible range")
    item = _input(group, found, span.low, span.high, between=(span.low, span.high))
    for share in (0.0, 1.0):
        override(parameters, item.at(share), f"inputs.{name}")
    return item.model_copy(update={"log": span.log})


def _is_number(leaf: Leaf) -> bool:
    return isinstance(leaf.value, int | float) and not isinstance(leaf.value, bool)


def _can_spread(leaf: Leaf) -> bool:
    low, high = leaf.facts.get("low"), leaf.facts.get("high")
    return _is_number(leaf) and low is not None and high is not None and low < high


def _is_held(name: str, held: Collection[str]) -> bool:
    return any(name == key or name.startswith(f"{key}.") for key in held)


def _grouped(section: Any, values: Mapping[str, Any], found: Iterable[Leaf]) -> list[_Group]:
    groups: dict[str, list[Leaf]] = {}
    for leaf in found:
        groups.setdefault(_common_name(section, values, leaf.path), []).append(leaf)
    return [_Group(name if len(members) > 1 else members[0].name, tuple(members)) for name, members in groups.items()]


def _common_name(annotation: Any, values: Any, path: Sequence[str]) -> str:
    """Return a dotted name with ``*`` for every key that the scenario chooses."""
    keys = []
    for key in path:
        keys.append(key if entries_of(annotation) is None else EVERY)
        found = inner(annotation, None, key, values)
        annotation = found[0] if found else None
        values = values.get(key) if isinstance(values, Mapping) else None
    return ".".join(keys)


def _names(group: _Group) -> list[str]:
    return [group.name, *(leaf.name for leaf in group.leaves)]


def _matches(pattern: str, name: str) -> bool:
    return pattern == name or fnmatchcase(name, pattern)


def _chosen(group: _Group, patterns: Sequence[str]) -> Iterable[_Group]:
    """Yield the group where it or all of it is asked for, otherwise the single keys that are."""
    asked = [leaf for leaf in group.leaves if any(_matches(pattern, leaf.name) for pattern in patterns)]
    if any(_matches(pattern, group.name) for pattern in patterns) or len(asked) == len(group.leaves):
        return [group]
    return [_Group(leaf.name, (leaf,)) for leaf in asked]


def _why_not(
    pattern: str, parameters: RunParameters, every: Sequence[Leaf], spread: Sequence[Leaf], groups: Sequence[_Group]
) -> str:
    names = [leaf.name for leaf in every if _matches(pattern, leaf.name)]
    if not names:
        known = dict.fromkeys(name for group in groups for name in _names(group))
        return f"--input: {parameters.name} has no parameter {quoted(pattern)}{did_you_mean(pattern, known)}"
    if any(leaf.name in names for leaf in spread):
        return f"--input: {quoted(pattern)} is given by --set as well: what is set is held"
    values = parameters.model_dump(mode="json")
    idle = filter(None, (without_effect(type(parameters), values, name) for name in names))
    return f"--input: {next(idle, f'{names[0]} is no number with a plausible range; tokenmarket show lists these')}"


def _inputs(group: _Group) -> list[Input]:
    """Return the input that moves a group, or one for each of its keys where no factor would do."""
    values = tuple(float(leaf.value) for leaf in group.leaves)
    low, high = _plausible(group.leaves[0])
    if len(set(values)) == 1:
        return [_input(group, values, low, high)]
    if min(values) > 0 and low >= 0:
        middle = geometric_mean(values)
        return [_input(group, values, low / middle, high / middle, relative=True)]
    return [item for leaf in group.leaves for item in _inputs(_Group(leaf.name, (leaf,)))]


def _input(
    group: _Group,
    values: tuple[float, ...],
    low: float,
    high: float,
    relative: bool = False,
    between: tuple[float, float] | None = None,
) -> Input:
    first = group.leaves[0]
    return Input(
        name=group.name,
        keys=tuple(leaf.name for leaf in group.leaves),
        values=values,
        meaning=first.field.description or "",
        unit=str(first.facts.get("unit", "1")),
        grade=str(first.facts.get("grade", "")),
        plausible=between or _plausible(first),
        low=low,
        high=high,
        log=low > 0 and high > LOG_RATIO * low,
        whole=first.annotation is int,
        relative=relative,
    )


def _plausible(leaf: Leaf) -> tuple[float, float]:
    return float(leaf.facts["low"]), float(leaf.facts["high"])
