"""What results came from: the question, the settings with their parameters, seeds, versions, how to repeat it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from analysis.results import BatchResults


class Change(NamedTuple):
    """A parameter in effect that differs from its default; None where it or the default is not there."""

    name: str
    value: Any
    default: Any
    unit: str


@dataclass(frozen=True)
class Origin:
    """The manifest of a folder of results, read for people.

    Attributes:
        manifest: As the store keeps it; empty for a run that was never in a folder.
    """

    manifest: Mapping[str, Any]

    @classmethod
    def of(cls, results: BatchResults) -> "Origin":
        """Return where results came from."""
        return cls(results.manifest)

    @property
    def experiment(self) -> Mapping[str, Any]:
        """The experiment's declaration; empty for a single run."""
        return dict(self.manifest.get("experiment") or {})

    @property
    def settings(self) -> Sequence[Mapping[str, Any]]:
        """Name, scenario and changes of each setting, in order."""
        return list(self.manifest.get("settings") or ())

    @property
    def name(self) -> str:
        """Of the experiment, or of the scenario of a single run."""
        return str(self.experiment.get("name") or (self.settings[0]["name"] if self.settings else "Token Market"))

    @property
    def title(self) -> str:
        """The experiment, or the scenario of a single run, in words."""
        first = "" if self.experiment or not self.settings else str(self.settings[0].get("title") or "")
        return str(self.experiment.get("title") or first or self.name)

    @property
    def question(self) -> str:
        """What was to be answered."""
        return " ".join(str(self.experiment.get("question") or self.question_of(self.name)).split())

    def question_of(self, setting: str) -> str:
        """Return the question of the scenario behind a setting."""
        scenario = next((item.get("scenario", "") for item in self.settings if item["name"] == setting), "")
        return str(self._scenarios.get(scenario, {}).get("question", ""))

    @property
    def planned(self) -> int | None:
        """Runs the plan asks for; None where a stopping rule decides, or nothing is known."""
        if not self.experiment or self.experiment.get("stop"):
            return None
        return len(self.settings) * int(self.experiment["replications"])

    def changes(self, setting: str) -> list[Change]:
        """Return the parameters in effect in a setting that differ from the program's defaults."""
        from market.models import declared_by
        from market.parameters.keys import leaves
        from scenarios.files.merging import flatten

        values = self.effective(setting)
        section = declared_by(values)
        default = section().model_dump(mode="json")
        usual, effective = flatten(default), flatten(values)
        units = {leaf.name: str(leaf.facts.get("unit", "")) for leaf in leaves(section, default)}
        names = [name for name in {**effective, **usual} if name != "name" and effective.get(name) != usual.get(name)]
        return [Change(name, effective.get(name), usual.get(name), units.get(name, "")) for name in names]

    def is_real(self, setting: str) -> bool:
        """Whether a setting is of the market that records are of, and not of a chain of a textbook or a game."""
        from market.models import MODEL, TOKEN_MARKET

        return str(self.effective(setting).get(MODEL) or TOKEN_MARKET) == TOKEN_MARKET

    def baseline(self, settings: Sequence[str]) -> str:
        """Return the setting that others are compared with: ``baseline`` if there is one, otherwise the first."""
        return "baseline" if "baseline" in settings else settings[0]

    @property
    def versions(self) -> Mapping[str, str]:
        """Versions of the program and its libraries."""
        return dict(self.manifest.get("versions") or {})

    @property
    def commit(self) -> str:
        """The program's commit, where it ran from a checkout."""
        return str(self.manifest.get("commit") or "")

    @property
    def _scenarios(self) -> Mapping[str, Mapping[str, Any]]:
        return dict(self.manifest.get("scenarios") or {})

    def effective(self, setting: str) -> dict[str, Any]:
        """Return all parameters in effect in a setting, as nested tables; none where nothing is known of it."""
        from market.models import declared_by
        from market.parameters.laying import merge
        from scenarios.files.merging import nest

        spec = next((item for item in self.settings if item["name"] == setting), {})
        base = self._scenarios.get(spec.get("scenario", ""), {}).get("parameters", {})
        return merge(declared_by(base), base, nest(spec.get("set") or {}, setting))
