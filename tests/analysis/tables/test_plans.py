"""Shares of people, tokens and money by plan, and what serving free users takes of a dollar."""

import numpy as np
import pandas as pd
import pytest
from small_economy import TAX, batch, economy

from analysis.results import BatchResults
from analysis.tables.dollar import serving
from analysis.tables.plans import SERVING, has_plans, plans_by_setting, plans_over_time

SETTINGS = {"plain": {}, "generous": {"free": 0.4}, "alone": {"free": 0.4, "resold": 0.0}}


@pytest.fixture(scope="module")
def plans() -> BatchResults:
    return batch(SETTINGS, 3, 12)


def test_only_what_is_not_sold_by_the_token_counts_as_plans(plans: BatchResults) -> None:
    assert has_plans(plans)
    assert [has_plans(plans, setting) for setting in SETTINGS] == [False, True, True]
    assert not has_plans(plans.only(["plain"]))


def test_shares_by_hand(plans: BatchResults) -> None:
    """Labs serve 70 of 100 tokens, of which 28 free; nine in twelve people pay nothing."""
    table = plans_over_time(plans, "generous")
    assert list(table["plan"].cat.categories) == ["free", "subscription", "metered"]
    month = table[table["round"] == 5].set_index("plan")
    np.testing.assert_allclose(month["users"], [0.75, 1 / 12, 1 / 6])
    np.testing.assert_allclose(month["tokens"], [0.28, 0.42, 0.30])
    np.testing.assert_allclose(month["revenue"], [0.0, 0.7, 0.3], atol=1e-15)
    sold = plans.plans.query("setting == 'generous' and round == 5")
    for plan, rows in sold.groupby("plan", observed=True):
        per_user = rows.groupby("replication")[["revenue", "cost", "users"]].sum()
        for column in ("revenue", "cost"):
            expected = (per_user[column] / per_user["users"]).mean()
            assert month.loc[plan, f"{column}_per_user"] == pytest.approx(expected)


def test_shares_add_up_where_plans_come_and_go() -> None:
    """A plan that is not on offer in a month has no part in it; a month in which nobody buys has no shares."""
    tables = economy(4, free=0.4)
    rows = tables["plans"]
    late = rows[~((rows["plan"] == "free") & (rows["round"] < 2))].copy()
    late.loc[late["round"] == 3, ["users", "tokens", "revenue", "cost"]] = 0.0
    tables |= {"plans": late, "runs": pd.DataFrame()}
    labelled = {name: table.assign(setting="s", replication=0, seed=1) for name, table in tables.items()}
    table = plans_over_time(BatchResults(labelled.__getitem__)).set_index(["round", "plan"])
    assert list(table.loc[0, "users"]) == [0.0, pytest.approx(1 / 3), pytest.approx(2 / 3)]
    assert np.isnan(table.loc[(0, "free"), "cost_per_user"])
    np.testing.assert_allclose(table.loc[[0, 1, 2], ["users", "tokens", "revenue"]].groupby("round").sum(), 1.0)
    assert table.loc[3, ["users", "tokens", "revenue", "cost_per_user"]].isna().all(axis=None)


def test_serving_is_a_part_of_the_dollar(plans: BatchResults) -> None:
    """All that labs spend on serving, tax apart; of it the part of free tokens."""
    found = serving(plans).pivot(index="setting", columns="part", values="mean")
    assert list(found.columns) == list(SERVING)
    for setting, free in (("plain", 0.0), ("generous", 0.28), ("alone", 0.4)):
        labs = plans.firms[(plans.firms["setting"] == setting) & (plans.firms["kind"] == "lab")]
        paid = plans.flows[(plans.flows["setting"] == setting) & (plans.flows["payer"] == "users")]
        by_run = labs.groupby("replication")[["cost_of_goods", "depreciation"]].sum().sum(axis=1)
        dollars = paid.groupby("replication")["amount"].sum()
        direct = 1.0 if setting == "alone" else 0.7
        share = (by_run / dollars).mean() - TAX * direct
        np.testing.assert_allclose(found.loc[setting], [share * (1 - free), share * free], rtol=1e-9, atol=1e-15)


def test_settings_with_plans_have_a_row(plans: BatchResults) -> None:
    table = plans_by_setting(plans).set_index("setting")
    assert list(table.index) == ["generous", "alone"]
    assert list(table["free_token_share"]) == pytest.approx([0.28, 0.4])
    assert plans_by_setting(plans.only(["plain"])).empty
