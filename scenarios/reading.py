"""Reading a folder of results: its manifest, and its tables into pandas."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios import schema
from scenarios.errors import BadInput, WorkFailed

TABLES: Final = (*schema.COLUMNS, "runs", "timings")
MANIFEST: Final = "manifest.json"
PARTS: Final = "parts"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what a folder of results says of itself.

    Raises:
        BadInput: If the folder holds no results, or of another layout.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
        version = manifest["schema"]
    except FileNotFoundError:
        raise BadInput(f"{folder}: holds no results (there is no {MANIFEST})") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadInput(f"{path}: is damaged") from None
    if version != schema.VERSION:
        raise BadInput(f"{path}: has layout {version}, this program reads layout {schema.VERSION}")
    return dict(manifest)


def read_table(folder: Path | str, name: str) -> Any:
    """Return a table of a finished or unfinished batch, or of a single run, as a pandas.DataFrame.

    Names are categories, settings in the order of the experiment; units are in ``attrs["units"]``. ``runs`` also holds
    the ``seconds`` each run took.

    Raises:
        BadInput: If the folder holds no results.
        WorkFailed: If a file is damaged.
    """
    folder = Path(folder)
    if name not in TABLES:
        raise BadInput(f"there is no table {name!r}; there are {', '.join(TABLES)}")
    manifest = read_manifest(folder)
    frame = _frame(_read(folder, manifest, name), manifest)
    if name == "runs":
        frame = frame.merge(_frame(_read(folder, manifest, "timings"), manifest), on=list(schema.RUN), how="left")
    return frame


def _read(folder: Path, manifest: Mapping[str, Any], name: str) -> pa.Table:
    files = [folder / f"{name}.parquet"]
    if not manifest.get("tables"):
        files = [part / f"{name}.parquet" for part in sorted((folder / PARTS).glob("[0-9]*"))]
    names = [column for column in schema.schema(name).names if column in schema.NAMES]
    tables = []
    for file in files:
        try:
            tables.append(pq.read_table(file, read_dictionary=names, page_checksum_verification=True))
        except (OSError, pa.ArrowException) as error:
            raise WorkFailed(f"{file}: is damaged ({error}); batch --resume runs again what it held") from None
    return pa.concat_tables(tables).unify_dictionaries() if tables else schema.schema(name).empty_table()


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
