from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from written import assert_apart, words

from analysis.figures import sensitivity
from analysis.results import BatchResults
from analysis.sensitivity.files import write_table
from analysis.sensitivity.sentences import cut_sentence, sign_sentence, weak_sentence
from analysis.sensitivity.study import COLUMNS, explained, joined
from scenarios.files.measures import measure_of
from scenarios.files.study import Input, Study

NAMES = ("labs.one", "labs.two", "labs.three")


def study(method: str, points: np.ndarray) -> Study:
    inputs = tuple(
        Input(name=name, keys=(name,), values=(1.0,), grade=grade, plausible=(0, 2), low=0, high=2)
        for name, grade in zip(NAMES, "ADM", strict=True)
    )
    return Study(
        method=method,
        seed=1,
        measures=("layers.labs.margin",),
        inputs=inputs,
        points=points.tolist(),
        drawn=0,
        refused=0,
    )


def results(margins: np.ndarray) -> BatchResults:
    """Two months of each point, the first of the scenario as it is."""
    names = [f"point {place}" for place in range(len(margins))]
    rows = [
        {
            "setting": name,
            "replication": 0,
            "seed": 1,
            "round": month,
            "layer": "labs",
            "revenue": 50.0,
            "profit": 50 * m,
        }
        for name, m in zip(names, margins, strict=True)
        for month in range(2)
        if np.isfinite(m)
    ]
    layers = pd.DataFrame(rows).astype({"setting": pd.CategoricalDtype(names)})
    return BatchResults({"layers": layers}.__getitem__, {"settings": [{"name": name} for name in names]})


def line(points: np.ndarray) -> np.ndarray:
    return points @ [1.0, -0.2, 0.0] - 0.4


def morris(outputs=line, number: int = 6):
    from scenarios.batches.sampling import design

    points = design("morris", 3, 4 * number, seed=2).points
    found = explained(results(np.append(0.25, outputs(points))), study("morris", points))
    return found[0]


def test_every_input_has_a_row_the_most_important_first() -> None:
    found = morris()
    assert list(found.table.columns) == list(COLUMNS)
    assert found.table["input"].tolist() == list(NAMES)
    assert found.table["index"].to_numpy() == pytest.approx([1.0, 0.2, 0.0])
    assert found.table["direction"].tolist() == [1.0, -1.0, 0.0]
    assert found.as_it_is == pytest.approx(0.25)
    assert found.negative == pytest.approx(np.mean(found.values < 0))


def test_what_rests_on_nothing_measured_and_what_decides_the_sign_is_said() -> None:
    found = morris(number=20)
    assert (
        weak_sentence(found) == "Margin of labs: of the first 3 inputs only grade D or M: labs.two (D), labs.three (M)."
    )
    assert "the sign is decided by labs.one (100% in the lower third, 0% in the upper)" in sign_sentence(found)


def test_the_figure_names_measure_and_inputs_and_nothing_overlaps() -> None:
    figure = sensitivity(None, morris())
    assert_apart(figure)
    assert "argin of labs" in words(figure)
    assert all(name in words(figure) for name in NAMES)


def test_a_trajectory_with_a_run_that_failed_is_left_out() -> None:
    def failing(points: np.ndarray) -> np.ndarray:
        outputs = line(points)
        outputs[5] = np.nan
        return outputs

    found = morris(failing)
    assert found.table["runs"].unique().tolist() == [20]
    assert found.table["index"].to_numpy() == pytest.approx([1.0, 0.2, 0.0])


def test_too_few_runs_and_runs_that_are_all_equal_are_said() -> None:
    unknown = morris(lambda points: np.append(line(points)[:8], np.full(len(points) - 8, np.nan)))
    assert unknown.note == "Only 2 of 6 whole trajectories have a value: too few for indices."
    assert not unknown.known
    equal = morris(lambda points: np.full(len(points), 0.3))
    assert equal.note == "It is the same in every run: no input has an effect."
    assert equal.table["index"].tolist() == [0.0, 0.0, 0.0]
    assert "no input turns its sign" in sign_sentence(equal)


def test_a_layer_that_lost_everything_does_not_outweigh_all_others() -> None:
    def ruined(points: np.ndarray) -> np.ndarray:
        return np.where(points[:, 2] > 0.9, -1e6, line(points))

    found = morris(ruined, 20)
    assert found.cut == (found.values < -1).sum() > 0
    assert found.table["index"].max() < 2
    assert f"{found.cut} runs of 80 below −100.0" in cut_sentence(found)


def test_an_emulator_that_knows_nothing_is_not_asked() -> None:
    points = np.random.default_rng(1).random((40, 3))
    found = explained(results(np.random.default_rng(2).normal(size=41)), study("sobol", points))[0]
    assert "no indices" in found.note
    assert not found.known
    assert found.table["index"].isna().all()
    assert found.table["r2"].iloc[0] < 0.5


def test_sobol_shares_of_a_line_are_its_squared_slopes() -> None:
    points = np.random.default_rng(1).random((60, 3))
    found = explained(results(np.append(0.0, points @ [2.0, 1.0, 0.0])), study("sobol", points))[0]
    assert found.note == ""
    assert found.table["index"].to_numpy() == pytest.approx([0.8, 0.2, 0.0], abs=0.02)
    assert found.table["first_order"].to_numpy() == pytest.approx([0.8, 0.2, 0.0], abs=0.02)


def test_files_hold_the_whole_table_and_what_columns_mean(tmp_path: Path) -> None:
    table = joined([morris()])
    parquet, csv = write_table(tmp_path, table)
    read = pd.read_csv(csv, dtype={"unit": str}).assign(emulator="")  # a file of text cannot tell nothing from empty
    pd.testing.assert_frame_equal(read, table, check_dtype=False)
    pd.testing.assert_frame_equal(pd.read_parquet(parquet), table, check_dtype=False)
    assert pq.read_schema(parquet).field("index").metadata[b"meaning"].decode() == COLUMNS["index"]
    first = parquet.read_bytes()
    write_table(tmp_path, table)
    assert parquet.read_bytes() == first


@pytest.mark.parametrize(("name", "expected"), [("layers.labs.margin", 0.5), ("layers.labs.profit", 50.0)])
def test_measures_sum_up_a_run(name: str, expected: float) -> None:
    from analysis.sensitivity.measures import values_by_setting

    found = values_by_setting(results(np.array([0.5, 0.1])), [measure_of(name)], ["point 0", "point 1", "gone"])
    assert found[name].to_numpy() == pytest.approx([expected, expected / 5, np.nan], nan_ok=True)


def test_the_page_of_results_lists_every_column() -> None:
    page = (Path(__file__).parents[3] / "docs" / "results.md").read_text(encoding="utf-8")
    assert [
        f"| `{name}` | {meaning}. |" for name, meaning in COLUMNS.items() if f"| `{name}` | {meaning}. |" not in page
    ] == []
