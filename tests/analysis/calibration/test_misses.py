import numpy as np
import pytest

from analysis.calibration.misses import CUTOFF, all_but, distance, implausibility, scaled
from scenarios.files.record import Target


def target(**changes) -> Target:
    given = {"name": "t", "measure": "churn", "period": "2024", "low": 1.0, "high": 2.0, "tolerance": 0.5}
    return Target(**{**given, "source": "nobody", "grade": "M", **changes})


def test_standard_deviations_from_the_nearest_value_on_record():
    values = np.array([0.0, 1.0, 1.5, 2.0, 4.0, np.nan, np.inf])
    assert implausibility(values, target()) == pytest.approx([2, 0, 0, 0, 4, np.inf, np.inf])


def test_of_logarithms_a_factor_counts_alike_up_and_down():
    of_logs = target(log=True, low=10.0, high=10.0, tolerance=np.log(2))
    found = implausibility(scaled(np.array([2.5, 5.0, 10.0, 20.0, 40.0, 0.0, -1.0]), of_logs), of_logs)
    assert found == pytest.approx([2, 1, 0, 1, 2, np.inf, np.inf])


def test_an_emulator_that_may_err_rules_out_less():
    assert implausibility(np.array([4.0]), target(), error=1.2) == pytest.approx([2.0 / 1.3])


def test_what_may_be_missed_does_not_count():
    found = np.array([[0.0, 9.0, 2.0, 1.0], [4.0, 5.0, 0.0, 0.0]])
    assert all_but(found, 0).tolist() == [9, 5]
    assert all_but(found, 1).tolist() == [2, 4]
    assert all_but(found, 2).tolist() == [1, 0]


def test_the_distance_is_a_weighted_mean_of_squares_and_bounded():
    found = distance(np.array([[3.0, 1.0], [np.inf, 0.0]]), np.array([1.0, 3.0]))
    assert found == pytest.approx([np.sqrt((9 + 3) / 4), np.sqrt(4 * CUTOFF**2 / 4)])
