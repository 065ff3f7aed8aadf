"""A sensitivity study: which inputs are spread over which ranges, and where in them the runs lie."""

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scenarios.files.design import Range

Method = Literal["morris", "sobol", "shapley", "worlds"]
"""The last spreads nothing: its points are the members of an ensemble."""
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    """A frozen table that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Input(_Part):
    """One thing that is spread: a key, or keys of one name that move together.

    Keys that have one value move as one; those whose values differ move by a common factor, and none of them leaves the
    plausible range (or its own value, where the scenario lies outside).
    """

    name: str = Field(min_length=1, description="Dotted name; * where the keys differ")
    keys: tuple[str, ...] = Field(min_length=1, description="Dotted names of what it changes")
    values: tuple[float, ...] = Field(min_length=1, description="Of the keys in the scenario")
    meaning: str = Field("", description="In a sentence")
    unit: str = Field("1", description="Of low and high, but for a factor")
    grade: str = Field("", description="How well the value is known")
    plausible: tuple[float, float] = Field(description="Low and high value of each key")
    low: float = Field(description="Lowest value, or factor")
    high: float = Field(description="Highest value, or factor")
    log: bool = Field(False, description="Whether it is spread evenly on a logarithmic scale")
    whole: bool = Field(False, description="Whether the keys take whole numbers")
    relative: bool = Field(False, description="Whether it is a factor on the values of the scenario")

    @model_validator(mode="after")
    def _one_value_a_key(self) -> "Input":
        if len(self.values) != len(self.keys):
            raise ValueError(f"{len(self.values)} values of {len(self.keys)} keys")
        Range(low=self.low, high=self.high, log=self.log)
        return self

    @property
    def shown_unit(self) -> str:
        """Unit of ``low`` and ``high``."""
        return "× the scenario's" if self.relative else self.unit

    def at(self, share: float) -> dict[str, float | int]:
        """Return the values of the keys at a share, 0 to 1, of the range."""
        span = Range(low=self.low, high=self.high, log=self.log)
        moved = min(max(span.at(share, self.whole and not self.relative), self.low), self.high)
        if not self.relative:
            return {key: int(moved) if self.whole else moved for key in self.keys}
        return {key: self._moved(value, moved) for key, value in zip(self.keys, self.values, strict=True)}

    def place(self, value: float) -> float:
        """Return the share, 0 to 1, of the range at which a value lies; the inverse of `at`, but for whole numbers."""
        low, high, value = (math.log(end) if self.log else end for end in (self.low, self.high, value))
        return min(max((value - low) / (high - low), 0.0), 1.0)

    def _moved(self, value: float, factor: float) -> float | int:
        low, high = self.plausible
        moved = min(max(value * factor, min(low, value)), max(high, value))
        return round(moved) if self.whole else moved


class Correlation(_Part):
    """Two inputs that go together."""

    first: str = Field(min_length=1, description="Name of an input")
    second: str = Field(min_length=1, description="Of another")
    value: float = Field(ge=-1, le=1, description="Correlation of the normal scores of their places in their ranges")


class Study(_Part):
    """What a folder of results says of the sensitivity study that it holds.

    The first setting of the experiment is the scenario as it is; each following one is a point.
    """

    method: Method = Field(description="Of the design and the indices")
    seed: int = Field(ge=0, description="Of the design")
    measures: tuple[str, ...] = Field(min_length=1, description="What is explained")
    inputs: tuple[Input, ...] = Field(min_length=1, description="What is spread")
    correlations: tuple[Correlation, ...] = Field((), description="Which inputs go together; the others do not")
    patterns: tuple[str, ...] = Field((), description="By which inputs were asked for; none where all were")
    runs: int | None = Field(None, description="That were asked for, if any number was")
    ensemble: str = Field("", description="Whose members the points are, if any")
    points: tuple[tuple[Share, ...], ...] = Field(description="Place of each run in the range of each input")
    drawn: int = Field(ge=0, description="Points that were drawn, refused ones included")
    refused: int = Field(ge=0, description="Points that make no sense as a scenario")
    refusals: tuple[str, ...] = Field((), description="Why, the most frequent first")

    @model_validator(mode="after")
    def _fits(self) -> "Study":
        if any(len(point) != len(self.inputs) for point in self.points):
            raise ValueError("a point has not one share for each input")
        return self

    @property
    def block(self) -> int:
        """Runs that belong together: those of a trajectory, or a run alone."""
        return len(self.inputs) + 1 if self.method == "morris" else 1


def geometric_mean(values: tuple[float, ...]) -> float:
    """Return the geometric mean of positive values."""
    return math.exp(math.fsum(map(math.log, values)) / len(values))
