"""Which files a scenario is: presets by name, TOML files, and what they extend."""

import os
from collections.abc import Mapping
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from scenarios.errors import BadInput, did_you_mean, quoted
from scenarios.files.toml import read_toml

PRESETS = Path(__file__).parent.parent / "presets"
EXPERIMENTS = Path(__file__).parent.parent / "experiments"
RECORDS = Path(__file__).parent.parent / "records"
ENSEMBLES = Path(__file__).parent.parent / "ensembles"
LESSONS = Path(__file__).parent.parent / "lessons"
SHOCKS = Path(__file__).parent.parent / "shocks"
HEAD = ("title", "question", "extends")
"""Keys of a scenario file that are not parameters."""


def presets() -> dict[str, Path]:
    """Return the files of the shipped scenarios by name; ``baseline`` comes first."""
    return dict(_presets())


@cache
def _presets() -> dict[str, Path]:
    found = {path.relative_to(PRESETS).with_suffix("").as_posix(): path for path in PRESETS.rglob("*.toml")}
    return dict(sorted(found.items(), key=lambda item: ("/" in item[0], item[0] != "baseline", item[0])))


def expected(origin: str) -> str:
    """Return what the literature expects of a shipped scenario: the paragraph that its file opens with, if it has one.

    Args:
        origin: The file; one of somebody's own has none.
    """
    shipped = Path(origin) in presets().values()
    lines = Path(origin).read_text(encoding="utf-8").splitlines() if shipped else []
    return " ".join(line.removeprefix("#").strip() for line in takewhile(lambda line: line.startswith("#"), lines))


def experiments() -> dict[str, Path]:
    """Return the files of the shipped experiments by name."""
    return {path.stem: path for path in sorted(EXPERIMENTS.glob("*.toml"))}


def records() -> dict[str, Path]:
    """Return the files of the shipped records by name."""
    return {path.stem: path for path in sorted(RECORDS.glob("*.toml"))}


def ensembles() -> dict[str, Path]:
    """Return the files of the shipped ensembles by name."""
    return {path.stem: path for path in sorted(ENSEMBLES.glob("*.parquet"))}


def lessons() -> dict[str, Path]:
    """Return the files of the shipped lessons by name."""
    return {path.stem: path for path in sorted(LESSONS.glob("*.md"))}


def find(source: str | os.PathLike[str], shipped: Mapping[str, Path], kind: str, ending: str = ".toml") -> Path:
    """Return the file that a name or path means: a shipped one by its name, or any file of this ending.

    Raises:
        BadInput: If there is none; the message holds the nearest names.
    """
    if not isinstance(source, str | os.PathLike) or not str(source) or not str(source).isprintable():
        raise BadInput(f"{kind} {quoted(source)} is neither a name nor a file")
    text = os.fspath(source)
    if text in shipped:
        return shipped[text]
    path = Path(text)
    if path.suffix == ending or os.path.exists(path):  # unlike Path.exists it never raises
        return path
    raise BadInput(f"unknown {kind} {quoted(text)}{did_you_mean(text, shipped)}")


def chain(path: Path) -> list[tuple[Path, dict[str, Any]]]:
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
