import numpy as np
import pytest
from scipy import stats

from market.users.choice import Cohorts, Individuals, probabilities
from market.users.choice.people import apportion

ENGINES = [Cohorts, Individuals]
OFFERS = 6
NEST = np.array([0, 0, 1, 1, 1, 0])
RHO = 0.4
SERVED = np.array([1.0, 0.8, 0.5, 0.9, 1.0, 0.0])

engines = pytest.mark.parametrize("engine", ENGINES)


def tastes(types, seed=5):
    draw = np.random.default_rng(seed)
    return draw.normal(size=(types, OFFERS)), draw.uniform(0.2, 2.5, types)


def one_provider_each(engine, users, seed=1):
    """Types as many as providers and none, all users of type t with provider t."""
    people = engine(np.full(OFFERS + 1, users), OFFERS, seed)
    people.adopt(np.full(OFFERS + 1, users))
    people.settle(np.eye(OFFERS + 1, OFFERS))
    return people


def chi_square(counts, shares):
    """p-value of counts [type, outcome] against shares [type, outcome]; outcomes without a share must be empty."""
    assert (counts[shares == 0] == 0).all()
    quotas = counts.sum(axis=1, keepdims=True) * shares
    part = shares > 0
    assert quotas[part].min() > 5
    statistic = ((counts - quotas)[part] ** 2 / quotas[part]).sum()
    return stats.chi2.sf(statistic, part.sum() - counts.shape[0])


@engines
def test_choices_follow_the_exact_probabilities(engine):
    utility, loyalty = tastes(OFFERS + 1)
    exact = probabilities(utility, loyalty, NEST, RHO).dense(NEST)
    share = exact[np.arange(OFFERS + 1), np.arange(OFFERS + 1)]
    total = np.zeros((OFFERS + 1, OFFERS + 1), dtype=np.int64)
    for seed in range(20):
        total += one_provider_each(engine, 20_000, seed).choose(probabilities(utility, loyalty, NEST, RHO), NEST, seed)
    assert chi_square(total, share) > 0.001


@engines
def test_rounds_with_loyalty_and_turned_away_users_follow_the_markov_chain(engine):
    utility, loyalty = tastes(OFFERS + 1)
    exact = probabilities(utility, loyalty, NEST, RHO).dense(NEST)
    kept = np.append(SERVED, 1.0)
    service = np.diag(kept)
    service[:, -1] += 1.0 - kept
    people = one_provider_each(engine, 100_000)
    share = np.eye(OFFERS + 1)
    for round in range(4):
        people.choose(probabilities(utility, loyalty, NEST, RHO), NEST, round)
        people.turn_away(SERVED, round)
        share = np.einsum("tl,tlj,jk->tk", share, exact, service)
    assert chi_square(people.counts, share) > 0.001


@engines
def test_served_users_and_turned_away_users_are_those_who_asked(engine):
    utility, loyalty = tastes(OFFERS + 1)
    people = one_provider_each(engine, 50_000)
    chosen = people.choose(probabilities(utility, loyalty, NEST, RHO), NEST, 0)
    served = people.turn_away(SERVED, 0)
    assert (served[:, SERVED == 1.0] == chosen[:, :-1][:, SERVED == 1.0]).all()
    assert (served[:, SERVED == 0.0] == 0).all()
    np.testing.assert_array_equal(people.counts[:, :-1], served)
    np.testing.assert_array_equal(people.counts.sum(axis=1), 50_000)
    some = (SERVED > 0) & (SERVED < 1)
    asked = chosen[:, :-1][:, some]
    score = (served[:, some] - asked * SERVED[some]) / np.sqrt(asked * SERVED[some] * (1 - SERVED[some]))
    assert stats.chi2.sf((score**2).sum(), score.size) > 0.001


@engines
def test_service_may_differ_by_type(engine):
    people = one_provider_each(engine, 1_000)
    share = np.zeros((OFFERS + 1, OFFERS))
    share[2] = 1.0
    served = people.turn_away(share, 0)
    assert served[2, 2] == 1_000
    assert served.sum() == 1_000


@engines
def test_the_same_seed_gives_the_same_run_and_another_seed_another(engine):
    utility, loyalty = tastes(OFFERS + 1)

    def run(seed):
        people = one_provider_each(engine, 1_000, seed)
        return [people.choose(probabilities(utility, loyalty, NEST, RHO), NEST, round) for round in range(3)]

    np.testing.assert_array_equal(run(1), run(1))
    assert (np.array(run(1)) != np.array(run(2))).any()
    assert (run(1)[0] != run(1)[1]).any()


@engines
def test_more_and_fewer_active_users(engine):
    people = engine([10, 20, 0], 2, 1)
    people.adopt([4, 10, 0])
    np.testing.assert_array_equal(people.counts, [[0, 0, 4], [0, 0, 10], [0, 0, 0]])
    people.settle([[0.5, 0.25], [0.3, 0.7], [1.0, 0.0]])
    np.testing.assert_array_equal(people.counts, [[2, 1, 1], [3, 7, 0], [0, 0, 0]])
    people.adopt([6, 6, 0])
    np.testing.assert_array_equal(people.counts, [[2, 1, 3], [2, 4, 0], [0, 0, 0]])
    people.adopt([0, 20, 0])
    np.testing.assert_array_equal(people.counts, [[0, 0, 0], [2, 4, 14], [0, 0, 0]])
    np.testing.assert_array_equal(people.active, [0, 20, 0])
    assert people.mass().dtype == np.float64


@engines
def test_offers_that_come_and_go_take_their_users_along(engine):
    people = engine([12], 3, 1)
    people.adopt([12])
    people.settle([[0.5, 0.25, 0.25]])
    people.reindex([2, -1, 0], offers=5)
    np.testing.assert_array_equal(people.counts, [[3, 0, 6, 0, 0, 3]])
    people.reindex([1, 0, 1, 0, 0], offers=2)
    np.testing.assert_array_equal(people.counts, [[0, 9, 3]])
    chosen = people.choose(probabilities([[-np.inf, -np.inf]], 0.0, [0, 1], 0.0), [0, 1], 0)
    np.testing.assert_array_equal(chosen, [[0, 0, 12]])
    people.reindex([-1, -1], offers=0)
    nothing = probabilities(np.empty((1, 0)), 0.0, [], 0.0)
    np.testing.assert_array_equal(people.choose(nothing, [], 1), [[12]])


@engines
def test_what_does_not_fit_is_refused(engine):
    people = engine([10], 2, 1)
    with pytest.raises(ValueError, match="do not fit"):
        people.adopt([11])
    with pytest.raises(ValueError, match="whole number"):
        people.adopt([0.5])
    with pytest.raises(ValueError, match="at most 1"):
        people.settle([[0.7, 0.7]])
    with pytest.raises(ValueError, match="mapping"):
        people.reindex([0, 2], offers=2)
    for types, offers in [(1, 3), (2, 2)]:
        nest = [0] * offers
        with pytest.raises(ValueError, match=r"types and offers \(1, 2\)"):
            people.choose(probabilities(np.zeros((types, offers)), 0.0, nest, 0.0), nest, 0)
    with pytest.raises(ValueError, match="nest"):
        people.choose(probabilities(np.zeros((1, 2)), 0.0, [0, 0], 0.0), [0], 0)


def test_ten_billion_users_are_all_there_after_every_round():
    utility, loyalty = tastes(64)
    users = np.full(64, 10**10 // 64)
    people = Cohorts(users, OFFERS, 1)
    people.adopt(users)
    exact = probabilities(utility, loyalty, NEST, RHO).dense(NEST)
    for round in range(5):
        before = people.mass()
        chosen = people.choose(probabilities(utility, loyalty, NEST, RHO), NEST, round)
        np.testing.assert_array_equal(chosen.sum(axis=1), users)
        share = np.einsum("tl,tlj->tj", before, exact) / users[:, None]
        assert np.abs(chosen / users[:, None] - share).max() < 6 * np.sqrt(0.25 / users[0])
        assert (people.turn_away(np.full(OFFERS, 0.5), round) >= 0).all()
    assert people.counts.sum() == users.sum()


def test_largest_remainder_loses_nobody_at_any_size():
    shares = np.random.default_rng(1).dirichlet(np.ones(7), size=4)
    totals = np.array([0, 1, 10**10, 12_345_678_901])
    parts = apportion(totals, shares)
    np.testing.assert_array_equal(parts.sum(axis=1), totals)
    assert (np.abs(parts - totals[:, None] * shares) < 1).all()
