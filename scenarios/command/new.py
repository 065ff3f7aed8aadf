"""New scenarios, experiments, lessons and pricing rules: commented files that run as they are."""

import keyword
import os
import re
import shlex
from collections.abc import Mapping
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from string import Template

from scenarios.errors import BadInput, quoted

TEMPLATES = Path(__file__).parent.parent / "templates"


ENDINGS = {"lesson": ".md"}
"""Of the files that are no TOML."""


class Kind(StrEnum):
    """What there is to begin."""

    SCENARIO = "scenario"
    EXPERIMENT = "experiment"
    LESSON = "lesson"
    RULE = "rule"

    @property
    def ending(self) -> str:
        """Ending of the file that is named on the command line."""
        return ENDINGS.get(self, ".toml")


def write_new(kind: Kind, name: str) -> tuple[list[Path], list[str]]:
    """Write a new file, or the two of a rule, and return them with the commands that use them.

    Args:
        kind: What it begins: a scenario, an experiment, a lesson or a rule.
        name: Of the file, with a folder in front if it is to lie elsewhere than here; its ending may be left out.

    Raises:
        BadInput: If the name will not do, a file of that name is there, or it cannot be written.
    """
    stem = _stem(kind, name)
    if kind is Kind.RULE:
        files = {stem.with_suffix(".py"): "rule.py.txt", stem.with_suffix(".toml"): "rule.toml"}
    else:
        files = {stem.with_suffix(kind.ending): f"{kind}{kind.ending}"}
    for path in files:
        if os.path.lexists(path):
            raise BadInput(f"{path}: is there already; choose another name")
    if kind is Kind.RULE:
        _check_module(stem)
    _write({path: _filled(template, stem, kind) for path, template in files.items()})
    return list(files), _commands(kind, stem)


def _stem(kind: Kind, name: str) -> Path:
    """Return the path without its ending, checked."""
    from scenarios.files.finding import experiments, lessons, presets

    ending = r"(\.toml|\.py)?" if kind is Kind.RULE else rf"({re.escape(kind.ending)})?"
    match = re.fullmatch(r"(?P<folder>(?:.*/)?)(?P<stem>\w[\w-]*)" + ending, name)
    if match is None or not name.isprintable():
        raise BadInput(f"{quoted(name)} will not do as the name of a new {kind}: letters, digits, - and _ do")
    stem = match["stem"]
    shipped = {Kind.SCENARIO: presets(), Kind.EXPERIMENT: experiments(), Kind.LESSON: lessons()}.get(kind, {})
    if stem in shipped:
        raise BadInput(f"{stem} is the name of {_one(kind)} that ships; choose another")
    if kind is Kind.RULE and (not stem.isidentifier() or keyword.iskeyword(stem)):
        raise BadInput(f"{quoted(stem)} will not do as the name of a Python module: my_rule would")
    return Path(f"{match['folder']}{stem}")


def _one(kind: Kind) -> str:
    return f"an {kind}" if kind is Kind.EXPERIMENT else f"a {kind}"


def _check_module(stem: Path) -> None:
    """Refuse the name of a module that Python finds by itself: the rule would not be found."""
    try:
        known = find_spec(stem.name) is not None
    except (ImportError, ValueError):
        known = True
    if known:
        raise BadInput(f"{stem.name} is the name of a Python module that is installed; choose another")


def _filled(template: str, stem: Path, kind: Kind) -> str:
    words = stem.name.replace("-", "_").split("_")
    values = {
        "file": shlex.quote(str(stem.with_suffix(kind.ending))),
        "title": " ".join(filter(None, words)).capitalize() or stem.name,
        "module": stem.name,
        "cls": "".join(word[:1].upper() + word[1:] for word in words) or stem.name,
    }
    if kind is Kind.SCENARIO:
        from scenarios.command.new_keys import QUESTION, key_lines

        values |= {"question": QUESTION, "keys": key_lines()}
    return Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)


def _write(texts: Mapping[Path, str]) -> None:
    """Write all files or none; folders made for them go with them."""
    from scenarios.results.disk import make_folder, take_away

    made: list[Path] = []
    for path, text in texts.items():
        try:
            make_folder(path.parent, made)
            with path.open("x", encoding="utf-8") as file:
                made.insert(0, path)
                file.write(text)
        except OSError as error:
            take_away(made)
            raise BadInput(f"{path}: cannot be written: {error.strerror or error}") from None


def _commands(kind: Kind, stem: Path) -> list[str]:
    file, out = shlex.quote(str(stem.with_suffix(kind.ending))), shlex.quote(f"results/{stem.name}")
    match kind:
        case Kind.SCENARIO:
            return [f"tokenmarket show {file} --changed", f"tokenmarket run {file} --out {out}"]
        case Kind.EXPERIMENT:
            return [f"tokenmarket batch {file} --workers 2 --out {out}", f"tokenmarket report {out}"]
        case Kind.LESSON:
            return [f"tokenmarket lesson {file}"]
        case Kind.RULE:
            return [f"tokenmarket show {file} labs.pricing", f"tokenmarket run {file} --out {out}"]
