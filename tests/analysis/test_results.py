"""Reading what the batch runner writes, with the real market in small."""

import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import analysis
from analysis.results import BatchResults, in_memory, read_results
from analysis.tables.layers import profit_by_layer
from analysis.tables.origin import Origin
from scenarios import BadInput


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from scenarios.batches.batch import run_batch
    from scenarios.files.experiment import Experiment

    path = tmp_path_factory.mktemp("results") / "batch"
    settings = ({"scenario": "baseline"}, {"name": "three labs", "set": {"labs.count": 3}})
    experiment = Experiment.model_validate(
        {"name": "small", "question": "Who?", "settings": settings, "rounds": 14, "users": 2000, "replications": 2}
    )
    run_batch(experiment, workers=1, out=path)
    return path


def test_tables_come_with_names_as_categories_in_the_order_of_the_plan(folder: Path):
    results = read_results(folder)
    assert results.settings == ["baseline", "three labs"]
    assert (results.replications, results.finished) == (2, 4)
    assert isinstance(results.layers["layer"].dtype, pd.CategoricalDtype)
    assert results.rounds.attrs["units"]["price_retail"] == "USD/Mtok"
    assert len(results.layers) == 4 * 14 * 3


def test_real_books_close_in_both_waterfalls(folder: Path):
    results = read_results(folder)
    for basis in ("accrued", "used"):
        table = analysis.waterfall(results, basis)
        sums = table.groupby("setting", observed=True)["mean"].sum()
        assert sums.tolist() == pytest.approx([1.0, 1.0], abs=1e-9)
    left = table[table["part"] == "investment"]["mean"]
    assert left.abs().max() < 1e-9


def test_origin_tells_what_differs(folder: Path):
    origin = Origin.of(read_results(folder))
    assert (origin.name, origin.question, origin.planned) == ("small", "Who?", 4)
    changes = {change.name: (change.value, change.default) for change in origin.changes("three labs")}
    assert changes["labs.count"][0] == 3
    assert changes["horizon.rounds"] == (14, 60)
    assert "labs.count" not in {change.name for change in origin.changes("baseline")}
    assert "numpy" in origin.versions


def test_a_run_in_memory_is_a_batch_of_one(folder: Path):
    from scenarios import load, run

    results = run(load("baseline"), seed=3, rounds=4, users=2000)
    batch = in_memory(results)
    assert batch.settings == ["baseline"]
    assert in_memory(batch) is batch
    table = profit_by_layer(results)
    labs = results.layers[results.layers["layer"] == "labs"]["profit"].sum()
    assert table.set_index("layer")["mean"]["labs"] == pytest.approx(labs)


def test_a_folder_without_results_is_bad_input(tmp_path: Path):
    with pytest.raises(BadInput, match="holds no results"):
        read_results(tmp_path)
    with pytest.raises(BadInput, match="holds no results"):
        read_results(tmp_path / "nowhere")


def test_every_name_of_the_interface_is_there():
    for name in analysis.__all__:
        assert callable(getattr(analysis, name))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        analysis.nonsense  # noqa: B018


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, analysis; print([m for m in ('pandas', 'seaborn', 'scipy', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_ten_thousand_runs_are_summed_up_in_seconds(results: BatchResults):
    one = results.layers[results.layers["replication"] == 0]
    one = one[one["setting"] == "baseline"]
    many = pd.concat([one] * 400, ignore_index=True)
    runs = 25 * many.groupby(["layer", "round"], observed=True).cumcount()
    table = pd.concat([many.assign(replication=runs + k, seed=runs + k) for k in range(25)], ignore_index=True)
    assert len(table) == 10_000 * 24 * 3
    started = time.process_time()
    profit_by_layer(BatchResults({"layers": table}.__getitem__))
    assert time.process_time() - started < 3
