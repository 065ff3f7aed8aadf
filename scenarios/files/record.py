"""Records that a calibration holds a scenario to: what was seen, when, and how far a model may be off and be right."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from market.fields import LONGEST_NAME, LONGEST_TEXT, Name
from market.parameters.explain import explain
from scenarios.errors import BadInput
from scenarios.files.design import Range
from scenarios.files.experiment import Changes, Part, Words
from scenarios.files.finding import find, records
from scenarios.files.inputs import input_between, inputs_of
from scenarios.files.loading import Scenario, load, override
from scenarios.files.periods import first_and_last_month
from scenarios.files.study import Input
from scenarios.files.toml import read_toml

MARKET = "market"
"""What a target is of that is of no firm."""


class Target(Part):
    """One number of the record.

    It lies between ``low`` and ``high``; a model that misses it by ``tolerance`` is one standard deviation away:
    that is how far the model may be off in what it leaves out, and the record in how it was counted.
    """

    name: Words = Field(min_length=1, max_length=LONGEST_NAME, description="In words")
    agent: str = Field(MARKET, description="Whose: market, or what stands for a firm, such as 'lab A'")
    measure: str = Field(min_length=1, description="What: a column of the table rounds, or a measure of the firm")
    period: str = Field(description="2024, 2024H1, 2024Q3, a month, or two of them joined by a hyphen")
    since: str = Field("", description="Where given, the target is the growth (ratio) from this period")
    low: float = Field(description="Lowest value on record")
    high: float = Field(description="Highest value on record")
    tolerance: float = Field(gt=0, description="One standard deviation of what the model leaves out")
    log: bool = Field(False, description="Whether the tolerance is of the logarithm")
    weight: float = Field(1.0, gt=0, le=100, description="In the distance by which the best point is chosen")
    unit: str = Field("1", description="Of low and high")
    source: Words = Field(min_length=1, max_length=LONGEST_TEXT, description="Where it was read")
    grade: str = Field(min_length=1, max_length=4, description="How well it is known: A, B, C, CALC, M")

    @field_validator("period", "since")
    @classmethod
    def _a_period(cls, text: str) -> str:
        if text:
            first_and_last_month(text)
        return text

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high < self.low:
            raise ValueError(f"high {self.high:g} is below low {self.low:g}")
        if (self.log or self.since) and self.low <= 0:
            raise ValueError("a logarithm or a growth needs low above 0")
        return self

    @property
    def months(self) -> tuple[str, str]:
        """First and last month that it looks at."""
        first, last = first_and_last_month(self.period)
        return (min(first, first_and_last_month(self.since)[0]) if self.since else first), last


class Record(Part):
    """What to calibrate: a scenario, the inputs that may move, and the targets it is held to."""

    name: Name = Field("record", description="Names the folder of results")
    title: Words = Field(min_length=1, max_length=LONGEST_NAME, description="The record in words")
    question: Words = Field(min_length=1, max_length=LONGEST_TEXT, description="What the calibration answers")
    scenario: str = Field("baseline", description="Whose inputs move")
    rounds: int = Field(ge=1, le=1200, description="Months of a run")
    users: int = Field(ge=1, description="Users simulated in a run")
    set: Changes = Field({}, description="Parameters changed in every run")
    inputs: dict[str, Range | None] = Field(min_length=1, description="Range by dotted name; {} the plausible one")
    may_miss: int = Field(0, ge=0, description="Targets that a member of the ensemble may miss")
    targets: tuple[Target, ...] = Field(min_length=1, description="What the runs are held to")

    _folder: Path = Path()

    @field_validator("inputs", mode="before")
    @classmethod
    def _plausible(cls, data: Any) -> Any:
        return {name: value or None for name, value in data.items()} if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [target.name for target in self.targets]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two targets are named {name!r}; give each a name")
        if self.may_miss >= len(self.targets):
            raise ValueError(f"may_miss {self.may_miss} leaves none of {len(self.targets)} targets to be met")
        return self

    def load(self) -> tuple[Scenario, tuple[Input, ...]]:
        """Return the scenario as it is before anything moves, and its inputs.

        Raises:
            BadInput: If the scenario, an input or a target will not do.
        """
        path = self._folder / self.scenario
        loaded = load(path if self.scenario.endswith(".toml") else self.scenario, self.set)
        size = {"horizon.rounds": self.rounds, "population.users": self.users}
        loaded = replace(loaded, parameters=override(loaded.parameters, size, self.name))
        found = [item for name, span in self.inputs.items() for item in _inputs(loaded, name, span, self.set)]
        keys = [key for item in found for key in item.keys]
        for key in keys:
            if keys.count(key) > 1:
                raise BadInput(f"{self.name}: {key} is moved by two of the inputs")
        return loaded, tuple(found)


def load_record(source: str | os.PathLike[str]) -> Record:
    """Return a record that ships by its name, or one from a TOML file.

    Raises:
        BadInput: With one message that names file, key, value and what is allowed.
    """
    path = find(source, records(), "record")
    table = {"name": path.stem, **read_toml(path)}
    try:
        record = Record.model_validate(table)
    except ValidationError as error:
        raise BadInput(explain(error, Record, table, lambda _: str(path))) from None
    record._folder = path.parent
    return record


def _inputs(scenario: Scenario, name: str, span: Range | None, held: dict[str, Any]) -> tuple[Input, ...]:
    if span is None:
        return inputs_of(scenario.parameters, (name,), tuple(held))
    return (input_between(scenario.parameters, name, span),)
