"""Samples of ranges of parameters: where to put the points of an experiment."""

import math
from collections.abc import Container, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from scenarios.files.merging import flatten


class Range(BaseModel):
    """The values of one parameter in a sample: ``[low, high]``, or a table with ``low``, ``high`` and ``log``."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    low: float = Field(description="Lowest value")
    high: float = Field(description="Highest value")
    log: bool = Field(False, description="Whether the logarithm is sampled evenly")

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, data: Any) -> Any:
        return {"low": data[0], "high": data[1]} if isinstance(data, Sequence) and len(data) == 2 else data

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        if self.high <= self.low:
            raise ValueError(f"high {self.high:g} is not above low {self.low:g}")
        if self.log and self.low <= 0:
            raise ValueError("log needs low above 0")
        return self

    def at(self, share: float, whole: bool) -> float | int:
        """Return the value at a share, 0 to 1, of the range; whole numbers are equally likely unless ``log``."""
        if self.log:
            value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
            return round(value) if whole else value
        if whole:
            return min(math.floor(self.low + share * (self.high - self.low + 1)), math.floor(self.high))
        return self.low + share * (self.high - self.low)


def _flat(table: object) -> object:
    return flatten(table, ("low", "high")) if isinstance(table, Mapping) else table


class Sample(BaseModel):
    """How many points to draw from which ranges."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int = Field(ge=1, le=1_000_000, description="Points")
    seed: int = Field(1, ge=0, lt=2**63, description="Of the sample")
    ranges: Annotated[dict[str, Range], BeforeValidator(_flat)] = Field(
        min_length=1, description="Low and high by dotted name"
    )


def latin_hypercube(sample: Sample, whole: Container[str]) -> list[dict[str, float | int]]:
    """Return points of which every range holds exactly one in each of its n equal parts (McKay et al. 1979).

    Args:
        sample: Ranges and size.
        whole: Names of parameters that are whole numbers.
    """
    from scipy.stats import qmc

    return _scaled(sample, whole, qmc.LatinHypercube(len(sample.ranges), rng=sample.seed).random(sample.n))


def sobol(sample: Sample, whole: Container[str]) -> list[dict[str, float | int]]:
    """Return the first n points, n a power of two, of a scrambled Sobol sequence (Owen 1998)."""
    from scipy.stats import qmc

    return _scaled(sample, whole, qmc.Sobol(len(sample.ranges), rng=sample.seed).random(sample.n))


def _scaled(sample: Sample, whole: Container[str], shares: Any) -> list[dict[str, float | int]]:
    spans = sample.ranges.items()
    return [
        {name: span.at(float(share), name in whole) for (name, span), share in zip(spans, row, strict=True)}
        for row in shares
    ]
