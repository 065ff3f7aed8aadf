"""Users who are bound to nobody choose as those without loyalty do, whatever provider they had."""

import numpy as np
import pytest

from market.users.choice import expected, free_choice


def market(nests=2, types=5, offers=7):
    draw = np.random.default_rng(3)
    nest = np.append(np.arange(nests), draw.integers(0, nests, offers - nests))
    return 1.5 * draw.normal(size=(types, offers)), nest, draw.uniform(0, 5, (types, offers + 1))


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("nests", [1, 2, 3])
def test_it_is_the_choice_without_loyalty(rho, nests):
    utility, nest, mass = market(nests)
    found, wanted = free_choice(utility, nest, rho, mass.sum(axis=1)), expected(utility, 0.0, nest, rho, mass)
    np.testing.assert_allclose(found.users, wanted.users, rtol=1e-12)
    taste = np.linspace(-2, -0.5, 5)[:, None]
    left = np.linspace(0.5, 2, utility.size).reshape(utility.shape)
    np.testing.assert_allclose(found.response(left, taste), wanted.response(left, taste), rtol=1e-9)


def test_those_without_a_provider_are_free_however_loyal():
    utility, nest, mass = market()
    mass[:, :-1] = 0.0
    found, wanted = free_choice(utility, nest, 0.5, mass[:, -1]), expected(utility, 2.0, nest, 0.5, mass)
    np.testing.assert_allclose(found.users, wanted.users, rtol=1e-12)
    slope = -np.ones_like(utility)
    np.testing.assert_allclose(found.response(1.0, slope), wanted.response(1.0, slope), rtol=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.95])
def test_extreme_utilities_and_closed_offers_give_no_overflow(rho):
    utility = np.array([[700.0, -700.0, 0.0, -np.inf], [-700.0, -700.0, -np.inf, -np.inf], [700.0, 699.0, -700.0, 1.0]])
    found = free_choice(utility, [0, 0, 1, 1], rho, np.full(3, 2.0))
    assert (found.users[utility == -np.inf] == 0).all()
    assert (found.users.sum(axis=1) <= 2.0 * (1 + 1e-12)).all()
    assert np.isfinite(found.response(1.0, np.ones_like(utility))).all()


def test_without_offers_nobody_buys():
    found = free_choice(np.empty((2, 0)), [], 0.5, [3.0, 4.0])
    assert found.users.shape == (2, 0)
    assert found.response(1.0, np.ones((2, 0))).shape == (0, 0)


@pytest.mark.parametrize(("change", "message"), [({"rho": 1.0}, "rho"), ({"nest": [0, 1]}, "nest")])
def test_arguments_out_of_bounds_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        free_choice(**{"utility": np.zeros((2, 3)), "nest": [0, 0, 1], "rho": 0.5, "people": np.ones(2)} | change)
