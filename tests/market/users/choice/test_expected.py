import numpy as np
import pytest

from market.users.choice import expected, probabilities


def every_pair(utility, loyalty, nest, rho):
    """Nested logit written out for each (type, last provider): [type, last or outside, chosen or outside]."""
    types, offers = utility.shape
    table = np.zeros((types, offers + 1, offers + 1))
    for t in range(types):
        for last in range(offers + 1):
            value = np.append(utility[t], 0.0)
            value[last] += loyalty[t] if last < offers else 0.0
            members = [np.flatnonzero(nest == g) for g in range(nest.max() + 1)]
            inclusive = [(1 - rho) * np.logaddexp.reduce(value[m] / (1 - rho)) for m in members] + [0.0]
            total = np.logaddexp.reduce(inclusive)
            for m, of_nest in zip(members, inclusive, strict=False):
                table[t, last, m] = np.exp(of_nest - total + (value[m] - of_nest) / (1 - rho))
            table[t, last, offers] = np.exp(-total)
    return table


def market(seed=3, types=5, offers=7, nests=2, spread=1.5):
    draw = np.random.default_rng(seed)
    nest = np.append(np.arange(nests), draw.integers(0, nests, offers - nests))
    loyalty = draw.uniform(0, 3, types)
    loyalty[0] = 0.0
    return spread * draw.normal(size=(types, offers)), loyalty, nest, draw.uniform(0, 5, (types, offers + 1))


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("nests", [1, 2, 3])
def test_expected_choice_is_the_sum_over_all_pairs_of_type_and_last_provider(rho, nests):
    utility, loyalty, nest, mass = market(nests=nests)
    table = every_pair(utility, loyalty, nest, rho)
    found = expected(utility, loyalty, nest, rho, mass)
    np.testing.assert_allclose(found.probabilities.dense(nest), table, rtol=1e-10)
    chosen = np.einsum("tl,tlj->tj", mass, table)
    np.testing.assert_allclose(found.users, chosen[:, :-1], rtol=1e-12)
    np.testing.assert_allclose(found.outside, chosen[:, -1], rtol=1e-12)
    kept = np.einsum("tl,tll->", mass[:, :-1], table[:, :-1, :-1])
    assert found.churn == pytest.approx(mass[:, :-1].sum() - kept, rel=1e-12)
    np.testing.assert_allclose(found.log_sum, -(mass * np.log(table[:, :, -1])).sum(axis=1), rtol=1e-12)


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("nests", [1, 2, 3])
def test_response_is_the_derivative_of_expected_users(rho, nests):
    utility, loyalty, nest, mass = market(nests=nests)
    draw = np.random.default_rng(1)
    left, right = draw.uniform(0.5, 2, utility.shape), draw.uniform(-2, -0.5, utility.shape)
    step, offers = 1e-5, utility.shape[1]
    slope = np.zeros((offers, offers))
    for k in range(offers):
        up, down = (
            expected(utility + sign * step * right * (np.arange(offers) == k), loyalty, nest, rho, mass).users
            for sign in (1, -1)
        )
        slope[:, k] = (left * (up - down)).sum(axis=0) / (2 * step)
    found = expected(utility, loyalty, nest, rho, mass).response(left, right)
    np.testing.assert_allclose(found, slope, rtol=1e-7, atol=1e-7 * np.abs(slope).max())


def test_the_gradient_of_the_log_sum_is_expected_users():
    utility, loyalty, nest, mass = market()
    found = expected(utility, loyalty, nest, 0.5, mass)
    step = 1e-6
    for j in range(utility.shape[1]):
        up, down = (
            expected(utility + sign * step * (np.arange(utility.shape[1]) == j), loyalty, nest, 0.5, mass).log_sum
            for sign in (1, -1)
        )
        np.testing.assert_allclose((up - down) / (2 * step), found.users[:, j], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.95])
@pytest.mark.parametrize("loyalty", [0.0, 2.0, 700.0])
def test_extreme_utilities_give_no_overflow_and_lose_nobody(rho, loyalty):
    utility = np.array([[700.0, -700.0, 0.0, 700.0], [-700.0, -700.0, -700.0, -700.0], [700.0, 699.0, -700.0, 1.0]])
    nest, mass = np.array([0, 0, 1, 1]), np.full((3, 5), 2.0)
    found = expected(utility, loyalty, nest, rho, mass)
    np.testing.assert_allclose(found.users.sum(axis=1) + found.outside, mass.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(
        found.probabilities.dense(nest), every_pair(utility, np.full(3, loyalty), nest, rho), rtol=1e-9, atol=1e-300
    )
    assert np.isfinite(found.response(1.0, 1.0)).all()
    assert np.isfinite(found.log_sum).all()


def test_an_offer_not_open_to_a_type_and_a_nest_without_offers_are_never_chosen():
    utility = np.array([[1.0, -np.inf, 0.5], [-np.inf, 0.3, -np.inf]])
    found = expected(utility, 1.0, [0, 0, 2], 0.5, np.ones((2, 4)))
    assert (found.users[~np.isfinite(utility)] == 0).all()
    np.testing.assert_allclose(found.users.sum(axis=1) + found.outside, 4.0)
    assert np.isfinite(found.response(1.0, 1.0)).all()


def test_without_offers_everybody_stays_outside():
    found = expected(np.empty((2, 0)), 1.0, [], 0.5, [[3.0], [4.0]])
    np.testing.assert_array_equal(found.outside, [3.0, 4.0])
    assert found.users.shape == (2, 0)
    assert found.response(1.0, 1.0).shape == (0, 0)


def test_without_loyalty_and_correlation_it_is_the_plain_logit():
    utility, _, nest, _ = market()
    found = expected(utility, 0.0, nest, 0.0, np.ones((5, 8)))
    share = np.exp(utility) / (1 + np.exp(utility).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found.users, 8 * share, rtol=1e-12)
    cross = -8 * np.einsum("tj,tk->jk", share, share) + 8 * np.diag(share.sum(axis=0))
    np.testing.assert_allclose(found.response(1.0, 1.0), cross, rtol=1e-10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rho": 1.0}, "rho"),
        ({"loyalty": -1.0}, "loyalty"),
        ({"loyalty": np.inf}, "loyalty"),
        ({"nest": [0, 1]}, "nest"),
    ],
)
def test_arguments_out_of_bounds_are_named(change, message):
    arguments = {"utility": np.zeros((2, 3)), "loyalty": 1.0, "nest": [0, 0, 1], "rho": 0.5} | change
    with pytest.raises(ValueError, match=message):
        probabilities(**arguments)


def test_inputs_that_are_read_only_or_transposed_give_the_same():
    utility, loyalty, nest, mass = market()
    turned = np.asfortranarray(utility)
    turned.flags.writeable = False
    one, other = expected(utility, loyalty, nest, 0.3, mass), expected(turned, loyalty, nest, 0.3, mass[:, ::1])
    np.testing.assert_array_equal(one.users, other.users)


def test_other_people_choose_at_the_same_utilities_as_if_they_were_asked_first():
    utility, loyalty, nest, mass = market()
    found = expected(utility, loyalty, nest, 0.4, mass).of(2 * mass[::-1])
    asked = expected(utility, loyalty, nest, 0.4, 2 * mass[::-1])
    np.testing.assert_array_equal(found.users, asked.users)
    np.testing.assert_array_equal(found.response(1.0, 1.0), asked.response(1.0, 1.0))
