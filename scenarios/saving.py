"""A single run kept as a folder of results, laid out as a batch of one."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios import schema
from scenarios.errors import BadInput
from scenarios.files import ASIDE, disk_errors_explained, only_writer, sha256, sync_folder, write_json, write_whole
from scenarios.store import MANIFEST, TABLES, parquet_options, read_manifest
from scenarios.toml import to_toml

if TYPE_CHECKING:
    from scenarios.running import RunResults

SCENARIO = "scenario.toml"
"""A scenario file with every parameter of the run."""
OURS = {".lock", MANIFEST, SCENARIO, *(f"{name}.parquet" for name in TABLES)}


def check_free(folder: Path) -> None:
    """Make sure that a run may be written to a folder: a new or empty one, or one with an earlier single run.

    Raises:
        BadInput: If it holds something else or cannot be written to.
    """
    with only_writer(folder):
        names = {item.name for item in folder.iterdir() if not item.name.startswith(ASIDE)}
        if names <= {".lock"}:
            return
        if MANIFEST not in names or read_manifest(folder).get("kind") != "run":
            raise BadInput(f"{folder}: holds something else than a single run; choose another folder")


def save_run(results: "RunResults", folder: Path, seconds: float) -> None:
    """Write the tables of a run, what it takes to repeat it, and a manifest; an earlier run there is replaced.

    Args:
        results: Of ``scenarios.run``.
        folder: As ``check_free`` wants it.
        seconds: What the run took.

    Raises:
        BadInput: As ``check_free``.
        WorkFailed: If the disk does not take it.
    """
    check_free(folder)
    about = results.metadata
    name = str(about["scenario"])
    run = {"setting": name, "replication": 0, "seed": results.seed}
    ended = {
        "status": "done",
        "error": "",
        "rounds": len(results.rounds),
        "conservation_error": results.conservation_error,
        "precision": None,
        "seconds": seconds,
    }
    tables = {table: schema.encode(table, getattr(results, table), run) for table in schema.COLUMNS}
    tables |= {table: pa.Table.from_pylist([run | ended], schema=schema.schema(table)) for table in ("runs", "timings")}
    with only_writer(folder), disk_errors_explained(folder, "the run is not kept"):
        (folder / MANIFEST).unlink(missing_ok=True)
        for table, content in tables.items():
            pq.write_table(content, folder / f"{table}.parquet", **parquet_options(content.column_names))
        write_whole(folder / SCENARIO, _scenario_file(about).encode())
        write_json(folder / MANIFEST, _manifest(about, folder))
        sync_folder(folder)


def _scenario_file(about: Any) -> str:
    from market import Parameters
    from scenarios.loading import defaults
    from scenarios.merging import removals

    values = removals(Parameters, defaults(), about["parameters"])
    return to_toml({"title": about["title"], "question": about["question"] or "What does this run show?", **values})


def _manifest(about: Any, folder: Path) -> dict[str, Any]:
    name = about["scenario"]
    return {
        "schema": schema.VERSION,
        "kind": "run",
        "seed": about["seed"],
        "scenarios": {
            name: {"title": about["title"], "question": about["question"], "parameters": about["parameters"]}
        },
        "settings": [{"name": name, "title": about["title"], "scenario": name, "set": {}}],
        "rules": about["rules"],
        "versions": about["versions"],
        "commit": about["commit"],
        "tables": {f"{table}.parquet": sha256(folder / f"{table}.parquet") for table in TABLES},
    }
