"""The models there are, by the name that a scenario gives them: what each is told, and what plays it.

Classes are imported when they are asked for: whoever reads a scenario need not load what plays another one.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from market.economy import Economy
    from market.parameters.run import RunParameters

MODEL: Final = "model"
"""The key that tells which model a scenario is of."""

TOKEN_MARKET: Final = "token-market"
"""The model of a scenario that names none."""


class _Paths(NamedTuple):
    parameters: str
    model: str


MODELS: Final[Mapping[str, _Paths]] = {
    TOKEN_MARKET: _Paths("market.parameters:Parameters", "market.model:TokenMarket"),
    "textbook": _Paths("market.textbook.parameters:TextbookParameters", "market.textbook.model:TextbookMarket"),
    "learning": _Paths("market.learning.parameters:LearningParameters", "market.learning.model:LearningMarket"),
}


def parameters_of(name: str) -> "type[RunParameters]":
    """Return what a model is told; KeyError if there is no such model."""
    found: type[RunParameters] = _imported(MODELS[name].parameters)
    return found


def declared_by(values: Mapping[str, Any]) -> "type[RunParameters]":
    """Return the class whose values these are, from the model that they name; KeyError if there is none."""
    return parameters_of(values.get(MODEL, TOKEN_MARKET))


def model_for(parameters: "RunParameters") -> "type[Economy]":
    """Return the model that plays these parameters."""
    found: type[Economy] = _imported(MODELS[parameters.model].model)
    return found


def _imported(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
