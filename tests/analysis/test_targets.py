import numpy as np
import pandas as pd
import pytest
from small_economy import batch

from analysis.results import BatchResults
from analysis.targets import COUNTERPARTS, compare_targets, months_of, read_targets


@pytest.mark.parametrize(
    ("period", "months"),
    [
        ("2025", ("2025-01", "2025-12")),
        ("2025Q3", ("2025-07", "2025-09")),
        ("2025H1", ("2025-01", "2025-06")),
        ("2025-2026", ("2025-01", "2026-12")),
        ("FY26Q3-FY27Q1", ("2025-08", "2026-04")),
        ("FY26", ("2025-02", "2026-01")),
    ],
)
def test_periods(period, months):
    assert months_of(period) == months


def test_a_period_that_is_none_is_refused():
    with pytest.raises(ValueError, match="'spring' is no year"):
        months_of("spring")


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
    row = compare_targets(results, target(agent="aggregator", measure="take_rate", low=0.05, high=0.05)).iloc[0]
    assert row["value"] == pytest.approx(0.25)
    assert (row["status"], row["miss"]) == ("missed", pytest.approx(0.2))


@pytest.mark.parametrize(
    ("low", "high", "status"), [(0.05, 0.30, "met"), (0.26, 0.40, "near"), (0.1, 0.22, "near"), (0.5, 0.6, "missed")]
)
def test_status_follows_the_distance(results: BatchResults, low, high, status):
    row = compare_targets(results, target(agent="aggregator", measure="take_rate", low=low, high=high)).iloc[0]
    assert row["status"] == status
    assert np.sign(row["miss"]) == (0 if status == "met" else np.sign(0.25 - (low + high) / 2))


def test_a_period_beyond_the_run_is_not_reached(results: BatchResults):
    assert compare_targets(results, target(period="2031")).iloc[0]["status"] == "not reached"


def test_the_facts_that_ship_all_have_a_status():
    table = compare_targets(batch({"baseline": {}}, 2, rounds=36))
    facts = read_targets()
    assert len(table) == len(facts) > 10
    without = set(table.loc[table["status"] == "no counterpart", "agent"])
    assert without == set(facts["agent"]) - set(COUNTERPARTS)
    assert set(table["status"]) <= {"met", "near", "missed", "no counterpart"}
