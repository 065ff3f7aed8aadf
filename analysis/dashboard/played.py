"""One market that a visitor plays: what was chosen, its model, and what there is to see of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.dashboard.choice import Choice, Dated
from analysis.dashboard.snapshot import Snapshot
from scenarios.errors import BadInput

if TYPE_CHECKING:
    from market.economy import Economy
    from scenarios.files.loading import Scenario


class Played:
    """A market; what goes wrong in it is told in its snapshot.

    Attributes:
        choice: What is wanted; the model follows.
        seen: What there is to see, as of the last time it was taken.
    """

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.seen = Snapshot(choice)
        self.model: Economy | None = None
        self._scenario: Scenario | None = None
        self._dated: frozenset[str] = frozenset()

    @property
    def ready(self) -> bool:
        """Whether it can be played."""
        return self.model is not None and not self.seen.error

    @property
    def start(self) -> str:
        """Its first month; empty where there is no model."""
        return self.model.given.horizon.start if self.model is not None else ""

    def takes(self, changes: Mapping[str, Any]) -> bool:
        """Whether an event may bring these changes."""
        return self.model is not None and all(
            any(f"{known}.".startswith(f"{key}.") for known in self._dated) for key in changes
        )

    def read(self, choice: Choice) -> None:
        """Read what is wanted; until the market is open there is that to see, and no month to play."""
        self.choice, self.model, self._scenario = choice, None, None
        try:
            self._scenario = choice.load()
        except BadInput as problem:
            self.seen = Snapshot(choice, error=str(problem))
        except Exception as problem:
            self._cannot_be_built(choice, problem)
        else:
            self.seen = replace(Snapshot.of(choice, self._scenario), rounds=0)

    def open(self) -> None:
        """Open the market that was read."""
        from market.models import model_for
        from market.parameters.spells import dated_keys

        if self._scenario is None:
            return
        choice, parameters = self.seen.choice, self._scenario.parameters
        try:
            self.model = model_for(parameters)(parameters, rng=choice.seed)
            self._dated = frozenset(dated_keys(parameters))
        except BadInput as problem:
            self.seen = Snapshot(choice, error=str(problem))
        except Exception as problem:
            self._cannot_be_built(choice, problem)
        else:
            self.seen = replace(self.seen, rounds=parameters.horizon.rounds)

    def _cannot_be_built(self, choice: Choice, problem: Exception) -> None:
        self.seen = Snapshot(choice, error=f"The model cannot be built: {type(problem).__name__}: {problem}")

    def amend(self, choice: Choice) -> None:
        """Go on with other events; those that cannot be are refused, and the market goes on as it was."""
        if self.model is None:
            return
        try:
            scenario = choice.load()
            self.model.amend(scenario.parameters)
        except (BadInput, ValueError) as problem:
            self.choice = self.seen.choice
            self.seen = replace(self.seen, refused=str(problem))
        else:
            before = Snapshot.of(choice, scenario)
            self.seen = replace(self.seen, choice=choice, notes=before.notes, plans=before.plans, refused="")

    def step(self) -> None:
        """Play one month."""
        model = self.model
        if model is None:
            return
        month = model.month
        try:
            model.step()
        except Exception as problem:
            self.seen = replace(self.seen, error=f"The model stopped in {month}: {type(problem).__name__}: {problem}")
        else:
            self.seen = replace(self.seen, round=model.round, month=month)

    def take(self) -> None:
        """Take what there is to see of what has been played."""
        from analysis.dashboard import taking

        if self.model is None or self.seen.error or not self.model.round:
            return
        try:
            self.seen = replace(self.seen, taken=taking.take(self.model))
        except Exception as problem:
            message = f"{self.seen.month} cannot be shown: {type(problem).__name__}: {problem}"
            self.seen = replace(self.seen, error=message)

    def dated(self, coming: int, changes: Mapping[str, Any], months: int | None = None, name: str = "") -> Dated:
        """Return the event that brings changes from a round on."""
        from market.parameters.dates import month_of

        return Dated(month_of(self.start, coming), changes, months, name)
