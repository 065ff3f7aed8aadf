"""What every model is told: the name of the scenario, which model it is of, the months of a run, and events."""

from pydantic import Field, model_validator

from market.fields import EVERY, LAST_MONTH, Month, Name, Section, quantity
from market.parameters.dates import month_of
from market.parameters.events import Event
from market.parameters.spells import spells_of


class Span(Section):
    """How long a run is and when it starts."""

    fixed = (EVERY,)

    rounds: int = quantity(60, "month", "Rounds (months) of a run", ge=1, le=1200)
    start: Month = Field("2024-01", description="Month of round 0 (YYYY-MM)")

    @model_validator(mode="after")
    def _ends_in_time(self) -> "Span":
        last = month_of(self.start, self.rounds - 1)
        if last > LAST_MONTH:
            raise ValueError(
                f"start = {self.start} and rounds = {self.rounds}: the run would end in {last}, after {LAST_MONTH}"
            )
        return self


class RunParameters(Section):
    """What every run depends on, but the seed; each model has a class of its own, which says what plays it."""

    fixed = ("name", "model", "events")

    name: Name = Field("by-the-token", description="Name of the scenario")
    model: str = Field("", description="What plays the scenario")
    horizon: Span = Field(Span(), description="Length and start")
    events: tuple[Event, ...] = Field((), description="Parameters that change at a date, and how")

    @model_validator(mode="after")
    def _events_can_happen(self) -> "RunParameters":
        spells_of(self)
        return self
