"""Lessons: Markdown files that let pupils predict what a run shows, play it, and read why."""

import json
import os
import re
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from market.fields import LONGEST_NAME, LONGEST_TEXT, Name
from market.parameters.explain import explain
from scenarios.errors import BadInput, nearest, quoted
from scenarios.files.experiment import Changes, Part, Words
from scenarios.files.finding import find, lessons
from scenarios.files.loading import Scenario, load, override
from scenarios.files.toml import read_text, tables_of

SECTIONS: Final = ("Predict", "Run", "See", "Why")
"""Headings of a lesson, in order."""

View = Literal["Profit", "Verdict", "The dollar", "Who pays", "Prices", "Market", "Factory", "Chain", "Commons"]
"""Tab of the page that a lesson may open."""

HEADING = re.compile(r"##\s+(.+?)\s*#*\s*")
FENCE = re.compile(r" {0,3}(```|~~~)")
LONGEST_SECTION = 4 * LONGEST_TEXT


class Played(Part):
    """One run: a scenario, and parameters changed in it."""

    scenario: str = Field("baseline", description="Name of a preset, or a TOML file beside the lesson")
    title: Words = Field("", max_length=LONGEST_NAME, description="The run in words; the scenario's if omitted")
    set: Changes = Field({}, description="Parameters changed in this run")


class Measured(Part):
    """What decides which answer comes true."""

    measure: str = Field(description="Such as rounds.price_retail or layers.labs.margin")
    by: Literal["value", "difference", "ratio"] = Field(
        "value", description="value: of the run alone; difference, ratio: of the run to the other"
    )
    months: int | None = Field(None, ge=1, le=1200, description="The last months that count; all if omitted")
    also: tuple[str, ...] = Field((), max_length=12, description="Measures to show beside it")

    @field_validator("measure", "also")
    @classmethod
    def _known(cls, given: Any) -> Any:
        from scenarios.files.measures import DEFAULT, measures

        known = measures()
        for name in (given,) if isinstance(given, str) else given:
            if name not in known:
                guess = nearest(name, known) or f"a name such as {DEFAULT[0]}"
                raise ValueError(f"there is no measure {quoted(name)}; did you mean {guess}?")
        return given

    @property
    def names(self) -> tuple[str, ...]:
        """All measures to show, the deciding one first."""
        return tuple(dict.fromkeys((self.measure, *self.also)))


class Answer(Part):
    """One answer: right if the measured number is below its bound, and not below that of the answer before."""

    says: Words = Field(min_length=1, max_length=LONGEST_NAME, description="The answer in words")
    below: float | None = Field(None, description="Where the next answer begins; none for the last")


class Lesson(Part):
    """A question, the runs that answer it, and the texts around them."""

    name: Name = Field("lesson", description="Of the file")
    title: Words = Field(min_length=1, max_length=LONGEST_NAME, description="What the lesson is about")
    question: Words = Field(min_length=1, max_length=LONGEST_TEXT, description="What is to be predicted")
    months: int = Field(ge=1, le=1200, description="Months of each run")
    seed: int = Field(1, ge=0, lt=2**31, description="Of all runs")
    view: View = Field("Profit", description="Tab of the page to look at")
    run: Played = Field(description="What is played")
    against: Played | None = Field(None, description="What it is compared with")
    measured: Measured = Field(description="What decides")
    answers: tuple[Answer, ...] = Field(min_length=2, max_length=4, description="From the lowest number to the highest")

    _path: Path = Path()
    _sections: dict[str, str] = {}  # noqa: RUF012 - pydantic copies it

    @model_validator(mode="after")
    def _decided(self) -> "Lesson":
        bounds = [answer.below for answer in self.answers]
        if bounds[-1] is not None or None in bounds[:-1]:
            raise ValueError("answers: each needs below but the last, which has none: one of them is to come true")
        inner = [bound for bound in bounds if bound is not None]
        if any(late <= early for early, late in pairwise(inner)):
            raise ValueError(f"answers: below must rise from answer to answer, not {inner}")
        if self.measured.by != "value" and self.against is None:
            raise ValueError(f"measured.by = {self.measured.by!r} needs a run to compare with: a table [against]")
        return self

    def section(self, heading: str) -> str:
        """Return the Markdown under a heading of ``SECTIONS``."""
        return self._sections[heading]

    @property
    def runs(self) -> tuple[Played, ...]:
        """The run, and the one it is compared with if there is one."""
        return (self.run,) if self.against is None else (self.run, self.against)

    @property
    def origin(self) -> str:
        """The file it comes from."""
        return str(self._path)

    def source(self, played: Played) -> str:
        """Return the scenario of a run as a name, or as a file that is found from anywhere."""
        return str(self._path.parent / played.scenario) if played.scenario.endswith(".toml") else played.scenario

    def changes(self, played: Played) -> dict[str, Any]:
        """Return everything that is changed in the scenario of a run, by dotted name."""
        return {**played.set, "horizon.rounds": self.months}

    def scenario(self, played: Played) -> Scenario:
        """Return what a run plays.

        Raises:
            BadInput: With the file and the key that will not do.
        """
        place = f"{self._path}: {'run' if played == self.run else 'against'}"
        try:
            found = load(self.source(played))
        except BadInput as problem:
            raise BadInput(f"{place}.scenario = {quoted(played.scenario)}: {problem}") from None
        parameters = override(found.parameters, self.changes(played), f"{place}.set", self._path.parent)
        title = played.title or found.title
        return Scenario(found.name, title, found.question, parameters, found.origin)

    def answer(self, number: float) -> int:
        """Return the place of the answer that a measured number makes true."""
        return next(place for place, answer in enumerate(self.answers) if answer.below is None or number < answer.below)


def read_lesson(source: str | os.PathLike[str]) -> Lesson:
    """Return a lesson that ships by its name, or one from a Markdown file; its runs are checked by ``load_lesson``.

    Raises:
        BadInput: With one message that names file, key, value and what is allowed.
    """
    path = find(source, lessons(), "lesson", ".md")
    head, sections = _parts(read_text(path).expandtabs(4), path)
    table = {"name": path.stem, **tables_of(head, path)}
    try:
        lesson = Lesson.model_validate_json(json.dumps(table), strict=True)
    except ValidationError as error:
        raise BadInput(explain(error, Lesson, table, lambda _: str(path))) from None
    lesson._path, lesson._sections = path, sections
    return lesson


def load_lesson(source: str | os.PathLike[str]) -> Lesson:
    """Return a lesson as ``read_lesson`` does, once its runs are known to be sound.

    Raises:
        BadInput: With one message that names file, key, value and what is allowed.
    """
    lesson = read_lesson(source)
    for played in lesson.runs:
        lesson.scenario(played)
    return lesson


def _parts(text: str, path: Path) -> tuple[str, dict[str, str]]:
    """Return the TOML that opens a lesson, with lines as they are numbered in the file, and its sections by heading."""
    lines = text.splitlines()
    start = next((place for place, line in enumerate(lines) if line.strip()), 0)
    if not lines or lines[start].split() not in (["```toml"], ["```", "toml"]):
        raise BadInput(f"{path}: a lesson opens with a block of TOML between ```toml and ```")
    end = next((place for place in range(start + 1, len(lines)) if lines[place].rstrip() == "```"), None)
    if end is None:
        raise BadInput(f"{path}: the block of TOML that begins in line {start + 1} has no end, a line with ``` alone")
    return "\n".join(["", *[""] * start, *lines[start + 1 : end]]), _sections(lines, end + 1, path)


def _sections(lines: list[str], start: int, path: Path) -> dict[str, str]:
    """Return the text under each heading."""
    found: dict[str, list[str]] = {}
    fenced = False
    for number, line in enumerate(lines[start:], start=start + 1):
        if not line.isprintable():
            raise BadInput(f"{path}: line {number} holds control characters")
        fenced ^= FENCE.match(line) is not None
        heading = None if fenced else HEADING.fullmatch(line)
        if heading:
            name = heading[1]
            if name not in SECTIONS:
                raise BadInput(f"{path}: line {number}: {quoted(line)} is no heading; known are {', '.join(SECTIONS)}")
            if name in found:
                raise BadInput(f"{path}: line {number}: ## {name} comes twice")
            found[name] = []
        elif found:
            found[next(reversed(found))].append(line)
        elif line.strip():
            raise BadInput(f"{path}: line {number}: {quoted(line)} stands before the first heading, ## {SECTIONS[0]}")
    return _complete({name: "\n".join(text).strip() for name, text in found.items()}, path)


def _complete(sections: dict[str, str], path: Path) -> dict[str, str]:
    """Return the sections once it is sure that all are there, in order, and say something."""
    for name in SECTIONS:
        if not sections.get(name):
            raise BadInput(f"{path}: ## {name} {'says nothing' if name in sections else 'is missing'}")
        if len(sections[name]) > LONGEST_SECTION:
            length = len(sections[name])
            raise BadInput(f"{path}: ## {name} has {length:,} characters, at most {LONGEST_SECTION:,} will do")
    if tuple(sections) != SECTIONS:
        raise BadInput(f"{path}: the headings must come in the order {', '.join(SECTIONS)}, not {', '.join(sections)}")
    return sections
