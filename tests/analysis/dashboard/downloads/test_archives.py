"""Archives of results open with the project's own readers, and hold the same numbers as the page."""

import csv
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest
from small_runs import MONTHS, SEED, choice, finished, stopped, unpacked

from analysis.dashboard.__main__ import played
from analysis.dashboard.choice import Choice
from analysis.dashboard.downloads.archives import results_archive, tables_archive
from analysis.dashboard.results_folder import ResultsFolder, open_item
from analysis.dashboard.snapshot import Snapshot
from analysis.report.document import write_report
from analysis.results import read_results
from market.records.columns import TABLES
from scenarios import run, schema
from scenarios.errors import BadInput
from scenarios.results.saving import save_run

UNTIMED = {"timings.parquet", "manifest.json"}
"""Files that tell how long a run took, or their checksums."""


def test_it_is_the_folder_that_a_run_writes(tmp_path: Path) -> None:
    """The same bytes, file by file: who takes a run from the page has what the command line gives."""
    seen = finished()
    save_run(run(seen.choice.load(), SEED), tmp_path / "kept", 1.0)
    found = unpacked(results_archive(seen), tmp_path / "unpacked")
    kept = {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir() if not path.name.startswith(".")}
    taken = {path.name: path.read_bytes() for path in found.iterdir()}
    assert taken.keys() == kept.keys()
    assert {name for name in kept if kept[name] != taken[name]} == UNTIMED


@pytest.mark.parametrize("seen", [finished, stopped])
def test_the_readers_take_it(tmp_path: Path, seen: Callable[[], Snapshot]) -> None:
    snapshot = seen()
    folder = unpacked(results_archive(snapshot), tmp_path)
    results = read_results(folder)
    assert snapshot.tables is not None
    for name in TABLES:
        table, shown = getattr(results, name), getattr(snapshot.tables, name)
        same = table[list(shown.columns)].astype(shown.dtypes.to_dict())
        pd.testing.assert_frame_equal(same, shown, check_exact=True)
    assert results.runs[["seed", "rounds"]].iloc[0].tolist() == [SEED, MONTHS]
    assert results.manifest["scenarios"]["baseline"]["parameters"]["horizon"]["rounds"] == MONTHS


def test_report_and_comparison_take_it(tmp_path: Path) -> None:
    folder = unpacked(results_archive(stopped()), tmp_path)
    assert "Baseline" in write_report(folder).read_text(encoding="utf-8")
    stock = ResultsFolder(tmp_path).listing()
    assert list(stock.items) == ["baseline"]
    assert open_item(stock.items["baseline"]).settings == ["baseline"]


def test_the_text_files_hold_the_same_numbers(tmp_path: Path) -> None:
    seen = finished()
    folder = unpacked(tables_archive(seen), tmp_path)
    assert {path.name for path in folder.iterdir()} == {"README.txt", "runs.csv", *(f"{name}.csv" for name in TABLES)}
    for name in TABLES:
        shown = getattr(seen.tables, name)
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        assert head == [column.name for column in schema.columns(name)]
        assert len(rows) == len(shown)
        for place, column in enumerate(head[3:], start=3):
            numeric = pd.api.types.is_float_dtype(shown[column])
            written = [float(row[place] or "nan") if numeric else row[place] for row in rows]
            values = shown[column].tolist() if numeric else [str(value) for value in shown[column]]
            pd.testing.assert_series_equal(pd.Series(written), pd.Series(values), check_exact=True)


def test_the_text_says_what_every_column_is(tmp_path: Path) -> None:
    said = (unpacked(tables_archive(stopped()), tmp_path) / "README.txt").read_text(encoding="utf-8")
    assert f"baseline: {MONTHS} months, seed {SEED}" in said
    assert "was to last 12 months" in said
    for table in ("runs", *TABLES):
        for column in schema.columns(table):
            assert f"  {column.name} ({column.unit}): {column.meaning}.\n" in said


@pytest.mark.parametrize("make", [results_archive, tables_archive])
def test_equal_runs_are_equal_archives(make: Callable[[Snapshot], bytes]) -> None:
    one, other = (played(choice(), 2) for _ in range(2))
    assert make(one) == make(other)
    with ZipFile(BytesIO(make(one))) as files:
        assert {entry.date_time[0] for entry in files.infolist()} == {1980}


@pytest.mark.parametrize("make", [results_archive, tables_archive])
def test_before_the_first_month_there_is_nothing(make: Callable[[Snapshot], bytes]) -> None:
    with pytest.raises(BadInput, match="nothing has been played yet"):
        make(Snapshot(Choice("baseline")))


def test_a_file_that_has_changed_is_not_passed_off_as_what_was_played(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = 'question = "?"\nextends = "baseline"\n[resellers]\ncount = {}\n'
    path.write_text(text.format(3), encoding="utf-8")
    seen = played(choice(str(path), {"population.users": 2_000}), 1)
    assert results_archive(seen)
    path.write_text(text.format(4), encoding="utf-8")
    with pytest.raises(BadInput, match=r"mine\.toml has changed since this run began"):
        results_archive(seen)
