from math import exp, log

import pytest
from scipy.special import expit

from market.conduct.expectations import Prospect


@pytest.mark.parametrize("since", [-4.0, -1.0, 0.0, 2.0])
def test_saturation_sees_a_logistic_curve_as_it_is(since):
    """On x(t) = 1/(1 + exp(−k t)) growth is k (1 − x), and what is foreseen is what comes."""
    speed, here = 0.3, float(expit(since))
    prospect = Prospect("saturation", speed * (1 - here), here, pace=0.5)
    for months in (0.0, 1.0, 12.0, 60.0):
        assert prospect.ahead(months) == pytest.approx(log(expit(since + speed * months) / here), abs=1e-12)


def test_where_everybody_takes_part_nothing_is_left_to_grow():
    assert Prospect("saturation", 0.1, 1.0, 0.0).ahead(12) == 0.0
    assert Prospect("saturation", 0.1, 1 - 1e-12, 0.0).ahead(12) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("kind", ["trend", "saturation"])
def test_decline_goes_on(kind):
    assert Prospect(kind, -0.02, 0.4, 0.0).ahead(10) == pytest.approx(-0.2)


def test_a_herd_believes_half_of_what_others_train_for():
    assert Prospect("herd", 0.02, 0.4, 0.08).ahead(12) == pytest.approx(0.6)
    assert Prospect("herd", 0.02, 0.4, 0.08).now == pytest.approx(0.05)


def test_worth_is_what_is_earned_month_by_month():
    prospect, interest = Prospect("trend", 0.05, 0.4, 0.0), 0.02
    earned = [exp(0.05 * min(month, 24)) / (1 + interest) ** month for month in range(3000)]
    assert prospect.worth(interest, 24) == pytest.approx(sum(earned))
