"""Price games of menus: the settled fees and prices are a numerical Nash equilibrium, the cartel's a maximum."""

import numpy as np
import pytest
from all_plans import market
from menu_moves import Moves, best
from scipy.optimize import minimize_scalar

from market.parameters.plans import SMALL
from market.records.price_games import chip_game, lab_game, profit_gains, reseller_game


@pytest.mark.parametrize("wholesale", ["chosen", "bargained"])
@pytest.mark.parametrize("small", [False, True])
def test_labs_settle_in_a_numerical_equilibrium(wholesale, small):
    model = market(wholesale, small=small)
    moves, game = Moves(model), lab_game(model, model.retail.demand.without_loyalty())
    settled = game.settled(game.alone)
    assert np.isfinite(settled).all()
    for lab in range(2):
        at_rest, optimum = best(moves, moves.seller == lab, np.arange(2) == lab, 0.02, settled)
        np.testing.assert_allclose(at_rest, optimum, rtol=1e-5)


@pytest.mark.parametrize("wholesale", ["chosen", "bargained"])
@pytest.mark.parametrize("small", [False, True])
def test_a_cartel_of_labs_settles_at_the_maximum_of_joint_profit(wholesale, small):
    model = market(wholesale, small=small)
    moves, game = Moves(model), lab_game(model, model.retail.demand.without_loyalty())
    settled = game.settled(np.ones_like(game.alone))
    at_rest, optimum = best(moves, np.ones(settled.size, dtype=bool), np.ones(2, dtype=bool), 0.01, settled)
    np.testing.assert_allclose(at_rest, optimum, rtol=1e-5)
    assert game.profit(settled) == pytest.approx(moves.profits(settled).sum(), rel=1e-9)


@pytest.mark.parametrize("wholesale", ["chosen", "bargained"])
@pytest.mark.parametrize("small", [False, True])
def test_what_labs_earn_in_the_game_is_what_their_bills_leave(wholesale, small):
    """But for wholesale prices that are not chosen, which stay what resellers pay."""
    model = market(wholesale, small=small)
    moves, game = Moves(model), lab_game(model, model.retail.demand.without_loyalty())
    for factor in (1.0, 1.1):
        found = game.profit(game.price * factor)
        assert found == pytest.approx(moves.profits(moves.posted * factor).sum(), rel=1e-9)


@pytest.mark.parametrize("game", [lab_game, reseller_game])
@pytest.mark.parametrize("small", [False, True])
def test_responses_of_the_games_are_derivatives_of_what_is_sold(game, small):
    model = market(small=small)
    layer = game(model, model.retail.demand.without_loyalty())
    here = layer.sales(layer.price)
    for place, price in enumerate(layer.price):
        step = 1e-5 * price * (np.arange(layer.price.size) == place)
        up, down = (layer.sales(layer.price + sign * step) for sign in (1, -1))
        slope = (up.quantity - down.quantity) / (2e-5 * price)
        np.testing.assert_allclose(here.response[:, place], slope, rtol=1e-5, atol=1e-6 * np.abs(slope).max())
        cost = (up.cost - down.cost) / (2e-5 * price)
        assert here.cost_response[:, place].sum() == pytest.approx(cost, rel=1e-5, abs=1e-3)


@pytest.mark.parametrize("small", [False, True])
def test_chips_sold_answer_to_their_prices_through_fees_too(small):
    """A dearer chip raises the cost of tokens, and a fee by that of what its subscribers use."""
    model = market("bargained", small=small)
    model.step()
    game = chip_game(model, model.retail.demand.without_loyalty())
    found = game.sales(game.price).response
    for place, price in enumerate(game.price):
        step = 1e-5 * price * (np.arange(game.price.size) == place)
        up, down = (game.sales(game.price + sign * step).quantity for sign in (1, -1))
        slope = (up - down) / (2e-5 * price)
        np.testing.assert_allclose(found[:, place], slope, rtol=1e-5, atol=1e-6 * np.abs(slope).max())


@pytest.mark.parametrize("small", [False, True])
def test_no_reseller_gains_by_leaving_the_settled_prices(small):
    """A channel reseller, an aggregator and a wrapper, who sets a fee."""
    model = market(small=small)
    users = model.retail.demand.without_loyalty()
    where = users.instruments
    game = reseller_game(model, users)
    settled = game.settled(game.alone)
    for number, reseller in enumerate(model.resellers):
        offer, paid = 2 + number, reseller.wholesale_price + model.now.support_cost

        def loss(log, number=number, offer=offer, paid=paid, reseller=reseller):
            posted, prices = users.posted.copy(), settled.copy()
            prices[number] *= np.exp(log)
            for set_, instrument in enumerate(np.flatnonzero(users.offers.resold[where.offer] & (where.plan != SMALL))):
                posted[instrument] = prices[set_]
            for instrument in np.flatnonzero(users.offers.resold[where.offer] & (where.plan == SMALL)):
                posted[instrument] = posted[instrument - 1] * users.menu.load[SMALL]
            there = users.at(posted)
            return -(there.paid[offer] * reseller.net_share - there.metered[offer] * paid) / 1e6

        found = minimize_scalar(loss, bounds=(-0.3, 0.3), method="bounded", options={"xatol": 1e-8})
        assert found.x == pytest.approx(0.0, abs=1e-4)
        assert -loss(0.0) == pytest.approx(-found.fun, rel=1e-9)


def test_labs_and_resellers_have_a_gain_where_all_sell_by_menus():
    model = market("bargained")
    for _ in range(3):
        model.step()
    found = profit_gains(model)
    assert np.isfinite(found["resellers"])
    posted = lab_game(model, model.retail.demand.without_loyalty())
    nash, joint = (posted.profit(posted.settled(owned)) for owned in (posted.alone, np.ones_like(posted.alone)))
    assert joint > nash
    assert found["labs"] == pytest.approx((posted.profit(posted.price) - nash) / (joint - nash))
