"""Scenarios: presets and TOML files, what they extend, and overrides on top, as validated parameters."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.errors import BadInput, did_you_mean, quoted
from scenarios.toml import read_toml, to_toml

if TYPE_CHECKING:
    from market.parameters import Parameters

PRESETS = Path(__file__).parent / "presets"
EXPERIMENTS = Path(__file__).parent / "experiments"
DATA = Path(__file__).parent / "data"
HEAD = ("title", "question", "extends")
"""Keys of a scenario file that are not parameters."""


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
    parameters: "Parameters"
    origin: str
    also: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def about(self) -> dict[str, Any]:
        """Return title, question and all parameters, as the manifest of results keeps them."""
        return {"title": self.title, "question": self.question, "parameters": self.parameters.model_dump(mode="json")}

    def to_toml(self) -> str:
        """Return a scenario file that loads to the same parameters whatever the defaults of its keys are."""
        from market import Parameters
        from market.parameters.laying import removals

        values = removals(Parameters, defaults(), self.parameters.model_dump(mode="json"))
        return to_toml({"title": self.title, "question": self.question, **values})


def presets() -> dict[str, Path]:
    """Return the files of the shipped scenarios by name; ``baseline`` comes first."""
    found = {path.relative_to(PRESETS).with_suffix("").as_posix(): path for path in PRESETS.rglob("*.toml")}
    return dict(sorted(found.items(), key=lambda item: ("/" in item[0], item[0] != "baseline", item[0])))


def experiments() -> dict[str, Path]:
    """Return the files of the shipped experiments by name."""
    return {path.stem: path for path in sorted(EXPERIMENTS.glob("*.toml"))}


def load(source: str | os.PathLike[str], overrides: Iterable[str] | Mapping[str, Any] = ()) -> Scenario:
    """Return a scenario.

    Args:
        source: Name of a preset, or a TOML file.
        overrides: Parameters to change, as ``KEY=VALUE`` texts or as values by dotted name.

    Raises:
        BadInput: With one message that names file, key, value, what is allowed and the nearest valid key.
    """
    from market import Parameters
    from scenarios.implications import implications
    from scenarios.merging import flatten, nest, parse_assignments
    from scenarios.plausibility import doubts

    path = find(source, presets(), "scenario")
    files = _chain(path)
    changes = overrides if isinstance(overrides, Mapping) else parse_assignments(overrides)
    name = next((name for name, preset in presets().items() if preset == path), path.stem)
    draft = Draft(Parameters, defaults())
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
    parameters: "Parameters", changes: Mapping[str, Any], origin: str = "override", folder: Path | None = None
) -> "Parameters":
    """Return the parameters with some values, given by dotted name, replaced.

    Args:
        parameters: To be changed.
        changes: Values by dotted name.
        origin: Opens messages.
        folder: From which CSV files and rules are named; the working directory if omitted.

    Raises:
        BadInput: As ``load``.
    """
    from market import Parameters
    from scenarios.merging import nest

    draft = Draft(Parameters, parameters.model_dump(mode="json"))
    draft.lay(nest(changes, origin), origin, folder or Path())
    return draft.validated()


@cache
def defaults() -> dict[str, Any]:
    """Return the default of every parameter as nested tables; not to be changed."""
    from market import Parameters

    return Parameters().model_dump(mode="json")


class Draft:
    """Values on their way to become parameters, with where each comes from."""

    def __init__(self, section: "type[Parameters]", values: Mapping[str, Any]) -> None:
        self.section = section
        self.values = dict(values)
        self.origins: dict[tuple[str, ...], str] = {}

    def lay(self, overlay: Mapping[str, Any], origin: str, folder: Path) -> None:
        """Put values over those so far.

        Series named as CSV files are read, from ``folder`` or the shipped data; rules from outside are found in
        ``folder``, the working directory or on Python's path.
        """
        from market.parameters.laying import merge, paths
        from scenarios.importing import make_importable

        make_importable(overlay, folder)
        read = _with_series(self.section, overlay, origin, folder)
        self.values = merge(self.section, self.values, read)
        self.origins |= dict.fromkeys(paths(read), origin)

    def validated(self) -> "Parameters":
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


def find(source: str | os.PathLike[str], shipped: Mapping[str, Path], kind: str) -> Path:
    """Return the file that a name or path means: a shipped one by its name, or any TOML file.

    Raises:
        BadInput: If there is none; the message holds the nearest names.
    """
    if not isinstance(source, str | os.PathLike) or not str(source) or not str(source).isprintable():
        raise BadInput(f"{kind} {quoted(source)} is neither a name nor a file")
    text = os.fspath(source)
    if text in shipped:
        return shipped[text]
    path = Path(text)
    if path.suffix == ".toml" or os.path.exists(path):  # unlike Path.exists it never raises
        return path
    raise BadInput(f"unknown {kind} {quoted(text)}{did_you_mean(text, shipped)}")


def _chain(path: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Return a file's tables after those of all it extends."""
    shipped, below = presets(), dict[Path, tuple[Path, dict[str, Any]]]()
    while True:
        table = read_toml(path)
        if path.resolve() in below:
            files = [file for file, _ in below.values()]
            raise BadInput(f"{files[0]}: extends in a circle: {' → '.join(map(str, (*files, path)))}")
        _check_head(path, table)
        below[path.resolve()] = path, table
        if "extends" not in table:
            return list(below.values())[::-1]
        path = _parent(path, table["extends"], shipped)


def _parent(path: Path, base: str, shipped: Mapping[str, Path]) -> Path:
    """Return the file that ``extends`` means: a preset, or a file relative to the one that extends it."""
    nearby = path.parent / base
    if base not in shipped and (nearby.suffix == ".toml" or os.path.exists(nearby)):
        if os.path.isfile(nearby):
            return nearby
        raise BadInput(f"{path}: extends = {quoted(base)}: there is no file {nearby}")
    try:
        return find(base, shipped, "scenario")
    except BadInput as error:
        raise BadInput(f"{path}: extends = {quoted(base)}: {error}") from None


def _check_head(path: Path, table: Mapping[str, Any]) -> None:
    from market.fields import LONGEST_NAME, LONGEST_TEXT

    for key in (*HEAD, "name"):
        text = table.get(key, "" if key == "question" else "-")
        if not isinstance(text, str) or not text.strip():
            what = "is missing: a scenario opens with the question it answers" if key not in table else "must be text"
            raise BadInput(f"{path}: {key} {what}" + (f", not {quoted(text)}" if key in table else ""))
        if not text.replace("\n", " ").isprintable():
            raise BadInput(f"{path}: {key} = {quoted(text)} holds control characters")
        if len(text) > (most := LONGEST_NAME if key in ("title", "name") else LONGEST_TEXT):
            raise BadInput(f"{path}: {key} = {quoted(text)} has {len(text):,} characters, at most {most:,} will do")


def _with_series(
    annotation: Any, table: Mapping[str, Any], origin: str, folder: Path, above: str = ""
) -> dict[str, Any]:
    """Return the table with every series that is named as a file replaced by the file's records."""
    from market.parameters.keys import inner, records_of
    from scenarios.series import read_series

    read: dict[str, Any] = {}
    for key, value in table.items():
        found = inner(annotation, None, key, table)
        kind, field = found if found else (None, None)
        read[key] = value
        if isinstance(value, Mapping):
            read[key] = _with_series(kind, value, origin, folder, f"{above}{key}.")
        elif records_of(kind) and isinstance(value, str):
            extra = field.json_schema_extra if field else None
            unit = str(extra["unit"]) if isinstance(extra, dict) else "1"
            read[key] = read_series(_series_file(value, folder), unit)
        elif records_of(kind) and isinstance(value, list):
            dates = [str(record.get("date")) for record in value if isinstance(record, Mapping)]
            if any(late <= early for early, late in pairwise(dates)):
                raise BadInput(f"{origin}: {above}{key}: dates must rise from record to record")
    return read


def _series_file(name: str, folder: Path) -> Path:
    path = folder / name
    shipped = DATA / name
    return shipped if Path(name).name == name and not os.path.exists(path) and os.path.isfile(shipped) else path
