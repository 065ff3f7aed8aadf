"""What a change of parameters implies besides: keys of a new rule, keys that fall away, keys without effect."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic.fields import FieldInfo

from market.conduct.own_rules import RULE
from market.parameters.events import Event
from market.parameters.keys import inner

if TYPE_CHECKING:
    from market.parameters.run import RunParameters


def implications(before: Mapping[str, Any], after: "RunParameters", named: Collection[str]) -> tuple[str, ...]:
    """Return one line for each thing that a change implies and does not say.

    Args:
        before: Parameters before the change, as nested tables.
        after: Parameters in effect after it.
        named: Dotted names of the keys that were changed.
    """
    values = after.model_dump(mode="json")
    return (
        *_of_rules(before, values, named),
        *filter(None, (without_effect(type(after), values, name) for name in named)),
    )


def _of_rules(
    before: Mapping[str, Any], after: Mapping[str, Any], named: Collection[str], above: str = ""
) -> Iterator[str]:
    """Yield what comes and goes with every rule that changed."""
    for key, now in after.items():
        was, path = before.get(key), f"{above}{key}."
        if not isinstance(now, Mapping) or not isinstance(was, Mapping):
            continue
        if now.get(RULE) == was.get(RULE):
            yield from _of_rules(was, now, named, path)
            continue
        for name, value in now.items():
            if name != RULE and was.get(name) != value and f"{path}{name}" not in named:
                yield f"{path}{name} = {_text(value)}"
        gone = [name for name in was if name not in now]
        if gone:
            yield f"{now.get(RULE)} has no {', '.join(f'{path}{name}' for name in gone)}"


def without_effect(section: Any, values: Mapping[str, Any], name: str) -> str | None:
    """Say that a key does nothing as long as another key is as it is; None where it does something.

    What an event sets may come to be otherwise: keys that need it are taken to do something.

    Args:
        section: The class that declares the parameters.
        values: All parameters in effect, as nested tables.
        name: Dotted name of the key.
    """
    for field in _declarations(section, values, name.split(".")):
        extra = field.json_schema_extra if field else None
        needed = extra.get("only_if") if isinstance(extra, dict) else None
        if not isinstance(needed, list) or needed[0] == name:
            continue
        other, effective = str(needed[0]), needed[1:]
        value = _at(values, other)
        if not (value in effective if effective else value) and not _is_set_by_events(values, other):
            return f"{name} has no effect while {other} is {_text(value)}"
    return None


def _is_set_by_events(values: Mapping[str, Any], name: str) -> bool:
    return any(name in Event.model_validate(event).changes for event in values.get("events", ()))


def _declarations(annotation: Any, values: Any, path: list[str]) -> Iterator[FieldInfo | None]:
    """Yield the declarations on the way to a key."""
    field: FieldInfo | None = None
    for key in path:
        found = inner(annotation, field, key, values)
        if found is None:
            return
        annotation, field = found
        values = values.get(key) if isinstance(values, Mapping) else None
        yield field


def _at(values: Any, name: str) -> Any:
    for key in name.split("."):
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "a series" if isinstance(value, list) else str(value)
