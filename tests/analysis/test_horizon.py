import pandas as pd
import pytest
from small_economy import batch

from analysis.comparison import compare
from analysis.horizon import aligned, margin_by_year, period, turn_finding, turns
from analysis.results import BatchResults
from analysis.tables import profit_by_layer


def with_margins(path: list[float], layer: str = "labs") -> BatchResults:
    """A run in which a layer's margin follows a path, month by month."""
    results = batch({"baseline": {}}, 1, rounds=len(path))
    layers = results.layers.copy()
    rows = layers["layer"] == layer
    layers.loc[rows, "profit"] = layers.loc[rows, "revenue"] * layers.loc[rows, "round"].map(dict(enumerate(path)))
    tables = {"layers": layers, "rounds": results.rounds, "flows": results.flows}
    return BatchResults(tables.__getitem__)


def unequal() -> BatchResults:
    """Two settings alike but for their length: 24 and 12 months."""
    long, short = batch({"baseline": {}}, 3, rounds=24), batch({"short": {}}, 3, rounds=12)

    def load(name: str) -> pd.DataFrame:
        parts = [getattr(long, name), getattr(short, name)]
        return pd.concat([part.assign(setting=part["setting"].astype(str)) for part in parts], ignore_index=True)

    return BatchResults(load)


def test_the_month_in_which_a_margin_turns() -> None:
    found = turns(with_margins([0.2] * 10 + [-0.3] * 14)).set_index("layer")
    assert (found.loc["labs", "month"], found.loc["labs", "times"], found.loc["labs", "sign"]) == ("2024-11", 1, -1)
    assert (found.loc["hardware", "month"], found.loc["hardware", "times"], found.loc["hardware", "sign"]) == ("", 0, 1)


def test_a_single_odd_month_is_no_turn() -> None:
    assert turns(with_margins([0.2] * 10 + [-0.1] + [0.2] * 10)).set_index("layer").loc["labs", "times"] == 0


def test_margins_by_year_and_so_far_by_hand() -> None:
    results = with_margins([0.2] * 12 + [-0.4] * 6)
    labs = margin_by_year(results).query("layer == 'labs'").set_index("year")
    revenue = results.layers.query("layer == 'labs'").set_index("round")["revenue"]
    first, second = revenue[:12].sum(), revenue[12:].sum()
    assert labs["margin"].tolist() == pytest.approx([0.2, -0.4])
    assert labs["so_far"].tolist() == pytest.approx([0.2, (0.2 * first - 0.4 * second) / (first + second)])
    assert labs["months"].tolist() == [12, 6]


def test_the_finding_says_when_and_over_how_long() -> None:
    words = turn_finding(with_margins([0.2] * 12 + [-0.4] * 12), "baseline")
    assert "labs lose money from 2025-01 on" in words
    assert "over 12 months" in words
    assert "over 24 months" in words


def test_settings_of_different_length_are_compared_over_the_months_that_all_have() -> None:
    results = unequal()
    cut, note = aligned(results)
    assert "12 to 24 months" in note
    assert period(cut) == "2024-01 to 2024-12 (12 months)"
    assert profit_by_layer(cut).set_index(["setting", "layer"])["mean"]["baseline", "labs"] == pytest.approx(
        profit_by_layer(cut).set_index(["setting", "layer"])["mean"]["short", "labs"]
    )
    differences = compare(results)
    assert set(differences["verdict"]) <= {"equal"}


def test_settings_of_one_length_stay_as_they_are() -> None:
    results = batch({"baseline": {}}, 2, rounds=6)
    assert aligned(results) == (results, "")


def test_settings_that_start_in_different_months_are_not_compared() -> None:
    results = unequal()
    rounds = results.rounds.assign(month=results.rounds["month"].astype(str))
    rounds.loc[rounds["setting"] == "short", "month"] = rounds["month"].str.replace("2024", "2025")
    tables = {"layers": results.layers, "flows": results.flows, "rounds": rounds}
    with pytest.raises(ValueError, match="baseline in 2024-01, short in 2025-01"):
        compare(BatchResults(tables.__getitem__))
