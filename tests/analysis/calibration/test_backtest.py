import numpy as np
import pandas as pd
import pytest
from written import assert_apart

from analysis.calibration.backtest import backtest, check_cut, scores
from analysis.figures import backtest_series
from analysis.results import BatchResults
from market.parameters.dates import month_of
from scenarios.errors import BadInput
from scenarios.files.recorded import Recorded

MONTHS = 36


def recorded(period: str, low: float, high: float | None = None, **changes) -> Recorded:
    given = {"series": "users", "agent": "market", "measure": "active_users", "since": "", "unit": "people"}
    return Recorded(
        **given | {"period": period, "low": low, "high": high or low, "source": "s", "where": "f"} | changes
    )


def results(paths: np.ndarray) -> BatchResults:
    """The users of each world, [world, month], from 2023-01 on."""
    rows = [
        {
            "setting": "baseline",
            "replication": world,
            "seed": world,
            "round": number,
            "month": month_of("2023-01", number),
        }
        | {"active_users": value}
        for world, path in enumerate(paths)
        for number, value in enumerate(path)
    ]
    rounds = pd.DataFrame(rows).astype({"setting": "category"})
    tables = {"rounds": rounds, "layers": rounds.assign(layer="labs")}
    return BatchResults(tables.__getitem__, {"settings": [{"name": "baseline"}]})


def test_bands_are_quantiles_of_worlds_in_the_same_months():
    paths = np.arange(1.0, 102.0)[:, None] * np.ones(MONTHS)
    found = backtest(results(paths), [recorded("2025-03", 70.0, 90.0), recorded("2024H1", 30.0)]).set_index("period")
    row = found.loc["2025-03"]
    assert row[["low_80", "low_50", "middle", "high_50", "high_80"]].tolist() == pytest.approx([11, 26, 51, 76, 91])
    assert (row["within_50"], row["within_80"], row["known"]) == (True, True, False)
    assert found.loc["2024H1", "known"]
    assert row["error"] == pytest.approx(np.log(51 / np.sqrt(70 * 90)))


def test_naive_forecasts_know_what_was_known():
    """A record that doubles every year: the trend foretells it exactly, no change is one doubling and a half behind."""
    rows = [recorded("2023-06", 1.0), recorded("2024-06", 2.0), recorded("2025-06", 4.0), recorded("2025-12", 2**2.5)]
    found = backtest(results(np.ones((3, MONTHS))), rows)
    ahead = found[~found["known"]]
    assert ahead["error_trend"].tolist() == pytest.approx([0, 0], abs=1e-9)
    assert ahead["error_no_change"].tolist() == pytest.approx([-np.log(2), -1.5 * np.log(2)])
    score = scores(found).iloc[0]
    assert (score["known"], score["foretold"]) == (2, 2)
    assert score["error_no_change"] == pytest.approx(np.log(2) * np.sqrt((1 + 2.25) / 2))


def test_bands_cover_as_often_as_they_say_where_the_record_is_one_of_the_worlds():
    rng = np.random.default_rng(1)
    paths = np.exp(rng.normal(0, 1, (400, MONTHS)))
    truth = np.exp(rng.normal(0, 1, 12))
    rows = [recorded(month_of("2025-01", number), value) for number, value in enumerate(truth)]
    many = [backtest(results(paths), rows)]
    covered = pd.concat(many)
    assert covered["within_80"].mean() == pytest.approx(0.8, abs=0.25)
    assert covered["within_80"].sum() >= covered["within_50"].sum()


def test_ratios_to_another_period_and_what_has_no_counterpart():
    paths = np.exp(0.1 * np.arange(MONTHS)) * np.ones((3, 1))
    growth = recorded("2024-01", 3.0, since="2023-01", series="growth")
    beyond = recorded("2027", 3.0, series="beyond")
    found = backtest(results(paths), [growth, beyond])
    assert found["series"].tolist() == ["growth"]
    assert found["middle"].iloc[0] == pytest.approx(np.exp(1.2))
    assert found["low"].iloc[0] == 3.0


def test_losses_are_compared_as_they_are():
    found = backtest(results(-np.ones((3, MONTHS))), [recorded("2024-01", -0.5), recorded("2025-01", -1.5)])
    assert found["error"].tolist() == pytest.approx([-0.5, 0.5])
    assert found["error_no_change"].tolist() == pytest.approx([0, 1.0])


@pytest.mark.parametrize("cut", ["2024", "spring", "2024-13", ""])
def test_a_cut_is_a_month(cut):
    with pytest.raises(BadInput, match="--cut"):
        check_cut(cut)


def test_the_figure_shows_what_was_foretold():
    rows = [recorded("2024-01", 20.0, 40.0), recorded("2025-01", 200.0)]
    paths = np.linspace(10, 90, 9)[:, None] * np.ones(MONTHS)
    figure = backtest_series(backtest(results(paths), rows), 9, "T")
    assert figure.get_suptitle() == "Users: 0 of 1 foretold numbers within the band of 80 %"
    assert "9 worlds that agree with “T”" in " ".join(figure.get_supxlabel().split())
    assert_apart(figure)
