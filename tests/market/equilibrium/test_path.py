import numpy as np
import pytest

from market.equilibrium.path import Approach, Path

HOME = np.array([2.0, 30.0, 0.5])


def followed(turn: float, rounds: int, unit: float = 1.0) -> np.ndarray:
    """Prices after some rounds of a map that multiplies each one's distance from home (logarithm) by ``turn``."""
    price, path = HOME * unit * np.array([1.1, 0.95, 1.02]), Path()
    for _ in range(rounds):
        step = (turn - 1) * np.log(price / (HOME * unit))
        price = price * np.exp(path.ahead(price, step))
    return price


@pytest.mark.parametrize("turn", [0.0, 0.5, 0.99, -0.9, -1.0, -1.5])
def test_it_leads_to_where_a_straight_map_comes_to_rest(turn: float) -> None:
    """Also where the map by itself goes to and fro for ever, or farther and farther away."""
    assert followed(turn, 4) == pytest.approx(HOME, rel=1e-9)


def test_the_currency_makes_no_difference() -> None:
    assert np.array_equal(followed(-0.9, 3, unit=8.0), 8.0 * followed(-0.9, 3))


def test_other_prices_than_before_begin_anew() -> None:
    path, step = Path(), np.array([0.1, 0.2])
    path.ahead(np.array([1.0, 2.0]), step)
    assert path.ahead(HOME, np.full(3, 0.05)).tolist() == [0.05] * 3


def test_a_leap_in_some_rounds_only_leads_to_rest_too_and_prices_go_on_by_themselves_in_between() -> None:
    price, approach, turn = HOME * np.array([1.004, 0.998, 1.001]), Approach(every=8), np.array([0.99, 0.985, 0.9])
    for round_ in range(1, 9):
        step = (turn - 1) * np.log(price / HOME)
        before, price = price, approach.after(price, price * np.exp(step))
        if round_ < 8:
            assert price == pytest.approx(before * np.exp(step), rel=1e-12)
    assert price == pytest.approx(HOME, rel=1e-9)
