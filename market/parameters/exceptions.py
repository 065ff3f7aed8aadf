"""Firms that differ from their layer: for these firms, these keys of the section hold instead."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, Field, PrivateAttr, ValidationError, model_validator

from market.fields import Section
from market.parameters.explain import explain
from market.parameters.laying import merge
from market.wording import did_you_mean

FIRMS = "firms"


def _several(given: object) -> object:
    """Return one number as a list of one, which is what it stands for.

    Raises:
        ValueError: If it is neither a whole number nor a list of them.
    """
    found = tuple(given) if isinstance(given, list | tuple) else (given,)
    if any(type(number) is not int for number in found):
        raise ValueError("must be a whole number or a list of them")
    return found


Numbers = Annotated[tuple[int, ...], BeforeValidator(_several)]


class Exceptions(Section):
    """What holds for some firms of a layer instead of what its section says."""

    firm: Numbers = Field(min_length=1, description="Number of the firm in its name, or a list of them; 1 is the first")
    set: dict[str, Any] = Field(min_length=1, description="Keys of the section, and the values that hold for it")


class OfFirms(Section):
    """Parameters of a layer of which some may differ from firm to firm."""

    of_a_firm: ClassVar[tuple[str, ...]] = ()
    """Keys that are properties of the single firm; the others hold for the layer."""

    count: int
    firms: tuple[Exceptions, ...] = Field((), description="Firms for which other values hold, and which")

    _own: dict[int, Self] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _exceptions_are_allowed(self) -> Self:
        for place, exception in enumerate(self.firms):
            self._check(f"{FIRMS}.{place}", exception)
            for number in exception.firm:
                self._own[number] = self._with(f"{FIRMS}.{place}.set", self.of(number - 1), exception.set)
        return self

    def of(self, index: int) -> Self:
        """Return the section as it holds for the firm of an index, which is the number in its name less one."""
        return self._own.get(index + 1, self) if self.firms else self

    def _check(self, place: str, exception: Exceptions) -> None:
        """Refuse firms there are not, and keys that are none of the single firm."""
        for number in exception.firm:
            if not 1 <= number <= self.count:
                allowed = f"1 to {self.count}" if self.count else "left out where there are no firms"
                raise ValueError(f"{place}.firm = {number} must be {allowed} (number of the firm)")
        for key in exception.set:
            if key in self.of_a_firm:
                continue
            known = key in type(self).model_fields and key != FIRMS
            problem = "holds for the whole layer, no firm can have its own" if known else "is no key of a firm"
            guess = did_you_mean(key, self.of_a_firm) or f"; a firm's own are {', '.join(self.of_a_firm)}"
            raise ValueError(f"{place}.set.{key} {problem}{guess}")

    def _with(self, place: str, before: Self, changes: Mapping[str, Any]) -> Self:
        """Return a firm's section with its changes laid over it as those of a file are."""
        section = type(self)
        values = merge(section, before.model_dump(mode="json", exclude={FIRMS}), changes)
        try:
            return section.model_validate_json(json.dumps(values), strict=True)
        except ValidationError as error:
            raise ValueError(_placed(place, explain(error, section, values, lambda _: ""))) from None


class OfProducers(OfFirms):
    """Of those who make tokens."""

    pricing: Any
    repricing_hazard: float
    forecast_memory: float


def is_of_a_firm(parameters: type[BaseModel], path: Sequence[str]) -> bool:
    """Whether a firm can have a value of its own of the parameter at a path."""
    field = parameters.model_fields.get(path[0])
    layer = field.annotation if field else None
    return len(path) > 1 and isinstance(layer, type) and issubclass(layer, OfFirms) and path[1] in layer.of_a_firm


def _placed(place: str, message: str) -> str:
    """Return the first thing that is wrong, with the full name of its key."""
    said = message.splitlines()[0].removeprefix(": ")
    unknown = "unknown key " if said.startswith("unknown key ") else ""
    return f"{unknown}{place}.{said.removeprefix(unknown)}"
