"""Experiments: which settings to run, how often, and from which seeds; as TOML or Python."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from market.fields import LONGEST_NAME, LONGEST_TEXT, Name
from market.parameters.explain import explain
from scenarios.errors import BadInput
from scenarios.files.design import Sample
from scenarios.files.finding import ensembles, experiments, find
from scenarios.files.merging import flatten
from scenarios.files.toml import read_toml

Changes = Annotated[
    dict[str, Any], BeforeValidator(lambda table: flatten(table) if isinstance(table, Mapping) else table)
]
"""Values by dotted name; nested tables will do too."""
Columns = Annotated[
    dict[str, list[Any]], BeforeValidator(lambda table: flatten(table) if isinstance(table, Mapping) else table)
]


def _printed(text: str) -> str:
    """Return text that people read; line breaks are spaces."""
    if not " ".join(text.split("\n")).isprintable():
        raise ValueError("holds control characters")
    return text


Words = Annotated[str, AfterValidator(_printed)]
Size = Annotated[int, Field(ge=1, le=1_000_000)]


class Part(BaseModel):
    """A frozen table that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SettingSpec(Part):
    """One setting by name: a scenario, and parameters changed in it."""

    name: str = Field("", description="Of the setting; the scenario's if omitted")
    title: Words = Field("", max_length=LONGEST_NAME, description="The setting in words, for figures and tables")
    scenario: str = Field("", description="Instead of the experiment's")
    set: Changes = Field({}, description="Parameters changed in this setting")

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        return {"scenario": data} if isinstance(data, str) else data


class Stop(Part):
    """Replicate each setting until the mean of a measure is known precisely enough."""

    measure: str = Field(description="A column of the table layers (with a layer) or rounds")
    layer: Literal["hardware", "labs", "resellers"] | None = Field(None, description="Whose measure")
    half_width: float = Field(gt=0, description="Half the width of the 95 per cent interval at which to stop")
    minimum: int = Field(5, ge=2, le=1_000_000, description="Replications before the first look")
    maximum: int = Field(100, ge=2, le=1_000_000, description="Replications at which to stop in any case")
    step: int = Field(5, ge=1, le=1_000_000, description="Replications between looks")

    @model_validator(mode="after")
    def _known(self) -> "Stop":
        from scenarios.schema import measures

        known = measures(self.layer)
        if self.measure not in known:
            raise ValueError(f"measure {self.measure!r} is none of {', '.join(known)}")
        if self.maximum < self.minimum:
            raise ValueError(f"maximum {self.maximum} is below minimum {self.minimum}")
        return self


class Limits(Part):
    """What one run may take; a run beyond it is recorded as failed."""

    seconds: float = Field(3600.0, gt=0, le=1e7, description="Longest time of a run, s")
    memory: float | None = Field(None, gt=0.1, le=1e6, description="Memory of a worker, GiB; its share of the machine")


class Experiment(Part):
    """What to run.

    Settings are crossed with the points of a grid, a list and samples, and every combination is replicated. The seed of
    a run follows from its replication alone, so that settings meet the same luck.
    """

    name: Name = Field("experiment", description="Names the folder of results")
    title: Words = Field("", max_length=LONGEST_NAME, description="The experiment in words")
    question: Words = Field(min_length=1, max_length=LONGEST_TEXT, description="What the experiment answers")
    scenario: str = Field("baseline", description="Where every setting starts that names no other")
    rounds: int | None = Field(None, description="Instead of horizon.rounds")
    users: int | None = Field(None, description="Instead of population.users")
    replications: Size = Field(10, description="Runs of each setting; with an ensemble, in each of its worlds")
    seed: int = Field(1, ge=0, lt=2**63, description="From which the seeds of all runs follow")
    set: Changes = Field({}, description="Parameters changed in every setting")
    settings: tuple[SettingSpec, ...] = Field((), description="Settings by name")
    grid: Columns = Field({}, description="Every combination of these values")
    list: Columns = Field({}, description="The first values together, then the second, and so on")
    latin_hypercube: Sample | None = Field(None, description="A space-filling sample of ranges")
    sobol: Sample | None = Field(None, description="A low-discrepancy sample of ranges")
    ensemble: str = Field("", description="Worlds in each of which every setting is run: a name, file or folder")
    stop: Stop | None = Field(None, description="Replicate until precise enough, instead of a fixed number")
    limits: Limits = Field(Limits(), description="Of time and memory")

    _folder: Path = Path()

    @field_validator("name")
    @classmethod
    def _names_a_folder(cls, name: str) -> str:
        if "/" in name or name.startswith("."):
            raise ValueError("must do as the name of a folder")
        return name

    @field_validator("grid", "list")
    @classmethod
    def _not_empty(cls, columns: Columns) -> Columns:
        for name, values in columns.items():
            if not values:
                raise ValueError(f"{name} has no values")
        return columns

    @field_validator("list")
    @classmethod
    def _equally_long(cls, columns: Columns) -> Columns:
        lengths = {name: len(values) for name, values in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"lists have different lengths: {lengths}")
        return columns

    @model_validator(mode="after")
    def _worlds_are_counted(self) -> "Experiment":
        if self.ensemble and self.stop is not None:
            raise ValueError("an ensemble and [stop] do not go together: worlds are counted, not averaged")
        return self

    @field_validator("sobol")
    @classmethod
    def _balanced(cls, sample: Sample | None) -> Sample | None:
        if sample is not None and sample.n & (sample.n - 1):
            raise ValueError(f"n = {sample.n} must be a power of two, such as {1 << sample.n.bit_length()}")
        return sample


def load_experiment(source: str | os.PathLike[str]) -> Experiment:
    """Return a shipped experiment by its name, or one from a TOML file.

    Raises:
        BadInput: With one message that names file, key, value and what is allowed.
    """
    path = find(source, experiments(), "experiment")
    return _checked({"name": path.stem, **read_toml(path)}, str(path), path.parent)


def named_after(scenario: str, what: str) -> str:
    """Return the name of an experiment that does something with a scenario, fit for a folder."""
    return f"{scenario.replace('/', '-').lstrip('.') or 'scenario'}-{what}"


def in_worlds(experiment: Experiment, ensemble: str | None) -> Experiment:
    """Return the experiment in the worlds of an ensemble, if one is given; its file is sought where the user is."""
    if ensemble is None:
        return experiment
    a_file = ensemble not in ensembles() and os.path.exists(ensemble)
    table = experiment.model_dump(mode="json") | {"ensemble": os.path.abspath(ensemble) if a_file else ensemble}
    return _checked(table, "--ensemble", experiment._folder)


def replicated(experiment: Experiment, replications: int | None) -> Experiment:
    """Return the experiment with another number of replications, if one is given.

    Raises:
        BadInput: If the number is out of range, or a stopping rule decides.
    """
    if replications is None:
        return experiment
    if experiment.stop is not None:
        raise BadInput(f"--replications: {experiment.name} replicates until its [stop] is met; change stop.maximum")
    table = experiment.model_dump(mode="json") | {"replications": replications}
    return _checked(table, "--replications", experiment._folder)


def _checked(table: Mapping[str, Any], origin: str, folder: Path) -> Experiment:
    try:
        experiment = Experiment.model_validate_json(json.dumps(table), strict=True)
    except ValidationError as error:
        raise BadInput(explain(error, Experiment, table, lambda _: origin)) from None
    experiment._folder = folder
    return experiment
