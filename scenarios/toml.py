"""TOML files: reading with clear messages, and writing what was in effect."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scenarios.errors import BadInput


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        BadInput: If it is missing, no regular file, not readable or not UTF-8.
    """
    try:
        if path.exists() and not path.is_file():
            raise BadInput(f"{path}: is a {'folder' if path.is_dir() else 'special file'}, not a file")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(f"{path}: there is no such file") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: is not UTF-8 text (byte {error.start})") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{str(path)!r}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; dates become text, and whole numbers written as 3.0 or 1e6 become integers.

    Raises:
        BadInput: If the file cannot be read or is not TOML.
    """
    text = read_text(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path}: is not valid TOML: {error}") from None
    except RecursionError:
        raise BadInput(f"{path}: is not valid TOML: nested too deeply") from None
    return {key: plain(value) for key, value in table.items()}


def plain(value: Any) -> Any:
    """Return a TOML value as text, numbers, booleans, lists and dictionaries alone."""
    match value:
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def to_toml(table: Mapping[str, Any]) -> str:
    """Return a table as TOML text that reads back to the same values."""
    return "\n".join(_lines(table, ())).strip() + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    flat = {key: value for key, value in table.items() if key not in inner and value is not None}
    if path and (flat or not inner):
        yield f"\n[{'.'.join(map(_key, path))}]"
    for key, value in flat.items():
        yield f"{_key(key)} = {to_toml_value(value)}"
    for key, value in inner.items():
        yield from _lines(value, (*path, key))


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "a").replace("_", "a").isalnum()
    return key if bare else to_toml_value(key)


def to_toml_value(value: Any) -> str:
    """Return a value as TOML on one line."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int() | float():
            return repr(value)
        case Mapping():
            return "{" + ", ".join(f"{_key(key)} = {to_toml_value(item)}" for key, item in value.items()) + "}"
        case _:
            return "[" + ", ".join(map(to_toml_value, value)) + "]"
