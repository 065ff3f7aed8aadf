import numpy as np
import pandas as pd
import pytest
from small_economy import TRAINING_SHARE, batch, economy, only

from analysis.results import BatchResults
from analysis.tables.dollar import PARTS, investors_money, waterfall


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
    total_depreciation = labs["depreciation"].sum() + labs["training"].sum() - research - TRAINING_SHARE * running
    dollars = flows.query("payer == 'users'")["amount"].sum()
    balance = only(waterfall(results), part="investment")["mean"].iloc[0]
    assert balance == pytest.approx(-(bought - total_depreciation) / dollars)
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


@pytest.mark.parametrize("basis", ["accrued", "used"])
def test_both_bases_add_up_and_agree_on_profit_of_labs_and_resellers(results: BatchResults, basis):
    table = waterfall(results, basis)
    np.testing.assert_allclose(table.groupby("setting", observed=True)["mean"].sum(), 1.0, rtol=0, atol=1e-12)
    accrued = waterfall(results).set_index(["setting", "part"])["mean"]
    here = table.set_index(["setting", "part"])["mean"]
    for part in ("labs profit", "resellers profit", "resellers costs", "tax"):
        pd.testing.assert_series_equal(here.xs(part, level="part"), accrued.xs(part, level="part"))


def test_nothing_is_left_over_of_what_serving_used_up(results: BatchResults):
    """The parts are computed each for itself: closed books alone make them add up."""
    left = only(waterfall(results, "used"), part="investment")["mean"]
    np.testing.assert_allclose(left, 0.0, atol=1e-12)


def test_used_parts_by_hand():
    """Servers are 1 of 1.5 dollars of capital goods; hardware gets their wear and electricity, at its margin."""
    results = batch({"baseline": {}}, 1)
    flows, layers = results.flows, results.layers
    labs = results.firms[results.firms["kind"] == "lab"]
    research = flows.query("payer == 'labs' and category == 'research staff'")["amount"].sum()
    running = flows.query("payer == 'labs' and category in ['electricity', 'operation']")["amount"].sum()
    total_depreciation = labs["depreciation"].sum() + labs["training"].sum() - research - TRAINING_SHARE * running
    electricity = flows.query("category == 'electricity'")["amount"].sum()
    hardware = layers.query("layer == 'hardware'")[["profit", "revenue"]].sum()
    dollars = flows.query("payer == 'users'")["amount"].sum()
    expected = (total_depreciation / 1.5 + electricity) * hardware["profit"] / hardware["revenue"] / dollars
    shares = waterfall(results, "used").set_index("part")["mean"]
    assert shares["hardware profit"] == pytest.approx(expected)
    assert shares["labs costs"] * dollars == pytest.approx(
        flows.query("payer == 'labs' and payee == 'outside' and category not in ['tax', 'network', 'facility']")[
            "amount"
        ].sum()
        + total_depreciation / 3
    )
