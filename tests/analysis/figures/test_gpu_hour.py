"""The price of a GPU-hour beside the record, from runs in which clouds let some."""

from pathlib import Path

import numpy as np
import pytest
from written import assert_apart, words

from analysis import read_results
from analysis.figures import gpu_hour
from analysis.figures.gpu_hour import lets_compute, rental_record
from analysis.report.document import write_report
from analysis.results import BatchResults
from scenarios import Experiment, run_batch


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results") / "rent"
    settings = ["own-everything", "baseline"]
    run_batch(Experiment(question="Who rents?", settings=settings, rounds=12, users=1000, replications=2), out=out)
    return out


@pytest.fixture(scope="module")
def found(folder: Path) -> BatchResults:
    return read_results(folder)


def test_only_settings_with_clouds_let_compute(found: BatchResults) -> None:
    assert [setting for setting in found.settings if lets_compute(found, setting)] == ["baseline"]


def test_the_price_lies_beside_the_record_of_its_months(found: BatchResults) -> None:
    figure = gpu_hour(found, "baseline")
    (ax,) = figure.axes
    price = found.rounds.query("setting == 'baseline'").groupby("round")["price_gpu_hour"].mean()
    line, low, high = ax.get_lines()
    np.testing.assert_allclose(line.get_ydata(), price)
    known = rental_record()
    within = known[known["date"].between("2023-12-01", "2024-12-01")]
    assert len(within) > 5
    assert list(low.get_ydata()) == list(within["low"])
    assert list(high.get_ydata()) == list(within["high"])
    assert f"costs USD {price.mean():.2f} in the first year" in words(figure).replace("\n", " ")
    assert_apart(figure)


def test_the_report_draws_it_where_compute_is_let(folder: Path) -> None:
    write_report(folder)
    drawn = {path.stem for path in (folder / "figures").glob("gpu-hour*.svg")}
    assert len(drawn) == 1
