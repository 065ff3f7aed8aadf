import errno
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pretend_market import simulate

from market import Parameters
from market.records.columns import TABLES as OF_THE_MARKET
from scenarios import schema
from scenarios.batches.batch import run_batch
from scenarios.errors import BadInput, WorkFailed
from scenarios.files.experiment import Experiment
from scenarios.files.loading import load
from scenarios.results.disk import ASIDE, only_writer, write_folder_whole, write_whole
from scenarios.results.saving import check_free, save_run
from scenarios.results.store import TABLES, read_manifest, read_table
from scenarios.running import run


def test_a_real_run_passes_through_the_store_unchanged(tmp_path: Path) -> None:
    scenario = load("no-resellers", {"commons.mode": "on"})
    results = run(scenario, seed=5, rounds=3, users=2_000)
    save_run(results, tmp_path / "out", seconds=1.5)
    for name in OF_THE_MARKET.keys() - {"sessions"}:  # which a market has none of
        table = read_table(tmp_path / "out", name)
        assert table[list(schema.RUN.names)].drop_duplicates().values.tolist() == [["no-resellers", 0, 5]]
        original = getattr(results, name)
        assert table.attrs["units"] == original.attrs["units"]
        pd.testing.assert_frame_equal(
            table.drop(columns=list(schema.RUN.names)),
            original,
            check_exact=True,
            check_categorical=False,
            check_dtype=False,
        )
    runs = read_table(tmp_path / "out", "runs")
    assert runs.loc[0, ["status", "rounds", "seconds"]].tolist() == ["done", 3, 1.5]
    assert read_manifest(tmp_path / "out")["kind"] == "run"
    again = run(load(tmp_path / "out" / "scenario.toml"), seed=5)
    pd.testing.assert_frame_equal(again.firms, results.firms, check_exact=True)


def test_a_run_replaces_an_earlier_run_if_asked_to_and_nothing_else(tmp_path: Path) -> None:
    results = run(load("baseline"), rounds=1, users=2_000)
    save_run(results, tmp_path / "out", 1.0)
    (tmp_path / "out" / "report.html").write_text("of the earlier run")
    with pytest.raises(BadInput, match="holds a run; --overwrite replaces it"):
        save_run(results, tmp_path / "out", 2.0)
    assert read_table(tmp_path / "out", "runs")["seconds"].tolist() == [1.0]
    save_run(results, tmp_path / "out", 2.0, overwrite=True)
    assert not (tmp_path / "out" / "report.html").exists()
    assert read_table(tmp_path / "out", "runs")["seconds"].tolist() == [2.0]
    asked = Experiment(name="x", question="Q?", rounds=1, replications=1)
    run_batch(asked, workers=1, out=tmp_path / "batch", simulate=simulate)
    for folder in (tmp_path / "batch", tmp_path):
        with pytest.raises(BadInput, match="holds something else than a single run"):
            save_run(results, folder, 1.0)
    with pytest.raises(BadInput, match="kind: 'run' → 'batch'"):
        run_batch(asked, workers=1, out=tmp_path / "out", resume=True)


def test_a_run_for_which_there_is_no_room_leaves_the_earlier_one_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = run(load("baseline"), rounds=1, users=2_000)
    save_run(results, tmp_path / "out", 1.0)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}

    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as changed:
        changed.setattr("scenarios.results.disk.os.fsync", full)
        with pytest.raises(WorkFailed, match="the disk is full; the run is not kept"):
            save_run(results, tmp_path / "out", 2.0, overwrite=True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    save_run(results, tmp_path / "out", 3.0, overwrite=True)
    assert read_table(tmp_path / "out", "runs")["seconds"].tolist() == [3.0]


def test_a_folder_that_is_refused_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("draft")
    for attempt in (check_free, lambda folder: run_batch("competition", workers=1, out=folder)):
        with pytest.raises(BadInput):
            attempt(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_missing_and_unknown_columns_are_refused() -> None:
    run_of = {"setting": "x", "replication": 0, "seed": 1}
    good = simulate(Parameters(), 1).layers
    assert schema.encode("layers", good, run_of).num_rows == len(good)
    with pytest.raises(ValueError, match="other columns than the store: extra, margin"):
        schema.encode("layers", good.rename(columns={"margin": "extra"}), run_of)
    with pytest.raises((ValueError, TypeError)):
        schema.encode("layers", good.assign(revenue="much"), run_of)


def test_numbers_that_are_not_there_stay_nan(tmp_path: Path) -> None:
    frame = simulate(Parameters(), 1).layers
    frame["margin"] = np.nan
    table = schema.encode("layers", frame, {"setting": "x", "replication": 0, "seed": 1})
    assert table["margin"].null_count == 0
    assert table.to_pandas()["margin"].isna().all()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_whole(path, b"first")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"second")
    with pytest.raises(OSError, match="No space"):
        write_folder_whole(tmp_path / "folder", {"a": b"1"})
    assert path.read_bytes() == b"first"
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_what_an_interrupted_writer_left_is_cleared_away(tmp_path: Path) -> None:
    asked = Experiment(name="x", question="Q?", rounds=1, replications=2)
    out = tmp_path / "out"
    (out / "parts" / f"{ASIDE}000001").mkdir(parents=True)
    (out / "parts" / f"{ASIDE}000001" / "runs.parquet").write_bytes(b"PAR1 half")
    (out / f"{ASIDE}manifest.json").write_text("{")
    with pytest.raises(BadInput, match="is not empty"):
        run_batch(asked, workers=1, out=out, resume=True, simulate=simulate)
    (out / "parts").rename(tmp_path / "parts")
    assert run_batch(asked, workers=1, out=out, simulate=simulate).done == 2
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [".lock", "manifest.json", *(f"{name}.parquet" for name in TABLES)]
    )


@pytest.mark.parametrize(
    ("content", "part"),
    [(None, "holds no results"), ("{", "is damaged"), ("[]", "is damaged"), ('{"schema": 99}', "has layout 99")],
)
def test_a_folder_without_a_sound_manifest_is_refused(tmp_path: Path, content: str | None, part: str) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(BadInput, match=part):
        read_table(tmp_path, "layers")


def test_damage_is_found_on_reading(tmp_path: Path) -> None:
    asked = Experiment(name="x", question="Q?", rounds=40, replications=2)
    run_batch(asked, workers=1, out=tmp_path / "out", simulate=simulate)
    path = tmp_path / "out" / "layers.parquet"
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(BadInput, match=r"layers\.parquet: is damaged .*--resume runs again"):
        read_table(tmp_path / "out", "layers")
    with pytest.raises(BadInput, match="no table 'leyers'"):
        read_table(tmp_path / "out", "leyers")


def test_only_one_process_writes(tmp_path: Path) -> None:
    with (
        only_writer(tmp_path),
        pytest.raises(BadInput, match=r"another batch writes there \(process \d+\)"),
        only_writer(tmp_path),
    ):
        pass
    with only_writer(tmp_path):
        pass


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(BadInput, match="results cannot be written there"), only_writer(tmp_path / "out"):
        pass
