"""What is allowed and yet hard to believe: values outside their plausible range, series and events that begin late."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from market.parameters.dates import month_of
from market.parameters.keys import Leaf, leaves
from market.parameters.run import RunParameters

if TYPE_CHECKING:
    from scenarios.files.loading import Scenario


def doubts(parameters: RunParameters, given: Callable[[tuple[str, ...]], bool]) -> tuple[str, ...]:
    """Return a line for each value outside the plausible range of its declaration.

    Args:
        parameters: Those in effect in the scenario.
        given: Tells whether the user gave the value at a path; what ships is not doubted.
    """
    values = parameters.model_dump(mode="json")
    return tuple(line for leaf in leaves(type(parameters), values) if given(leaf.path) for line in _outside(leaf))


def _outside(leaf: Leaf) -> Iterator[str]:
    low, high = leaf.facts.get("low"), leaf.facts.get("high")
    if low is None or high is None:
        return
    numbers = [record["value"] for record in leaf.value] if isinstance(leaf.value, list) else [leaf.value]
    unit = "" if leaf.facts.get("unit") in (None, "1") else f" {leaf.facts['unit']}"
    for worst in (min(numbers, default=low), max(numbers, default=high)):
        if not low <= worst <= high:
            yield f"{leaf.name} = {worst:g}{unit} is outside the plausible range, {low:g} to {high:g}{unit}"
            return


def late_series(parameters: RunParameters) -> tuple[str, ...]:
    """Return a line for each series that begins after the run ends; none where a model has no series."""
    horizon, data = parameters.horizon, getattr(parameters, "data", None)
    last = month_of(horizon.start, horizon.rounds - 1)
    series = {name: getattr(data, name) for name in type(data).model_fields} if data else {}
    starts = {name: min(item.date for item in items) for name, items in series.items() if items}
    return tuple(
        f"data.{name} begins in {first}, after the run's last month, {last}: its first value holds throughout"
        for name, first in starts.items()
        if first > last
    )


def late_events(parameters: RunParameters) -> tuple[str, ...]:
    """Return a line for each event that begins after the run ends."""
    start, rounds = parameters.horizon.start, parameters.horizon.rounds
    begins = [event.begins(start) for event in parameters.events]
    return tuple(
        f"events.{number} begins in {month_of(start, first)}, after the run's last month, {month_of(start, rounds - 1)}"
        for number, first in enumerate(begins)
        if first >= rounds
    )


def notes(scenario: "Scenario") -> tuple[str, ...]:
    """Return what there is to say of a scenario's values: what they imply besides, and what is hard to believe."""
    warnings = (*scenario.doubts, *late_series(scenario.parameters), *late_events(scenario.parameters))
    return (*(f"also: {line}" for line in scenario.also), *(f"warning: {line}" for line in warnings))
