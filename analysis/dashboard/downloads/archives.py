"""The tables of a run in one file: as a folder of results, and as text for spreadsheets."""

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from analysis.dashboard.downloads.names import stem
from analysis.dashboard.downloads.played import command, months_of, played
from analysis.dashboard.snapshot import Snapshot
from market.wording import counted

README: Final = "README.txt"
UNKNOWN: Final = ("timings",)
"""Tables that a page cannot fill: nobody has timed the run."""
FIRST: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest date of a file in an archive, so that equal contents are equal archives."""
TO_BE_READ: Final = 0o644
"""What a file allows once it is unpacked."""


def results_archive(snapshot: Snapshot) -> bytes:
    """Return a ZIP of the folder that ``tokenmarket run --out`` writes.

    Raises:
        BadInput: As ``played``.
    """
    from scenarios.results.saving import run_files

    return zipped(stem(snapshot.choice), run_files(played(snapshot)))


def tables_archive(snapshot: Snapshot) -> bytes:
    """Return a ZIP of the same tables as CSV files, with a text that tells what their columns are.

    Raises:
        BadInput: As ``played``.
    """
    from scenarios.results.saving import run_tables

    found = run_tables(played(snapshot))
    tables = {name: table.to_pandas() for name, table in found.items() if name not in UNKNOWN}
    files = {f"{name}.csv": table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()}
    texts = {README: "\n".join(_readme(snapshot, tables)) + "\n", **files}
    return zipped(f"{stem(snapshot.choice)}-csv", {name: text.encode() for name, text in texts.items()})


def zipped(folder: str, files: Mapping[str, bytes]) -> bytes:
    """Return files in a folder as a ZIP, without traces of date or machine."""
    archive = BytesIO()
    with ZipFile(archive, "w") as writer:
        for name, content in files.items():
            entry = ZipInfo(f"{folder}/{name}", FIRST)
            entry.external_attr = TO_BE_READ << 16
            writer.writestr(entry, content, ZIP_DEFLATED)
    return archive.getvalue()


def _readme(snapshot: Snapshot, tables: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the text: what was run, how values are written, and every column with its unit."""
    from scenarios import schema

    months = months_of(snapshot)
    yield f"Token Market, {stem(snapshot.choice)}: {counted(months, 'month')}, seed {snapshot.choice.seed}."
    yield f"Made again by: {command(snapshot.choice, months)}"
    yield ""
    yield "One file for each table: UTF-8, a line of names, then a line for each row, values apart by commas."
    yield "A number that is not there is an empty place; yes and no are True and False."
    if months < snapshot.rounds:
        yield f"The run was to last {counted(snapshot.rounds, 'month')}: what only the last of them tells is not there."
    for name, table in tables.items():
        yield ""
        yield f"{name}.csv, {counted(len(table), 'row')}"
        for column in schema.columns(name):
            yield f"  {column.name} ({column.unit}): {column.meaning}."
