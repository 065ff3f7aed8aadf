"""Reading a folder of results: its manifest, and its tables into pandas."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import ValidationError

from market.parameters.explain import explain
from scenarios import schema
from scenarios.errors import BadInput, quoted
from scenarios.files.toml import checked_file, plain
from scenarios.results.disk import sha256

TABLES: Final = tuple(schema.ALL)
MANIFEST: Final = "manifest.json"
PARTS: Final = "parts"
INDEX: Final = "index.json"

AGAIN: Final = "; batch --resume runs again what it held, run --overwrite makes it anew"

Table = tuple[Path, str | None]
"""A file of a table, and its checksum where one is known."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what a folder of results says of itself.

    Raises:
        BadInput: If the folder holds no results, or of another layout, or its manifest is damaged.
    """
    from scenarios.results.manifest import Manifest

    path = folder / MANIFEST
    if _missing(path):
        raise BadInput(f"{folder}: holds no results (there is no {MANIFEST})")
    manifest = _json(path)
    version = manifest.get("schema")
    if version != schema.VERSION:
        raise BadInput(f"{path}: has layout {quoted(version)}, this program reads layout {schema.VERSION}")
    try:
        Manifest.model_validate_json(json.dumps(manifest), strict=True)
    except ValidationError as error:
        raise BadInput(explain(error, Manifest, manifest, lambda _: f"{path}: is damaged")) from None
    return manifest


def _missing(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        pass
    return False


def _json(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file of results holds.

    Raises:
        BadInput: If it does not.
    """
    try:
        found = json.loads(checked_file(path).read_bytes())
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path}: is damaged: it is no JSON ({type(error).__name__}: {error})") from None
    if not isinstance(found, dict):
        raise BadInput(f"{path}: is damaged: it holds no table but {quoted(found)}")
    for key, value in found.items():
        plain(value, f"{path}: is damaged: {key}")
    return found


def read_table(folder: Path | str, name: str, settings: Sequence[str] | None = None) -> Any:
    """Return a table of a finished or unfinished batch, or of a single run, as a pandas.DataFrame.

    With ``settings`` only the rows of these.

    Names are categories, settings in the order of the experiment; units are in ``attrs["units"]``. ``runs`` also holds
    the ``seconds`` each run took.

    Raises:
        BadInput: If the folder holds no results, or a file is damaged.
    """
    folder = Path(folder)
    if name not in TABLES:
        raise BadInput(f"there is no table {name!r}; there are {', '.join(TABLES)}")
    manifest = read_manifest(folder)
    frame = _frame(_read(folder, manifest, name, settings), manifest)
    if name == "runs":
        frame = frame.merge(_frame(_read(folder, manifest, "timings"), manifest), on=list(schema.RUN.names), how="left")
    return frame


def check_tables(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Make sure that every table of a folder of results is there and whole, without reading what it holds.

    Raises:
        BadInput: If one is not; the message names the file.
    """
    for name in TABLES:
        for file, checksum in _files(folder, manifest, name):
            _check_columns(file, name, _checked_parquet(file, checksum))


def _read(folder: Path, manifest: Mapping[str, Any], name: str, settings: Sequence[str] | None = None) -> pa.Table:
    known, tables = {setting["name"] for setting in manifest["settings"]}, []
    for file, checksum in _files(folder, manifest, name):
        table = read_parquet(file, name, checksum, settings)
        for setting in pc.unique(table["setting"]).to_pylist():
            if setting not in known:
                raise BadInput(f"{file}: holds runs of a setting {quoted(setting)} that {MANIFEST} does not name")
        tables.append(table)
    return pa.concat_tables(tables).unify_dictionaries() if tables else schema.schema(name).empty_table()


def _files(folder: Path, manifest: Mapping[str, Any], name: str) -> Iterator[Table]:
    """Yield the files of a table: one, or one per part where the batch is not finished."""
    file = f"{name}.parquet"
    if sums := manifest.get("tables"):
        if file not in sums:
            raise BadInput(f"{folder / MANIFEST}: is damaged: tables has no {file}")
        yield folder / file, sums[file]
        return
    for part in sorted((folder / PARTS).glob("[0-9]*")):
        index = _json(part / INDEX)
        sums = index.get("sha256")
        if not isinstance(sums, dict) or not isinstance(sums.get(file), str):
            raise BadInput(f"{part / INDEX}: is damaged: it has no checksum of {file}{AGAIN}")
        yield part / file, sums[file]


def read_parquet(file: Path, name: str, checksum: str | None = None, settings: Sequence[str] | None = None) -> pa.Table:
    """Return a file of a table, names as dictionaries; with ``settings`` only the rows of these.

    Raises:
        BadInput: If it is no such table, or not the one that the checksum was made of.
    """
    _check_columns(file, name, _checked_parquet(file, checksum))
    try:
        rows = None if settings is None else pc.field("setting").isin(list(settings))
        names = schema.names(name)
        return pq.read_table(file, read_dictionary=names, page_checksum_verification=True, filters=rows)
    except (OSError, pa.ArrowException) as error:
        raise BadInput(f"{file}: is damaged ({error}){AGAIN}") from None


def _checked_parquet(file: Path, checksum: str | None) -> pa.Schema:
    """Return the schema of a file."""
    try:
        if checksum is not None and sha256(checked_file(file)) != checksum:
            raise BadInput(f"{file}: is damaged (its content is not what was written){AGAIN}")
        return pq.read_schema(checked_file(file))
    except (OSError, pa.ArrowException) as error:
        raise BadInput(f"{file}: is damaged ({error}){AGAIN}") from None


def _check_columns(file: Path, name: str, found: pa.Schema) -> None:
    for field in schema.schema(name):
        places = found.get_all_field_indices(field.name)
        if len(places) != 1:
            raise BadInput(f"{file}: is damaged: the column {field.name} {'comes twice' if places else 'is missing'}")
        kind = found.field(places[0]).type
        if kind != field.type:
            raise BadInput(f"{file}: is damaged: the column {field.name} holds {kind}, not {field.type}")


def _frame(table: pa.Table, manifest: Mapping[str, Any]) -> Any:
    import pandas as pd

    frame = table.to_pandas()
    order = [setting["name"] for setting in manifest["settings"]]
    frame["setting"] = pd.Categorical(frame["setting"], categories=order)
    if not manifest.get("tables"):
        frame = frame.sort_values(["replication", "setting"], kind="stable", ignore_index=True)
        if "round" not in frame:  # a run that failed at first and was run again has a row of each
            frame = frame.drop_duplicates(["setting", "replication"], keep="last", ignore_index=True)
    units = {field.name: (field.metadata or {}).get(b"unit") for field in table.schema}
    frame.attrs["units"] = {name: unit.decode() for name, unit in units.items() if unit}
    return frame
