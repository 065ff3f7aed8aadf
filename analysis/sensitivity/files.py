"""The table of a sensitivity study as files beside its runs."""

from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.sensitivity.study import COLUMNS
from scenarios.results.disk import disk_errors_explained, replace_files

NAME: Final = "sensitivity"


def write_table(folder: Path, table: pd.DataFrame) -> list[Path]:
    """Write the table as Parquet, meanings as metadata of its columns, and as CSV; return where they lie.

    Raises:
        WorkFailed: If the disk does not take them; earlier ones stay.
    """
    contents = {f"{NAME}.parquet": _parquet(table), f"{NAME}.csv": table.to_csv(index=False).encode()}
    with disk_errors_explained(folder, "the runs are kept", "the table"):
        replace_files(folder, contents)
    return [folder / name for name in contents]


def _parquet(table: pd.DataFrame) -> bytes:
    bare = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    fields = [field.with_metadata({"meaning": COLUMNS[field.name]}) for field in bare.schema]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(bare.columns, schema=pa.schema(fields)), sink)
    return bytes(sink.getvalue().to_pybytes())
