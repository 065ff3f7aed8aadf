"""Sessions: what they end in, that they are repeated to the byte, and what makes sellers compete."""

import time
from dataclasses import replace
from threading import Event, Timer

import numpy as np
import pytest

from market.demand import Logit
from market.learning.game import PricingGame
from market.learning.sessions import Learners, Session, cells, first_values, play, sessions

QUICK = Learners(decay=1e-4, stable=5_000, longest=1_000_000)
"""Sellers who try less and so end sooner."""


def game(sellers: int = 2, steps: int = 15) -> PricingGame:
    return PricingGame.between(Logit(np.full(sellers, 8.0), 4.0), np.ones(sellers), steps, 0.1)


def mean_gain(learners: Learners, count: int = 40, of: PricingGame | None = None) -> float:
    return float(np.mean([session.profit_gain for session in sessions(of or game(), learners, count, 3)]))


def same(one: Session, other: Session) -> bool:
    return (
        one.values.tobytes() == other.values.tobytes()
        and one.cycle.tolist() == other.cycle.tolist()
        and (one.periods, one.converged) == (other.periods, other.converged)
    )


def test_sellers_begin_with_what_prices_bring_against_rivals_of_any_prices() -> None:
    played = game(3, 4)
    first = first_values(played, Learners(discount=0.9))
    assert first.shape == (3, 64, 4)
    expected = [played.profits[played.prices[:, 1] == price, 1].mean() / 0.1 for price in played.grid[1]]
    np.testing.assert_allclose(first[1], [expected] * 64)
    assert first_values(played, Learners(memory=0)).shape == (3, 1, 4)


@pytest.mark.parametrize(("sellers", "steps"), [(2, 15), (2, 50), (3, 8), (4, 4)])
@pytest.mark.parametrize("memory", [0, 1])
@pytest.mark.parametrize("every_price", [False, True])
def test_a_session_that_has_converged_goes_round_by_greedy_prices(
    sellers: int, steps: int, memory: int, every_price: bool
) -> None:
    learners = replace(QUICK, decay=1e-3, stable=2_000, memory=memory, every_price=every_price)
    played = game(sellers, steps)
    for session in sessions(played, learners, 3, 1):
        assert session.converged
        assert session.periods < learners.longest
        np.testing.assert_array_equal(
            np.take_along_axis(session.values, session.policy[..., None], 2)[..., 0], session.values.max(axis=2)
        )
        followed = np.roll(session.cycle, -1)
        states = session.cycle if memory else np.zeros_like(session.cycle)
        np.testing.assert_array_equal(played.places @ session.policy[:, states], followed)
        assert len(set(session.cycle.tolist())) == len(session.cycle)
        assert -1 < session.profit_gain <= 1


def test_sessions_are_the_same_alone_among_others_and_on_any_number_of_threads() -> None:
    one = list(sessions(game(), QUICK, 5, seed=8, threads=1))
    three = list(sessions(game(), QUICK, 6, seed=8, threads=3))
    assert all(same(*pair) for pair in zip(one, three, strict=False))
    assert len({session.values.tobytes() for session in three}) == 6
    assert not same(one[0], next(iter(sessions(game(), QUICK, 1, seed=9))))


def test_pieces_in_which_a_session_is_played_change_nothing() -> None:
    facts = np.ones((225, 1))
    whole = next(iter(sessions(game(), QUICK, 1, 1)))
    pieces = next(iter(sessions(game(), QUICK, 1, 1, facts, windows=30, window=7_001)))
    assert same(whole, pieces)
    np.testing.assert_allclose(pieces.sums, 7_001)


def test_windows_add_up_what_came_about_and_go_on_with_the_cycle() -> None:
    played, learners = game(), replace(QUICK, longest=50_000)
    session = next(iter(sessions(played, learners, 1, 1, played.profits, windows=8, window=10_000)))
    assert (session.periods, session.converged) == (50_000, False)
    np.testing.assert_allclose(session.sums[5:] / 10_000, [session.profit] * 3)
    by_one = next(iter(sessions(played, learners, 1, 1, played.profits, windows=50_000, window=1)))
    np.testing.assert_allclose(session.sums[:5], by_one.sums.reshape(5, 10_000, 2).sum(axis=1))
    assert {tuple(row) for row in by_one.sums} <= {tuple(row) for row in played.profits}


def test_who_does_not_look_ahead_competes() -> None:
    assert mean_gain(replace(QUICK, discount=0.0)) < mean_gain(QUICK) - 0.1


def test_who_cannot_see_what_others_did_competes() -> None:
    assert mean_gain(replace(QUICK, memory=0, every_price=True)) < mean_gain(QUICK) - 0.1


def test_who_knows_what_every_price_would_have_brought_competes() -> None:
    assert mean_gain(replace(QUICK, every_price=True), 20) < mean_gain(QUICK) - 0.1


def test_the_least_cost_sells_most_among_unlike_sellers() -> None:
    played = PricingGame.between(Logit([8.0, 8.0], 4.0), [1.0, 0.7], 50, 0.1)
    for discount in (0.0, 0.5, 0.99):
        for session in sessions(played, replace(QUICK, discount=discount), 5, 1):
            assert session.profit[1] > session.profit[0] > 0


def test_a_session_that_is_stopped_ends() -> None:
    endless, stopped = replace(QUICK, decay=1e-9, stable=10**9, longest=10**12), Event()
    started = time.monotonic()
    Timer(0.2, stopped.set).start()
    session = play(game(), endless, 1, 0, np.empty((225, 0)), 0, 100_000, stopped)
    assert time.monotonic() - started < 30
    assert not session.converged
    assert 0 < session.periods < endless.longest


def test_more_than_the_memory_is_meant_for_is_refused() -> None:
    assert cells(2, 15, 1) == 2 * 15**3
    assert cells(4, 15, 0) == 60
    with pytest.raises(ValueError, match="are more than the 33,554,432"):
        next(sessions(game(4, 30), QUICK, 1, 1))
