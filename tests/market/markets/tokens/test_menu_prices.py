"""What labs and resellers see of their menus: at rest no other fees and prices would earn them more."""

from dataclasses import replace

import numpy as np
import pytest
from agreed import wholesale_agreed
from all_plans import market
from menu_moves import Moves, asked, best, earned, look

from market import Parameters, TokenMarket
from market.markets.tokens import prices, setters
from market.markets.tokens.lab_menus import LabMenus
from market.markets.tokens.listing import menu_of
from market.markets.tokens.menu_prices import (
    cost_shift,
    derived_demand,
    gained_by_links,
    gross_profit,
    lab_layer,
    profit_of_quality,
    reseller_layer,
)
from market.markets.tokens.menus import MenuDemand


def settle(model: TokenMarket, movers: list[int]) -> None:
    """Let some labs answer by half steps until they are at rest, all others' fees and prices fixed, capacity aside."""
    rule, costs = model.parameters.labs.pricing, model.retail.costs()
    for _ in range(400):
        demand = look(model)
        layer = replace(lab_layer(demand, model.labs, costs, rule.looks_ahead), capacity=np.inf)
        posted = np.sqrt(rule.post(layer) * layer.price)
        if np.abs(posted / layer.price - 1)[np.isin(layer.seller, movers)].max() < 1e-12:
            return
        setters.set_retail(demand, model.labs, posted, movers)
        if model.parameters.labs.wholesale == "chosen":
            for place in movers:
                model.labs[place].wholesale_price = float(posted[place - len(model.labs)])
        for reseller in model.resellers:
            reseller.pass_on(reseller.asked_by(model.labs[reseller.lab]))
    raise AssertionError(f"labs do not settle: {posted / layer.price - 1}")


@pytest.mark.parametrize("leap", [0.3, 2.0])
@pytest.mark.parametrize("wholesale", ["chosen", "bargained"])
@pytest.mark.parametrize("lab", [0, 1])
@pytest.mark.parametrize("small", [False, True])
def test_a_best_response_is_the_numerical_maximum_of_a_labs_profit(wholesale, lab, leap, small):
    model = market(wholesale, leap=leap, small=small)
    settle(model, [lab])
    moves = Moves(model)
    at_rest, optimum = best(moves, moves.seller == lab, np.arange(2) == lab, 0.03)
    np.testing.assert_allclose(at_rest, optimum, rtol=1e-6)


@pytest.mark.parametrize("wholesale", ["chosen", "bargained"])
def test_a_cartel_of_labs_with_two_models_has_nothing_to_gain_by_a_small_move(wholesale):
    """There may be a higher maximum elsewhere, with another price beyond the allowance; hardly a higher one."""
    model = market(wholesale, "joint-profit", small=True)
    settle(model, [0, 1])
    moves = Moves(model)
    earns, each = moves.profits(moves.posted).sum(), 1e-6 * np.eye(moves.posted.size)
    slope = [
        moves.profits(moves.posted * (1 + move)).sum() - moves.profits(moves.posted * (1 - move)).sum() for move in each
    ]
    assert np.abs(slope).max() < 1e-13 * earns
    everything = np.ones(moves.seller.size, dtype=bool)
    optimum = moves.posted.copy()
    optimum[moves.sells() > 0] = best(moves, everything, np.ones(2, dtype=bool), 0.01)[1]
    assert moves.profits(optimum).sum() < 1.002 * earns


@pytest.mark.parametrize("wholesale", ["chosen", "bargained"])
def test_a_cartel_is_at_the_numerical_maximum_of_joint_profit(wholesale):
    model = market(wholesale, "joint-profit")
    settle(model, [0, 1])
    moves = Moves(model)
    everything = np.ones(moves.seller.size, dtype=bool)
    at_rest, optimum = best(moves, everything, np.ones(2, dtype=bool), 0.01)
    np.testing.assert_allclose(at_rest, optimum, rtol=1e-6)


@pytest.mark.parametrize("small", [False, True])
def test_best_responses_settle_where_neither_lab_gains_by_moving(small):
    model = market("chosen", small=small)
    settle(model, [0, 1])
    moves = Moves(model)
    for lab in range(2):
        at_rest, optimum = best(moves, moves.seller == lab, np.arange(2) == lab, 0.03)
        np.testing.assert_allclose(at_rest, optimum, rtol=1e-6)


@pytest.mark.parametrize("wholesale", ["chosen", "bargained"])
@pytest.mark.parametrize("loyalty", [0.0, 2.0])
@pytest.mark.parametrize("small", [False, True])
def test_the_labs_layer_has_the_slopes_of_what_they_sell(wholesale, loyalty, small):
    """Of quantities, of costs and of the load on servers, resellers' answers included."""
    model = market(wholesale, loyalty=loyalty, small=small)
    moves, costs = Moves(model), model.retail.costs()
    layer = lab_layer(moves.demand, model.labs, costs, 0.0)
    np.testing.assert_allclose(layer.price, moves.posted, rtol=1e-12)
    step, size = 1e-5, moves.posted.size
    billed, load = np.zeros((size, size)), np.zeros(size)
    for k in range(size):
        there = [moves.at(moves.posted + sign * step * (np.arange(size) == k))[0] for sign in (1, -1)]
        sold = [LabMenus(at, model.labs, costs, moves.chosen).quantity() for at in there]
        billed[:, k] = (sold[0] - sold[1]) / (2 * step)
        tokens = (there[0].metered - there[1].metered) / (2 * step)
        load[k] = tokens[there[0].offers.lab == moves.seller[k]].sum()
    np.testing.assert_allclose(layer.response, billed, rtol=1e-5, atol=1e-6 * np.abs(billed).max())
    np.testing.assert_allclose(layer.load_slope, load, rtol=1e-5, atol=1e-6 * np.abs(load).max())
    np.testing.assert_allclose(layer.load, moves.demand.offers.by_lab(moves.demand.metered))


@pytest.mark.parametrize("wholesale", ["chosen", "bargained"])
@pytest.mark.parametrize("small", [False, True])
def test_gross_profit_is_what_bills_leave(wholesale, small):
    model = market(wholesale, loyalty=1.0, small=small)
    demand = look(model)
    found = gross_profit(demand, model.labs, model.retail.costs())
    np.testing.assert_allclose(found, earned(model, demand, asked(model)), rtol=1e-12)


@pytest.mark.parametrize("small", [False, True])
def test_profit_of_quality_is_the_slope_of_a_labs_profit(small):
    model = market(small=small)
    demand, costs = look(model), model.retail.costs()
    found, quality = profit_of_quality(demand, model.labs, costs), demand.offers.quality
    for lab in range(2):
        move = 1e-5 * (demand.offers.lab == lab)
        up, down = (
            earned(model, demand.among(demand.offers.at(quality=quality + sign * move)), asked(model))[lab]
            for sign in (1, -1)
        )
        assert found[lab] == pytest.approx((up - down) / 2e-5, rel=1e-6)


@pytest.mark.parametrize("small", [False, True])
def test_derived_demand_is_the_slope_of_tokens_where_all_keep_their_margins_in_dollars(small):
    """A subscriber costs a lab what it uses, so that a fee moves by as many times the cost of a token."""
    model = market(small=small)
    moves, costs = Moves(model), model.retail.costs()
    found = derived_demand(moves.demand, model.labs, costs, 600.0)
    use = LabMenus(moves.demand, model.labs, costs, True)
    per_unit = np.concatenate([use.demand.per_unit[use.own], np.ones(2)])
    before = moves.demand.offers.by_lab(moves.demand.metered)
    for lab in range(2):
        move = 1e-5 * (moves.seller == lab) * per_unit / use.net_share
        up, down = (
            there.offers.by_lab(there.metered) for there in (moves.at(moves.posted + s * move)[0] for s in (1, -1))
        )
        # A lab's list price moves an aggregator's cost too, which keeps less of it.
        np.testing.assert_allclose(found.semi_elasticity[:, lab], (up - down) / 2e-5 / before, rtol=1e-5)


# resellers ----------------------------------------------------------------------------------------------------------


def settle_resellers(model: TokenMarket) -> None:
    rule = model.parameters.resellers.pricing.model_copy(update={"patience": 0.0})
    for _ in range(300):
        demand = look(model)
        layer = reseller_layer(demand, model.resellers, 0.0)
        posted = rule.post(layer)
        for reseller, price in zip(model.resellers, posted.tolist(), strict=True):
            reseller.price = price
        if np.abs(posted / layer.price - 1).max() < 1e-12:
            return
    raise AssertionError("resellers do not settle")


@pytest.mark.parametrize("loyalty", [0.0, 2.0])
@pytest.mark.parametrize("small", [False, True])
def test_no_reseller_of_any_form_gains_by_another_price_or_fee(loyalty, small):
    model = market(loyalty=loyalty, small=small)
    settle_resellers(model)
    demand, where = look(model), model.retail.posted_demand.instruments
    assert {reseller.form for reseller in model.resellers} == {"channel", "aggregator", "wrapper"}
    for number, reseller in enumerate(model.resellers):
        offer = 2 + number
        place = int(np.flatnonzero(where.offer == offer)[0])
        assert demand.quantity[place] > 0

        def loss(log, offer=offer, reseller=reseller):
            posted = demand.posted.copy()
            posted[where.offer == offer] *= np.exp(log)
            there = demand.at(posted)
            paid = reseller.wholesale_price + model.now.support_cost
            return -(there.paid[offer] * reseller.net_share - there.metered[offer] * paid)

        around = np.linspace(-0.1, 0.1, 201)
        assert around[int(np.argmin([loss(log) for log in around]))] == pytest.approx(0.0, abs=1e-9)
        slope = (loss(1e-5) - loss(-1e-5)) / 2e-5
        curve = (loss(1e-3) - 2 * loss(0.0) + loss(-1e-3)) / 1e-6
        assert abs(slope / curve) < 1e-6


@pytest.mark.parametrize("small", [False, True])
def test_users_of_a_lost_reseller_turn_to_others_as_demand_says(small):
    """What a lab earns elsewhere for each token its reseller sells less, when its price or fee rises."""
    model = market("bargained", small=small)
    demand = look(model)
    found, where = gained_by_links(demand, model.labs, model.retail.costs()), demand.instruments
    for number, reseller in enumerate(model.resellers):
        offer = 2 + number
        move = 1e-5 * demand.posted * (where.offer == offer)
        there = [demand.at(demand.posted + sign * move) for sign in (1, -1)]
        lost = there[1].metered[offer] - there[0].metered[offer]
        gained = earned(model, there[0], asked(model)) - earned(model, there[1], asked(model))
        costs, lab = model.retail.costs(), reseller.lab
        own = asked(model)[lab] if not reseller.at_list else model.labs[lab].retail_price
        without = gained[lab] + lost * (own * costs.net_share_wholesale - costs.marginal_cost[lab])
        assert found[number] == pytest.approx(without / lost, rel=1e-5)


# by the token -------------------------------------------------------------------------------------------------------


def by_the_token(wholesale: str, pricing: str = "best-response") -> tuple[TokenMarket, MenuDemand]:
    """Return two labs and three resellers who sell by the token, and the same demand as menus of nothing else."""
    segments = {
        "developers": {"people": 3e7, "need": 3.0, "price_sensitivity": 3.0, "loyalty": 0.0},
        "enterprises": {"people": 7e7, "need": 1.5, "price_sensitivity": 1.8, "reseller_taste": 0.4, "loyalty": 0.0},
    }
    parameters = Parameters(
        population={"segments": segments, "types": 8, "satiation": 1e6},
        labs={"count": 2, "wholesale": wholesale, "pricing": {"rule": pricing}},
        resellers={"count": 3},
        policy={"token_tax": 0.05},
    )
    model = TokenMarket(parameters, rng=1)
    for reseller, lab in zip(model.resellers, (0, 0, 1), strict=True):
        reseller.carry(model.labs[lab])
    model.retail.publish_demand()
    plain = model.retail.posted_demand
    offers = plain.offers.at(menu=menu_of(model.labs, model.resellers, parameters))
    return model, MenuDemand(plain.tastes, offers, plain.mass, plain.need_factor, plain.progress)


def same(found, expected) -> None:
    scale = np.abs(expected).max() or 1.0
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12 * scale)


@pytest.mark.parametrize("pricing", ["best-response", "joint-profit"])
@pytest.mark.parametrize("wholesale", ["chosen", "bargained", "discount"])
def test_by_the_token_layers_are_those_without_menus(wholesale, pricing):
    model, menus = by_the_token(wholesale, pricing)
    plain, costs, labs = model.retail.posted_demand, model.retail.costs(), model.labs
    rule = model.parameters.labs.pricing
    found, expected = lab_layer(menus, labs, costs, 0.9), prices.lab_layer(plain, labs, costs, 0.9)
    responses = ("quantity", "response", "patient_response", "load", "load_slope")
    for name in ("price", "marginal_cost", "net_share", *responses):
        same(getattr(found, name), getattr(expected, name))
    same(found.opportunity_cost, np.zeros(found.price.size) + expected.opportunity_cost)
    same(rule.target(found), rule.target(expected))
    same(rule.post(found), rule.post(expected))
    of_menus, without = reseller_layer(menus, model.resellers, 0.9), prices.reseller_layer(plain, model.resellers)
    for name in ("price", "marginal_cost", "quantity", "response", "patient_response"):
        same(getattr(of_menus, name), getattr(without, name))
    same(np.zeros(3) + of_menus.opportunity_cost + without.price, without.price)


def test_by_the_token_labs_value_bargain_and_pass_on_as_without_menus():
    model, menus = by_the_token("bargained")
    plain, costs, labs = model.retail.posted_demand, model.retail.costs(), model.labs
    same(profit_of_quality(menus, labs, costs), prices.profit_of_quality(plain, labs, costs))
    same(gross_profit(menus, labs, costs), setters.gross_profit(plain, labs, costs))
    found, expected = derived_demand(menus, labs, costs, 6.0), prices.derived_demand(plain, costs, 6.0)
    assert found.mtok == expected.mtok
    same(found.semi_elasticity, expected.semi_elasticity)
    same(cost_shift(menus, labs, costs), prices.cost_shift(plain.offers, costs))
    agreed = (wholesale_agreed(demand, labs, model.resellers, costs) for demand in (menus, plain))
    same(*agreed)
    same(*(setters.revenue_of_labs(demand, labs, costs) for demand in (menus, plain)))
