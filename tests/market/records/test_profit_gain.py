"""The profit gain: 0 in equilibrium, 1 in a cartel, and price games whose answers are true derivatives."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market import Parameters, TokenMarket
from market.demand import Logit
from market.equilibrium import bertrand_nash, joint_profit
from market.records.price_games import chip_game, lab_game, profit_gains, reseller_game
from market.records.profit_gain import PriceGame, Sales, profit_gain
from scenarios import load, run


def logit_game(price, cost, demand: Logit) -> PriceGame:
    def sales(at) -> Sales:
        return Sales(demand.quantities(at), demand.jacobian(at), demand.split(at)[0])

    count = demand.offers
    return PriceGame(
        price=np.asarray(price, dtype=float),
        marginal_cost=np.asarray(cost, dtype=float),
        net_share=np.ones(count),
        seller=np.arange(count),
        chosen=np.ones(count, dtype=bool),
        sales=sales,
    )


values = st.lists(st.floats(5, 10), min_size=2, max_size=6)


@settings(max_examples=30, deadline=None)
@given(values, st.floats(1, 5), st.floats(0.5, 1.5))
def test_the_ends_of_the_scale_are_the_equilibrium_and_the_cartel(value, coefficient, cost):
    demand, costs = Logit(value, coefficient), np.full(len(value), cost)
    nash, joint = bertrand_nash(demand, costs), joint_profit(demand, costs)
    assert logit_game(nash.prices, costs, demand).gain() == pytest.approx(0, abs=1e-5)
    assert logit_game(joint.prices, costs, demand).gain() == pytest.approx(1, abs=1e-5)
    between = logit_game((nash.prices + joint.prices) / 2, costs, demand).gain()
    assert 0 < between < 1


def test_prices_that_run_away_are_no_equilibrium():
    dear = Sales(np.ones(2), np.zeros((2, 2)), np.full(2, -1e-300))
    game = replace(logit_game([1.0, 1.0], [1.0, 1.0], Logit([1.0, 1.0], 1.0)), sales=lambda price: dear)
    assert np.isnan(game.settled(np.eye(2))).all()


def test_a_single_seller_has_no_gain():
    demand = Logit([8.0], 4.0)
    assert np.isnan(logit_game([1.5], [1.0], demand).gain())
    assert np.isnan(profit_gain(1.0, 2.0, 2.0))
    assert profit_gain(1.5, 1.0, 3.0) == 0.25


@pytest.fixture(scope="module")
def model() -> TokenMarket:
    found = TokenMarket(load("by-the-token", {"labs.wholesale": "chosen"}).parameters, rng=1)
    for _ in range(8):
        found.step()
    return found


@pytest.mark.parametrize("game", [chip_game, lab_game, reseller_game])
def test_responses_of_the_layers_are_derivatives_of_what_they_sell(model, game):
    layer = game(model, model.retail.demand.without_loyalty())
    found = layer.sales(layer.price).response
    for place, price in enumerate(layer.price):
        step = np.zeros(layer.price.size)
        step[place] = 1e-5 * price
        up, down = (layer.sales(layer.price + sign * step).quantity for sign in (1, -1))
        slope = (up - down) / (2 * step[place])
        np.testing.assert_allclose(found[:, place], slope, rtol=1e-5, atol=1e-5 * np.abs(slope).max())


@pytest.mark.parametrize("game", [lab_game, reseller_game])
def test_nobody_gains_by_leaving_the_settled_prices(model, game):
    layer = game(model, model.retail.demand.without_loyalty())
    prices = layer.settled(layer.alone)

    def earned(at, seller) -> float:
        own = layer.seller == seller
        return float((layer.net_share * (at - layer.marginal_cost) * layer.sales(at).quantity)[own].sum())

    for place, seller in enumerate(layer.seller):
        for factor in (0.98, 1.02):
            moved = prices.copy()
            moved[place] *= factor
            assert earned(moved, seller) <= earned(prices, seller) * (1 + 1e-12)


def test_a_cartel_of_vendors_settles_within_few_looks_at_demand(model):
    game, looks = chip_game(model, model.retail.demand.without_loyalty()), []
    counted = replace(game, sales=lambda price: looks.append(price) or game.sales(price))
    cartel = counted.settled(np.ones_like(game.alone))
    assert len(looks) < 25
    slope = game.sales(cartel).response.T @ (game.net_share * (cartel - game.marginal_cost))
    np.testing.assert_allclose(slope, -game.net_share * game.sales(cartel).quantity, rtol=1e-5)


def test_every_layer_has_a_gain_in_the_last_month_only():
    found = run(load("by-the-token"), seed=1, rounds=6).layers.set_index(["round", "layer"])["profit_gain"]
    assert found.drop(5, level="round").isna().all()
    assert found[5].notna().all()
    assert found[5]["hardware"] == pytest.approx(0, abs=0.05)


def test_a_run_that_is_told_to_works_out_none_and_is_otherwise_the_same():
    asked, unasked = (
        run(load("by-the-token", {"horizon.profit_gain": gain}), seed=1, rounds=3).layers for gain in (True, False)
    )
    assert unasked["profit_gain"].isna().all()
    assert asked.drop(columns="profit_gain").equals(unasked.drop(columns="profit_gain"))


def test_firms_that_may_reprice_every_month_and_look_far_come_near_the_equilibrium():
    flexible = {
        f"{layer}.{key}": 1.0 for layer in ("labs", "resellers") for key in ("repricing_hazard", "pricing.patience")
    }
    found = run(load("by-the-token", flexible), seed=1, rounds=24).layers["profit_gain"].tail(3)
    assert (found.abs() < 0.3).all()


@pytest.mark.parametrize("scenario", ["by-the-token", "own-everything", "baseline"])
def test_a_cartel_of_labs_gains_more_than_labs_that_compete(scenario):
    competing, cartel = (
        np.nanmean(
            [
                run(load(scenario, {"labs.pricing.rule": rule}), seed=seed, rounds=24).layers["profit_gain"].iloc[-2]
                for seed in (1, 2, 3)
            ]
        )
        for rule in ("best-response", "joint-profit")
    )
    assert cartel > competing + 0.2


def test_layers_without_firms_have_none(model):
    empty = TokenMarket(Parameters(resellers={"count": 0}), rng=1)
    empty.step()
    assert set(profit_gains(empty)) == {"hardware", "labs"}


@pytest.mark.parametrize(("preset", "gain"), [("theory/bertrand-nash", 0.0), ("theory/joint-profit", 1.0)])
def test_textbook_chains_settle_at_the_ends_of_the_scale(preset, gain):
    layers = run(load(preset), seed=1).layers
    last = layers[layers["layer"] == "resellers"]["profit_gain"].iloc[-1]
    assert last == pytest.approx(gain, abs=1e-6)
