"""A layer whose firms follow different rules: each rule posts for its own."""

import numpy as np
import pytest
from scipy.optimize import minimize

from market.conduct.following import Following, deciders, followings, posted
from market.conduct.layer import Layer
from market.conduct.pricing import BestResponse, CostPlus, JointProfit, Undercut
from market.demand import Logit
from market.equilibrium import bertrand_nash

COST = np.array([0.9, 1.0, 1.1, 1.3])
DEMAND = Logit(np.full(4, 8.0), 4.0)


def settled(rules) -> np.ndarray:
    prices = COST + 0.4
    for _ in range(400):

        def layer(_: Following, at=prices) -> Layer:
            own, _cross = DEMAND.split(at)
            return Layer(at, COST, DEMAND.quantities(at), DEMAND.jacobian(at), own_slope=own)

        before, prices = prices, posted(rules, layer)
        if np.abs(prices - before).max() < 1e-12:
            return prices
    raise AssertionError(f"prices do not settle: {prices - before}")


def profits(prices) -> np.ndarray:
    return (prices - COST) * DEMAND.quantities(prices)


def test_members_of_a_partial_cartel_gain_nothing_by_moving_together_nor_outsiders_alone():
    """Found by search, apart from first-order conditions."""
    prices = settled([JointProfit(), BestResponse(), JointProfit(), BestResponse()])
    for group in ([0, 2], [1], [3]):

        def loss(own, group=group):
            moved = prices.copy()
            moved[group] = own
            return -profits(moved)[group].sum()

        best = minimize(loss, prices[group] * 1.05, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14})
        assert best.x == pytest.approx(prices[group], rel=1e-6)


def test_who_stays_outside_a_cartel_earns_more_than_its_like_inside():
    """Deneckere and Davidson (1985): mergers are profitable with price competition, and more so for outsiders."""
    same = Logit(np.full(4, 8.0), 4.0)
    owned = np.eye(4)
    owned[:2, :2] = 1.0
    before, after = bertrand_nash(same, np.ones(4)), bertrand_nash(same, np.ones(4), owned)
    earned = [(found.prices - 1.0) * found.quantities for found in (before, after)]
    assert (earned[1] > earned[0]).all()
    assert earned[1][3] > earned[1][0]


def test_a_price_cutter_is_below_those_it_undercuts_and_they_answer_it_best():
    prices = settled([CostPlus(markup=0.5), BestResponse(), Undercut(cut=0.1), CostPlus(markup=0.5)])
    assert prices[2] == pytest.approx(max(0.9 * np.delete(prices, 2).min(), COST[2]))
    assert prices[[0, 3]] == pytest.approx(1.5 * COST[[0, 3]])
    own, response = DEMAND.split(prices)[0], DEMAND.jacobian(prices)
    assert own[1] < 0
    assert DEMAND.quantities(prices)[1] + response[1, 1] * (prices[1] - COST[1]) == pytest.approx(0.0, abs=1e-10)


def test_the_dearer_firm_to_run_asks_more_and_sells_less():
    prices = settled([BestResponse()] * 4)
    assert (np.diff(prices) > 0).all()
    assert (np.diff(DEMAND.quantities(prices)) < 0).all()


def test_rules_that_are_alike_post_at_once():
    seen = []

    def layer(following: Following) -> Layer:
        seen.append(following)
        at = COST + 0.4
        return Layer(at, COST, DEMAND.quantities(at), DEMAND.jacobian(at))

    rules = [BestResponse(patience=0.9), BestResponse(patience=0.9)] * 2
    assert (posted(rules, layer) == rules[0].post(layer(Following(rules[0])))).all()
    assert [following.members for following in seen] == [True, True]
    two = followings([BestResponse(), JointProfit(), BestResponse()])
    assert [following.members.tolist() for following in two] == [[True, False, True], [False, True, False]]
    assert two[0].colluding is False
    assert two[1].colluding.tolist() == [False, True, False]


def test_members_of_a_cartel_decide_as_one_and_nobody_else_with_them():
    seller = np.array([0, 1, 2, 0, 1, 2])
    assert deciders(seller, False).tolist() == seller.tolist()
    assert len(set(deciders(seller, True).tolist())) == 1
    assert deciders(seller, np.array([True, False, True])).tolist() == [-1, 1, -1, -1, 1, -1]
