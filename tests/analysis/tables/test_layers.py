import numpy as np
import pandas as pd
import pytest
from small_economy import SETTINGS, batch, only

from analysis.results import BatchResults
from analysis.tables.layers import over_time, profit_by_layer, profit_split


def test_profit_is_the_mean_of_the_runs_sums(results: BatchResults):
    table = profit_by_layer(results)
    sums = results.layers.query("setting == 'baseline' and layer == 'labs'").groupby("replication")["profit"].sum()
    row = only(table, setting="baseline", layer="labs").iloc[0]
    assert row["mean"] == pytest.approx(sums.mean())
    assert row["low"] < row["mean"] < row["high"]
    assert list(table["setting"].unique()) == list(SETTINGS)


def test_margin_of_a_run_is_profit_over_revenue_not_a_mean_of_margins(results: BatchResults):
    table = only(profit_by_layer(results, "margin"), setting="baseline", layer="labs")
    runs = results.layers.query("setting == 'baseline' and layer == 'labs'").groupby("replication")
    expected = (runs["profit"].sum() / runs["revenue"].sum()).mean()
    assert table["mean"].iloc[0] == pytest.approx(expected)


def test_a_layer_without_sales_has_no_margin(results: BatchResults):
    row = only(profit_by_layer(results, "margin"), setting="no-resellers", layer="resellers").iloc[0]
    assert np.isnan(row["mean"])
    assert row["replications"] == 0


def test_the_profit_gain_is_that_of_the_last_month_that_has_one(results: BatchResults):
    layers = results.layers
    known = layers["round"].between(1, 2)
    gains = results.layers.assign(profit_gain=np.where(known, layers["round"] * 0.1 + layers["replication"], np.nan))
    table = profit_by_layer(BatchResults({"layers": gains}.__getitem__), "profit_gain")
    row = only(table, setting="baseline", layer="labs").iloc[0]
    assert row["mean"] == pytest.approx(0.2 + layers["replication"].unique().mean())
    with pytest.raises(ValueError, match="unknown measure 'profit_gain'"):
        over_time(results, "profit_gain")


def test_unknown_measure_is_refused(results: BatchResults):
    with pytest.raises(ValueError, match="unknown measure 'happiness'"):
        profit_by_layer(results, "happiness")


def test_months_add_up_to_the_run(results: BatchResults):
    months = over_time(results).groupby(["setting", "layer"], observed=True)["mean"].sum()
    whole = profit_by_layer(results).set_index(["setting", "layer"])["mean"]
    pd.testing.assert_series_equal(months, whole, check_index_type=False)


def test_profit_is_shared_only_where_every_layer_earns(results: BatchResults):
    table = profit_split(results)
    assert set(only(table, setting="baseline")["basis"]) == {"value added"}
    assert set(only(table, setting="chips-at-cost")["basis"]) == {"profit"}
    sums = table.groupby("setting", observed=True)["mean"].sum()
    np.testing.assert_allclose(sums, 1.0)


def test_layers_that_sell_nothing_take_no_part_in_the_split(results: BatchResults):
    assert set(only(profit_split(results), setting="no-resellers")["layer"]) == {"hardware", "labs"}


def test_no_share_of_a_sum_near_zero():
    results = batch({"baseline": {}}, 2)
    layers = results.layers.copy()
    layers["value_added"] = layers["layer"].astype(str).map({"hardware": 1.0, "labs": -1.02, "resellers": 0.03})
    table = profit_split(BatchResults({"layers": layers}.__getitem__))
    assert set(table["basis"]) == {"undefined"}
    assert table["mean"].isna().all()


def test_one_run_has_means_and_no_interval():
    table = profit_by_layer(batch({"baseline": {}}, 1))
    assert table["mean"].notna().all()
    assert table[["low", "high"]].isna().all(axis=None)
