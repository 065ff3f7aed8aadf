"""Ensembles: parameter sets that a record does not rule out, as a Parquet file with a row per member."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.errors import BadInput, quoted
from scenarios.files.finding import ensembles, find
from scenarios.files.toml import checked_file

if TYPE_CHECKING:
    import pyarrow as pa

FILE = "ensemble.parquet"
"""Its name in the folder of a calibration."""
ABOUT = b"tokenmarket ensemble"
"""Key of the file's metadata that says what was calibrated."""
MOST_MEMBERS = 10_000


@dataclass(frozen=True)
class Ensemble:
    """Parameter sets, the nearest to the record first.

    Attributes:
        source: As it was asked for.
        members: Values by dotted name, of each member; what was set in every run of the calibration among them.
        about: Record, scenario, targets, seed and versions of the calibration.
    """

    source: str
    members: tuple[Mapping[str, Any], ...]
    about: Mapping[str, Any]

    @property
    def scenario(self) -> str:
        """Name of what was calibrated."""
        return str(self.about.get("scenario"))

    @property
    def record(self) -> Mapping[str, Any]:
        """What it was held to: title, period and what was set in every run."""
        return self.about.get("record") or {}


def load_ensemble(source: str | os.PathLike[str], folder: Path | None = None) -> Ensemble:
    """Return an ensemble that ships by its name, one from a file, or that of a folder of a calibration.

    Raises:
        BadInput: If there is none, or the file is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = _file(source, folder)
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    try:
        about = json.loads((table.schema.metadata or {})[ABOUT])
        keys = dict(about["keys"])
    except (KeyError, ValueError, TypeError):
        raise BadInput(f"{path}: is no ensemble of tokenmarket calibrate") from None
    if not 1 <= table.num_rows <= MOST_MEMBERS:
        raise BadInput(f"{path}: has {table.num_rows:,} members, 1 to {MOST_MEMBERS:,} will do")
    missing = [key for key in keys if key not in table.column_names]
    if missing or not keys:
        raise BadInput(f"{path}: has no column {quoted(missing[0])}" if missing else f"{path}: moves no parameter")
    held = dict((about.get("record") or {}).get("set") or {})
    return Ensemble(os.fspath(source), tuple({**held, **own} for own in _members(path, table, keys)), about)


def ensemble_bytes(columns: Mapping[str, Sequence[Any]], keys: Mapping[str, str], about: Mapping[str, Any]) -> bytes:
    """Return an ensemble as a Parquet file.

    Args:
        columns: Values by name, the keys' among them, one of each member.
        keys: ``int`` or ``float`` by dotted name.
        about: What was calibrated, as JSON can hold it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = json.dumps({**about, "keys": dict(keys)}, sort_keys=True, ensure_ascii=False).encode()
    table = pa.table(dict(columns)).replace_schema_metadata({ABOUT: text})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return bytes(sink.getvalue().to_pybytes())


def _file(source: str | os.PathLike[str], folder: Path | None) -> Path:
    text = os.fspath(source)
    if text not in ensembles() and folder is not None and os.path.exists(folder / text):
        source = folder / text
    if os.path.isdir(source):
        source = Path(source) / FILE
        if not os.path.isfile(source):
            raise BadInput(f"{source}: there is none; tokenmarket calibrate --out {Path(source).parent} makes it")
    path = find(source, ensembles(), "ensemble")
    checked_file(path)
    return path


def _members(path: Path, table: "pa.Table", keys: Mapping[str, str]) -> list[dict[str, float | int]]:
    rows = table.select(list(keys)).to_pylist()
    for number, row in enumerate(rows, start=1):
        for key, value in row.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
                raise BadInput(f"{path}: member {number}: {key} = {quoted(value)} must be a number")
    return [{key: int(row[key]) if kind == "int" else float(row[key]) for key, kind in keys.items()} for row in rows]
