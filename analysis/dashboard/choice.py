"""What a visitor has chosen, and the command line that plays it."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from market.wording import counted
from scenarios.files.conducts import CONDUCTS, conduct
from scenarios.files.loading import Scenario, load
from scenarios.files.toml import to_toml, to_toml_value

if TYPE_CHECKING:
    from market.parameters.run import RunParameters

EVENTS = "events"


@dataclass(frozen=True)
class Dated:
    """A change that was made while the market played.

    Attributes:
        month: From which it holds, YYYY-MM.
        changes: Values by dotted name.
        months: How long it holds; None for good.
        name: What it is called on the page, where it has a name.
    """

    month: str
    changes: Mapping[str, Any]
    months: int | None = None
    name: str = ""

    @property
    def table(self) -> dict[str, Any]:
        """The event as scenario files have it."""
        lasts = {} if self.months is None else {"months": self.months}
        return {"month": self.month, **lasts, "set": dict(self.changes)}

    @property
    def words(self) -> str:
        """What happens, and when."""
        what = self.name or ", ".join(f"{key} = {to_toml_value(value)}" for key, value in self.changes.items())
        lasts = "" if self.months is None else f" for {counted(self.months, 'month')}"
        return f"{what} from {self.month}{lasts}"


@dataclass(frozen=True)
class Choice:
    """A scenario with changes and a seed.

    Attributes:
        scenario: Name of a preset or a TOML file.
        seed: Of the run.
        changes: Values by dotted name that differ from the scenario's.
        events: Changes made while it played, after the scenario's own events.
    """

    scenario: str
    seed: int = 1
    changes: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Dated, ...] = ()

    def with_changes(self, changes: Mapping[str, Any]) -> "Choice":
        """Return the choice with some more values changed, in place of those that are about the same keys."""
        return replace(self, changes={**self.without(changes).changes, **changes})

    def without(self, keys: Iterable[str]) -> "Choice":
        """Return the choice without changes of some keys, of what is inside them and of what they are inside of."""
        names = tuple(keys)
        left = {key: value for key, value in self.changes.items() if not any(_overlap(key, name) for name in names)}
        return replace(self, changes=left)

    def with_event(self, event: Dated) -> "Choice":
        """Return the choice with another event; of the same month and length, it joins the last one made."""
        *before, last = self.events or (None,)
        if last is None or (last.month, last.months, last.name) != (event.month, event.months, event.name):
            return replace(self, events=(*self.events, event))
        kept = {key: value for key, value in last.changes.items() if not any(_overlap(key, k) for k in event.changes)}
        return replace(self, events=(*before, replace(event, changes=kept | dict(event.changes))))

    def without_event(self, place: int) -> "Choice":
        """Return the choice without one of its events."""
        return replace(self, events=self.events[:place] + self.events[place + 1 :])

    @property
    def conduct(self) -> str:
        """The whole conduct that the changes hold; empty if none."""
        held = (name for name in CONDUCTS if conduct(name).items() <= self.changes.items())
        return next(held, "")

    def with_conduct(self, name: str) -> "Choice":
        """Return the choice with another whole conduct in place of the one it holds; none if the name is empty."""
        plain = self.without(conduct(self.conduct)) if self.conduct else self
        return plain.with_changes(conduct(name)) if name else plain

    def load(self) -> Scenario:
        """Return the scenario with its changes and events.

        Raises:
            BadInput: As ``scenarios.load``.
        """
        return load(self.scenario, self._overrides)

    @property
    def own_events(self) -> int:
        """How many events the scenario has of its own; these come first."""
        return len(self._of_the_scenario.events)

    @property
    def _of_the_scenario(self) -> "RunParameters":
        return load(self.scenario, self.changes).parameters

    @property
    def _overrides(self) -> dict[str, Any]:
        """All that is laid over the scenario, by dotted name."""
        if not self.events:
            return dict(self.changes)
        own = self._of_the_scenario.model_dump(mode="json", exclude_none=True)[EVENTS]
        return {**self.changes, EVENTS: [*own, *(event.table for event in self.events)]}

    def arguments(self, rounds: int) -> str:
        """Return scenario and options as on the command line, for a run of so many rounds."""
        changes = {key: value for key, value in self._overrides.items() if key != "horizon.rounds"}
        words = [self.scenario, "--seed", str(self.seed), "--rounds", str(rounds)]
        for key, value in changes.items():
            words += ["--set", f"{key}={to_toml_value(value)}"]
        return shlex.join(words)

    @property
    def events_toml(self) -> str:
        """The events as scenario files have them; empty if there are none."""
        return to_toml({EVENTS: [event.table for event in self.events]}) if self.events else ""


def _overlap(one: str, other: str) -> bool:
    """Whether two dotted names are the same, or one is inside the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
