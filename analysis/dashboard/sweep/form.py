"""What a visitor has written into the form of a sweep, and the order that it makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.dashboard.choice import Choice
from analysis.dashboard.controls import Control, groups
from analysis.dashboard.sweep.order import MOST_MONTHS, MOST_POINTS, MOST_REPLICATIONS, Axis, Order, spaced
from market.models import declared_by
from market.parameters.explain import locate
from scenarios.errors import BadInput, quoted

MONTHS: Final = "horizon.rounds"
"""Is set for the whole sweep, and no control of it."""

NONE: Final = "none"
STEPS, FACTORS = "steps", "factors"
SPACINGS: Final = (STEPS, FACTORS)

BY_FACTORS: Final = 50.0
"""Ranges of a control whose ends differ by more than this factor are spaced by factors, unless told otherwise."""

LONGEST_NUMBER: Final = 40
"""Letters."""


@dataclass(frozen=True)
class Range:
    """One control and its values, as written.

    Attributes:
        label: Of the control; ``NONE`` of none.
        low: Lowest value.
        high: Highest value.
        points: Number of values.
        spacing: One of ``SPACINGS``.
    """

    label: str = NONE
    low: str = ""
    high: str = ""
    points: str = "5"
    spacing: str = STEPS

    @classmethod
    def of(cls, label: str, controls: Mapping[str, Control]) -> "Range":
        """Return the whole range of a control's slider."""
        if label not in controls:
            return cls()
        low, *_, high = controls[label].steps
        spacing = FACTORS if low > 0 and high > BY_FACTORS * low else STEPS
        return cls(label, f"{low:.10g}", f"{high:.10g}", spacing=spacing)

    def axis(self, controls: Mapping[str, Control], parameters: Mapping[str, Any]) -> Axis:
        """Return the values.

        Raises:
            BadInput: If the control is none of those, or its range is none.
        """
        if self.label not in controls or self.spacing not in SPACINGS:
            raise BadInput(f"there is no control {quoted(self.label)} with {quoted(self.spacing)}")
        control = controls[self.label]
        low, high = (number(text, f"{what} value of {self.label}")
                     for text, what in ((self.low, "lowest"), (self.high, "highest")))  # fmt: skip
        points = whole_number(self.points, f"number of values of {self.label}", 2, MOST_POINTS)
        try:
            values = spaced(low, high, points, self.spacing == FACTORS, is_whole(control, parameters))
        except BadInput as problem:
            raise BadInput(f"{self.label}: {problem}") from None
        return Axis(self.label, control.keys, values)


@dataclass(frozen=True)
class Form:
    """All that is written; months are the scenario's where none are."""

    first: Range = Range()
    second: Range = Range()
    replications: str = "4"
    months: str = ""

    def fitting(self, controls: Mapping[str, Control], months: int) -> "Form":
        """Return the form with controls that the market has, and months."""
        first, second = (one if one.label in controls else Range() for one in (self.first, self.second))
        if first.label == NONE:
            first = Range.of(next(iter(controls), NONE), controls)
        return Form(first, second, self.replications, self.months or str(min(months, MOST_MONTHS)))

    def order(self, choice: Choice, parameters: Mapping[str, Any]) -> Order:
        """Return what is to be run.

        Raises:
            BadInput: If something written will not do.
        """
        controls = swept(parameters)
        ranges = [one for one in (self.first, self.second) if one.label != NONE]
        axes = tuple(one.axis(controls, parameters) for one in ranges)
        if not axes:
            raise BadInput("choose a control")
        replications = whole_number(self.replications, "replications", 1, MOST_REPLICATIONS)
        return Order(choice, axes, replications, whole_number(self.months, "months", 1, MOST_MONTHS))


def swept(parameters: Mapping[str, Any]) -> dict[str, Control]:
    """Return the controls of a market that are numbers, by what a list calls them."""
    return {
        called(heading, control.label): control
        for heading, controls in groups(parameters).items()
        for control in controls
        if control.steps and MONTHS not in control.keys
    }


def called(heading: str, label: str) -> str:
    """Return what a control is called away from its heading: Cost, Of labs: Cost of labs."""
    return f"{heading} o{label[1:]}" if label.startswith("Of ") else label


def is_whole(control: Control, parameters: Mapping[str, Any]) -> bool:
    """Whether a control moves whole numbers."""
    _, annotation, _ = locate(declared_by(parameters), control.keys[0].split("."), parameters)
    return annotation is int


def number(text: str, what: str) -> float:
    """Return a number as written.

    Raises:
        BadInput: If it is none.
    """
    try:
        return float(text[:LONGEST_NUMBER])
    except ValueError:
        raise BadInput(f"{what}: {quoted(text)} is no number") from None


def whole_number(text: str, what: str, low: int, high: int) -> int:
    """Return a whole number as written.

    Raises:
        BadInput: If it is none, or out of range.
    """
    if not (text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER and low <= int(text) <= high):
        raise BadInput(f"{what}: {quoted(text)} must be a whole number from {low} to {high}")
    return int(text)
