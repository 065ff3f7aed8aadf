"""What a sweep runs: values of a control or two, months and replications, and the experiment that it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, prod
from textwrap import shorten
from typing import Any, Final

from analysis.dashboard.choice import Choice
from analysis.dashboard.controls import written
from market.fields import LONGEST_NAME, LONGEST_TEXT
from market.wording import counted
from scenarios.errors import BadInput

MOST_POINTS: Final = 50
"""Values of a control."""

MOST_REPLICATIONS: Final = 100
MOST_MONTHS: Final = 360
MOST_RUNS: Final = 1000
LONGEST_RUN: Final = 600.0
"""Seconds; a run beyond is recorded as failed."""

DIGITS: Final = 6
"""Significant digits of the values between the ends."""


@dataclass(frozen=True)
class Axis:
    """The values of a control in a sweep.

    Attributes:
        label: Of the control.
        keys: Dotted names of its parameters; all get the same value.
        values: What the key is swept over, ascending.
    """

    label: str
    keys: tuple[str, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Order:
    """A sweep to be run.

    Attributes:
        choice: The market that is swept.
        axes: One or two.
        replications: Runs of each point.
        months: Of each run.
    """

    choice: Choice
    axes: tuple[Axis, ...]
    replications: int
    months: int

    def __post_init__(self) -> None:
        """Refuse what is too much for a page, or cannot be crossed.

        Raises:
            BadInput: If so.
        """
        keys = [key for axis in self.axes for key in axis.keys]
        if len(set(keys)) < len(keys):
            raise BadInput("both controls are the same: choose two different ones, or one alone")
        if sum(len(axis.keys) > 1 for axis in self.axes) > 1:
            raise BadInput("both controls move several parameters: choose another one for one of them")
        if self.runs > MOST_RUNS:
            raise BadInput(f"{counted(self.runs, 'run')} are too many for a page: {MOST_RUNS:,} at most")

    @property
    def runs(self) -> int:
        """Runs that it takes."""
        return prod(len(axis.values) for axis in self.axes) * self.replications

    @property
    def labels(self) -> str:
        """The controls in words."""
        return " and ".join(axis.label for axis in self.axes)

    @property
    def size(self) -> str:
        """Its size in words."""
        factors = [counted(len(axis.values), "value") for axis in self.axes]
        words = " × ".join([*factors, counted(self.replications, "replication")])
        return f"{words}: {counted(self.runs, 'run')} of {counted(self.months, 'month')}."

    def experiment(self, scenario: str, title: str) -> dict[str, Any]:
        """Return the experiment as a file holds it.

        Args:
            scenario: File of the market that is swept, beside the experiment's.
            title: Of that market.
        """
        labels = self.labels
        grid = {axis.keys[0]: list(axis.values) for axis in self.axes if len(axis.keys) == 1}
        together = {key: list(axis.values) for axis in self.axes if len(axis.keys) > 1 for key in axis.keys}
        return {
            "title": shorten(f"{labels}: {title}", LONGEST_NAME),
            "question": shorten(f"What does each layer earn at other values of {labels} in {title}?", LONGEST_TEXT),
            "scenario": scenario,
            "rounds": self.months,
            "replications": self.replications,
            "seed": self.choice.seed,
            "limits": {"seconds": LONGEST_RUN},
            **({"grid": grid} if grid else {}),
            **({"list": together} if together else {}),
        }


def listed(values: Sequence[float]) -> str:
    """Write values of an axis."""
    return ", ".join(map(written, values))


def spaced(low: float, high: float, points: int, geometric: bool, whole: bool) -> tuple[float, ...]:
    """Return values from low to high, by equal steps or equal factors; whole numbers that coincide count once.

    Raises:
        BadInput: If there is no such range.
    """
    if not (isfinite(low) and isfinite(high)):
        raise BadInput("the ends must be finite")
    if not low < high:
        raise BadInput(f"the highest value {written(high)} must be above the lowest {written(low)}")
    if geometric and low <= 0:
        raise BadInput(f"spacing by factors needs a lowest value above 0, not {written(low)}")
    if whole and not (low.is_integer() and high.is_integer()):
        raise BadInput("the ends must be whole numbers")
    shares = [place / (points - 1) for place in range(1, points - 1)]
    inner = [low * (high / low) ** share if geometric else low + (high - low) * share for share in shares]
    ends = [int(low), int(high)] if whole else [low, high]
    between = [round(value) if whole else float(f"{value:.{DIGITS}g}") for value in inner]
    return tuple(sorted({ends[0], *between, ends[1]}))
