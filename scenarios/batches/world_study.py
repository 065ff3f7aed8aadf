"""A sensitivity study of the worlds that a record does not rule out: its points are the members of an ensemble."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from statistics import fmean
from typing import Any

from market.parameters.keys import Leaf, leaves
from scenarios.batches.sampling import FEWEST_SAMPLED, SHOWN_REFUSALS
from scenarios.batches.sensitivity import AS_IT_IS, Planned, names_of, refusal_of, studied
from scenarios.batches.worlds import Worlds
from scenarios.errors import BadInput
from scenarios.files.experiment import Experiment, SettingSpec, named_after
from scenarios.files.inputs import LOG_RATIO
from scenarios.files.loading import Scenario
from scenarios.files.measures import needed
from scenarios.files.study import Input, Study, geometric_mean
from scenarios.running import checked_seed

Values = Mapping[str, Any]
"""What a world changes in a scenario, by dotted name."""


def plan_in_worlds(
    scenario: str | os.PathLike[str],
    ensemble: str,
    measures: Sequence[str] = (),
    runs: int | None = None,
    changes: Mapping[str, Any] | None = None,
    rounds: int | None = None,
    users: int | None = None,
    seed: int = 1,
) -> Planned:
    """Lay out a study of what decides a result among the worlds of an ensemble, a run each.

    Their inputs go together as the record demands: none of them is moved alone.

    Args:
        scenario: Name of a preset, or a TOML file.
        ensemble: Name of one that ships, a file, or a folder of ``tokenmarket calibrate``.
        measures: What is to be explained, as ``layers.labs.margin``; the margins of the layers if there are none.
        runs: At most so many members, those nearest to the record; all if omitted.
        changes: Parameters changed in every run, by dotted name; no member changes them.
        rounds: Instead of ``horizon.rounds``.
        users: Instead of ``population.users``.
        seed: Of every run.

    Raises:
        BadInput: If anything of it will not do.
    """
    names, changes = names_of(measures), dict(changes or {})
    loaded, worlds = studied(scenario, changes, runs, rounds, users), Worlds.named(ensemble)
    members, refusals = _members(loaded, worlds, {*changes, *_sizes(rounds, users)}, runs)
    inputs = tuple(_inputs(loaded, worlds.moved, members))
    if not inputs:
        raise BadInput(f"--ensemble: {loaded.name} has a value of its own for everything that {ensemble} moves")
    study = Study(
        method="worlds",
        seed=checked_seed(seed),
        measures=names,
        inputs=inputs,
        runs=runs,
        ensemble=ensemble,
        points=tuple(tuple(item.place(told(member, item.keys)) for item in inputs) for member in members),
        drawn=len(members) + refusals.total(),
        refused=refusals.total(),
        refusals=tuple(reason for reason, _ in refusals.most_common(SHOWN_REFUSALS)),
    )
    digits = len(str(len(members)))
    points = [
        SettingSpec(name=f"member {number:0{digits}d}", title=f"Member {number}", set=member)
        for number, member in enumerate(members, start=1)
    ]
    experiment = Experiment(
        name=named_after(loaded.name, "sensitivity"),
        title=f"What decides among worlds: {loaded.title}"[:200],
        question=f"On which of {len(inputs)} inputs that a record leaves open does the answer of {loaded.name} depend?",
        scenario=os.fspath(scenario),
        rounds=rounds,
        users=users,
        replications=1,
        seed=seed,
        set={**needed(loaded.parameters, names), **changes},
        settings=(SettingSpec(name=AS_IT_IS, title="The scenario as it is"), *points),
    )
    return Planned(study, experiment)


def _sizes(rounds: int | None, users: int | None) -> Iterator[str]:
    """Yield the names of what options set."""
    if rounds is not None:
        yield "horizon.rounds"
    if users is not None:
        yield "population.users"


def _members(
    scenario: Scenario, worlds: Worlds, held: set[str], runs: int | None
) -> tuple[list[dict[str, Any]], Counter[str]]:
    """Return what worlds change in a scenario, of those that make sense, and why others do not."""
    kept: list[dict[str, Any]] = []
    refusals: Counter[str] = Counter()
    for world in range(worlds.number):
        if len(kept) == runs:
            break
        member = {key: value for key, value in worlds.changes(scenario.parameters, world).items() if key not in held}
        if (reason := refusal_of(scenario, member)) is not None:
            refusals[reason] += 1
        else:
            kept.append(member)
    if len(kept) < FEWEST_SAMPLED:
        raise BadInput(f"--ensemble: {len(kept)} worlds are too few to tell them apart, {FEWEST_SAMPLED} are needed")
    return kept, refusals


def _inputs(scenario: Scenario, names: Sequence[str], members: Sequence[Values]) -> Iterator[Input]:
    """Yield what members differ in, of names or globs."""
    section, values = type(scenario.parameters), scenario.parameters.model_dump(mode="json")
    every = {leaf.name: leaf for leaf in leaves(section, values)}
    for name in names:
        found = [every[key] for key in members[0] if key in every and fnmatchcase(key, name)]
        moved = {told(member, [leaf.name for leaf in found]) for member in members} if found else set()
        if len(moved) > 1:
            yield _input(name, found, min(moved), max(moved))


def _input(name: str, found: Sequence[Leaf], low: float, high: float) -> Input:
    first = found[0]
    return Input(
        name=name,
        keys=tuple(leaf.name for leaf in found),
        values=tuple(float(leaf.value) for leaf in found),
        meaning=first.field.description or "",
        unit=str(first.facts.get("unit", "1")),
        grade=str(first.facts.get("grade", "")),
        plausible=(low, high),
        low=low,
        high=high,
        log=low > 0 and high > LOG_RATIO * low,
        whole=first.annotation is int,
    )


def told(member: Values, keys: Sequence[str]) -> float:
    """Return the value of keys that move together: the one that they have, or their (geometric, if it may be) mean."""
    found = tuple(float(member[key]) for key in keys)
    if len(set(found)) == 1:
        return found[0]
    return geometric_mean(found) if min(found) > 0 else fmean(found)
