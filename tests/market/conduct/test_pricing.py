import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy.optimize import minimize_scalar
from scipy.special import lambertw

from market.conduct.layer import Layer
from market.conduct.markup import markup, markups_of_deciders
from market.conduct.pricing import (
    BestResponse,
    CapacityPricing,
    CostPlus,
    HillClimbing,
    JointProfit,
    MarginalCost,
    Penetration,
    Pricing,
    PricingWithCapacity,
    Undercut,
    scarcity,
)

VALUE, SCALE, COST = 2.0, 0.25, 1.0

# Symmetric logit, value 2, scale 1/4, cost 1 (Calvano et al. 2020): price and profit per firm, Bertrand-Nash and joint.
CALVANO = {
    1: (1.8019850079, 0.5519850079, 1.8019850079, 0.5519850079),
    2: (1.4729266600, 0.2229266600, 1.9249809190, 0.3374904595),
    3: (1.3701627294, 0.1201627294, 2.0000000000, 0.2500000000),
    4: (1.3314606899, 0.0814606899, 2.0544111805, 0.2011027951),
    5: (1.3115206238, 0.0615206238, 2.0972312790, 0.1694462558),
    6: (1.2994006277, 0.0494006277, 2.1325899261, 0.1470983210),
    10: (1.2776072263, 0.0276072263, 2.2332863960, 0.0983286396),
}


def logit_shares(price, value=VALUE, scale=SCALE):
    weight = np.exp((value - price) / scale)
    return weight / (1 + weight.sum())


def layer(price, cost, quantity, response, **change) -> Layer:
    count = np.size(price)
    described = {
        "price": np.asarray(price, dtype=float),
        "marginal_cost": np.broadcast_to(np.asarray(cost, dtype=float), count),
        "opportunity_cost": np.zeros(count),
        "quantity": np.asarray(quantity, dtype=float),
        "response": np.asarray(response, dtype=float),
        "patient_response": np.asarray(response, dtype=float),
        "seller": np.arange(count),
        "channel": np.zeros(count, dtype=np.int64),
        "capacity": np.full(count, np.inf),
        "colluding": np.zeros(count, dtype=bool),
    }
    return Layer(**described | change)


def logit_layer(price, value=VALUE, scale=SCALE, cost=COST, **change) -> Layer:
    share = logit_shares(price, value, scale)
    return layer(price, cost, share, (np.outer(share, share) - np.diag(share)) / scale, **change)


def known_logit_layer(price, value=VALUE, scale=SCALE, **change) -> Layer:
    """Logit demand of which sellers know the slope −q/μ without substitution, too."""
    return logit_layer(price, value, scale, own_slope=-logit_shares(price, value, scale) / scale, **change)


def linear_layer(price, size=100.0, own=4.0, cross=1.0, cost=2.0, **change) -> Layer:
    """Each quantity falls by ``own`` with its price and rises by ``cross`` with every other."""
    price = np.asarray(price, dtype=float)
    response = cross * np.ones((price.size, price.size)) - (own + cross) * np.eye(price.size)
    return layer(price, cost, size + response @ price, response, **change)


def settle(rule, price, describe, rounds=500):
    """Let every seller reprice again and again by a rule; return the prices, which must have stopped moving."""
    for _ in range(rounds):
        here = describe(price)
        posted = rule.post(here)
        if np.abs(posted - price).max() < 1e-13:
            return posted
        price = posted
    raise AssertionError("prices do not settle")


def test_markup_of_a_logit_monopoly_is_the_scale_over_the_share_of_the_outside():
    share = logit_shares(np.array([1.5, 1.9, 1.2]))
    response = (np.outer(share, share) - np.diag(share)) / SCALE
    np.testing.assert_allclose(markup(share, response), SCALE / (1 - share.sum()), rtol=1e-12)


def test_markup_of_single_product_firms_is_the_scale_over_one_less_the_share():
    share = logit_shares(np.array([1.5, 1.9, 1.2]))
    response = (np.outer(share, share) - np.diag(share)) / SCALE
    np.testing.assert_allclose(markup(share, response, np.eye(3)), SCALE / (1 - share), rtol=1e-12)


def test_a_firm_marks_all_its_products_up_alike():
    share = logit_shares(np.array([1.5, 1.9, 1.2, 1.4]))
    response = (np.outer(share, share) - np.diag(share)) / SCALE
    owner = np.array([0, 0, 1, 1])
    found = markup(share, response, owner[:, None] == owner[None, :])
    expected = [SCALE / (1 - share[owner == firm].sum()) for firm in owner]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def colluding_layer(price) -> Layer:
    return known_logit_layer(price, colluding=np.ones(price.size, dtype=bool))


@pytest.mark.parametrize("count", sorted(CALVANO))
def test_bertrand_nash_and_the_joint_optimum_are_where_nobody_moves(count):
    """Nash from the published table; the joint optimum also as μ (1 + W(Σ exp((a − c)/μ − 1))) over cost."""
    nash, profit, joint, joint_profit = CALVANO[count]
    closed = COST + SCALE * (1 + lambertw(count * np.exp((VALUE - COST) / SCALE - 1)).real)
    assert closed == pytest.approx(joint, abs=1e-9)
    for price, earned, rule, describe in (
        (nash, profit, BestResponse(), logit_layer),
        (closed, joint_profit, JointProfit(), colluding_layer),
    ):
        here = describe(np.full(count, price))
        np.testing.assert_allclose(rule.target(here), price, atol=1e-9)
        np.testing.assert_allclose((price - COST) * here.quantity, earned, atol=1e-9)


@pytest.mark.parametrize(
    ("count", "describe"),
    [*((count, logit_layer) for count in (2, 3, 4, 5, 6, 10)), *((count, known_logit_layer) for count in CALVANO)],
)
def test_best_responses_settle_at_bertrand_nash(count, describe):
    """With the response alone only where no seller has half of the market."""
    found = settle(BestResponse(), np.full(count, 1.7), describe)
    np.testing.assert_allclose(found, CALVANO[count][0], atol=1e-9)


@pytest.mark.parametrize("count", sorted(CALVANO))
def test_a_cartel_settles_at_the_joint_optimum(count):
    found = settle(JointProfit(), np.full(count, 1.7), colluding_layer)
    np.testing.assert_allclose(found, CALVANO[count][2], atol=1e-9)


def test_a_cartel_of_few_buyers_settles_at_the_joint_optimum():
    """Where most buy nothing the same iteration contracts: value 1 and cost 1 leave a joint share below one half."""
    found = settle(JointProfit(), np.full(3, 1.7), lambda p: logit_layer(p, 1.0, colluding=np.ones(3, dtype=bool)))
    closed = COST + SCALE * (1 + lambertw(3 * np.exp(-1)).real)
    np.testing.assert_allclose(found, closed, atol=1e-9)


@pytest.mark.parametrize("values", [[1.6, 1.45, 1.75], [2.0, 1.6, 1.9]])
def test_asymmetric_best_responses_meet_the_lambert_form(values):
    """p = c + μ (1 + W(exp((a − c)/μ − 1)/E)), E the weight of rivals and of the outside."""
    value, cost = np.array(values), np.array([1.0, 0.8, 1.2])
    found = settle(BestResponse(), np.full(3, 1.7), lambda p: known_logit_layer(p, value, cost=cost))
    weight = np.exp((value - found) / SCALE)
    rivals = 1 + weight.sum() - weight
    closed = cost + SCALE * (1 + lambertw(np.exp((value - cost) / SCALE - 1) / rivals).real)
    np.testing.assert_allclose(found, closed, atol=1e-9)


def test_a_part_of_the_layer_in_a_cartel_prices_like_one_owner():
    """Two of three collude: their prices are those of one firm with both products, and the third is its rival."""
    member = np.array([True, True, False])

    def describe(price):
        return logit_layer(price, 1.4, colluding=member)

    together, alone = JointProfit(), BestResponse()
    price = np.full(3, 1.5)
    for _ in range(2000):
        here = describe(price)
        price = np.where(member, together.target(here), alone.target(here))
    share = logit_shares(price, 1.4)
    np.testing.assert_allclose(price - COST, SCALE / (1 - np.array([share[:2].sum()] * 2 + [share[2]])), atol=1e-9)


def test_linear_duopoly_and_monopoly_rest_at_their_closed_forms():
    """Size S, own slope b, cross slope d: p = (S + b c)/(2b − d); alone p = (S + b c)/(2b)."""
    price = (100 + 4 * 2) / (8 - 1)
    np.testing.assert_allclose(BestResponse().target(linear_layer([price, price])), price, rtol=1e-14)
    best = minimize_scalar(lambda p: -(p - 2.0) * (100.0 - 4.0 * p), bounds=(2, 25), method="bounded").x
    assert BestResponse().target(linear_layer([13.5]))[0] == pytest.approx(best, abs=1e-5)


def test_linear_best_responses_settle():
    """On a straight line twice the slope makes every step the best response."""
    found = settle(BestResponse(), np.array([5.0, 9.0]), lambda p: linear_layer(p, own_slope=np.full(2, -8.0)))
    np.testing.assert_allclose(found, (100 + 4 * 2) / (8 - 1), atol=1e-9)


def test_profit_taken_from_other_channels_counts_as_a_cost():
    here = linear_layer([10.0, 10.0])
    dearer = linear_layer([10.0, 10.0], opportunity_cost=np.array([3.0, 0.0]))
    moved = (BestResponse().target(dearer) - BestResponse().target(here))[0]
    np.testing.assert_allclose(moved, 3.0)


def test_patience_weighs_this_months_response_and_the_later_one():
    here = linear_layer([10.0, 10.0])
    later = linear_layer([10.0, 10.0], patient_response=2.5 * here.response)
    for patience in (0.0, 0.3, 1.0):
        found = BestResponse(patience=patience).target(later)
        slope = 4.0 * (1 - patience + 2.5 * patience)
        np.testing.assert_allclose(found, 2.0 + later.quantity[0] / slope)


@settings(deadline=None)
@given(
    price=st.lists(st.floats(1, 20), min_size=2, max_size=2),
    capacity=st.floats(1, 200),
    other=st.floats(1, 20),
)
def test_scarcity_clears_capacity_exactly_where_demand_is_linear(price, capacity, other):
    """One seller with two channels: both prices move by what brings the sum of quantities to capacity."""
    seller = np.array([0, 0, 1])
    whole = np.array([*price, other])
    here = linear_layer(whole, seller=seller, capacity=np.array([capacity, np.inf]), colluding=np.zeros(2, dtype=bool))
    move, moved_too, unbound = scarcity(here)
    assert moved_too == move
    after = linear_layer(whole + np.array([move, move, 0.0]))
    assert after.quantity[:2].sum() == pytest.approx(capacity, rel=1e-9, abs=1e-7)
    assert unbound == -np.inf


def test_what_is_sold_at_one_price_can_have_a_limit_of_its_own():
    """The other price of its seller moves by what all of it sells too much, or less."""
    seller, whole = np.zeros(2, dtype=np.int64), np.array([10.0, 10.0])
    kwargs = {"seller": seller, "capacity": np.array([200.0]), "colluding": np.zeros(1, bool)}
    slack, _ = scarcity(linear_layer(whole, **kwargs))
    limited = linear_layer(whole, limit=np.array([30.0, np.inf]), **kwargs)
    move, other = scarcity(limited)
    assert slack < 0 < move
    assert other == slack
    assert linear_layer(whole + np.array([move, 0.0])).quantity[0] == pytest.approx(30.0)


def test_best_response_never_sells_more_than_capacity():
    here = linear_layer([10.0], capacity=np.array([20.0]))
    np.testing.assert_allclose(BestResponse().target(here), (100 - 20) / 4)
    roomy = linear_layer([10.0], capacity=np.array([90.0]))
    np.testing.assert_allclose(BestResponse().target(roomy), 2.0 + 60.0 / 4.0)


def test_inelastic_demand_lets_the_price_rise_step_by_step():
    """Demand that rises with all prices of the seller has no optimum: prices grow by the largest move at most."""
    response = np.array([[-1.0, 2.0], [2.0, -1.0]])
    here = layer(
        [5.0, 5.0], 1.0, [10.0, 10.0], response, seller=np.zeros(2, dtype=np.int64), colluding=np.zeros(1, bool)
    )
    posted = BestResponse(largest_move=0.25).post(here)
    np.testing.assert_allclose(posted, 6.0)  # cost 1 plus the posted price of 5
    np.testing.assert_allclose(BestResponse(largest_move=0.1).post(here), 5.5)


@pytest.mark.parametrize("rule", [BestResponse(), JointProfit()])
def test_a_seller_without_buyers_keeps_its_price(rule):
    response = np.array([[0.0, 0.0], [0.0, -4.0]])
    here = layer([7.0, 5.0], 1.0, [0.0, 20.0], response, colluding=np.ones(2, dtype=bool))
    assert rule.post(here)[0] == 7.0


def test_marginal_cost_and_cost_plus():
    here = linear_layer([10.0, 8.0], cost=[2.0, 3.0])
    np.testing.assert_array_equal(MarginalCost().target(here), [2.0, 3.0])
    np.testing.assert_allclose(CostPlus(markup=0.2).target(here), [2.4, 3.6])
    np.testing.assert_allclose(CostPlus(markup=-0.5).target(here), [1.0, 1.5])


def test_each_decision_maker_solves_for_its_own_prices():
    """The same as one system with zeros between them, however many prices each has."""
    draw = np.random.default_rng(4)
    decider = np.array([2, 0, 1, 0, 2, 3, 0, -1, -1])
    response = draw.uniform(0.0, 0.3, (9, 9)) - 2.0 * np.eye(9)
    quantity = draw.uniform(1.0, 5.0, 9)
    owned = decider[:, None] == decider
    np.testing.assert_allclose(
        markups_of_deciders(quantity, response, decider), markup(quantity, response, owned), rtol=1e-12
    )


def test_where_no_buyer_is_lost_there_is_no_markup_to_want():
    """One seller has all buyers of its three goods, whatever they cost: its equations have no solution."""
    nobody = np.array([[-2.0, 1.0, 1.0], [1.0, -2.0, 1.0], [1.0, 1.0, -2.0]])
    response = np.zeros((6, 6))
    response[:3, :3], response[3:, 3:] = nobody, nobody - np.eye(3)
    decider, quantity = np.repeat([0, 1], 3), np.array([3.0, 1.0, 1.0, 2.0, 2.0, 2.0])
    found = markups_of_deciders(quantity, response, decider)
    assert not found[:3].any()
    np.testing.assert_allclose(found[3:], 2.0)
    assert np.isfinite(markup(quantity, response)).all()


def test_no_price_moves_further_than_the_largest_move():
    here = linear_layer([10.0], cost=[2.0])
    np.testing.assert_allclose(MarginalCost(largest_move=0.25).post(here), 10.0 / 1.25)
    here = linear_layer([10.0], cost=[200.0])
    np.testing.assert_allclose(MarginalCost(largest_move=0.25).post(here), 12.5)
    np.testing.assert_allclose(MarginalCost(largest_move=1e9).post(here), 200.0)


def test_undercutting_beats_the_cheapest_rival_in_the_same_channel():
    channel, seller = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 2])
    price, firms = np.array([9.0, 8.0, 7.0, 5.0, 4.0, 6.0]), np.zeros(3, dtype=bool)
    here = layer(price, 1.0, np.ones(6), -np.eye(6), seller=seller, channel=channel, colluding=firms)
    np.testing.assert_allclose(Undercut(cut=0.1).target(here)[[2, 5]], [0.9 * 8.0, 0.9 * 4.0])
    np.testing.assert_array_equal(here.price, price)


def test_a_war_of_undercutting_ends_at_marginal_cost():
    """Bertrand: the dearer firm stops at its own cost, the other just below it."""
    found = settle(Undercut(cut=0.02), np.array([10.0, 9.0]), lambda p: linear_layer(p, cost=np.array([3.0, 3.5])))
    np.testing.assert_allclose(found, [3.5 * 0.98, 3.5], rtol=1e-12)


def test_undercutting_without_rivals_leaves_the_price():
    np.testing.assert_array_equal(Undercut().target(linear_layer([10.0])), [10.0])


@pytest.mark.parametrize("start", [4.0, 24.0])
def test_hill_climbing_finds_the_monopoly_price_without_knowing_demand(start):
    """Linear monopoly with optimum 13.5: the price ends within two steps of it, from either side."""
    rule, price, profit, heading = HillClimbing(step=0.01), start, -np.inf, 1.0
    for _ in range(400):
        price = float(rule.post(linear_layer([price], heading=np.array([heading])))[0])
        before, profit = profit, (price - 2.0) * (100.0 - 4.0 * price)
        heading = -heading if profit < before else heading
    assert price == pytest.approx(13.5, rel=0.025)


def test_penetration_buys_share_while_share_and_money_allow_it():
    rule = Penetration(discount=0.2, target_share=0.5, runway=9)
    usual, low = BestResponse().target(linear_layer([10.0, 10.0])), 0.8 * 2.0
    for share, runway, buys in ((0.3, 20, True), (0.3, np.inf, True), (0.6, 20, False), (0.3, 8, False)):
        knows = {"market_share": np.array([share, 1.0]), "runway": np.array([runway, 20.0])}
        found = rule.target(linear_layer([10.0, 10.0], **knows))
        np.testing.assert_allclose(found, [low if buys else usual[0], usual[1]])


def test_market_shares_are_those_of_quantities_unless_given():
    """A seller with two instruments has the share of both; nobody has a share of nothing."""
    seller = np.array([0, 0, 1])
    here = layer([1.0] * 3, 1.0, [1.0, 2.0, 3.0], -np.eye(3), seller=seller, capacity=np.full(2, np.inf))
    np.testing.assert_allclose(here.share, [0.5, 0.5, 0.5])
    np.testing.assert_allclose(layer([1.0] * 2, 1.0, [0.0, 0.0], -np.eye(2)).share, 0.0)
    given = layer([1.0] * 2, 1.0, [1.0, 1.0], -np.eye(2), market_share=np.array([0.2, 0.8]))
    np.testing.assert_array_equal(given.share, [0.2, 0.8])


@pytest.mark.parametrize("rule", [BestResponse(), BestResponse(patience=0.3), JointProfit(), Undercut()])
def test_every_seller_answers_as_it_would_by_itself(rule):
    """A layer of three sellers with two instruments each against the first-order conditions of one at a time."""
    draws = np.random.default_rng(5)
    response = draws.uniform(0.0, 0.5, (6, 6)) - 4 * np.eye(6)
    here = layer(
        draws.uniform(5, 9, 6), draws.uniform(1, 2, 6), draws.uniform(5, 9, 6), response,
        patient_response=1.5 * response, seller=np.tile(np.arange(3), 2), channel=np.repeat([0, 1], 3),
        capacity=np.array([11.0, np.inf, np.inf]), colluding=np.zeros(3, dtype=bool),
        net_share=np.repeat([0.8, 0.9], 3),
    )  # fmt: skip
    found = rule.target(here)
    for firm in range(3):
        own = np.flatnonzero(here.seller == firm)
        if isinstance(rule, Undercut):
            rivals = [np.delete(here.price[part], firm).min() for part in (slice(0, 3), slice(3, 6))]
            wanted = np.maximum(np.array(rivals) * (1 - rule.cut), here.marginal_cost[own])
        else:
            felt = (
                (1 + 0.5 * rule.patience) * response[np.ix_(own, own)] * here.net_share[own, None] / here.net_share[own]
            )
            wanted = here.marginal_cost[own] + np.linalg.solve(felt.T, -here.quantity[own])
            short = (here.quantity[own].sum() - here.capacity[firm]) / -response[np.ix_(own, own)].sum()
            wanted = np.maximum(wanted, here.price[own] + short)
        np.testing.assert_allclose(found[own], wanted, rtol=1e-12)


def test_capacity_pricing_follows_the_gap_in_utilisation():
    rule = CapacityPricing(target_utilisation=0.6, sensitivity=0.5)
    np.testing.assert_allclose(rule.target(linear_layer([10.0], utilisation=0.6)), 10.0)
    np.testing.assert_allclose(rule.target(linear_layer([10.0], utilisation=0.8)), 11.0)
    np.testing.assert_allclose(rule.target(linear_layer([10.0], utilisation=0.0)), 7.0)
    np.testing.assert_allclose(rule.target(linear_layer([2.1], utilisation=0.0)), 2.0)


def test_rules_are_chosen_by_name_and_only_those_with_capacity_price_by_it():
    rule = TypeAdapter(Pricing).validate_python({"rule": "undercut", "cut": 0.1})
    assert rule == Undercut(cut=0.1)
    everyone, capable = TypeAdapter(Pricing), TypeAdapter(PricingWithCapacity)
    assert capable.validate_python({"rule": "capacity"}) == CapacityPricing()
    with pytest.raises(ValidationError, match="capacity"):
        everyone.validate_python({"rule": "capacity"})
    with pytest.raises(ValidationError, match="best-response"):
        everyone.validate_python({"rule": "best-respose"})
    with pytest.raises(ValidationError, match="markup"):
        everyone.validate_python({"rule": "undercut", "markup": 0.1})


# close substitutes ---------------------------------------------------------------------------------------------------


def bent_logit_layer(price, value, **change) -> Layer:
    """Logit demand of which sellers know how it bends: q ∂²q/∂p² / (∂q/∂p)² = (1 − 2s)/(1 − s)."""
    share = logit_shares(price, value)
    return logit_layer(price, value, curvature=(1 - 2 * share) / (1 - share), **change)


@pytest.mark.parametrize("start", [0.5, 1.2, 3.0])
def test_a_seller_of_most_there_is_settles_where_the_whole_step_leads_to_and_fro(start):
    value, price = np.array([5.0, 1.0]), np.full(2, start)
    found = settle(BestResponse(largest_move=0.25), price, lambda p: bent_logit_layer(p, value), rounds=60)
    share = logit_shares(found, value)
    assert share[0] > 0.5
    np.testing.assert_allclose(found - COST, SCALE / (1 - share), rtol=1e-12)


def test_near_the_best_response_a_step_by_curvature_is_newtons():
    """What is missing after a step is the square of what was missing before it."""
    value = np.array([3.0])
    best = settle(BestResponse(), np.array([2.0]), lambda p: bent_logit_layer(p, value))
    away = [abs(float(BestResponse().target(bent_logit_layer(best + off, value))[0] - best[0])) for off in (1e-2, 1e-3)]
    assert away[1] == pytest.approx(away[0] / 100, rel=0.1)


def test_where_demand_bends_more_than_costs_are_passed_on_the_step_is_no_longer_than_a_line_says():
    here = linear_layer(np.array([5.0, 9.0]))
    bent = linear_layer(np.array([5.0, 9.0]), curvature=np.array([1.5, 7.0]))
    np.testing.assert_allclose(BestResponse().target(bent), BestResponse().target(here), rtol=1e-12)


def test_a_price_below_cost_steps_from_cost():
    here = bent_logit_layer(np.array([0.2]), np.array([5.0]))
    assert COST < BestResponse().target(here)[0] < COST + here.quantity[0] / -here.response[0, 0]


def test_who_sets_several_prices_goes_a_part_of_the_way_to_all_of_them_at_once():
    """The part is each price's own; the way is to where the conditions of all hold if demand is a line."""
    seller, curvature = np.array([0, 0]), np.array([-2.0, 1.5])
    here = linear_layer(np.array([5.0, 9.0]), seller=seller)
    bent = linear_layer(np.array([5.0, 9.0]), seller=seller, curvature=curvature)
    way = BestResponse().target(here) - here.price
    np.testing.assert_allclose(BestResponse().target(bent) - bent.price, way / np.array([4.0, 1.0]), rtol=1e-12)
