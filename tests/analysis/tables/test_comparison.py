import re

import numpy as np
import pandas as pd
import pytest
from small_economy import SETTINGS, batch

from analysis.findings.claim import CLAIMS, claim_quantities, claims
from analysis.findings.sentences import evidence
from analysis.results import BatchResults
from analysis.tables.comparison import MEASURES, compare, run_measures
from analysis.tables.layers import profit_by_layer

HARDWARE, LABS, RESELLERS = (claim.text for claim in CLAIMS)


def row(table: pd.DataFrame, measure: str, setting: str) -> pd.Series:
    return table[(table["measure"] == measure) & (table["setting"] == setting)].iloc[0]


def test_there_is_one_row_of_measures_for_each_run(results: BatchResults):
    runs = results.layers[["setting", "replication", "seed"]].drop_duplicates()
    assert len(run_measures(results)) == len(claim_quantities(results)) == len(runs)


def test_known_differences_are_found_exactly(results: BatchResults):
    """Half-price chips lower the chip price by 13,500 in every pair and touch no token price."""
    table = compare(results)
    chips = row(table, "price_chip", "chips-at-cost")
    assert chips[["difference", "low", "high"]].tolist() == pytest.approx([-13_500.0] * 3)
    assert (chips["verdict"], chips["relative"], chips["pairs"]) == ("lower", -0.5, 4)
    assert row(table, "price_retail", "chips-at-cost")["verdict"] == "equal"
    assert row(table, "labs_profit", "chips-at-cost")["verdict"] == "higher"
    assert row(table, "consumer_surplus", "lab-cartel")["verdict"] == "lower"


def test_difference_is_that_of_the_means(results: BatchResults):
    table = compare(results)
    known = table[table["pairs"] == 4]
    np.testing.assert_allclose(known["value"] - known["baseline"], known["difference"], atol=1e-6)


def test_bootstrap_agrees_in_sign(results: BatchResults):
    student, bootstrap = compare(results), compare(results, method="bootstrap")
    assert (student["verdict"] == bootstrap["verdict"]).mean() > 0.95


def test_what_a_setting_lacks_has_no_row(results: BatchResults):
    table = compare(results)
    lacking = table[table["setting"] == "no-resellers"]["measure"]
    assert "price_wholesale" not in set(lacking)
    assert "resellers_margin" not in set(lacking)
    assert set(table["measure"]) == set(MEASURES)


def test_one_pair_gives_no_verdict():
    table = compare(batch({"baseline": {}, "dear": {"price": 2.0}}, replications=1))
    assert row(table, "price_retail", "dear")["verdict"] == "one pair"
    assert np.isnan(row(table, "price_retail", "dear")["low"])


def test_token_price_is_weighted_by_tokens(results: BatchResults):
    one = results.rounds.query("setting == 'baseline' and replication == 0")
    expected = np.average(one["price_retail"], weights=one["tokens"])
    measured = run_measures(results).query("setting == 'baseline' and replication == 0")
    assert measured["price_retail"].iloc[0] == pytest.approx(expected)
    assert expected < one["price_retail"].mean()


def verdicts(results: BatchResults, **keywords: float) -> pd.DataFrame:
    table = claims(results, **keywords).drop_duplicates(["setting", "claim"])
    return table.pivot(index="setting", columns="claim", values="verdict")


def test_the_claim_holds_where_hardware_is_dear_and_fails_where_it_is_cheap(results: BatchResults):
    table = verdicts(results)
    assert table.loc["baseline"].tolist() == ["confirmed"] * 3
    assert table.loc["chips-at-cost", HARDWARE] == "refuted"
    assert table.loc["chips-at-cost", LABS] == "refuted"
    assert table.loc["no-resellers", RESELLERS] == "not applicable"
    assert list(table.index) == list(SETTINGS)


def test_thin_margins_below_the_cost_of_capital_are_a_struggle():
    """The cartel's labs earn a margin; whether it pays for investors' money depends on what that money costs."""
    results = batch({"lab-cartel": {"price": 1.6}}, 6)
    assert verdicts(results, cost_of_capital=0.0).loc["lab-cartel", LABS] == "refuted"
    assert verdicts(results, cost_of_capital=0.3).loc["lab-cartel", LABS] == "confirmed"


def test_the_cost_of_capital_is_that_of_the_setting():
    """Investors' money in the dear setting costs 60 per cent a year: the same labs earn it in the other only."""
    results = batch({"cheap": {"price": 1.6}, "dear": {"price": 1.6}}, 6)
    rates = {"cheap": 0.0, "dear": 0.6}
    scenarios = {name: {"parameters": {"fleet": {"cost_of_capital": rate}}} for name, rate in rates.items()}
    settings = [{"name": name, "scenario": name, "set": {}} for name in rates]
    known = BatchResults(results.load, {"scenarios": scenarios, "settings": settings})
    labs = verdicts(known)[LABS]
    assert labs.to_dict() == {"cheap": "refuted", "dear": "confirmed"}


def test_every_verdict_shows_the_plain_margin_beside_what_was_tested(results: BatchResults):
    table = claims(results).drop_duplicates(["setting", "claim"]).set_index(["setting", "claim"])
    margins = profit_by_layer(results, "margin").set_index(["setting", "layer"])["mean"]
    for claim in CLAIMS:
        for setting in results.settings:
            shown = table.loc[(setting, claim.text), "margin"]
            assert shown == pytest.approx(margins[setting, claim.layer], nan_ok=True)
    words = evidence(claims(results).query("setting == 'baseline' and claim == @CLAIMS[1].text"))
    assert re.fullmatch(r"margin after the cost of capital −?[\d.]+\s%, plain margin −?[\d.]+\s%", words)


def test_capital_charge_by_hand():
    """Funding is half of the spending: after n months a lab has had half of all spending so far."""
    results = batch({"baseline": {}}, 1)
    flows, layers = results.flows, results.layers
    funding = flows[flows["category"] == "funding"].set_index("round")["amount"]
    labs = layers[layers["layer"] == "labs"]
    charge = (1.1 ** (1 / 12) - 1) * funding.cumsum().sum()
    expected = (labs["profit"].sum() - charge) / labs["revenue"].sum()
    found = claims(results, cost_of_capital=0.1).query("claim == @LABS")["mean"].iloc[0]
    assert found == pytest.approx(expected)


def test_one_bad_year_denies_profit_without_effort():
    """Margins average above zero, yet hardware lost money in its second year."""
    results = batch({"baseline": {}}, 4)
    layers = results.layers.copy()
    second = (layers["layer"] == "hardware") & (layers["round"] >= 12)
    layers.loc[second, "profit"] = -0.05 * layers.loc[second, "revenue"]
    tables = {"layers": layers, "flows": results.flows, "rounds": results.rounds}
    changed = BatchResults(tables.__getitem__)
    assert verdicts(changed).loc["baseline", HARDWARE] == "refuted"


def test_a_single_run_holds_or_fails_without_confirming():
    table = verdicts(batch({"baseline": {}, "chips-at-cost": {"chip": 0.5}}, 1))
    assert table.loc["baseline"].tolist() == ["holds in this run"] * 3
    assert table.loc["chips-at-cost", HARDWARE] == "fails in this run"


def test_months_short_of_a_year_join_the_last_one():
    """Thirteen months are one year, not a year and a month of its own."""
    results = batch({"baseline": {}}, 2, rounds=13)
    layers = results.layers.copy()
    layers.loc[layers["round"] == 12, "profit"] = -1e3
    tables = {"layers": layers, "flows": results.flows, "rounds": results.rounds}
    assert verdicts(BatchResults(tables.__getitem__)).loc["baseline", RESELLERS] == "confirmed"
