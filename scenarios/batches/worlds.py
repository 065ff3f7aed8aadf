"""The worlds in which every setting of an experiment is run: the members of an ensemble, or the one there is."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market.parameters.run import RunParameters
from scenarios.errors import BadInput, quoted
from scenarios.files.ensemble import Ensemble, load_ensemble
from scenarios.files.experiment import Experiment
from scenarios.files.loading import load


@dataclass(frozen=True)
class Worlds:
    """Replications go round the members of an ensemble: every setting meets the same worlds, with the same luck.

    A member says what a scenario does not say itself: where a scenario's value is not that of the scenario which was
    calibrated, the scenario's holds.

    Attributes:
        ensemble: None where there is one world, as the scenario has it.
        calibrated: Parameters of the scenario that was calibrated.
    """

    ensemble: Ensemble | None = None
    calibrated: RunParameters | None = None

    @classmethod
    def of(cls, experiment: Experiment) -> "Worlds":
        """Return the worlds of an experiment.

        Raises:
            BadInput: If its ensemble is missing or damaged.
        """
        return cls.named(experiment.ensemble, experiment._folder) if experiment.ensemble else cls()

    @classmethod
    def named(cls, source: str, folder: Path | None = None) -> "Worlds":
        """Return the worlds of an ensemble; arguments as in `load_ensemble`.

        Raises:
            BadInput: If it is missing or damaged.
        """
        ensemble = load_ensemble(source, folder)
        scenario = ensemble.scenario
        try:
            return cls(ensemble, load(scenario).parameters)
        except BadInput as problem:
            raise BadInput(f"{source}: calibrates {quoted(scenario)}: {problem}") from None

    @property
    def moved(self) -> list[str]:
        """Names or globs of what the calibration moved."""
        record = self.ensemble.record if self.ensemble else {}
        return list(record.get("inputs") or {})

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.ensemble.members) if self.ensemble else 1

    def name_of(self, world: int) -> str:
        """Return words to add to the name of a setting; none where there is one world."""
        return f", member {world + 1}" if self.ensemble else ""

    def changes(self, parameters: RunParameters, world: int) -> dict[str, Any]:
        """Return what a member changes in the parameters of a scenario, by dotted name."""
        if self.ensemble is None:
            return {}
        own = self.ensemble.members[world]
        return {key: value for key, value in own.items() if not self._says(parameters, key)}

    def _says(self, parameters: RunParameters, key: str) -> bool:
        """Say whether a scenario has a value of its own."""
        return bool(value_at(parameters, key) != value_at(self.calibrated, key))

    def about(self) -> dict[str, Any]:
        """Return what a folder of results says of them; nothing where there is one world."""
        if self.ensemble is None:
            return {}
        members = [dict(member) for member in self.ensemble.members]
        sha256 = hashlib.sha256(json.dumps(members, sort_keys=True).encode()).hexdigest()
        title = str(self.ensemble.record.get("title", ""))
        about = {"name": self.ensemble.source, "title": title, "number": len(members), "sha256": sha256}
        return {"ensemble": {**about, "members": members}}


def value_at(parameters: Any, name: str) -> Any:
    """Return the value at a dotted name, or None where a scenario has none there."""
    found: Any = parameters
    for key in name.split("."):
        found = found.get(key) if isinstance(found, Mapping) else getattr(found, key, None)
    return found if isinstance(found, bool | int | float | str) else None
