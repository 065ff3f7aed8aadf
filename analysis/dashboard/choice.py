"""What a visitor has chosen, and the command line that plays it."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scenarios.loading import Scenario, load


@dataclass(frozen=True)
class Choice:
    """A scenario with changes and a seed.

    Attributes:
        scenario: Name of a preset or a TOML file.
        seed: Of the run.
        changes: Values by dotted name that differ from the scenario's.
    """

    scenario: str
    seed: int = 1
    changes: Mapping[str, Any] = field(default_factory=dict)

    def with_changes(self, changes: Mapping[str, Any]) -> "Choice":
        """Return the choice with some more values changed."""
        return replace(self, changes={**self.changes, **changes})

    def load(self) -> Scenario:
        """Return the scenario with its changes.

        Raises:
            BadInput: As ``scenarios.load``.
        """
        return load(self.scenario, self.changes)

    def arguments(self, rounds: int) -> str:
        """Return scenario and options as on the command line, for a run of so many rounds."""
        changes = {key: value for key, value in self.changes.items() if key != "horizon.rounds"}
        words = [self.scenario, "--seed", str(self.seed), "--rounds", str(rounds)]
        for key, value in changes.items():
            words += ["--set", f"{key}={value}"]
        return shlex.join(words)
