"""How a number is declared: default, unit, bounds, meaning and where it comes from, in one place."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

GRADES = {
    "A": "data file or release",
    "B": "report naming its source",
    "C": "weak secondary source",
    "M": "general knowledge",
    "CALC": "computed from graded figures",
    "D": "choice of this model",
}
"""How well a value is known."""


class Section(BaseModel):
    """A frozen group of parameters that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)


def quantity(
    default: Any,
    unit: str,
    meaning: str,
    *,
    plausible: tuple[float, float] | None = None,
    source: str = "modelling choice",
    grade: str = "D",
    only_if: list[Any] | None = None,
    link: str | None = None,
    **bounds: Any,
) -> Any:
    """Declare a number of a scenario.

    Args:
        default: The value in the baseline.
        unit: Its unit; ``"1"`` for a pure number. Units that hold USD scale with the currency.
        meaning: One sentence a user of the command line understands.
        plausible: Low and high value for sensitivity analysis.
        source: Where the value comes from.
        only_if: Another parameter's key, and the values of it with which this one has an effect.
        grade: How well it is known, one of `GRADES`.
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
    if plausible is not None:
        extra |= {"low": plausible[0], "high": plausible[1]}
    if only_if is not None:
        extra["only_if"] = only_if
    return Field(default, description=meaning, json_schema_extra=extra, **bounds)
