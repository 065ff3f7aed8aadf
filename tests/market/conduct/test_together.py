"""Prices of sellers with several goods that are each other's closest substitutes settle."""

import numpy as np
import pytest

from market.conduct.layer import Layer
from market.conduct.markup import Together, damped
from market.conduct.pricing import BestResponse

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

    together = Together(seller, share, units, bend(of_seller))
    cost, quantity = np.tile(COST, sellers), share * units
    return Layer(
        price, cost, quantity, slope, seller=seller, curvature=bend(share), together=together if damps else None
    )


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


def test_what_all_buyers_pay_more_goes_another_part_than_what_turns_them() -> None:
    """Of two prices of a seller one moves: half of that is common. One that stands for itself goes its own part."""
    of_all = Together(
        np.array([0, 0, 1]), np.array([2.0, 2.0, 0.0]), np.array([1.0, 2.0, 1.0]), np.array([-2.0, -2.0, 0.0])
    )
    move, own = np.array([4.0, 0.0, 3.0]), np.zeros(3)
    np.testing.assert_allclose(damped(move, own, of_all), [2 / 4 + 2 / 2, 1 / 4 - 1 / 2, 3 / 2])
    np.testing.assert_allclose(damped(move, own), move / 2)


def test_moves_without_bound_and_no_moves_at_all() -> None:
    of_all = Together(np.array([0, 0]), np.array([2.0, 2.0]), np.array([1.0, 2.0]), np.array([-2.0, -2.0]))
    np.testing.assert_allclose(damped(np.array([np.inf, 4.0]), np.zeros(2), of_all), [np.inf, 1.0])
    assert damped(np.zeros(0), np.zeros(0), of_all.of(np.zeros(2, dtype=bool))).size == 0
