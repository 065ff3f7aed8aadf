"""A folder of results: a manifest, parts while a batch runs, one Parquet file per table when it is done.

Every part is a folder that appears whole: the tables of some runs, and an index with their checksums. What is not in an
intact part has not been run. When all runs are there, the parts become one file per table, in the order of the plan.
"""

import hashlib
import json
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from scenarios import schema
from scenarios.errors import BadInput
from scenarios.results.compaction import compact
from scenarios.results.disk import (
    ASIDE,
    LOCK,
    disk_errors_explained,
    only_writer,
    write_folder_whole,
    write_json,
)
from scenarios.results.parts import Finished, Key, Part, finished_runs, intact, keys_of, parquet_bytes, read_part
from scenarios.results.reading import INDEX, MANIFEST, PARTS, TABLES, read_manifest, read_parquet, read_table

__all__ = ["MANIFEST", "PARTS", "TABLES", "Store", "opened", "read_manifest", "read_table"]


class Store:
    """The results of a batch, held by this process alone; made by ``opened``.

    Attributes:
        folder: Where they lie.
        manifest: What is run; ``tables`` holds the checksums of the final files once they are there.
        parts: Intact parts, oldest first.
        finished: Every run on disk.
        failed: How many of them failed.
        notes: What had to be mended on opening, for the user.
    """

    SECONDS: Final = 1.0
    BYTES: Final = 16 * 2**20

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.parts: list[Part] = []
        self.finished: dict[Key, Finished] = {}
        self.failed = 0
        self.notes: list[str] = []
        self._waiting: list[tuple[Mapping[Key, Finished], Sequence[Mapping[str, int]], Mapping[str, pa.Table]]] = []
        self._waiting_bytes = 0
        self._last_write = time.monotonic()

    @property
    def compact(self) -> bool:
        """Whether the final files are there."""
        return bool(self.manifest.get("tables"))

    def add(
        self, runs: Mapping[Key, Finished], rows: Sequence[Mapping[str, int]], tables: Mapping[str, pa.Table]
    ) -> None:
        """Take finished runs; they are on disk within ``SECONDS`` of calls to ``write_if_due``.

        Args:
            runs: In the order of their rows.
            rows: Of each run, by table.
            tables: Rows of all the runs, by table.
        """
        self._waiting.append((runs, rows, tables))
        self._waiting_bytes += sum(table.nbytes for table in tables.values())
        self.write_if_due()

    def write_if_due(self) -> None:
        """Write what is waiting if it is much or has waited long."""
        if self._waiting_bytes > self.BYTES or time.monotonic() - self._last_write > self.SECONDS:
            self.write()

    def write(self) -> None:
        """Write what is waiting as one part.

        Raises:
            WorkFailed: If the disk does not take it; earlier parts stay.
        """
        self._last_write = time.monotonic()
        if not self._waiting:
            return
        contents = {f"{name}.parquet": parquet_bytes(name, _stack(name, self._waiting)) for name in TABLES}
        keys = [key for runs, _, _ in self._waiting for key in runs]
        rows = [row for _, counts, _ in self._waiting for row in counts]
        index = {
            "runs": [[*key, row] for key, row in zip(keys, rows, strict=True)],
            "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        }
        number = 1 + max((int(part.folder.name) for part in self.parts), default=0)
        folder = self.folder / PARTS / f"{number:06d}"
        with self.explained():
            write_folder_whole(folder, {**contents, INDEX: json.dumps(index).encode()})
        self.parts.append(Part(folder, tuple(zip(keys, rows, strict=True))))
        for runs, _, _ in self._waiting:
            self._count(runs)
        self._waiting, self._waiting_bytes = [], 0

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn errors of the disk into a message that says what is kept."""
        kept = f"{len(self.finished)} runs are kept; --resume goes on from there"
        with disk_errors_explained(self.folder, kept):
            yield

    def finish(self, order: Sequence[Key]) -> None:
        """Replace the parts by one file per table, with the runs in the given order.

        Raises:
            WorkFailed: If the disk does not take the files; the parts stay.
        """
        with self.explained():
            self.manifest["tables"] = compact(self.folder, self.parts, order)
            write_json(self.folder / MANIFEST, self.manifest)
            shutil.rmtree(self.folder / PARTS, ignore_errors=True)
        self.parts = []

    def load_finished(self) -> None:
        """Find out what is on disk; what is damaged or unfinished is removed, to be run again."""
        for path in self.folder.rglob(f"{ASIDE}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if self.compact:
            damaged = [name for name, sums in self.manifest["tables"].items() if not intact(self.folder / name, sums)]
            if not damaged:
                shutil.rmtree(self.folder / PARTS, ignore_errors=True)
                self._count(finished_runs(read_parquet(self.folder / "runs.parquet", "runs")))
                return
            self.notes.append(f"{', '.join(damaged)} damaged or missing; all runs are run again")
            self.manifest["tables"] = None
            write_json(self.folder / MANIFEST, self.manifest)
        for name in TABLES:
            (self.folder / f"{name}.parquet").unlink(missing_ok=True)
        for folder in sorted((self.folder / PARTS).glob("[0-9]*")):
            part = read_part(folder)
            if part is None:
                self.notes.append(f"{PARTS}/{folder.name} is damaged; its runs are run again")
                shutil.rmtree(folder)
                continue
            self.parts.append(part)
            self._count(finished_runs(read_parquet(folder / "runs.parquet", "runs")))

    def forget_failures(self) -> None:
        """Take runs that failed as not yet run: what comes of them now replaces what came of them before."""
        self.finished = {key: run for key, run in self.finished.items() if run.status != "failed"}
        self.failed = 0

    def reopen(self) -> None:
        """Turn the final files into a part again, so that runs can be added.

        Raises:
            WorkFailed: If the disk does not take the part; the final files stay.
        """
        keys = list(keys_of(self.folder / "runs.parquet"))
        counts = {name: Counter(keys_of(self.folder / f"{name}.parquet")) for name in TABLES}
        index = {
            "runs": [[*key, {name: counts[name][key] for name in TABLES}] for key in keys],
            "sha256": dict(self.manifest["tables"]),
        }
        with self.explained():
            contents = {name: (self.folder / name).read_bytes() for name in self.manifest["tables"]}
            folder = self.folder / PARTS / f"{1:06d}"
            write_folder_whole(folder, {**contents, INDEX: json.dumps(index).encode()})
            self.manifest["tables"] = None
            write_json(self.folder / MANIFEST, self.manifest)
            for name in contents:
                (self.folder / name).unlink(missing_ok=True)
        self.parts = [Part(folder, tuple((tuple(key), rows) for *key, rows in index["runs"]))]

    def _count(self, runs: Mapping[Key, Finished]) -> None:
        self.finished |= runs
        self.failed += sum(run.status == "failed" for run in runs.values())


@contextmanager
def opened(folder: Path, manifest: dict[str, Any], resume: bool) -> Iterator[Store]:
    """Hold a folder and open the store in it; a new one, or with ``resume`` the one that is there.

    Raises:
        BadInput: If the folder cannot be used, holds something else, or a batch of another experiment.
        WorkFailed: If the disk fails.
    """
    with only_writer(folder):
        with disk_errors_explained(folder, "nothing was run"):
            store = _opened(folder, manifest, resume)
        yield store


def _opened(folder: Path, manifest: dict[str, Any], resume: bool) -> Store:
    from scenarios.results.manifest import differences

    path = folder / MANIFEST
    others = [item.name for item in folder.iterdir() if item.name != LOCK and not item.name.startswith(ASIDE)]
    if not path.exists():
        if others:
            raise BadInput(f"{folder}: is not empty and holds no results of a batch; choose another folder")
        write_json(path, manifest)
    elif not resume:
        raise BadInput(f"{folder}: holds results; --resume goes on with them, or choose another folder")
    found = read_manifest(folder)
    if changed := differences(found, manifest):
        listed = "".join(f"\n  {line}" for line in changed)
        raise BadInput(f"{folder}: holds results of something else, which differs in{listed}")
    store = Store(folder, found)
    (folder / PARTS).mkdir(exist_ok=True)
    store.load_finished()
    if store.failed:
        runs = "1 run that failed before is" if store.failed == 1 else f"{store.failed} runs that failed before are"
        store.notes.append(f"{runs} run again")
        store.forget_failures()
    asked = dict(manifest.get("experiment") or {})
    had = dict(found.get("experiment") or {})
    asked["replications"] = max(asked.get("replications", 0), had.get("replications", 0))  # extended, never cut
    study = manifest.get("study")  # what it explains may change: the runs are the same
    if (had and asked != had) or study != found.get("study"):
        found |= {"experiment": asked} | ({"study": study} if study else {})
        write_json(path, found)
    if found.get("versions") != manifest.get("versions") or found.get("commit") != manifest.get("commit"):
        store.notes.append("the runs on disk were made by another version of the program or its libraries")
    return store


def _stack(name: str, waiting: Sequence[tuple[Any, Any, Mapping[str, pa.Table]]]) -> pa.Table:
    tables = [tables[name] for _, _, tables in waiting if name in tables]
    return pa.concat_tables(tables) if tables else schema.schema(name).empty_table()
