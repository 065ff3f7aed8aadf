"""What a visitor has chosen, and the command line that plays it."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scenarios.files.conducts import CONDUCTS, conduct
from scenarios.files.loading import Scenario, load
from scenarios.files.toml import to_toml_value


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
        """Return the choice with some more values changed, in place of those that are about the same keys."""
        return replace(self, changes={**self.without(changes).changes, **changes})

    def without(self, keys: Iterable[str]) -> "Choice":
        """Return the choice without changes of some keys, of what is inside them and of what they are inside of."""
        names = tuple(keys)
        left = {key: value for key, value in self.changes.items() if not any(_overlap(key, name) for name in names)}
        return replace(self, changes=left)

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
            words += ["--set", f"{key}={to_toml_value(value)}"]
        return shlex.join(words)


def _overlap(one: str, other: str) -> bool:
    """Whether two dotted names are the same, or one is inside the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
