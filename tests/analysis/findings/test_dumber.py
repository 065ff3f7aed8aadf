import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from written import OF_THE_COMMONS, assert_apart, words

from analysis import commons_by_run, commons_verdicts, figures, read_results, write_report
from analysis.findings.dumber import FELT, QUESTIONS
from analysis.results import BatchResults
from scenarios import load, run, run_batch

WORSE, DUMBER = (question.text for question in QUESTIONS)

DUMBER_TOML = """
question = "Does AI get dumber?"
rounds = 30
replications = 2
set = {{ "population.users" = 2000 }}
settings = [
    "baseline",
    {{ name = "accumulate", scenario = "baseline", set = {{ "commons.mode" = "on" }} }},
    "pay-the-creators",
    {{ name = "drought-and-replace", scenario = "human-drought", set = {{ "commons.regime" = "replace" }} }},
]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("commons")
    (root / "dumb.toml").write_text(DUMBER_TOML.format(), encoding="utf-8")
    run_batch(root / "dumb.toml", workers=2, out=root / "results")
    return root / "results"


@pytest.fixture(scope="module")
def found(folder: Path) -> BatchResults:
    return read_results(folder)


def hand_made(quality: list[float], clean: list[float], lost: list[float], replication: int = 0) -> pd.DataFrame:
    months = [f"{2024 + k // 12}-{k % 12 + 1:02d}" for k in range(len(quality))]
    rows = {"quality_potential": quality, "quality_without_commons": clean, "doublings_lost": lost, "month": months}
    run_ = {"setting": "s", "replication": replication, "seed": replication}
    constant = {"data_wanted": 5.0, "human_stock": 4.0, "corpus_human_share": 0.5, "licences": 2.0}
    return pd.DataFrame(rows).assign(**run_, **constant)


def of(*tables: pd.DataFrame) -> BatchResults:
    return BatchResults({"commons": pd.concat(tables)}.__getitem__)


def test_a_fall_and_a_lag_are_told_apart():
    lag = of(hand_made([0, 1, 1.5, 2.0], [0, 1, 2, 3], [0, 0, 0.5, 1.0])).commons
    (row,) = commons_by_run(of(lag)).to_dict("records")
    assert (row["behind"], row["fallen"]) == (pytest.approx(0.375), 0)
    assert row["year_behind"] == pytest.approx(2024 + 2 / 12)
    assert np.isnan(row["year_fallen"])
    assert (row["year_exhausted"], row["licences"]) == (2024, 8)
    (fall,) = commons_by_run(of(hand_made([0, 1, 0.4, 0.7], [0, 1, 2, 3], [0, 0, 1.6, 2.3]))).to_dict("records")
    assert fall["fallen"] == pytest.approx(0.6)
    assert fall["year_fallen"] == pytest.approx(2024 + 2 / 12)


def test_a_fall_that_text_has_no_part_in_is_not_blamed_on_it():
    (row,) = commons_by_run(of(hand_made([0, 3, 1, 1], [0, 3, 1, 1], [0, 0, 0, 0]))).to_dict("records")
    assert row["fallen"] == 0


def test_verdicts_follow_the_intervals():
    falls = [hand_made([0, 1 + k, 0.0], [0, 1, 2], [0, 0, 1], k) for k in range(3)]
    verdicts = commons_verdicts(of(*falls)).set_index("claim")
    assert verdicts.loc[DUMBER, "mean"] == pytest.approx(2)
    assert verdicts.loc[DUMBER, "verdict"] == "undecided"  # 2 ± 2.48
    assert verdicts.loc[WORSE, "verdict"] == "confirmed"
    single = commons_verdicts(of(falls[0])).set_index("claim")
    assert single.loc[DUMBER, "verdict"] == "holds in this run"
    none = commons_verdicts(of(hand_made([0, 1], [0, 1], [0, 0]))).set_index("claim")
    assert none.loc[WORSE, "verdict"] == "fails in this run"


def test_where_nobody_writes_and_nothing_is_kept_models_get_dumber(found: BatchResults):
    verdicts = commons_verdicts(found).set_index(["setting", "claim"])
    assert "baseline" not in verdicts.index.get_level_values(0)
    assert verdicts.loc[("accumulate", WORSE), "high"] < FELT
    assert verdicts.loc[("drought-and-replace", DUMBER), "verdict"] == "confirmed"
    paid = commons_by_run(found).set_index("setting")["licences"]
    assert (paid["pay-the-creators"] > 0).all()
    assert (paid["accumulate"] == 0).all()


def test_the_batch_keeps_what_a_run_gives(found: BatchResults):
    again = run(load("human-drought", {"commons.regime": "replace", "population.users": 2000}), _seed(found), rounds=30)
    kept = found.commons.query("setting == 'drought-and-replace' and replication == 0")
    for column in again.commons.columns:
        assert kept[column].tolist() == again.commons[column].tolist()
    assert kept.attrs["units"]["human_stock"] == "Ttok"


def _seed(found: BatchResults) -> int:
    return int(found.runs.query("setting == 'drought-and-replace' and replication == 0")["seed"].iloc[0])


def test_the_report_answers_and_says_since_when(folder: Path, found: BatchResults):
    page = write_report(folder).read_text(encoding="utf-8")
    assert "Does AI get dumber?" in page
    assert "Models get dumber than they were in drought-and-replace (from 2024)" in page
    assert "what moves that most is training.frontier_pace" in page
    for name in OF_THE_COMMONS:
        assert (folder / "figures" / f"{name.replace('_', '-')}.svg").stat().st_size > 10_000


@pytest.mark.parametrize("name", sorted(OF_THE_COMMONS))
def test_labels_lie_apart_and_inside(found: BatchResults, name: str):
    draw: Callable[..., Figure] = getattr(figures, name)
    figure = draw(found, "baseline") if name == "profit_with_the_commons" else draw(found)
    assert_apart(figure)
    assert re.search(r"2024-01 to 20\d\d-\d\d \(\d+ months\)", words(figure))
