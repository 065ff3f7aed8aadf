import numpy as np
import pytest
from scipy.optimize import brentq

from market.markets.compute.spot import clear, mean_until

NEEDED, BUDGET = np.array([30.0, 10.0, 0.0]), np.array([40e3, 0.0, 20e3])


@pytest.mark.parametrize("free", [41.0, 60.0, 100.0, 300.0])
def test_all_that_is_free_is_wanted_at_the_price(free):
    expected = brentq(lambda price: NEEDED.sum() + BUDGET.sum() / price - free, 1e-3, 1e9)
    spot = clear(free, NEEDED, BUDGET, floor=1.0, worth=1e9)
    assert spot.price == pytest.approx(expected)
    assert spot.serving.tolist() == NEEDED.tolist()
    assert spot.training == pytest.approx(BUDGET / expected)
    assert spot.serving.sum() + spot.training.sum() == pytest.approx(free)


def test_where_even_serving_is_short_the_price_is_what_serving_earns():
    spot = clear(20.0, NEEDED, BUDGET, floor=100.0, worth=5e3)
    assert spot.price == 5e3
    assert spot.serving == pytest.approx(NEEDED / 2)
    assert not spot.training.any()


def test_nobody_pays_more_for_training_than_a_server_earns_by_serving():
    spot = clear(41.0, NEEDED, BUDGET, floor=100.0, worth=5e3)
    assert spot.price == 5e3
    assert spot.serving.tolist() == NEEDED.tolist()
    assert spot.training.sum() == pytest.approx(1.0)


def test_where_servers_stand_idle_the_price_is_the_cost_of_running_them():
    spot = clear(1e6, NEEDED, BUDGET, floor=100.0, worth=5e3)
    assert spot.price == 100.0
    assert spot.training == pytest.approx(BUDGET / 100)


def test_nobody_who_wants_nothing_pays_anything():
    nothing = np.zeros(3)
    assert clear(50.0, nothing, nothing, floor=0.0, worth=5e3).price == 0.0
    assert clear(0.0, nothing, nothing, floor=7.0, worth=5e3).price == 7.0


@pytest.mark.parametrize("months", [1, 12, 36])
def test_a_contract_costs_what_the_spot_price_is_expected_to_be_on_average(months):
    path = [500.0 + (900.0 - 500.0) * 0.8**month for month in range(months)]
    assert mean_until(900.0, 500.0, months, 0.8) == pytest.approx(sum(path) / months)
    assert mean_until(900.0, 500.0, months, 1.0) == pytest.approx(900.0)
