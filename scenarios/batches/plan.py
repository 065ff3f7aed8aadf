"""From an experiment to the runs it asks for: settings, all validated, and the seeds of their replications."""

import math
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from market.conduct.own_rules import checksums
from market.fields import LONGEST_NAME
from market.parameters.keys import Leaf, leaves
from market.parameters.run import RunParameters
from scenarios.batches.precision import wanted_replications
from scenarios.batches.worlds import Worlds, value_at
from scenarios.errors import BadInput, quoted
from scenarios.files.design import latin_hypercube, sobol
from scenarios.files.experiment import Experiment, SettingSpec
from scenarios.files.loading import Scenario, load, override
from scenarios.files.measures import left_out
from scenarios.files.merging import flatten, nest

if TYPE_CHECKING:
    from scenarios.results.parts import Finished, Key

MOST_SETTINGS, MOST_RUNS = 100_000, 10_000_000
MOST_KEPT = 500
"""Settings whose parameters stay in memory."""


@dataclass(frozen=True)
class Setting:
    """One setting: a scenario and the values changed in it, by dotted name; the title says it in words."""

    name: str
    title: str
    scenario: str
    changes: Mapping[str, Any]


class Plan:
    """The settings of an experiment, validated.

    Raises:
        BadInput: If any parameter of any setting is unknown or out of range.

    Attributes:
        experiment: The experiment that is planned.
        scenarios: Loaded, by the name the experiment gives them.
        settings: In order, each with a name of its own.
        rules: Checksums of the rules from outside, by import path.
        varied: Parameters that differ between settings: for each dotted name, the value in every setting.
        worlds: The ensemble in whose members every setting is run, if any.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.scenarios: dict[str, Scenario] = {}
        self.worlds = Worlds.of(experiment)
        self._parameters: dict[tuple[str, int], RunParameters] = {}
        self.settings = tuple(self._settings())
        self._check_names()
        names = self._names_that_vary()
        values: dict[str, list[Any]] = {name: [] for name in names}
        self.rules: dict[str, str] = {}
        for setting in self.settings:
            parameters = self.parameters(setting)
            for world in range(1, self.worlds.number):
                self.parameters(setting, world)
            self.rules |= checksums(parameters)
            for name in names:
                values[name].append(value_at(parameters, name))
        self.varied = {name: column for name, column in values.items() if any(item != column[0] for item in column)}

    def seed(self, replication: int) -> int:
        """Return the seed of a run, below 2³²; it follows from the replication alone."""
        sequence = np.random.SeedSequence(self.experiment.seed, spawn_key=(replication,))
        return int(sequence.generate_state(1)[0])

    def parameters(self, setting: Setting, replication: int = 0) -> RunParameters:
        """Return everything in effect in a replication of a setting; kept of the first, as they are asked for again."""
        world = replication % self.worlds.number
        if (setting.name, world) in self._parameters:
            return self._parameters[setting.name, world]
        origin = f"{self.experiment.name}, setting {setting.name}{self.worlds.name_of(world)}"
        base = self._scenario(setting.scenario).parameters
        changes = {**self.worlds.changes(base, world), **setting.changes}
        parameters = override(base, changes, origin, self.experiment._folder)
        if len(self._parameters) < MOST_KEPT:
            self._parameters[setting.name, world] = parameters
        return parameters

    def replications(self, setting: str, finished: "Mapping[Key, Finished]") -> int:
        """Return how many replications a setting needs, as far as finished runs tell."""
        return wanted_replications(self.experiment, setting, finished) * self.worlds.number

    def _scenario(self, name: str) -> Scenario:
        if name not in self.scenarios:
            path = self.experiment._folder / name
            self.scenarios[name] = load(path if name.endswith(".toml") else name)
        return self.scenarios[name]

    def _settings(self) -> Iterator[Setting]:
        experiment = self.experiment
        self._check_size()
        whole = {leaf.name for leaf in _leaves(self._scenario(experiment.scenario)) if leaf.annotation is int}
        points = _points(experiment, whole)
        named = experiment.settings or (SettingSpec(name="" if points else experiment.scenario),)
        size = {"horizon.rounds": experiment.rounds, "population.users": experiment.users}
        fixed = {name: value for name, value in size.items() if value is not None}
        for spec in named:
            scenario = spec.scenario or experiment.scenario
            for label, point in points or [("", {})]:
                name = " · ".join(filter(None, (spec.name or (scenario if experiment.settings else ""), label)))
                changes = {**self._usual(scenario), **experiment.set, **spec.set, **point, **fixed}
                title = self._title(spec, scenario, label) or name
                yield Setting(name, title, scenario, flatten(nest(changes, f"{experiment.name}, setting {name}")))

    def _usual(self, scenario: str) -> dict[str, bool]:
        """Return what is set in a scenario unless the experiment says otherwise."""
        stop = self.experiment.stop
        return left_out(self._scenario(scenario).parameters, [] if stop is None else [stop.measure])

    def _check_size(self) -> None:
        """Refuse what would not fit into memory before it is laid out."""
        experiment = self.experiment
        samples = [sample.n for sample in (experiment.latin_hypercube, experiment.sobol) if sample is not None]
        lists = [len(values) for values in list(experiment.list.values())[:1]]
        points = math.prod([*map(len, experiment.grid.values()), *lists, *samples])
        settings = points * max(len(experiment.settings), 1)
        runs = settings * (experiment.replications if experiment.stop is None else experiment.stop.maximum)
        runs *= self.worlds.number
        for what, number, most in (("settings", settings, MOST_SETTINGS), ("runs", runs, MOST_RUNS)):
            if number > most:
                raise BadInput(f"{experiment.name}: makes {number:,} {what}, at most {most:,} will do")

    def _title(self, spec: SettingSpec, scenario: str, label: str) -> str:
        """Return a setting in words: its own title, its scenario's where it changes nothing in it, and its point."""
        own = (
            spec.title or spec.name or (self._scenario(scenario).title if self.experiment.settings or not label else "")
        )
        return " · ".join(filter(None, (own, label)))

    def _check_names(self) -> None:
        seen: set[str] = set()
        for setting in self.settings:
            if setting.name in seen:
                raise BadInput(
                    f"{self.experiment.name}: two settings are named {quoted(setting.name)}; give each a name"
                )
            if not setting.name.isprintable() or len(setting.name) > LONGEST_NAME:
                raise BadInput(f"{self.experiment.name}: {quoted(setting.name)} will not do as the name of a setting")
            seen.add(setting.name)

    def _names_that_vary(self) -> list[str]:
        names = dict.fromkeys(name for setting in self.settings for name in setting.changes)
        effective = [
            {leaf.name: leaf.value for leaf in _leaves(scenario)}
            for scenario in map(self._scenario, dict.fromkeys(setting.scenario for setting in self.settings))
        ]
        for name in dict.fromkeys(name for values in effective for name in values):
            values = [found.get(name) for found in effective]
            if name != "name" and any(value != values[0] for value in values):
                names[name] = None
        return list(names)


def _leaves(scenario: Scenario) -> Iterator[Leaf]:
    return leaves(type(scenario.parameters), scenario.parameters.model_dump(mode="json"))


def _points(experiment: Experiment, whole: Container[str]) -> list[tuple[str, dict[str, Any]]]:
    """Return a label and values for every combination of the grid, the list and the samples; none if there are none."""
    designs = []
    designs += [[{name: value} for value in values] for name, values in experiment.grid.items()]
    columns = experiment.list
    designs += (
        [[dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]] if columns else []
    )
    labelled = [[(_label(point), point) for point in design] for design in designs]
    for name, sample, draw in (
        ("latin hypercube", experiment.latin_hypercube, latin_hypercube),
        ("sobol", experiment.sobol, sobol),
    ):
        if sample is not None:
            drawn = draw(sample, whole)
            digits = len(str(len(drawn)))
            labelled.append([(f"{name} {number:0{digits}d}", point) for number, point in enumerate(drawn, start=1)])
    points: list[tuple[str, dict[str, Any]]] = [("", {})] if labelled else []
    for design in labelled:
        points = [
            (" · ".join(filter(None, (label, more))), {**point, **values})
            for label, point in points
            for more, values in design
        ]
    return points


def _label(point: Mapping[str, Any]) -> str:
    """Return values by name; of many names with one value, which would be too long, the first and how many more."""
    texts = {name: value.get("rule", value) if isinstance(value, Mapping) else value for name, value in point.items()}
    words = [f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in texts.items()]
    values = list(point.values())
    if len(words) > 1 and values.count(values[0]) == len(values) and len(", ".join(words)) > LONGEST_NAME // 2:
        return f"{words[0]} and {len(words) - 1} more"
    return ", ".join(words)
