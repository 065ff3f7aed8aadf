"""A sensitivity study as a batch: a design over the plausible ranges, each of its points a setting."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

from scenarios.batches.batch import Summary, Watch, run_batch
from scenarios.batches.correlations import copula, correlations_of
from scenarios.batches.plan import MOST_SETTINGS
from scenarios.batches.sampling import SHOWN_REFUSALS, Shares, design
from scenarios.batches.worker import Simulate
from scenarios.errors import BadInput
from scenarios.files.experiment import Experiment, SettingSpec, named_after
from scenarios.files.inputs import inputs_of
from scenarios.files.loading import Scenario, load, override
from scenarios.files.measures import DEFAULT, measure_of, needed
from scenarios.files.study import Correlation, Input, Method, Study
from scenarios.running import checked_seed, resized

METHODS: tuple[Method, ...] = ("morris", "sobol", "shapley")
AS_IT_IS = "as it is"
"""The setting in which nothing is spread."""


@dataclass(frozen=True)
class Planned:
    """A study and the experiment that carries it out."""

    study: Study
    experiment: Experiment


def plan_study(
    scenario: str | os.PathLike[str],
    method: str = "morris",
    measures: Sequence[str] = (),
    runs: int | None = None,
    patterns: Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
    rounds: int | None = None,
    users: int | None = None,
    seed: int = 1,
    correlations: Sequence[str] = (),
) -> Planned:
    """Lay out a sensitivity study of a scenario.

    Args:
        scenario: Name of a preset, or a TOML file.
        method: ``morris``, ``sobol`` or ``shapley``.
        measures: What is to be explained, as ``layers.labs.margin``; the margins of the layers if there are none.
        runs: At most so many, besides one of the scenario as it is; what the method needs if omitted.
        patterns: Inputs by dotted name or glob; all that have a plausible range if there are none.
        changes: Parameters changed in every run, by dotted name; they are held.
        rounds: Instead of ``horizon.rounds``.
        users: Instead of ``population.users``.
        seed: Of the design and of every run.
        correlations: Inputs that go together, as ``labs.overhead_share~resellers.staff_share=0.6``; ``shapley`` only.

    Raises:
        BadInput: If anything of it will not do.
    """
    chosen, names, changes = _method(method), names_of(measures), dict(changes or {})
    if correlations and chosen != "shapley":
        raise BadInput(
            f"--correlation needs --method shapley, not {chosen}: where inputs go together, no part of the variance is "
            "one input's alone, and shares that add up to one are Shapley's"
        )
    loaded = studied(scenario, changes, runs, rounds, users)
    inputs = inputs_of(loaded.parameters, patterns, tuple(changes))
    found = correlations_of(correlations, inputs)
    study = _study(loaded, (chosen, names, tuple(patterns), found), inputs, runs, checked_seed(seed))
    return Planned(study, _experiment(os.fspath(scenario), loaded, study, changes, rounds, users))


def names_of(measures: Sequence[str]) -> tuple[str, ...]:
    """Return the names of measures, those of the layers' margins where there are none; BadInput for an unknown one."""
    return tuple(dict.fromkeys(measure_of(name).name for name in measures or DEFAULT))


def studied(
    scenario: str | os.PathLike[str],
    changes: Mapping[str, Any],
    runs: int | None,
    rounds: int | None,
    users: int | None,
) -> Scenario:
    """Return the scenario of a study in its size; arguments and errors as in `plan_study`."""
    if runs is not None and not 1 <= runs < MOST_SETTINGS:
        raise BadInput(f"--runs {runs} must be an integer from 1 to {MOST_SETTINGS - 1:,}")
    loaded = load(scenario, changes)
    for option, key, value in (("--rounds", "horizon.rounds", rounds), ("--users", "population.users", users)):
        if value is not None and key in changes:
            raise BadInput(f"--set: {key} is given by {option} as well")
    return replace(loaded, parameters=resized(loaded.parameters, rounds, users))


def run_study(
    planned: Planned,
    workers: int | None = None,
    executor: Executor | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    watch: Watch | None = None,
    simulate: Simulate | None = None,
) -> Summary:
    """Carry out a study as a batch; arguments and errors are those of ``run_batch``."""
    about = {"study": planned.study.model_dump(mode="json")}
    return run_batch(planned.experiment, None, workers, executor, out, resume, watch, simulate, about)


def _method(method: str) -> Method:
    for known in METHODS:
        if method == known:
            return known
    raise BadInput(f"--method {method} must be one of {', '.join(METHODS)}")


def _study(
    scenario: Scenario,
    asked: tuple[Method, tuple[str, ...], tuple[str, ...], tuple[Correlation, ...]],
    inputs: tuple[Input, ...],
    runs: int | None,
    seed: int,
) -> Study:
    method, measures, patterns, correlations = asked
    matrix = copula(inputs, correlations) if correlations else None
    drawn = design(method, len(inputs), runs, seed, lambda point: refusal(scenario, inputs, point), matrix)
    return Study(
        method=method,
        seed=seed,
        measures=measures,
        inputs=inputs,
        correlations=correlations,
        patterns=patterns,
        runs=runs,
        points=tuple(tuple(point) for point in drawn.points.tolist()),
        drawn=drawn.number,
        refused=drawn.refusals.total(),
        refusals=tuple(reason for reason, _ in drawn.refusals.most_common(SHOWN_REFUSALS)),
    )


def refusal(scenario: Scenario, inputs: Sequence[Input], point: Shares) -> str | None:
    """Say why a point of a design makes no sense as a scenario; None if it does."""
    return refusal_of(scenario, values_at(inputs, point.tolist()))


def refusal_of(scenario: Scenario, values: Mapping[str, Any]) -> str | None:
    """Say why values, by dotted name, make no sense in a scenario; None if they do."""
    try:
        override(scenario.parameters, values, "refused")
    except BadInput as problem:
        return str(problem).removeprefix("refused: ")
    return None


def values_at(inputs: Sequence[Input], point: Sequence[float]) -> dict[str, float | int]:
    """Return the values of all keys at a point of a design."""
    return {key: value for item, share in zip(inputs, point, strict=True) for key, value in item.at(share).items()}


def _experiment(
    source: str, scenario: Scenario, study: Study, changes: dict[str, Any], rounds: int | None, users: int | None
) -> Experiment:
    names = _point_names(study)
    points = [
        SettingSpec(name=name, title=name, set=values_at(study.inputs, point))
        for name, point in zip(names, study.points, strict=True)
    ]
    return Experiment(
        name=named_after(scenario.name, "sensitivity"),
        title=f"What decides: {scenario.title}"[:200],
        question=f"On which of {len(study.inputs)} inputs, spread over their plausible ranges, does the answer of "
        f"{scenario.name} depend most?",
        scenario=source,
        rounds=rounds,
        users=users,
        replications=1,
        seed=study.seed,
        set={**needed(scenario.parameters, study.measures), **changes},
        settings=(SettingSpec(name=AS_IT_IS, title="The scenario as it is"), *points),
    )


def _point_names(study: Study) -> list[str]:
    """Return a name for each point that sorts in the order of the design."""
    digits = len(str(len(study.points)))
    if study.method != "morris":
        return [f"point {number:0{digits}d}" for number in range(1, len(study.points) + 1)]
    steps = len(str(study.block))
    places = (divmod(number, study.block) for number in range(len(study.points)))
    return [f"trajectory {path + 1:0{digits}d} step {step:0{steps}d}" for path, step in places]
