"""What a seller learns in a period, computed by hand."""

import numpy as np
import pytest

from market.learning import kernels

PROFIT = np.array([[1.0, 1.0], [3.0, 0.0], [0.0, 3.0], [2.0, 2.0]])
"""[outcome, seller], outcome = 2 · first seller's step + second seller's."""
PLACES = np.array([2, 1])


def values() -> np.ndarray:
    """Q of two sellers, [seller, state, step]: in state 0 the first would charge its step 0, the second its step 1."""
    found = np.zeros((2, 4, 2))
    found[0] = [[4.0, 2.0], [0.0, 10.0], [7.0, 6.0], [-1.0, -4.0]]
    found[1] = [[1.0, 5.0], [-2.0, -6.0], [0.0, 0.0], [0.0, 0.0]]
    return found


def period(rate: float = 0.5, remembers: int = 1, every_price: bool = False, unchanged: int = 7):
    """Play one period from state 0 in which nobody tries anything; return Q, greedy steps and what comes back."""
    known = values()
    best, visits = known.argmax(axis=2), np.zeros(4, np.int64)
    found = kernels.play_on(
        known, best, PROFIT, PLACES, rate, 0.9, 1.0, remembers, every_price, 100, np.uint64(1), 1, 0, unchanged, 0, 0.0,
        visits,
    )  # fmt: skip
    assert visits.tolist() == [0, 1, 0, 0]
    return known, best, found


def test_bellman() -> None:
    known, best, found = period()
    expected = values()
    expected[0, 0, 0] = 0.5 * 4.0 + 0.5 * (3.0 + 0.9 * 10.0)
    expected[1, 0, 1] = 0.5 * 5.0 + 0.5 * (0.0 + 0.9 * -2.0)
    np.testing.assert_allclose(known, expected, rtol=1e-15)
    np.testing.assert_array_equal(best, expected.argmax(axis=2))
    assert found == (1, 8, 1, 0.0)


def test_a_greedy_price_that_changes_is_no_convergence() -> None:
    known, best, found = period(rate=1.0)
    assert known[1, 0].tolist() == pytest.approx([1.0, -1.8])
    assert best[1, 0] == 0
    assert found == (1, 0, 1, 0.0)


def test_without_memory_there_is_one_state() -> None:
    known, _, found = period(remembers=0)
    assert known[0, 0, 0] == pytest.approx(0.5 * 4.0 + 0.5 * (3.0 + 0.9 * 4.0))
    assert found == (1, 8, 0, 0.0)


def test_who_knows_what_every_price_would_have_brought_learns_about_all() -> None:
    known, best, found = period(every_price=True)
    first = [0.5 * 4.0 + 0.5 * (3.0 + 0.9 * 10.0), 0.5 * 2.0 + 0.5 * (2.0 + 0.9 * -1.0)]
    second = [0.5 * 1.0 + 0.5 * (1.0 + 0.9 * 5.0), 0.5 * 5.0 + 0.5 * (0.0 + 0.9 * -2.0)]
    np.testing.assert_allclose(known[:, 0], [first, second], rtol=1e-15)
    assert best[:, 0].tolist() == [0, 0]
    assert found == (1, 0, 1, 0.0)


def test_a_cycle_leaves_out_the_way_to_it() -> None:
    to_one, to_two, to_three = [0, 1], [1, 0], [1, 1]
    best = np.array([to_one, to_two, to_three, to_one]).T  # 0 → 1 → 2 → 3 → 1
    assert kernels.limit_cycle(best, PLACES, 1, 0).tolist() == [2, 3, 1]
    assert kernels.limit_cycle(best, PLACES, 1, 2).tolist() == [3, 1, 2]
    assert kernels.limit_cycle(best[:, :1], PLACES, 0, 0).tolist() == [1]


def test_draws_are_uniform() -> None:
    found = np.array([kernels.uniform(np.uint64(5), count) for count in range(20_000)])
    assert 0 <= found.min() < found.max() < 1
    assert abs(found.mean() - 0.5) < 4 / np.sqrt(12 * found.size)
    assert np.histogram(found, 20, (0, 1))[0].std() < 45
