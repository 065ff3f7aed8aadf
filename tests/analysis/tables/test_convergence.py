import numpy as np
import pandas as pd
import pytest

from analysis.results import BatchResults
from analysis.statistics import t_interval
from analysis.tables.convergence import MOST, needed, running_margins
from scenarios.batches.precision import students_half_width


def batch_of(margins: dict[str, list[float]]) -> BatchResults:
    """Return runs of one month with these margins, [replication], of each layer."""
    rows = [
        (
            "baseline",
            number,
            number,
            layer,
            0,
            100.0,
            100.0 - 100 * margin,
            100 * margin,
            100 * margin,
            100 * margin,
            0.0,
        )
        for layer, of_layer in margins.items()
        for number, margin in enumerate(of_layer)
    ]
    names = ["setting", "replication", "seed", "layer", "round", "revenue", "cost", "profit", "capitalised_profit"]
    layers = pd.DataFrame(rows, columns=[*names, "cash_profit", "value_added"]).assign(profit_gain=np.nan)
    return BatchResults({"layers": layers}.__getitem__)


MARGINS = {"hardware": [0.5, 0.6, 0.7, 0.6], "labs": [-0.2, 0.2, -0.1, 0.1], "resellers": [0.1, 0.1001, 0.1, 0.1001]}


def test_the_mean_and_its_interval_are_those_of_the_first_replications():
    table = running_margins(batch_of(MARGINS), "baseline").set_index(["layer", "replications"])
    assert len(table) == 12
    for layer, margins in MARGINS.items():
        assert np.isnan(table.loc[(layer, 1), "low"])
        for count in (2, 3, 4):
            expected = t_interval(margins[:count])
            row = table.loc[(layer, count)]
            assert (row["mean"], row["low"], row["high"]) == pytest.approx((expected.mean, expected.low, expected.high))


def test_so_many_replications_are_needed_as_make_the_interval_narrow_enough():
    table = needed(batch_of(MARGINS), "baseline").set_index("layer")
    spread = float(np.std(MARGINS["hardware"], ddof=1))
    enough = int(table.loc["hardware", "enough"])
    assert students_half_width(spread, enough, 0.95) <= 0.05 < students_half_width(spread, enough - 1, 0.95)
    assert table.loc["hardware", "sign"] == 3
    assert table.loc["resellers", "sign"] == table.loc["resellers", "enough"] == 2


def test_a_margin_of_next_to_nothing_cannot_be_told_from_zero():
    table = needed(batch_of(MARGINS), "baseline").set_index("layer")
    assert np.isnan(table.loc["labs", "sign"])
    more = needed(batch_of({"labs": [-0.2, 0.2, -0.1, 0.2]}), "baseline").set_index("layer")
    assert 4 < more.loc["labs", "sign"] < MOST


def test_one_replication_says_nothing():
    assert needed(batch_of({"labs": [0.1]}), "baseline").empty
