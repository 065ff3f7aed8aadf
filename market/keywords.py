"""What a model may be told: parameters, a seed, and the keywords that Mesa's tools add of their own."""

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

from market.models import MODELS
from market.parameters.overriding import overridden
from market.parameters.run import RunParameters

Told = TypeVar("Told", bound=RunParameters)


class _FirstSeed(int):
    """The seed where none is given: equal to any other 1, but known to be nobody's choice."""


FIRST_SEED: int = _FirstSeed(1)


def settings(told: type[Told], parameters: Any, rng: Any, keywords: Mapping[str, Any]) -> tuple[Told, int]:
    """Return the parameters and the seed of a model.

    Args:
        told: The class of the model's parameters.
        parameters: The scenario; the defaults if None.
        rng: Seed.
        keywords: Parameters by dotted name; ``seed``, another word for ``rng``; ``scenario``, which Mesa passes when
            its page starts again and which must not say anything.

    Raises:
        TypeError: If the parameters are of another model or none, the seed is not an integer ≥ 0, or a keyword is no
            parameter.
        ValueError: If a parameter's value is not allowed.
    """
    if parameters is None:
        parameters = told()
    if not isinstance(parameters, told):
        raise TypeError(_of_another_kind(told, parameters))
    changes = dict(keywords)
    if "seed" in changes:
        rng = _one_seed(rng, changes.pop("seed"))
    _check_scenario(changes.pop("scenario", None))
    return overridden(parameters, changes), checked_seed(rng)


def _of_another_kind(told: type[RunParameters], parameters: object) -> str:
    if isinstance(parameters, RunParameters):
        player = MODELS[parameters.model].model.partition(":")[2]
        return f"parameters are those of a {parameters.model} scenario, which market.{player} plays"
    return f"parameters must be market.{told.__name__}, as in load(…).parameters, not {_kind(parameters)}"


def checked_seed(rng: Any) -> int:
    """Return the seed.

    Raises:
        TypeError: If it is not an integer ≥ 0: a run could not be repeated, or ``"1"`` would not be 1.
    """
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or rng < 0:
        hint = "; mesa.batch_run gives None to runs it has no seed for: say rng=[1, 2] there" if rng is None else ""
        raise TypeError(f"rng must be an integer ≥ 0, not {rng!r}{hint}")
    return int(rng)


def _one_seed(rng: Any, seed: Any) -> Any:
    """Return the seed that was given as ``seed``; ``mesa.batch_run`` may say ``rng=None`` along with it."""
    if rng is None or isinstance(rng, _FirstSeed):
        return seed
    raise TypeError(f"rng = {rng!r} and seed = {seed!r} are two words for one thing: give one")


def _check_scenario(scenario: Any) -> None:
    """Refuse a scenario of Mesa's that holds parameters: they would have no effect."""
    if scenario is None or (type(scenario).__module__.partition(".")[0] == "mesa" and dict(scenario) == {"rng": None}):
        return
    raise TypeError(f"scenario must not be given, but is {_kind(scenario)}: give parameters by their dotted names")


def _kind(value: object) -> str:
    return f"a {type(value).__module__}.{type(value).__qualname__}"
