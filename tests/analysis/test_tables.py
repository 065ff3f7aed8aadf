import numpy as np
import pandas as pd
import pytest
from small_economy import SETTINGS, batch, economy

from analysis.results import BatchResults
from analysis.tables import PARTS, investors_money, over_time, profit_by_layer, profit_split, waterfall


def only(table: pd.DataFrame, **keys: str) -> pd.DataFrame:
    for column, value in keys.items():
        table = table[table[column] == value]
    return table


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


def test_unknown_measure_is_refused(results: BatchResults):
    with pytest.raises(ValueError, match="unknown measure 'happiness'"):
        profit_by_layer(results, "happiness")


def test_months_add_up_to_the_run(results: BatchResults):
    months = over_time(results).groupby(["setting", "layer"], observed=True)["mean"].sum()
    whole = profit_by_layer(results).set_index(["setting", "layer"])["mean"]
    pd.testing.assert_series_equal(months, whole, check_index_type=False)


def test_the_dollar_divides_exactly(results: BatchResults):
    table = waterfall(results)
    np.testing.assert_allclose(table.groupby("setting", observed=True)["mean"].sum(), 1.0, rtol=0, atol=1e-12)
    assert list(only(table, setting="baseline")["part"]) == list(PARTS)


def test_the_balancing_part_is_investment_less_depreciation():
    """The books know depreciation; the waterfall does not use it, yet must come to the same."""
    results = batch({"baseline": {}}, replications=1)
    flows, firms = results.flows, results.firms
    bought = flows[flows["category"].isin(["servers", "network", "facility"])]["amount"].sum()
    labs = firms[firms["kind"] == "lab"]
    research = flows.query("payer == 'labs' and category == 'research staff'")["amount"].sum()
    running = flows.query("payer == 'labs' and category in ['electricity', 'operation']")["amount"].sum()
    worn = labs["depreciation"].sum() + labs["training"].sum() - research - 0.25 * running
    dollars = flows.query("payer == 'users'")["amount"].sum()
    balance = only(waterfall(results), part="investment")["mean"].iloc[0]
    assert balance == pytest.approx(-(bought - worn) / dollars)
    assert balance < 0


def test_what_layers_pay_each_other_does_not_touch_the_dollar():
    """Dearer servers move profit from labs to hardware; outside costs stay, but for those that follow the price."""
    base, dear = (waterfall(batch({"s": {"chip": chip}}, 1)).set_index("part")["mean"] for chip in (1.0, 1.2))
    assert dear["hardware profit"] > base["hardware profit"]
    assert dear["labs profit"] < base["labs profit"]
    assert dear["resellers profit"] == pytest.approx(base["resellers profit"])
    assert dear["tax"] == pytest.approx(0.05)


def test_a_tax_paid_by_users_counts_as_tax_once():
    tables = economy()
    flows = tables["flows"]
    spent = flows.loc[flows["payer"] == "users", "amount"].sum()
    extra = pd.DataFrame(
        {"round": [0], "payer": ["users"], "payee": ["outside"], "category": ["tax"], "amount": [spent]}
    )
    tables["flows"] = pd.concat([flows, extra])
    tables["runs"] = pd.DataFrame()
    labelled = {name: table.assign(setting="s", replication=0, seed=1) for name, table in tables.items()}
    table = waterfall(BatchResults(labelled.__getitem__)).set_index("part")["mean"]
    assert table["tax"] == pytest.approx((0.05 + 1.0) / 2)
    assert table.sum() == pytest.approx(1.0)


def test_investors_money_is_what_flowed(results: BatchResults):
    table = only(investors_money(results), setting="baseline").set_index("layer")["mean"]
    assert table["hardware"] < 0 < table["labs"]
    assert table["resellers"] == 0.0
    flows = only(results.flows, setting="baseline")
    first = flows[flows["replication"] == 0]
    put_in = first.loc[first["category"] == "funding", "amount"].sum()
    assert put_in / first.loc[first["payer"] == "users", "amount"].sum() == pytest.approx(table["labs"], rel=0.1)


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
