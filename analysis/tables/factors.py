"""What varies in an experiment: the factors of its design, with their values and what a declaration says of them."""

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic.fields import FieldInfo

from analysis.results import BatchResults
from analysis.tables.layers import run_layers
from analysis.tables.origin import Origin

_SAMPLES: Final = ("latin_hypercube", "sobol")
_LOG_RATIO: Final = 4.0
"""Values that span less than this factor stand on a linear axis."""

_SHORT: Final = 40

Value = float | str


@dataclass(frozen=True)
class Factor:
    """A parameter that varies by design, or several that vary together.

    Attributes:
        name: Its dotted name.
        label: What its declaration says of it, with the unit.
        values: Of each setting: a number, or the word for a category.
        log: Whether its values are spaced by factors rather than by steps.
        sampled: Whether its values are drawn from a range.
    """

    name: str
    label: str
    values: Mapping[str, Value]
    log: bool = False
    sampled: bool = False

    @property
    def short(self) -> str:
        """What a sentence calls it: its label without the unit, or its name where that is long."""
        said = self.label.rsplit(" (", 1)[0]
        if len(said) > _SHORT:
            return self.name
        return said if said[1:2].isupper() else f"{said[:1].lower()}{said[1:]}"

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return all(isinstance(value, float) for value in self.values.values())

    @property
    def levels(self) -> list[Value]:
        """Its values: numbers by size, words in the order of the design."""
        found: list[Any] = list(dict.fromkeys(self.values.values()))
        return sorted(found) if self.numeric else found

    def places(self, values: Sequence[Value]) -> NDArray[np.float64]:
        """Return where values stand on an axis of even steps: numbers, logarithms of them, or places in the order."""
        if not self.numeric:
            order = {value: float(place) for place, value in enumerate(self.levels)}
            return np.array([order[value] for value in values])
        numbers = np.asarray(values, dtype=float)
        return np.log(numbers) if self.log else numbers

    def numbers(self, places: Any) -> NDArray[np.float64]:
        """Return the values at places of an axis, the inverse of ``places``; those of words are places as well."""
        return np.exp(places) if self.log else np.asarray(places, dtype=float)


@dataclass(frozen=True)
class Design:
    """The factors of an experiment, crossed with its settings by name.

    Attributes:
        factors: What varies.
        groups: The title of the named setting that each setting belongs to; all have the same if there is one.
    """

    factors: tuple[Factor, ...]
    groups: Mapping[str, str]

    @property
    def sampled(self) -> bool:
        """Whether any factor is drawn from a range, so that there is no grid."""
        return any(factor.sampled for factor in self.factors)

    @property
    def named(self) -> list[str]:
        """Titles of the named settings, in order."""
        return list(dict.fromkeys(self.groups.values()))

    def members(self, group: str) -> list[str]:
        """Return the settings of a named setting."""
        return [setting for setting, name in self.groups.items() if name == group]


def design_of(results: BatchResults) -> Design | None:
    """Return the design of an experiment with a grid, a list or samples; None where nothing varies by one."""
    experiment = results.manifest.get("experiment") or {}
    names = list(_declared(experiment))
    plan = {item["name"]: item for item in results.manifest.get("settings") or ()}
    settings = [setting for setting in results.settings if setting in plan]
    if not names or not settings:
        return None
    factors = tuple(
        factor
        for group in names
        if len(set((factor := _factor(results, group, settings, plan, experiment)).values.values())) > 1
    )
    return Design(factors, _groups(results, experiment, list(plan), settings)) if factors else None


def responses(results: BatchResults, design: Design) -> pd.DataFrame:
    """Return ``run_layers`` of the settings of a design, with the column ``group`` and one for each factor's name."""
    runs = run_layers(results)
    setting = runs["setting"].astype(str)
    columns: dict[Hashable, Any] = {factor.name: setting.map(dict(factor.values)) for factor in design.factors}
    table = runs.assign(setting=setting, group=setting.map(dict(design.groups)))
    return table.assign(**{str(name): column for name, column in columns.items()}).dropna(subset="group")


def _declared(experiment: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the names that vary, those of a list together."""
    for name in experiment.get("grid") or {}:
        yield (name,)
    if experiment.get("list"):
        yield tuple(experiment["list"])
    for name in _ranges(experiment):
        yield (name,)


def _factor(
    results: BatchResults,
    names: tuple[str, ...],
    settings: Sequence[str],
    plan: Mapping[str, Mapping[str, Any]],
    experiment: Mapping[str, Any],
) -> Factor:
    label = " · ".join(dict.fromkeys(_label(results, name, settings[0]) for name in names))
    columns = [[_value(plan[setting].get("set") or {}, name) for setting in settings] for name in names]
    numbers = [number for value in columns[0] if (number := _number(value)) is not None]
    apart = any(column != columns[0] for column in columns)
    if apart or len(numbers) < len(settings):
        words = [", ".join(parts) for parts in zip(*map(_words, columns), strict=True)]
        return Factor(", ".join(names), label, dict(zip(settings, words, strict=True)))
    span = _ranges(experiment).get(names[0])
    log = bool(span["log"]) if span else _spaced_by_factors(sorted(set(numbers)))
    return Factor(", ".join(names), label, dict(zip(settings, numbers, strict=True)), log, sampled=span is not None)


def _ranges(experiment: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the ranges of all samples by name."""
    samples = [(experiment.get(kind) or {}).get("ranges") or {} for kind in _SAMPLES]
    return {name: {"log": False, **span} for ranges in samples for name, span in ranges.items()}


def _value(changes: Mapping[str, Any], name: str) -> Any:
    """Return what a setting sets a name to: a value, or a table of what lies below the name."""
    if name in changes:
        return changes[name]
    return {key[len(name) + 1 :]: value for key, value in changes.items() if key.startswith(f"{name}.")}


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _words(values: Sequence[Any]) -> list[str]:
    """Return a word for each value; a table is called by its rule where that tells it from the others."""
    whole = [json.dumps(value, sort_keys=True) for value in values]
    short = [_short(value) for value in values]
    unclear = {word for word in short if len({text for text, own in zip(whole, short, strict=True) if own == word}) > 1}
    return [_long(value) if word in unclear else word for value, word in zip(values, short, strict=True)]


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return str(value.get("rule") or _long(value))
    return f"{value:g}" if isinstance(value, float) else json.dumps(value) if isinstance(value, list) else str(value)


def _long(value: Any) -> str:
    if not isinstance(value, Mapping):
        return json.dumps(value)
    return ", ".join(str(item) if key == "rule" else f"{key} {_short(item)}" for key, item in value.items())


def _spaced_by_factors(numbers: Sequence[float]) -> bool:
    """Whether the ratios of neighbours differ less from each other than their differences do."""
    if len(numbers) < 3 or numbers[0] <= 0 or numbers[-1] < _LOG_RATIO * numbers[0]:
        return False
    steps, ratios = np.diff(numbers), np.diff(np.log(numbers))
    return bool(np.std(ratios) / np.mean(ratios) < np.std(steps) / np.mean(steps))


def _label(results: BatchResults, name: str, setting: str) -> str:
    """Return description and unit of a parameter from its declaration; its name where there is none."""
    from market.models import declared_by
    from market.parameters.keys import inner

    values: Any = Origin.of(results).effective(setting)
    annotation: Any = declared_by(values)
    field: FieldInfo | None = None
    for key in name.split("."):
        found = inner(annotation, field, key, values)
        if found is None:
            return name
        annotation, field = found
        values = values.get(key) if isinstance(values, Mapping) else {}
    extra = field.json_schema_extra if field is not None else None
    unit = str(extra.get("unit", "1")) if isinstance(extra, dict) else "1"
    said = (field.description if field is not None else None) or name
    return said if unit == "1" else f"{said} ({unit})"


def _groups(
    results: BatchResults, experiment: Mapping[str, Any], plan: Sequence[str], settings: Sequence[str]
) -> dict[str, str]:
    """Return the title of the named setting behind each setting; a plan crosses each with all points, in order."""
    named = experiment.get("settings") or [{}]
    points = max(len(plan) // len(named), 1)
    scenarios = results.manifest.get("scenarios") or {}
    titles = []
    for spec in named:
        scenario = spec.get("scenario") or experiment.get("scenario") or ""
        title = spec.get("title") or spec.get("name") or scenarios.get(scenario, {}).get("title") or scenario
        titles.append(str(title))
    unique = [title if titles.count(title) == 1 else f"{title} ({place})" for place, title in enumerate(titles, 1)]
    place = {name: index for index, name in enumerate(plan)}
    return {setting: unique[min(place[setting] // points, len(unique) - 1)] for setting in settings}
