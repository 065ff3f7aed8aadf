"""Rules from outside, named by import path: ``rule = "my_rules:LossLeader"``.

A rule of a user's own is a class like those here: its base names what it must answer (``market.conduct.Rule`` for
prices, ``market.conduct.Budget`` for training), its fields are its parameters, declared with
``market.fields.quantity``. Naming one runs its module: a scenario file is to be trusted as far as the rules it names.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from inspect import get_annotations
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidatorFunctionWrapHandler, WrapValidator
from pydantic.fields import FieldInfo

from market.fields import Section

RULE = "rule"
"""The key that tells which of several classes a table stands for."""

PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")
"""Module and class, as in ``my_rules:LossLeader``."""


class Named(Section):
    """A class that a table of a scenario names by its ``rule``: a short name inside, an import path outside."""

    rule: str = ""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Give a class that sets no name of its own, such as every one from outside, its import path as its name."""
        if RULE not in get_annotations(cls):
            cls.model_fields[RULE] = FieldInfo(annotation=str, default=path_of(cls))
            cls.model_rebuild(force=True)


Kind = TypeVar("Kind", bound=Named)


class RuleNotFound(ValueError):  # noqa: N818 - says what happened
    """A rule named by import path cannot be had; the message says why."""


def is_path(rule: object) -> bool:
    """Whether a rule is named by import path."""
    return isinstance(rule, str) and ":" in rule


def imported(path: str, kind: type[Kind]) -> type[Kind]:
    """Return the class that an import path names.

    Args:
        path: Module and class, with a colon between.
        kind: What the class must inherit from.

    Raises:
        RuleNotFound: If there is no such module or class, the module fails, or the class is no rule of this kind.
    """
    if not PATH.fullmatch(path):
        raise RuleNotFound(f"{path!r} is not an import path such as my_rules:LossLeader")
    module, _, name = path.partition(":")
    if module == "__main__":
        raise RuleNotFound(f"{name} must stand in a module of its own, which worker processes can import")
    try:
        found = getattr(import_module(module), name, None)
    except ModuleNotFoundError as error:
        if error.name and not f"{module}.".startswith(f"{error.name}."):
            raise RuleNotFound(f"module {module} cannot be imported: {error}") from error
        raise RuleNotFound(
            f"there is no module {module} beside the scenario, in this folder or on Python's path"
        ) from None
    except (Exception, SystemExit) as error:
        raise RuleNotFound(f"module {module} cannot be imported: {type(error).__name__}: {error}") from error
    if found is None:
        raise RuleNotFound(f"module {module} has no class {name}")
    if not (isinstance(found, type) and issubclass(found, kind) and found is not kind):
        raise RuleNotFound(f"{path} is no subclass of {kind.__module__}.{kind.__name__}")
    return found


def or_own(kind: type[Named], unseen: Sequence[str] = ()) -> WrapValidator:
    """Return what lets a field that chooses among rules take one from outside as well.

    Args:
        kind: What the rule's class must inherit from.
        unseen: What sellers here do not have, so that a rule may not look at it (``Rule.sees``).
    """

    def validate(value: Any, inside: ValidatorFunctionWrapHandler) -> Any:
        rule = value.get(RULE) if isinstance(value, Mapping) else getattr(value, RULE, None)
        if not is_path(rule):
            return inside(value)
        found = type(value) if isinstance(value, kind) else imported(str(rule), kind)
        if missing := set(unseen) & set(getattr(found, "sees", ())):
            raise RuleNotFound(f"{rule} looks at {', '.join(sorted(missing))}, which sellers here do not have")
        return value if isinstance(value, kind) else found.model_validate_json(json.dumps(value), strict=True)

    return WrapValidator(validate)


def path_of(rule: type[Section]) -> str:
    """Return the import path of a rule's class."""
    return f"{rule.__module__}:{rule.__qualname__}"


def own_rules(section: Section) -> Iterator[Section]:
    """Yield every rule from outside in a group of parameters."""
    if is_path(getattr(section, RULE, None)):
        yield section
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, Section):
            yield from own_rules(value)


def checksums(section: Section) -> dict[str, str]:
    """Return SHA-256 of the module of every rule from outside, by import path: results depend on more than numbers.

    Empty for a module that is no file, such as a notebook or a session.
    """
    modules = {path_of(type(rule)): import_module(type(rule).__module__) for rule in own_rules(section)}
    return {path: _checksum(getattr(module, "__file__", None)) for path, module in modules.items()}


def _checksum(source: str | None) -> str:
    return hashlib.sha256(Path(source).read_bytes()).hexdigest() if source else ""
