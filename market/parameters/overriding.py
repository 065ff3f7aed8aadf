"""Parameters by their dotted names: some values replaced, the whole checked again."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from pydantic import BaseModel, ValidationError

from market.conduct.own_rules import RULE
from market.parameters.explain import explain, locate, rules_of
from market.parameters.laying import merge
from market.parameters.moved import moved, renewed
from market.wording import quoted

if TYPE_CHECKING:
    from market.parameters.run import RunParameters

Told = TypeVar("Told", bound="RunParameters")

ORIGIN = "parameters"
"""Opens messages, as the name of its file does for a scenario."""

SPELL = {"holds": "for a spell"}
"""Context of the validation of parameters that hold for a part of a run: how long it grows is no matter of theirs."""


def overridden(parameters: Told, changes: Mapping[str, Any], context: Mapping[str, str] | None = None) -> Told:
    """Return the parameters with some values replaced, as scenario files are laid over each other.

    Args:
        parameters: What the rest is taken from.
        changes: Values by dotted name: ``{"labs.count": 3}``. A table (or an instance of its class) is laid over the
            one there is; another rule, by its name or as a table, keeps the values that both rules have; ``False``
            takes an entry out of a free table such as ``population.segments``.
        context: ``SPELL`` where they hold for a part of the run.

    Raises:
        TypeError: If there is no parameter of a name, or a value is of no type that parameters have.
        ValueError: If a value is not allowed; the message holds name, value and what is allowed.
    """
    if not changes:
        return parameters
    section, before = type(parameters), parameters.model_dump(mode="json")
    overlay = renewed(parameters.model, _nested(_rules_as_tables(section, changes, before)))
    if now := moved(overlay):
        raise TypeError(f"{ORIGIN}: {now}")
    values = merge(section, before, overlay)
    try:
        return section.model_validate_json(json.dumps(values), strict=True, context=context)
    except ValidationError as error:
        unknown = any(item["type"] == "extra_forbidden" for item in error.errors())
        message = explain(error, section, values, lambda _: ORIGIN)
    raise (TypeError if unknown else ValueError)(message)


def _rules_as_tables(section: type[BaseModel], changes: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes with the mere name of a rule, where a table is wanted, as that table."""

    def table(name: str, value: Any) -> Any:
        annotation = locate(section, name.split("."), values)[1] if isinstance(value, str) else None
        return {RULE: value} if rules_of(annotation) else value

    return {name: table(name, value) for name, value in changes.items()}


def _nested(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by dotted name as tables within tables."""
    tables: dict[str, Any] = {}
    for name, value in changes.items():
        if inner := next((other for other in changes if other.startswith(f"{name}.")), None):
            raise TypeError(f"{name} is given together with {inner}, which is inside it")
        *above, last = name.split(".")
        table = tables
        for key in above:
            table = table.setdefault(key, {})
        table[last] = _plain(name, value)
    return tables


def _plain(name: str, value: Any) -> Any:
    """Return a value in the types of JSON; whole numbers are integers, as in scenario files."""
    match value:
        case BaseModel():
            return value.model_dump(mode="json")
        case Mapping():
            return {str(key): _plain(f"{name}.{key}", item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(name, item) for item in value]
        case np.ndarray() | np.generic():
            return _plain(name, value.tolist())
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{name} must be a number, text, true or false, a list or a table, not {quoted(value)}")
