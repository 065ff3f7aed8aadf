import itertools
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from finished_files import content
from inline_executor import Inline
from pretend_market import AT_FIRST, OTHER_COLUMNS, RAISE, runs_logged, simulate

from scenarios.batches.batch import Count, Summary, run_batch
from scenarios.batches.plan import Plan
from scenarios.errors import BadInput, WorkFailed
from scenarios.files.experiment import Experiment
from scenarios.results.store import read_manifest, read_table


def experiment(**changes: Any) -> Experiment:
    fixed = {"name": "test", "question": "Q?", "rounds": 3, "replications": 6, "settings": ("baseline", "lab-duopoly")}
    return Experiment(**{**fixed, **changes})


def batch(out: Path, asked: Experiment | None = None, **options: Any) -> Summary:
    options = {"executor": Inline(), "workers": 1, "simulate": simulate, **options}
    return run_batch(asked or experiment(), out=out, **options)


@pytest.fixture
def singly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand out one run at a time."""
    monkeypatch.setattr("scenarios.batches.dispatch.LONGEST_CHUNK", 1)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reference") / "out"
    assert batch(out).done == 12
    return out


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_any_number_of_processes_gives_the_same_bytes(reference: Path, tmp_path: Path, workers: int) -> None:
    summary = batch(tmp_path / "out", executor=None, workers=workers)
    assert (summary.done, summary.failures, summary.fresh) == (12, {}, 12)
    assert content(tmp_path / "out") == content(reference)


def test_tables_hold_every_run_in_order(reference: Path) -> None:
    layers = read_table(reference, "layers")
    assert list(layers.columns[:4]) == ["setting", "replication", "seed", "round"]
    assert len(layers) == 2 * 6 * 3 * 3
    keys = layers[["replication", "setting"]].drop_duplicates()
    assert list(zip(keys["replication"], keys["setting"], strict=True)) == list(
        itertools.product(range(6), ["baseline", "lab-duopoly"])
    )
    assert layers["setting"].dtype == "category"
    assert list(layers["setting"].cat.categories) == ["baseline", "lab-duopoly"]
    assert layers.attrs["units"]["revenue"] == "USD"


def test_tables_are_what_the_model_gave(reference: Path) -> None:
    plan = Plan(experiment())
    for setting, replication in itertools.product(plan.settings, (0, 5)):
        expected = simulate(plan.parameters(setting), plan.seed(replication))
        for name in ("rounds", "firms", "layers", "flows", "plans"):
            table = read_table(reference, name)
            mine = table[(table["setting"] == setting.name) & (table["replication"] == replication)]
            mine = mine.drop(columns=["setting", "replication", "seed"]).reset_index(drop=True)
            pd.testing.assert_frame_equal(
                mine, getattr(expected, name), check_exact=True, check_dtype=False, check_categorical=False
            )


def test_plain_pandas_reads_the_files(reference: Path) -> None:
    plain = pd.read_parquet(reference / "runs.parquet")
    assert list(plain.columns) == [
        "setting", "replication", "seed", "status", "error", "rounds", "conservation_error", "precision", "labs.count",
    ]  # fmt: skip
    assert set(plain["labs.count"]) == {2, 5}
    assert not plain.isna().drop(columns="precision").any().any()
    assert read_table(reference, "runs")["seconds"].gt(0).all()


def test_settings_share_the_seeds_of_a_replication(reference: Path) -> None:
    runs = read_table(reference, "runs")
    assert runs.groupby("replication")["seed"].nunique().eq(1).all()
    assert runs["seed"].nunique() == 6
    assert runs["seed"].between(0, 2**32 - 1).all()


def test_the_manifest_tells_what_was_run(reference: Path) -> None:
    manifest = read_manifest(reference)
    assert manifest["experiment"]["question"] == "Q?"
    assert manifest["scenarios"]["lab-duopoly"]["parameters"]["labs"]["count"] == 2
    assert manifest["settings"][1] == {
        "name": "lab-duopoly",
        "title": "Two labs",
        "scenario": "lab-duopoly",
        "set": {"horizon.profit_gain": False, "horizon.rounds": 3},
    }
    assert {"python", "numpy", "tokenmarket"} <= set(manifest["versions"])
    assert set(manifest["tables"]) == {path.name for path in reference.glob("*.parquet")}


def test_a_finished_batch_resumed_does_nothing(reference: Path, log: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in reference.iterdir() if path.name != ".lock"}
    assert batch(reference, resume=True).fresh == 0
    assert runs_logged(log) == []
    assert before == {path: path.stat().st_mtime_ns for path in reference.iterdir() if path.name != ".lock"}


def test_resume_where_nothing_is_starts(tmp_path: Path, reference: Path) -> None:
    assert batch(tmp_path / "out", resume=True).fresh == 12
    assert content(tmp_path / "out") == content(reference)


def cut_after(runs: int) -> Callable[[Count], None]:
    """Stop everything, as if the machine went down, once so many runs are on disk."""

    def look(count: Count) -> None:
        if count.fresh >= runs:
            raise SystemExit("power cut")

    return look


@pytest.mark.usefixtures("singly")
def test_interrupted_and_resumed_three_times_gives_the_same_bytes(
    reference: Path, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.results.store.Store.SECONDS", 0.0)
    out = tmp_path / "out"
    for runs in (1, 4, 3):
        with pytest.raises(SystemExit):
            batch(out, resume=True, watch=cut_after(runs))
    keys = ["setting", "replication", "seed"]
    kept = set(read_table(out, "runs")[keys].itertuples(index=False, name=None))
    assert 8 <= len(kept) < 12
    for file in log.iterdir():
        file.unlink()
    assert batch(out, resume=True).fresh == 12 - len(kept)
    assert content(out) == content(reference)
    missing = set(read_table(reference, "runs")[keys].itertuples(index=False, name=None)) - kept
    assert sorted(seed for _, seed in runs_logged(log)) == sorted(seed for _, _, seed in missing)


def test_a_folder_with_results_needs_resume(reference: Path) -> None:
    with pytest.raises(BadInput, match="holds results; --resume"):
        batch(reference)


@pytest.mark.parametrize(
    ("changes", "options", "said"),
    [
        ({"rounds": 4}, {}, "experiment.rounds: 3 → 4"),
        ({"settings": ("baseline", "lab-cartel")}, {}, "settings.lab-cartel: nothing → a table"),
        ({"settings": ("lab-duopoly", "baseline")}, {}, "order of settings"),
        ({"set": {"labs.overhead_share": 0.2}}, {}, "experiment.set.labs.overhead_share: nothing → 0.2"),
        ({"seed": 2}, {}, "experiment.seed: 1 → 2"),
    ],
)
def test_resuming_another_experiment_is_refused(
    reference: Path, changes: dict[str, Any], options: dict[str, Any], said: str
) -> None:
    before = content(reference)
    with pytest.raises(BadInput, match="holds results of something else") as caught:
        batch(reference, experiment(**changes), resume=True, **options)
    assert said in str(caught.value)
    assert content(reference) == before


@pytest.mark.usefixtures("singly")
@pytest.mark.parametrize("finished", [True, False], ids=["finished", "interrupted"])
def test_a_batch_is_extended_to_more_replications(
    tmp_path: Path, log: Path, finished: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.results.store.Store.SECONDS", 0.0)
    batch(tmp_path / "fresh", replications=9)
    out = tmp_path / "out"
    with nullcontext() if finished else pytest.raises(SystemExit):
        batch(out, watch=None if finished else cut_after(5))
    for file in log.iterdir():
        file.unlink()
    summary = batch(out, replications=9, resume=True)
    assert (summary.done, len(runs_logged(log))) == (18, summary.fresh)
    assert summary.fresh == 6 if finished else 6 < summary.fresh <= 13
    assert content(out) == content(tmp_path / "fresh")
    assert read_manifest(out)["experiment"]["replications"] == 9
    assert batch(out, replications=9, resume=True).fresh == 0


@pytest.mark.usefixtures("log")
def test_runs_that_failed_are_run_again_on_resume(tmp_path: Path) -> None:
    asked = experiment(settings=(), grid={"resellers.count": [1, AT_FIRST]}, replications=2)
    first = batch(tmp_path / "out", asked)
    assert first.done == 3
    assert [error.partition(":")[0] for error in first.failures.values()] == ["TimeoutError"]
    again = batch(tmp_path / "out", asked, resume=True)
    assert (again.done, again.failures, again.fresh) == (4, {}, 1)
    assert again.notes == ("1 run that failed before is run again",)
    assert read_table(tmp_path / "out", "runs")["status"].tolist() == ["done"] * 4
    assert content(tmp_path / "out") == content_of_fresh(asked, tmp_path)


def content_of_fresh(asked: Experiment, folder: Path) -> dict[str, bytes]:
    batch(folder / "fresh", asked)
    return content(folder / "fresh")


def test_an_unfinished_batch_shows_a_run_once_though_it_was_run_twice(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = experiment(settings=(), grid={"resellers.count": [1, AT_FIRST]}, replications=2)
    batch(tmp_path / "out", asked)
    monkeypatch.setattr("scenarios.results.store.Store.SECONDS", 0.0)
    monkeypatch.setattr("scenarios.results.store.Store.finish", lambda *_: None)
    batch(tmp_path / "out", asked, resume=True)
    assert read_manifest(tmp_path / "out")["tables"] is None
    runs = read_table(tmp_path / "out", "runs")
    assert (len(runs), set(runs["status"])) == (4, {"done"})


def test_a_batch_resumed_with_fewer_replications_keeps_those_it_has(reference: Path) -> None:
    before = content(reference)
    assert (batch(reference, replications=3, resume=True).done, content(reference)) == (12, before)
    assert read_manifest(reference)["experiment"]["replications"] == 6


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("draft")
    for resume in (False, True):
        with pytest.raises(BadInput, match="is not empty"):
            batch(tmp_path, resume=resume)
    assert (tmp_path / "thesis.txt").read_text() == "draft"


def test_failed_runs_are_recorded_and_the_rest_goes_on(tmp_path: Path) -> None:
    asked = experiment(settings=(), grid={"resellers.count": [1, RAISE, OTHER_COLUMNS]}, replications=2)
    summary = batch(tmp_path / "out", asked, executor=None, workers=2)
    assert (summary.done, len(summary.failures), summary.fresh) == (2, 4, 6)
    errors = {setting: error for (setting, _), error in summary.failures.items()}
    assert errors[f"resellers.count={RAISE}"].startswith(
        "FloatingPointError: overflow in exp (pretend_market.py, line "
    )
    assert "other columns than the store: surprise" in errors[f"resellers.count={OTHER_COLUMNS}"]
    runs = read_table(tmp_path / "out", "runs")
    assert runs.groupby("resellers.count")["status"].unique().map(list).to_dict() == {
        1: ["done"],
        RAISE: ["failed"],
        OTHER_COLUMNS: ["failed"],
    }
    assert read_table(tmp_path / "out", "layers")["setting"].unique().tolist() == ["resellers.count=1"]
    assert batch(tmp_path / "out", asked, resume=True).failures == summary.failures


def test_a_batch_of_failures_alone_still_ends_well(tmp_path: Path) -> None:
    summary = batch(tmp_path / "out", experiment(set={"resellers.count": RAISE}))
    assert (summary.done, len(summary.failures)) == (0, 12)
    assert len(read_table(tmp_path / "out", "layers")) == 0


def test_the_order_of_failures_and_parts_leaves_no_trace(tmp_path: Path) -> None:
    asked = experiment(settings=(), grid={"resellers.count": [RAISE, 1]}, replications=40)
    for workers in (1, 2):
        batch(tmp_path / f"{workers}", asked, executor=None, workers=workers)
    with pytest.raises(SystemExit):
        batch(tmp_path / "cut", asked, watch=cut_after(1))
    batch(tmp_path / "cut", asked, resume=True)
    assert content(tmp_path / "1") == content(tmp_path / "2") == content(tmp_path / "cut")


def test_work_in_flight_is_bounded(tmp_path: Path) -> None:
    class Counting(Inline):
        def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> "Future[Any]":
            sizes.append(len(arguments[0]))
            return super().submit(function, *arguments, **options)

    sizes: list[int] = []
    seen: list[Count] = []
    asked = experiment(replications=400, settings=())
    batch(tmp_path / "out", asked, executor=Counting(), workers=2, watch=seen.append)
    assert sizes[:4] == [1, 1, 1, 1]
    assert 8 < max(sizes) <= 64
    assert seen[-1].done == 400
    assert seen[-1].left == seen[-1].failed == 0
    assert [count.done for count in seen] == sorted(count.done for count in seen)


def test_replicating_until_precise_enough(tmp_path: Path) -> None:
    stop = {"measure": "profit", "layer": "labs", "half_width": 1.0, "minimum": 4, "maximum": 60, "step": 3}
    asked = experiment(stop=stop, settings=("baseline", "lab-duopoly"))
    summary = batch(tmp_path / "two", asked, executor=None, workers=2)
    layers = read_table(tmp_path / "two", "layers")
    sums = layers[layers["layer"] == "labs"].groupby(["setting", "replication"], observed=True)["profit"].sum()
    for setting in ("baseline", "lab-duopoly"):
        values = sums[setting].to_numpy()
        widths = {n: width(values[:n]) for n in range(4, len(values) + 1, 3)}
        assert widths.pop(len(values)) <= 1.0
        assert all(wide > 1.0 for wide in widths.values())
    assert summary.done == len(sums) < 120
    batch(tmp_path / "one", asked)
    assert content(tmp_path / "one") == content(tmp_path / "two")


def width(values: Any) -> float:
    from scipy import stats

    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    return float(high - low) / 2


def test_a_stopping_rule_that_is_never_met_ends_at_its_maximum(tmp_path: Path) -> None:
    stop = {"measure": "price_retail", "half_width": 1e-9, "minimum": 2, "maximum": 7, "step": 4}
    assert batch(tmp_path / "out", experiment(stop=stop)).done == 14


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, "2"])
def test_the_number_of_workers_is_checked(tmp_path: Path, workers: object) -> None:
    with pytest.raises(BadInput, match="workers"):
        batch(tmp_path / "out", workers=workers)


@pytest.mark.usefixtures("singly")
def test_an_executor_that_is_lost_ends_the_batch(tmp_path: Path) -> None:
    class Lost(Inline):
        def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> "Future[Any]":
            if len(self.open) == 3:
                raise RuntimeError("cannot schedule new futures after shutdown")
            return super().submit(function, *arguments, **options)

    with pytest.raises(WorkFailed, match="the executor is lost"):
        batch(tmp_path / "out", executor=Lost())
    assert len(read_table(tmp_path / "out", "runs")) == 3
    assert batch(tmp_path / "out", resume=True).fresh == 9


def of_plan(**changes: Any) -> list[bool]:
    """Return for each setting whether the profit gain is worked out."""
    plan = Plan(experiment(**changes))
    return [plan.parameters(setting).horizon.profit_gain for setting in plan.settings]


def test_a_batch_works_out_the_profit_gain_only_where_it_is_asked_for() -> None:
    asks, precise = {"horizon.profit_gain": True}, {"measure": "profit_gain", "layer": "labs", "half_width": 0.1}
    assert of_plan(settings=["baseline", {"name": "asks", "scenario": "baseline", "set": asks}]) == [False, True]
    assert of_plan(settings=["baseline"], set=asks) == of_plan(settings=["baseline"], stop=precise) == [True]
    whole = {"scenario": "theory/chain", "settings": [], "grid": {}}  # whose gains are closed forms
    assert not hasattr(Plan(experiment(**whole)).scenarios["theory/chain"].parameters.horizon, "profit_gain")


def test_the_final_files_have_row_groups_of_a_fixed_number_of_runs(tmp_path: Path) -> None:
    batch(tmp_path / "out", experiment(replications=100, settings=()))
    found = pq.ParquetFile(tmp_path / "out" / "layers.parquet").metadata
    assert [found.row_group(group).num_rows for group in range(found.num_row_groups)] == [64 * 9, 36 * 9]
