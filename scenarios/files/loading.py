"""Scenarios: presets and TOML files, what they extend, and overrides on top, as validated parameters."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from market.models import MODEL, MODELS, TOKEN_MARKET, declared_by, parameters_of
from scenarios.errors import BadInput, quoted
from scenarios.files.finding import HEAD, chain, find, presets
from scenarios.files.toml import to_toml

if TYPE_CHECKING:
    from market.parameters.run import RunParameters

Told = TypeVar("Told", bound="RunParameters")

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True)
class Scenario:
    """What to run, and why.

    Attributes:
        name: Of the preset or file.
        title: Its name in words; the name where the file gives none.
        question: What a run of it answers.
        parameters: Everything in effect.
        origin: The file it comes from.
        also: What the overrides imply besides what they say, a line each.
        doubts: What is allowed and hard to believe of the values that do not ship, a line each.
    """

    name: str
    title: str
    question: str
    parameters: "RunParameters"
    origin: str
    also: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def about(self) -> dict[str, Any]:
        """Return title, question and all parameters, as the manifest of results keeps them."""
        return {"title": self.title, "question": self.question, "parameters": self.parameters.model_dump(mode="json")}

    def to_toml(self) -> str:
        """Return a scenario file that loads to the same parameters whatever the defaults of its keys are."""
        return written(self.title, self.question, self.parameters.model_dump(mode="json"))


def load(source: str | os.PathLike[str], overrides: Iterable[str] | Mapping[str, Any] = ()) -> Scenario:
    """Return a scenario.

    Args:
        source: Name of a preset, or a TOML file.
        overrides: Parameters to change, as ``KEY=VALUE`` texts or as values by dotted name.

    Raises:
        BadInput: With one message that names file, key, value, what is allowed and the nearest valid key.
    """
    from scenarios.files.implications import implications
    from scenarios.files.merging import flatten, nest, parse_assignments
    from scenarios.files.plausibility import doubts

    path = find(source, presets(), "scenario")
    files = chain(path)
    changes = overrides if isinstance(overrides, Mapping) else parse_assignments(overrides)
    name = next((name for name, preset in presets().items() if preset == path), path.stem)
    model, base, files = _start_of(files)
    draft = Draft(parameters_of(model), base)
    for file, table in files:
        draft.lay({key: value for key, value in table.items() if key not in (*HEAD, "name")}, str(file), file.parent)
    draft.lay({"name": files[-1][1].get("name", name)}, str(path), path.parent)
    before, overlay = draft.values, nest(changes, "--set")
    draft.lay(overlay, "--set", Path())
    parameters = draft.validated()
    shipped = {"defaults", *map(str, presets().values())}
    also = implications(before, parameters, flatten(overlay)) if overlay else ()
    head = files[-1][1]
    title, question = (" ".join(head.get(key, parameters.name).split()) for key in ("title", "question"))
    unlikely = doubts(parameters, lambda place: draft.origin(place) not in shipped)
    return Scenario(parameters.name, title, question, parameters, str(path), also, unlikely)


def override(
    parameters: Told, changes: Mapping[str, Any], origin: str = "override", folder: Path | None = None
) -> Told:
    """Return the parameters with some values, given by dotted name, replaced.

    Args:
        parameters: To be changed.
        changes: Values by dotted name.
        origin: Opens messages.
        folder: From which CSV files and rules are named; the working directory if omitted.

    Raises:
        BadInput: As ``load``.
    """
    from scenarios.files.merging import nest

    draft = Draft(type(parameters), parameters.model_dump(mode="json"))
    draft.lay(nest(changes, origin), origin, folder or Path())
    return draft.validated()


@cache
def defaults(model: str = TOKEN_MARKET) -> dict[str, Any]:
    """Return the default of every parameter of a model as nested tables; not to be changed."""
    return parameters_of(model)().model_dump(mode="json")


BASELINES = {TOKEN_MARKET: "baseline"}
"""The preset that other scenarios of a model change; of one without, its defaults."""


@cache
def usual(model: str = TOKEN_MARKET) -> dict[str, Any]:
    """Return what every parameter is in a scenario that changes none, as nested tables; not to be changed."""
    baseline = BASELINES.get(model)
    return load(baseline).parameters.model_dump(mode="json") if baseline else defaults(model)


def written(title: str, question: str, values: Mapping[str, Any]) -> str:
    """Return a scenario file that loads to these values, whatever the defaults of their keys are.

    Args:
        title: Of the scenario.
        question: That it answers.
        values: All parameters in effect, as ``model_dump(mode="json")`` gives them.
    """
    from market.parameters.laying import removals

    section = declared_by(values)
    unsaid = section().model_dump(mode="json")
    return to_toml({"title": title, "question": question, **removals(section, unsaid, values)})


class Draft(Generic[Told]):
    """Values on their way to become parameters, with where each comes from."""

    def __init__(self, section: type[Told], values: Mapping[str, Any]) -> None:
        self.section = section
        self.values = dict(values)
        self.origins: dict[tuple[str, ...], str] = {}

    def lay(self, overlay: Mapping[str, Any], origin: str, folder: Path) -> None:
        """Put values over those so far.

        Series named as CSV files are read, from ``folder`` or the shipped data; rules from outside are found in
        ``folder``, the working directory or on Python's path.

        Raises:
            BadInput: If a series cannot be read, a key is written in another way now, or the model is another one.
        """
        from market.parameters.laying import merge, paths
        from market.parameters.moved import moved, renewed
        from scenarios.files.importing import make_importable

        overlay = renewed(self.values[MODEL], overlay)
        if now := moved(overlay):
            raise BadInput(f"{origin}: {now}")
        own, given = self.values[MODEL], overlay.get(MODEL, self.values[MODEL])
        if given != own and given in tuple(MODELS):
            raise BadInput(
                f"{origin}: {MODEL} = {quoted(given)} cannot change a scenario of {own}: a file that says so extends "
                f"none, or one of {given}"
            )
        make_importable(overlay, folder)
        read = _with_series(self.section, overlay, origin, folder)
        self.values = merge(self.section, self.values, read)
        self.origins |= dict.fromkeys(paths(read), origin)

    def validated(self) -> Told:
        """Return the parameters.

        Raises:
            BadInput: If a key is unknown or a value is not allowed.
        """
        from pydantic import ValidationError

        from market.parameters.explain import explain

        try:
            return self.section.model_validate_json(json.dumps(self.values), strict=True)
        except ValidationError as error:
            raise BadInput(explain(error, self.section, self.values, self.origin, HEAD)) from None

    def origin(self, path: tuple[str, ...]) -> str:
        """Return where the value at a path comes from: a file, ``--set`` or ``defaults``."""
        above = (path[:length] for length in range(len(path), 0, -1))
        return next((self.origins[place] for place in above if place in self.origins), "defaults")


def _start_of(
    files: list[tuple[Path, dict[str, Any]]],
) -> tuple[str, dict[str, Any], list[tuple[Path, dict[str, Any]]]]:
    """Return the model that files are of, the values they start from, and their tables as they are written now."""
    from market.parameters.moved import TEXTBOOK, rents, unsaid, without_idle

    if rents([table for _, table in files]):
        said = [(file, table) for file, table in files if file != presets()[BASELINES[TOKEN_MARKET]]]  # which was empty
        return TEXTBOOK, unsaid(), [(file, without_idle(table)) for file, table in said]
    model = _model_of(*files[0])
    return model, defaults(model), files


def _model_of(path: Path, table: Mapping[str, Any]) -> str:
    """Return the model that a file which extends none is of."""
    from market.parameters.explain import choice_among

    model = table.get(MODEL, TOKEN_MARKET)
    if model not in tuple(MODELS):
        raise BadInput(f"{path}: {MODEL} = {quoted(model)} must be {choice_among(str(model), tuple(MODELS))}")
    return str(model)


def _with_series(
    annotation: Any, table: Mapping[str, Any], origin: str, folder: Path, above: str = ""
) -> dict[str, Any]:
    """Return the table with every series that is named as a file replaced by the file's records."""
    from market.parameters.keys import inner, is_series
    from scenarios.files.series import read_series

    read: dict[str, Any] = {}
    for key, value in table.items():
        found = inner(annotation, None, key, table)
        kind, field = found if found else (None, None)
        read[key] = value
        if isinstance(value, Mapping):
            read[key] = _with_series(kind, value, origin, folder, f"{above}{key}.")
        elif is_series(kind) and isinstance(value, str):
            extra = field.json_schema_extra if field else None
            unit = str(extra["unit"]) if isinstance(extra, dict) else "1"
            read[key] = read_series(_series_file(value, folder), unit)
        elif is_series(kind) and isinstance(value, list):
            dates = [str(record.get("date")) for record in value if isinstance(record, Mapping)]
            if any(late <= early for early, late in pairwise(dates)):
                raise BadInput(f"{origin}: {above}{key}: dates must rise from record to record")
    return read


def _series_file(name: str, folder: Path) -> Path:
    path = folder / name
    shipped = DATA / name
    return shipped if Path(name).name == name and not os.path.exists(path) and os.path.isfile(shipped) else path
