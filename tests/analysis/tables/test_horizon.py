import numpy as np
import pandas as pd
import pytest
from small_economy import batch

from analysis.figures import margins_over_time
from analysis.findings.targets import compare_targets
from analysis.findings.turns import turn_finding
from analysis.results import BatchResults
from analysis.tables.comparison import compare
from analysis.tables.horizon import aligned, calendar, margin_by_year, period, turns
from analysis.tables.layers import profit_by_layer


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


def starting_apart() -> BatchResults:
    """Two settings of which the second, whose labs lose money in the end, starts a year later."""
    early = with_margins([0.2] * 24)
    late = with_margins([0.2] * 10 + [-0.3] * 14)
    dates = {"early": "2024", "late": "2025"}

    def load(name: str) -> pd.DataFrame:
        tables = zip(dates, (getattr(early, name), getattr(late, name)), strict=True)
        whole = pd.concat([table.assign(setting=setting) for setting, table in tables], ignore_index=True)
        if "month" in whole:
            year = whole["setting"].map(dates).astype(int) + whole["round"] // 12
            whole["month"] = year.astype(str) + whole["month"].astype(str).str[4:]
        return whole

    return BatchResults(load)


def test_settings_that_start_in_different_months_are_not_compared() -> None:
    with pytest.raises(ValueError, match="early in 2024-01, late in 2025-01"):
        compare(starting_apart())


def test_every_setting_has_the_months_that_it_plays() -> None:
    results = starting_apart()
    found = turns(results).set_index(["setting", "layer"])
    assert found.loc[("late", "labs"), "month"] == "2025-11"
    assert [calendar(results, setting)[13] for setting in ("early", "late")] == ["2025-02", "2026-02"]
    ends = [ax.lines[0].get_xdata()[0] for ax in margins_over_time(results).axes[:2]]
    assert [str(np.datetime64(end, "M")) for end in ends] == ["2024-01", "2025-01"]


def test_the_record_is_held_against_the_months_of_the_setting() -> None:
    """In 2025, its first year, labs of the late setting earn 0.3; in 2026 they lose 0.4."""
    results = starting_apart()
    tables = {name: getattr(results, name) for name in ("layers", "rounds", "flows")}
    whole = batch({"early": {}, "late": {}}, 1, rounds=24).firms
    lab = (whole["kind"] == "lab") & (whole["setting"] == "late")
    whole.loc[lab, "operating_profit"] = whole["revenue"] * (whole["round"] < 12).map({True: 0.3, False: -0.4})
    fact = {"layer": "labs", "agent": "lab A", "measure": "operating_margin", "low": 0.0, "high": 1.0, "unit": "1"}
    facts = pd.DataFrame([fact | {"period": year, "source": "s", "grade": "A"} for year in ("2024", "2025", "2026")])
    found = compare_targets(BatchResults((tables | {"firms": whole}).__getitem__), facts, "late")
    assert found["status"].iloc[0] == "not reached"
    assert found["value"].iloc[1:].tolist() == pytest.approx([0.3, -0.4])
