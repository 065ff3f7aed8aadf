import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics import (
    adjusted,
    bootstrap_interval,
    effect_size,
    p_value,
    paired_differences,
    replications_needed,
    summarise,
    t_interval,
)


def test_t_interval_of_a_textbook_sample():
    found = t_interval([1.0, 2.0, 3.0, 4.0, np.nan])
    half = 3.1824463 * np.std([1, 2, 3, 4], ddof=1) / 2  # 97.5 % quantile of t with three degrees of freedom
    assert (found.mean, found.count) == (2.5, 4)
    assert found.low == pytest.approx(2.5 - half)
    assert found.high == pytest.approx(2.5 + half)


@pytest.mark.parametrize(("values", "count"), [([], 0), ([np.nan], 0), ([3.0], 1)])
def test_no_interval_below_two_values(values, count):
    for interval in (t_interval, bootstrap_interval):
        found = interval(values)
        assert found.count == count
        assert np.isnan([found.low, found.high]).all()
        assert found.sign == 0


def test_intervals_cover_the_mean_as_often_as_they_say():
    rng = np.random.default_rng(1)
    samples = rng.normal(10.0, 3.0, (2000, 5))
    inside = [found.low <= 10.0 <= found.high for found in map(t_interval, samples)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.015)


def test_bootstrap_leans_to_the_side_of_the_skew():
    found = bootstrap_interval(np.random.default_rng(0).lognormal(0, 1, 60))
    assert found.high - found.mean > 1.2 * (found.mean - found.low)


def test_bootstrap_of_equal_values_is_a_point():
    found = bootstrap_interval([0.1 + 0.2, 0.3, 0.3])
    assert found.high - found.low < 1e-12


def test_summarise_agrees_with_the_interval_of_each_group():
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"setting": list("aabbbbc"), "value": [*rng.normal(size=6), 7.0]})
    table.loc[3, "value"] = np.nan
    rows = summarise(table, ["setting"]).set_index("setting")
    for setting, values in table.groupby("setting")["value"]:
        found = t_interval(values)
        expected = [found.mean, found.low, found.high]
        np.testing.assert_allclose(rows.loc[setting, ["mean", "low", "high"]].astype(float), expected)
    assert rows["replications"].to_dict() == {"a": 2, "b": 3, "c": 1}


def runs(**settings: list[float]) -> pd.DataFrame:
    rows = [(s, k, 100 + k, v) for s, values in settings.items() for k, v in enumerate(values)]
    return pd.DataFrame(rows, columns=["setting", "replication", "seed", "value"])


def test_pairs_take_out_what_replications_share():
    luck = np.array([5.0, -40.0, 900.0, 3.0])
    pairs = paired_differences(runs(base=list(luck), other=list(luck + 2.0)), "base")
    np.testing.assert_allclose(pairs["difference"], 2.0)
    assert t_interval(pairs["difference"]).sign == 1
    assert t_interval(luck + 2.0).low < t_interval(luck).high  # unpaired, nothing could be said


def test_runs_with_other_seeds_do_not_pair():
    table = runs(base=[1.0, 2.0], other=[3.0, 4.0, 9.0])
    table.loc[(table["setting"] == "other") & (table["replication"] == 0), "seed"] = 7
    pairs = paired_differences(table, "base")
    assert pairs["replication"].tolist() == [1]


def test_rounding_is_no_difference():
    pairs = paired_differences(runs(base=[0.3, 0.3], other=[0.1 + 0.2, 0.3]), "base")
    assert (pairs["difference"] == 0).all()


def test_missing_baseline_names_the_settings():
    with pytest.raises(ValueError, match="no runs of baseline 'nowhere'; settings are base, other"):
        paired_differences(runs(base=[1.0], other=[2.0]), "nowhere")


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=8), st.floats(0.5, 500))
def test_needed_replications_are_the_fewest(values, width):
    needed = replications_needed(values, width)
    spread = float(np.std(values, ddof=1))

    def half(n: int) -> float:
        return float(stats.t.ppf(0.975, n - 1) * spread / np.sqrt(n))

    assert half(needed) <= width
    assert needed == 2 or half(needed - 1) > width


def test_needed_replications_refuse_what_cannot_be_known():
    with pytest.raises(ValueError, match="below two"):
        replications_needed([1.0], 1.0)
    with pytest.raises(ValueError, match="positive"):
        replications_needed([1.0, 2.0], 0.0)


def test_p_values_are_those_of_the_paired_test():
    """Student's (1908) sleep data: ten patients, two drugs; mean difference 1.58, t = 4.0621, p = 0.00283."""
    first = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    other = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    assert p_value(other - first) == pytest.approx(0.002833, abs=1e-6)
    assert effect_size(other - first) == pytest.approx(4.0621 / np.sqrt(10), abs=1e-4)
    assert np.isnan(p_value([1.0]))
    assert (p_value([0.0, 0.0]), p_value([2.0, 2.0])) == (1.0, 0.0)
    assert np.isnan(effect_size([2.0, 2.0]))


def test_corrected_p_values_are_those_of_benjamini_and_hochberg():
    """Their paper's example (1995, section 3.2): of fifteen hypotheses four are rejected at 5 %."""
    found = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
             0.7590, 1.0]  # fmt: skip
    corrected = adjusted([*found, np.nan])
    assert (corrected[:-1] <= 0.05).sum() == 4
    assert corrected[3] == pytest.approx(0.0095 * 15 / 4)
    assert np.isnan(corrected[-1])
    assert adjusted([]).size == 0


def test_hardly_anything_is_found_where_there_is_nothing():
    """Of 200 families of 40 comparisons of noise one in twenty or fewer has a corrected p-value below 5 %."""
    rng = np.random.default_rng(4)
    families = [[p_value(rng.normal(size=8)) for _ in range(40)] for _ in range(200)]
    wrong = [bool((adjusted(family) <= 0.05).any()) for family in families]
    alone = [min(family) <= 0.05 for family in families]
    assert np.mean(wrong) < 0.09
    assert np.mean(alone) > 0.8
