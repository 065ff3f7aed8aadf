"""The game is that of the project's own demand: its prices, profits, and where gains begin and end."""

import numpy as np
import pytest

from market.demand import Logit
from market.equilibrium import bertrand_nash, joint_profit
from market.learning.game import PricingGame

UNLIKE = Logit([8.0, 7.0, 8.5], 4.0, outside=0.3)
COSTS = [1.0, 0.7, 1.2]


def alike(sellers: int, steps: int = 15, stretch: float = 0.1) -> PricingGame:
    return PricingGame.between(Logit(np.full(sellers, 8.0), 4.0), np.ones(sellers), steps, stretch)


@pytest.mark.parametrize(
    ("sellers", "nash", "joint"),
    [(2, 1.4729266600, 1.9249809190), (3, 1.3701627294, 2.0), (4, 1.3314606899, 2.0544111805)],
)
def test_prices_reach_beyond_equilibrium_and_cartel_by_the_stretch(sellers: int, nash: float, joint: float) -> None:
    game = alike(sellers)
    ends = [nash - 0.1 * (joint - nash), joint + 0.1 * (joint - nash)]
    np.testing.assert_allclose(game.grid[:, [0, -1]], [ends] * sellers, atol=1e-9)
    np.testing.assert_allclose(np.diff(game.grid, axis=1), (ends[1] - ends[0]) / 14)
    assert alike(sellers, stretch=0.0).grid[0, 0] == pytest.approx(nash, abs=1e-9)


def test_each_seller_has_prices_of_its_own_where_they_differ() -> None:
    game = PricingGame.between(UNLIKE, COSTS, 4, 0.25)
    nash, joint = bertrand_nash(UNLIKE, COSTS), joint_profit(UNLIKE, COSTS)
    np.testing.assert_allclose(game.grid[:, 0], nash.prices - 0.25 * (joint.prices - nash.prices))
    np.testing.assert_allclose(game.grid[:, 3], joint.prices + 0.25 * (joint.prices - nash.prices))


def test_an_outcome_is_what_demand_gives_at_its_prices() -> None:
    game = PricingGame.between(UNLIKE, COSTS, 4, 0.25)
    assert len(game.prices) == 64
    for steps in ((0, 0, 0), (3, 1, 2), (3, 3, 3)):
        outcome = int(np.array(steps) @ game.places)
        prices = game.grid[[0, 1, 2], steps]
        sold = UNLIKE.quantities(prices)
        np.testing.assert_array_equal(game.prices[outcome], prices)
        np.testing.assert_allclose(game.quantities[outcome], sold, rtol=1e-12)
        np.testing.assert_allclose(game.profits[outcome], (prices - COSTS) * sold, rtol=1e-12)
        assert game.consumer_surplus[outcome] == pytest.approx(UNLIKE.consumer_surplus(prices), rel=1e-12)


def test_the_gain_is_nought_in_equilibrium_and_one_as_a_cartel() -> None:
    game = alike(2, steps=2, stretch=0.0)
    np.testing.assert_allclose(game.gain(game.profits.sum(axis=1))[[0, 3]], [0.0, 1.0], atol=1e-12)


@pytest.mark.parametrize(("value", "cost"), [([-300.0, -300.0], [1.0, 1.0]), ([8.0, -300.0], [1.0, 1.0])])
def test_where_a_cartel_changes_nothing_there_is_nothing_to_learn(value: list[float], cost: list[float]) -> None:
    with pytest.raises(ValueError, match="nothing to learn"):
        PricingGame.between(Logit(value, 4.0), cost, 15, 0.1)
