import numpy as np
import pandas as pd
import pytest
from small_economy import batch

from analysis.findings.counterparts import COUNTERPARTS
from analysis.findings.targets import compare_targets, read_targets
from analysis.results import BatchResults


def target(**changes: object) -> pd.DataFrame:
    row = {"layer": "labs", "agent": "lab A", "measure": "operating_margin", "low": 0.0, "high": 1.0, "unit": "1"}
    return pd.DataFrame([row | {"period": "2024", "source": "s", "grade": "A"} | changes])


def test_the_margin_is_that_of_the_right_firm_in_the_right_months(results: BatchResults):
    """Labs earn the same margin in every month here, so the second vendor is made special in one year."""
    firms = results.firms.copy()
    chosen = (firms["firm"] == "vendor 2") & (firms["round"] >= 12)
    firms.loc[chosen, "operating_profit"] = 0.3 * firms.loc[chosen, "revenue"]
    tables = {"firms": firms, "flows": results.flows, "rounds": results.rounds, "layers": results.layers}
    changed = BatchResults(tables.__getitem__)
    second = {"agent": "second chip vendor", "low": 0.2, "high": 0.25}
    year_2 = compare_targets(changed, target(period="2025", **second)).iloc[0]
    assert year_2["value"] == pytest.approx(0.3)
    assert year_2["miss"] == pytest.approx(0.05)
    assert compare_targets(changed, target(period="2024", **second)).iloc[0]["value"] != pytest.approx(0.3)
    first = compare_targets(changed, target(period="2025", agent="chip vendor")).iloc[0]
    assert first["value"] != pytest.approx(0.3)


def test_gross_margin_of_labs_counts_serving_depreciation(results: BatchResults):
    labs = results.firms.query("setting == 'baseline' and firm == 'lab 1' and round < 12").groupby("replication")
    sums = labs[["revenue", "cost_of_goods", "depreciation"]].sum()
    expected = (1 - (sums["cost_of_goods"] + sums["depreciation"]) / sums["revenue"]).mean()
    row = compare_targets(results, target(measure="gross_margin")).iloc[0]
    assert row["value"] == pytest.approx(expected)
    assert row["value_low"] < expected < row["value_high"]


def test_take_rate_is_what_resellers_keep(results: BatchResults):
    row = compare_targets(
        results, target(agent="resellers by the token", measure="take_rate", low=0.05, high=0.05)
    ).iloc[0]
    assert row["value"] == pytest.approx(0.25)
    assert (row["status"], row["miss"]) == ("missed", pytest.approx(0.2))


def test_a_list_price_is_the_mean_over_the_months_that_have_one(results: BatchResults):
    """What users pay on the mean, over plans and both models, is another price."""
    firms = results.firms.copy()
    months = [(firms["firm"] == "lab 1") & (firms["round"] == month) for month in (0, 1)]
    for month, price in zip(months, (8.0, 4.0), strict=True):
        firms.loc[month, "list_price"] = price
    tables = {"firms": firms, "flows": results.flows, "rounds": results.rounds, "layers": results.layers}
    listed = target(measure="list_price", unit="USD/Mtok", low=4.0, high=7.0)
    row = compare_targets(BatchResults(tables.__getitem__), listed).iloc[0]
    assert (row["value"], row["status"]) == (pytest.approx(6.0), "met")
    assert compare_targets(results, listed).iloc[0]["status"] == "no counterpart"


@pytest.mark.parametrize(
    ("low", "high", "status"), [(0.05, 0.30, "met"), (0.26, 0.40, "near"), (0.1, 0.22, "near"), (0.5, 0.6, "missed")]
)
def test_status_follows_the_distance(results: BatchResults, low, high, status):
    row = compare_targets(
        results, target(agent="resellers by the token", measure="take_rate", low=low, high=high)
    ).iloc[0]
    assert row["status"] == status
    assert np.sign(row["miss"]) == (0 if status == "met" else np.sign(0.25 - (low + high) / 2))


def test_a_period_beyond_the_run_is_not_reached(results: BatchResults):
    assert compare_targets(results, target(period="2031")).iloc[0]["status"] == "not reached"


def test_the_facts_that_ship_all_have_a_status():
    table = compare_targets(batch({"baseline": {}}, 2, rounds=36))
    facts = read_targets()
    assert len(table) == len(facts) > 10
    without = set(table.loc[table["status"] == "no counterpart", "agent"])
    absent = {"GPU cloud", "aggregator", "app wrapper", "consumers"}  # none in this economy
    assert without == set(facts["agent"]) - set(COUNTERPARTS) | absent
    assert set(table["status"]) <= {"met", "near", "missed", "no counterpart"}


def with_forms(**forms: str) -> BatchResults:
    """A run of the small economy in which resellers have these forms, by number."""
    results = batch({"baseline": {}}, 1)
    firms = results.firms.astype({"form": str})
    for number, form in forms.items():
        firms.loc[firms["firm"] == f"reseller {number[-1]}", "form"] = form
    tables = {"firms": firms, "rounds": results.rounds, "layers": results.layers, "plans": results.plans}
    return BatchResults(tables.__getitem__)


def test_facts_of_a_form_are_held_against_resellers_of_that_form():
    facts = pd.concat([
        target(agent="aggregator", measure="take_rate", low=0.05, high=0.05),
        target(agent="app wrapper", measure="gross_margin", low=-0.3, high=0.0),
    ], ignore_index=True)  # fmt: skip
    none = compare_targets(with_forms(r1="channel", r2="channel"), facts)
    assert list(none["status"]) == ["no counterpart"] * 2
    one = compare_targets(with_forms(r1="aggregator", r2="channel"), facts)
    assert list(one["status"]) == ["missed", "no counterpart"]
    assert one["value"][0] == pytest.approx(0.25)
    results = with_forms(r1="aggregator", r2="wrapper")
    wrapper = results.firms.query("firm == 'reseller 2' and round < 12")
    both = compare_targets(results, facts)
    assert both["value"][1] == pytest.approx(1 - wrapper["cost_of_goods"].sum() / wrapper["revenue"].sum())


def test_retail_over_list_is_the_median_of_those_who_sell_by_the_token():
    results = with_forms(r1="channel", r2="wrapper")
    firms = results.firms
    firms.loc[firms["firm"] == "reseller 2", "price"] = 40.0
    firms.loc[(firms["firm"] == "reseller 1") & (firms["round"] == 3), "price"] = 1e3
    row = compare_targets(results, target(agent="resellers by the token", measure="retail_over_list")).iloc[0]
    assert row["value"] == pytest.approx(1.1)


def test_consumers_are_those_who_subscribe_or_use_free_plans():
    results = batch({"baseline": {"free": 0.4}}, 2)
    facts = pd.concat([
        target(layer="users", agent="consumers", measure="paying_share", low=0.05, high=0.06),
        target(layer="users", agent="consumers", measure="paying_share", low=0.06, high=0.095),
        target(layer="users", agent="consumers", measure="revenue_per_payer", low=20.0, high=20.0, unit="USD/month"),
    ], ignore_index=True)  # fmt: skip
    found = compare_targets(results, facts)
    assert list(found["value"][:2]) == pytest.approx([0.1, 0.1])
    assert list(found["status"][:2]) == ["missed", "near"]
    sold = results.plans.query("plan == 'subscription' and round < 12")
    per_run = sold.groupby("replication")[["revenue", "users"]].sum()
    assert found["value"][2] == pytest.approx((per_run["revenue"] / per_run["users"]).mean())


def test_where_nothing_is_free_nobody_pays_for_others():
    """All who buy pay: that says nothing of consumers."""
    row = compare_targets(batch({"baseline": {}}, 1), target(agent="consumers", measure="paying_share")).iloc[0]
    assert row["status"] == "no counterpart"
