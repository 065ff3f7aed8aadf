"""How a number is declared: default, unit, bounds, meaning and where it comes from, in one place."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

GRADES = {
    "A": "data file or release",
    "B": "report naming its source",
    "C": "weak secondary source",
    "M": "general knowledge",
    "CALC": "computed from graded figures",
    "D": "choice of this model",
}
"""How well a value is known."""


FIRST_MONTH, LAST_MONTH = "1900-01", "2200-12"
"""Between them everything happens: runs and series."""

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

LONGEST_NAME, LONGEST_TEXT = 200, 5_000
"""Characters of a name, and of a text that people read."""

Entries = TypeVar("Entries", bound=Mapping[str, Any])


def checked_month(month: str) -> str:
    """Return a month.

    Raises:
        ValueError: If it is not one from ``FIRST_MONTH`` to ``LAST_MONTH``, written YYYY-MM.
    """
    if not MONTH.fullmatch(month) or not FIRST_MONTH <= month <= LAST_MONTH:
        raise ValueError(f"must be a month from {FIRST_MONTH} to {LAST_MONTH}, written YYYY-MM")
    return month


def checked_name(name: str) -> str:
    """Return a name that people read and give to files and figures.

    Raises:
        ValueError: If it is empty, too long, or holds what cannot be printed.
    """
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise ValueError(f"must be a name of 1 to {LONGEST_NAME} printable characters")
    return name


def checked_names(entries: Entries) -> Entries:
    """Return a table whose keys the scenario chooses.

    Raises:
        ValueError: If a key will not do as a name, or holds a dot: no dotted name could reach it.
    """
    for name in entries:
        try:
            checked_name(name)
        except ValueError as problem:
            raise ValueError(f"the key {name!r} {problem}") from None
        if "." in name:
            raise ValueError(f"the key {name!r} holds a dot, which parts keys; {name.replace('.', '-')!r} would do")
    return entries


Month = Annotated[str, AfterValidator(checked_month)]
Name = Annotated[str, AfterValidator(checked_name)]
ByName = AfterValidator(checked_names)
"""Marks a table whose keys the scenario chooses."""


EVERY = "*"
"""Stands for all keys of a section."""


class Section(BaseModel):
    """A frozen group of parameters that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    fixed: ClassVar[tuple[str, ...]] = ()
    """Keys that hold for a whole run; an event can change the others at a date."""


def quantity(
    default: Any,
    unit: str,
    meaning: str,
    *,
    plausible: tuple[float, float] | None = None,
    source: str = "modelling choice",
    grade: str = "D",
    known_from: str | None = None,
    only_if: list[Any] | None = None,
    link: str | None = None,
    **bounds: Any,
) -> Any:
    """Declare a number of a scenario.

    Args:
        default: What it is where nobody sets it.
        unit: Its unit; ``"1"`` for a pure number. Units that hold USD scale with the currency.
        meaning: One sentence a user of the command line understands.
        plausible: Low and high value for sensitivity analysis.
        source: Where the value comes from.
        only_if: Another parameter's key, and the values of it with which this one has an effect; if none is named, all
            but zero.
        grade: How well it is known, one of `GRADES`.
        known_from: Month in which what the source says could first be known; none where it is no record of one.
        link: Address (https) of the page that the source names, where it has a lasting one.
        **bounds: ``ge``, ``gt``, ``le``, ``lt`` as in pydantic; a value beyond them is refused.

    Raises:
        ValueError: If the link is no https address, or there is no such grade.
    """
    if grade not in GRADES or not (link or "https://").startswith("https://"):
        raise ValueError(f"{meaning}: grade {grade!r} or link {link!r} will not do")
    extra: dict[str, Any] = {"unit": unit, "source": source, "grade": grade}
    if link is not None:
        extra["link"] = link
    if known_from is not None:
        extra["known_from"] = checked_month(known_from)
    if plausible is not None:
        extra |= {"low": plausible[0], "high": plausible[1]}
    if only_if is not None:
        extra["only_if"] = only_if
    return Field(default, description=meaning, json_schema_extra=extra, **bounds)
