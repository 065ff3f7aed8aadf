import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from market.users.choice import Cohorts, Individuals, expected, probabilities
from market.users.choice.people import apportion


@st.composite
def markets(draw):
    types, offers, nests = draw(st.integers(1, 4)), draw(st.integers(1, 6)), draw(st.integers(1, 3))
    number = st.floats(-30, 30)
    return {
        "utility": draw(arrays.arrays(float, (types, offers), elements=number)),
        "loyalty": draw(arrays.arrays(float, types, elements=st.floats(0, 20))),
        "nest": draw(arrays.arrays(np.int64, offers, elements=st.integers(0, nests - 1))),
        "rho": draw(st.floats(0, 0.95)),
        "mass": draw(arrays.arrays(float, (types, offers + 1), elements=st.floats(0, 1e9))),
    }


@settings(deadline=None)
@given(markets())
def test_nobody_is_lost_and_churn_lies_between_none_and_all(market):
    found = expected(**market)
    assert (found.users >= 0).all()
    everybody = market["mass"].sum(axis=1)
    np.testing.assert_allclose(found.users.sum(axis=1) + found.outside, everybody, rtol=1e-9, atol=1e-300)
    assert -1e-9 <= found.churn <= market["mass"][:, :-1].sum() * (1 + 1e-9)


@settings(deadline=None)
@given(markets(), st.floats(0, 20))
def test_better_offers_leave_fewer_outside(market, gain):
    more = expected(**market | {"utility": market["utility"] + gain})
    less = expected(**market)
    assert (more.outside <= less.outside * (1 + 1e-9) + 1e-6).all()


@settings(deadline=None)
@given(markets())
def test_cross_effects_are_symmetric_and_no_offer_gains_from_a_rival(market):
    slope = expected(**market).response(1.0, 1.0)
    size = 1e-9 * (1 + market["mass"].sum()) / (1 - market["rho"])
    np.testing.assert_allclose(slope, slope.T, rtol=1e-7, atol=size)
    assert (np.diag(slope) >= -size).all()
    assert (slope - np.diag(np.diag(slope)) <= size).all()
    assert (slope.sum(axis=1) >= -size).all()


@settings(deadline=None)
@given(markets(), st.randoms(use_true_random=False))
def test_the_order_of_offers_and_the_names_of_nests_do_not_matter(market, random):
    offers = market["nest"].size
    order = np.array(random.sample(range(offers), offers))
    there = expected(**market)
    mass = market["mass"][:, np.append(order, offers)]
    moved = expected(market["utility"][:, order], market["loyalty"], 5 - market["nest"][order], market["rho"], mass)
    np.testing.assert_allclose(moved.users, there.users[:, order], rtol=1e-8, atol=1e-6)
    assert moved.churn == pytest.approx(there.churn, rel=1e-8, abs=1e-6)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 10**10), min_size=1, max_size=5),
    st.data(),
)
def test_apportioning_gives_whole_numbers_within_one_of_the_quota(totals, data):
    weights = data.draw(arrays.arrays(float, (len(totals), 4), elements=st.floats(0.01, 1)))
    shares = weights / weights.sum(axis=1, keepdims=True)
    parts = apportion(totals, shares)
    np.testing.assert_array_equal(parts.sum(axis=1), totals)
    assert (parts >= 0).all()
    assert (np.abs(parts - np.array(totals)[:, None] * shares) < 1 + 1e-5).all()


@settings(deadline=None, max_examples=30)
@given(markets(), st.data())
@pytest.mark.parametrize("engine", [Cohorts, Individuals])
def test_users_are_conserved_through_any_history(engine, market, data):
    types, offers = market["utility"].shape
    everybody = data.draw(arrays.arrays(np.int64, types, elements=st.integers(0, 300)))
    people = engine(everybody, offers, data.draw(st.integers(0, 2**64)))
    for round in range(3):
        active = np.array([data.draw(st.integers(0, int(most))) for most in everybody])
        people.adopt(active)
        table = probabilities(market["utility"], market["loyalty"], market["nest"], market["rho"])
        people.choose(table, market["nest"], round)
        people.turn_away(data.draw(st.floats(0, 1)), round)
        people.reindex(data.draw(arrays.arrays(np.int64, offers, elements=st.integers(-1, offers - 1))), offers)
        assert (people.counts >= 0).all()
        np.testing.assert_array_equal(people.active, active)
