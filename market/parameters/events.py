"""Events: parameters that change at a month of a run, and which can."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, model_validator

from market.fields import Month, Section
from market.parameters.dates import round_of


class Event(Section):
    """A change of parameters at a date, for good or for some months."""

    month: Month | None = Field(None, description="Month (YYYY-MM) from which the change holds")
    round: int | None = Field(None, ge=0, le=1199, description="Round from which it holds, where no month is given")
    months: int | None = Field(None, ge=1, le=1200, description="Months it holds; for good if left out")
    set: dict[str, Any] = Field(min_length=1, description="Parameters by dotted name, or as tables, from then on")

    @model_validator(mode="after")
    def _has_a_date(self) -> "Event":
        if (self.month is None) == (self.round is None):
            raise ValueError("an event has either a month (YYYY-MM) or a round")
        return self

    def begins(self, start: str) -> int:
        """Return the round from which it holds, in a run that starts in a month."""
        return round_of(start, self.month) if self.month is not None else int(self.round or 0)

    @property
    def changes(self) -> dict[str, Any]:
        """What it sets, by dotted name."""
        return dict(_flat(self.set))


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
