"""A single run kept as a folder of results, laid out as a batch of one."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from market.records.columns import TABLES
from scenarios import schema
from scenarios.errors import BadInput
from scenarios.results.disk import ASIDE, LOCK, disk_errors_explained, only_writer, replace_files, to_json_bytes
from scenarios.results.parts import parquet_bytes
from scenarios.results.reading import MANIFEST, read_manifest

if TYPE_CHECKING:
    from scenarios.running import RunResults

SCENARIO = "scenario.toml"
"""A scenario file with every parameter of the run."""
OF_A_REPORT = ("report.html", "figures")
"""What a report of the earlier run left in the folder."""


def check_free(folder: Path, overwrite: bool = False) -> None:
    """Make sure that a run may be written to a folder: a new or empty one or, to be replaced, that of an earlier run.

    Raises:
        BadInput: If it holds something else, a run that is not to be replaced, or cannot be written to.
    """
    with only_writer(folder, keep=False):
        names = {item.name for item in folder.iterdir() if not item.name.startswith(ASIDE)}
        if names <= {LOCK}:
            return
        if MANIFEST not in names or read_manifest(folder).get("kind") != "run":
            raise BadInput(f"{folder}: holds something else than a single run; choose another folder")
        if not overwrite:
            raise BadInput(f"{folder}: holds a run; --overwrite replaces it, or choose another folder")


def save_run(results: "RunResults", folder: Path, seconds: float, overwrite: bool = False) -> None:
    """Write the tables of a run, what it takes to repeat it, and a manifest.

    All is written aside and then moved into place: where the disk is full, an earlier run stays as it was.

    Args:
        results: Of ``scenarios.run``.
        folder: As ``check_free`` wants it.
        seconds: What the run took.
        overwrite: Whether an earlier run there, its report included, is replaced.

    Raises:
        BadInput: As ``check_free``.
        WorkFailed: If the disk does not take it.
    """
    check_free(folder, overwrite)
    contents = run_files(results, seconds)
    with only_writer(folder), disk_errors_explained(folder, "the run is not kept; what was there before is"):
        replace_files(folder, contents, OF_A_REPORT)


def run_files(results: "RunResults", seconds: float | None = None) -> dict[str, bytes]:
    """Return the files of the folder that a run is kept in, by name; the manifest comes last.

    Args:
        results: Of ``scenarios.run``.
        seconds: What the run took, where it is known.
    """
    about = results.metadata
    tables = run_tables(results, seconds)
    contents = {f"{name}.parquet": parquet_bytes(name, table) for name, table in tables.items()}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    contents[SCENARIO] = scenario_file(about).encode()
    contents[MANIFEST] = to_json_bytes(_manifest(about, sums))
    return contents


def run_tables(results: "RunResults", seconds: float | None = None) -> dict[str, pa.Table]:
    """Return the tables of a run as a batch of one has them; arguments as in ``run_files``."""
    run = {"setting": str(results.metadata["scenario"]), "replication": 0, "seed": results.seed}
    ended = {
        "status": "done",
        "error": "",
        "rounds": len(results.rounds),
        "conservation_error": results.conservation_error,
        "precision": None,
        "seconds": seconds,
    }
    tables = {table: schema.encode(table, getattr(results, table), run) for table in TABLES}
    return tables | {
        table: pa.Table.from_pylist([run | ended], schema=schema.schema(table)) for table in ("runs", "timings")
    }


def scenario_file(about: Mapping[str, Any]) -> str:
    """Return the scenario of a run, whose metadata is given, as a file with every parameter."""
    from scenarios.files.loading import written

    return written(about["title"], about["question"] or "What does this run show?", about["parameters"])


def _manifest(about: Mapping[str, Any], sums: Mapping[str, str]) -> dict[str, Any]:
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
        "tables": dict(sums),
    }
