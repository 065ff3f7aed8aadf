"""A part of a folder of results is read without the rest, and is what the whole has of it."""

import pandas as pd
import pytest

from analysis import read_results
from analysis.results import BatchResults
from scenarios import Experiment, run_batch
from scenarios.results.reading import read_table


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    experiment = Experiment(
        question="Which part is read?", rounds=2, users=1000, replications=2, grid={"labs.count": [2, 3, 4]}
    )
    path = tmp_path_factory.mktemp("part") / "results"
    run_batch(experiment, workers=1, out=path)
    return path


@pytest.mark.parametrize("name", ["runs", "rounds", "firms", "layers", "flows", "plans", "commons"])
def test_some_settings_are_what_the_whole_table_has_of_them(folder, name: str) -> None:
    whole = read_results(folder)
    chosen = whole.settings[1:]
    there = getattr(whole, name)
    expected = there[there["setting"].isin(chosen)].reset_index(drop=True)
    found = read_results(folder).only(chosen)
    assert list(getattr(found, name)["setting"].cat.categories) == (chosen if len(expected) else [])
    pd.testing.assert_frame_equal(getattr(found, name).reset_index(drop=True), expected, check_categorical=False)


def test_the_rest_of_the_table_is_not_read(folder) -> None:
    asked: list[tuple[str, ...]] = []

    def read(name: str, settings=None) -> pd.DataFrame:
        asked.append((name, *(settings or ("all",))))
        return read_table(folder, name, settings)

    results = BatchResults(read, {}, folder, read)
    one = results.only(["labs.count=3"])
    assert len(one.firms) == len(one.only(["labs.count=3"]).firms)
    assert asked == [("firms", "labs.count=3")]
