"""TOML files: reading with clear messages, and writing what was in effect."""

import json
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scenarios.errors import BadInput, quoted

MOST_BYTES = 16 * 2**20
"""Of a file that people write."""

DEEPEST = 32
"""Tables within tables."""

LONGEST_WHOLE = re.compile(r"[0-9][0-9_]{4299,}", re.ASCII)
"""More digits than Python reads of a whole number."""


def checked_file(path: Path, most: float = float("inf")) -> Path:
    """Return the path of a file that can be opened without waiting for ever.

    Args:
        path: Of the file.
        most: Bytes it may have.

    Raises:
        BadInput: If it is missing, no regular file, or too large.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        raise BadInput(f"{path}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(f"{path}: is a {'folder' if stat.S_ISDIR(found.st_mode) else 'special file'}, not a file")
    if found.st_size > most:
        raise BadInput(f"{path}: has {found.st_size:,} bytes, more than the {most:,} that such a file may have")
    return path


def read_text(path: Path) -> str:
    """Return the text of a file that people write.

    Raises:
        BadInput: If it is missing, no regular file, too large, not readable or not UTF-8.
    """
    try:
        return checked_file(path, MOST_BYTES).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: is not UTF-8 text (byte {error.start})") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; dates become text, and whole numbers written as 3.0 or 1e6 become integers.

    Raises:
        BadInput: If the file cannot be read or is not TOML.
    """
    return tables_of(read_text(path), path)


def tables_of(text: str, path: Path) -> dict[str, Any]:
    """Return the tables of a text of TOML, which stands in a file, as ``read_toml`` does.

    Raises:
        BadInput: If the text is not TOML.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path}: is not valid TOML: {error}") from None
    except RecursionError:
        raise BadInput(f"{path}: is not valid TOML: nested too deeply") from None
    except ValueError:
        raise BadInput(f"{path}: {_too_long(text)}") from None
    return {key: plain(value, f"{path}: {key}") for key, value in table.items()}


def _too_long(text: str) -> str:
    """Return where a whole number stands that is too long to be read."""
    found = LONGEST_WHOLE.search(text)
    place = f"in line {text.count(chr(10), 0, found.start()) + 1} " if found else ""
    return f"holds a whole number {place}that has too many digits; it may have 64 bits"


def plain(value: Any, where: str, depth: int = 1) -> Any:
    """Return a value as text, numbers, booleans, lists and dictionaries alone.

    Args:
        value: As TOML, JSON or Python has it.
        where: It stands, to open messages.
        depth: Of the tables and lists around it.

    Raises:
        BadInput: If it is nested deeper than ``DEEPEST``, or holds a whole number beyond 64 bits or broken text.
    """
    if depth > DEEPEST:
        raise BadInput(f"{where}: is nested too deeply, in more than {DEEPEST} tables")
    match value:
        case dict():
            return {key: plain(item, f"{where}.{_sound(key, where)}", depth + 1) for key, item in value.items()}
        case list():
            return [plain(item, f"{where}.{place}", depth + 1) for place, item in enumerate(value)]
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
        case bool() | float():
            return value
        case int():
            if not -(2**63) <= value < 2**63:
                raise BadInput(f"{where}: is a whole number of more than 64 bits")
            return value
        case _:
            return _sound(str(value), where)


def _sound(text: str, where: str) -> str:
    """Return text without halves of letters, which no file could hold.

    Raises:
        BadInput: If there are some.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput(f"{where}: {quoted(text)} is not UTF-8 text") from None
    return text


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
            given = {key: item for key, item in value.items() if item is not None}
            return "{" + ", ".join(f"{_key(key)} = {to_toml_value(item)}" for key, item in given.items()) + "}"
        case _:
            return "[" + ", ".join(map(to_toml_value, value)) + "]"
