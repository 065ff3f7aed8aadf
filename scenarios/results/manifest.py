"""What a folder of results says of itself, what identifies a batch, and how two differ."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from market.models import MODEL, MODELS, TOKEN_MARKET
from scenarios.errors import BadInput, quoted
from scenarios.files.experiment import Experiment
from scenarios.files.merging import nest
from scenarios.files.study import Study

SHOWN = 10
IGNORED = ("title", "question", "limits", "settings", "replications", "ensemble")
"""Keys of an experiment that decide no run, or are compared as the settings and worlds they lead to."""
SAMPLED = ("sobol", "shapley")
"""Methods of a study that ask the same runs."""
RANGE = ("keys", "low", "high", "log")
"""Keys of an input that decide what a point of a study is."""
WORDS = ("title", "question")
"""Keys of settings and scenarios that decide nothing."""


class _Table(BaseModel):
    """A table of a manifest; keys that are not declared are left alone."""

    model_config = ConfigDict(frozen=True)


class _Setting(_Table):
    name: str = Field(description="Of the setting")
    title: str | None = Field(None, description="The setting in words")
    scenario: str = Field("", description="Which it starts from")
    set: dict[str, Any] = Field({}, description="Parameters changed in it")

    @field_validator("set")
    @classmethod
    def _by_dotted_name(cls, changes: dict[str, Any]) -> dict[str, Any]:
        try:
            nest(changes, "set")
        except BadInput as problem:
            raise ValueError(str(problem)) from None
        return changes


class _About(_Table):
    title: str = Field("", description="The scenario in words")
    question: str = Field("", description="What it answers")
    parameters: dict[str, Any] = Field(description="Everything in effect")

    @field_validator("parameters")
    @classmethod
    def _of_a_known_model(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        if (model := parameters.get(MODEL, TOKEN_MARKET)) not in tuple(MODELS):
            raise ValueError(f"{MODEL} = {quoted(model)} is none of {', '.join(MODELS)}")
        return parameters


class _Ensemble(_Table):
    name: str = Field(description="As it was asked for")
    title: str = Field("", description="The record that its members agree with, in words")
    number: int = Field(ge=1, description="Of members")
    sha256: str = Field(description="Of what members change")
    members: tuple[dict[str, Any], ...] = Field(description="What each changes, by dotted name")


class Manifest(_Table):
    """What a folder of results says of itself, as far as programs rely on it."""

    kind: Literal["run", "batch"] = Field(description="Of one run, or of a batch")
    experiment: Experiment | None = Field(None, description="Which was run")
    scenarios: dict[str, _About] = Field(description="Scenarios of the settings")
    study: Study | None = Field(None, description="The sensitivity study that the batch carries out")
    ensemble: _Ensemble | None = Field(None, description="The worlds in which every setting was run")
    settings: tuple[_Setting, ...] = Field(min_length=1, description="In the order of the experiment")
    rules: dict[str, str] = Field({}, description="Checksums of rules from outside")
    versions: dict[str, str] = Field({}, description="Of the program and its libraries")
    commit: str | None = Field(None, description="Of the program")
    tables: dict[str, str] | None = Field(None, description="Checksums of the tables; none while a batch runs")

    @field_validator("settings")
    @classmethod
    def _named_once(cls, settings: tuple[_Setting, ...]) -> tuple[_Setting, ...]:
        name, times = Counter(setting.name for setting in settings).most_common(1)[0]
        if times > 1:
            raise ValueError(f"{times} settings are named {quoted(name)}")
        return settings

    @model_validator(mode="after")
    def _tells_what_was_run(self) -> "Manifest":
        if self.kind == "batch" and self.experiment is None:
            raise ValueError("experiment is missing")
        if self.kind == "run" and not self.tables:
            raise ValueError("tables is missing")
        if self.study is not None and len(self.settings) != len(self.study.points) + 1:
            raise ValueError("settings are not the points of the study, and one before them")
        for setting in self.settings:
            if setting.scenario not in self.scenarios:
                raise ValueError(f"scenarios has no {quoted(setting.scenario)}, which a setting names")
        return self


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return one line for each value that decides results and differs: name, what is on disk → what is asked for."""
    lines = list(_compare("", _identity(found), _identity(wanted)))
    return lines[:SHOWN] + ([f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else [])


def _identity(manifest: Mapping[str, Any]) -> dict[str, Any]:
    settings = {setting["name"]: _without_words(setting) for setting in manifest.get("settings") or ()}
    return {
        "kind": manifest.get("kind"),
        **_design(manifest.get("study") or {}),
        "experiment": {key: value for key, value in manifest.get("experiment", {}).items() if key not in IGNORED},
        "settings": settings,
        "order of settings": list(settings),
        "rules": manifest.get("rules") or {},
        "ensemble": (manifest.get("ensemble") or {}).get("sha256"),
        "scenarios": {name: _without_words(about) for name, about in (manifest.get("scenarios") or {}).items()},
    }


def _design(study: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides where the runs of a study lie, but for the points: they are what settings change."""
    inputs = {item["name"]: {key: item.get(key) for key in RANGE} for item in study.get("inputs") or ()}
    method = "sample" if study.get("method") in SAMPLED else study.get("method")
    together = {f"{one['first']}~{one['second']}": one["value"] for one in study.get("correlations") or ()}
    return {"method": method, "inputs": inputs, "correlations": together}


def _without_words(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in WORDS}


def _compare(name: str, before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _compare(f"{name}.{key}".lstrip("."), before.get(key), after.get(key))
    elif before != after:
        yield f"{name}: {_text(before)} → {_text(after)}"


def _text(value: Any) -> str:
    return "nothing" if value is None else "a table" if isinstance(value, Mapping) else quoted(value)
