"""Prices of sellers with several goods that are each other's closest substitutes settle."""

import numpy as np
import pytest

from market.conduct.layer import Layer
from market.conduct.markup import markup as best_markup
from market.conduct.markup import markups_of_deciders
from market.conduct.pricing import BestResponse
from market.markets.tokens.menu_prices import extra_cost

ALPHA, COST = 0.25, np.array([3.0, 0.5])
VALUE = np.array([1.2, 0.0])


def layer(price: np.ndarray, sellers: int, units: np.ndarray, damps: bool) -> Layer:
    """Sellers of two goods each, chosen by a logit without another choice, of so many units a buyer."""
    weight = np.exp(np.tile(VALUE, sellers) - ALPHA * price * units)
    share, seller = weight / weight.sum(), np.repeat(np.arange(sellers), 2)
    of_seller = np.bincount(seller, share)[seller]
    slope = ALPHA * (np.outer(share, share) - np.diag(share)) * np.outer(units, units)

    def bend(part: np.ndarray) -> np.ndarray:
        return (1 - 2 * part) / (1 - part)

    cost, quantity = np.tile(COST, sellers), share * units
    curvature = np.minimum(bend(share), bend(of_seller)) if damps else bend(share)
    return Layer(price, cost, quantity, slope, seller=seller, curvature=curvature)


def answered(sellers: int, units: np.ndarray, damps: bool, rounds: int = 60) -> np.ndarray:
    """Return what is earned with a buyer of each good after sellers have answered each other so often."""
    rule = BestResponse(largest_move=10.0)
    price = np.tile(COST, sellers) + np.linspace(0.9, 1.1, 2 * sellers) * markup(sellers) / units
    for _ in range(rounds):
        price = rule.target(layer(price, sellers, units, damps))
    return (price - np.tile(COST, sellers)) * units


def markup(sellers: int) -> float:
    return 1 / (ALPHA * (1 - 1 / sellers))


@pytest.mark.parametrize("sellers", [2, 3, 8])
@pytest.mark.parametrize("small", [1.0, 4.0])
def test_the_same_is_earned_with_a_buyer_of_any_good(sellers: int, small: float) -> None:
    units = np.tile([1.0, small], sellers)
    np.testing.assert_allclose(answered(sellers, units, True), markup(sellers), rtol=1e-6)


def test_each_price_by_itself_goes_too_far_where_two_sellers_share_all_buyers() -> None:
    found = answered(2, np.ones(4), False, rounds=8)
    assert np.abs(found / markup(2) - 1).max() > 0.5


@pytest.mark.parametrize("few", [1e-12, 1e-40, 1e-200])
def test_conditions_are_as_precise_where_next_to_nobody_buys_at_a_price(few: float) -> None:
    """Of three prices of a seller few pay one; who leave it turn to the other two and bring what they bring."""
    many = np.array([[-9e8, 1e8], [1e8, -4e8]])
    response = np.array([[-few, 6 * few, few / 2], [6 * few, *many[0]], [few / 2, *many[1]]])
    of_many = np.linalg.solve(many, [-2e8, -1e8])
    wanted = np.append(0.1 + 6 * of_many[0] + of_many[1] / 2, of_many)
    quantity = np.array([0.1 * few, 2e8, 1e8])
    np.testing.assert_allclose(markups_of_deciders(quantity, response, np.zeros(3, int)), wanted, rtol=1e-9)
    np.testing.assert_allclose(best_markup(quantity, response), wanted, rtol=1e-9)
    cost = extra_cost(quantity, response, -quantity, np.zeros(3), np.zeros(3, int))
    np.testing.assert_allclose(cost, wanted, rtol=1e-9)
