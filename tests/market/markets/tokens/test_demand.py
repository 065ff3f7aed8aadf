from dataclasses import replace

import numpy as np
import pytest
from two_labs import PRICES, demand

from market import Parameters, TokenMarket
from market.demand import MixedLogit
from market.markets.tokens.demand import TokenDemand, but_each
from market.markets.tokens.offers import Offers

NESTS = pytest.mark.parametrize("nests", ["model", "channel"])


def at(here: TokenDemand, **change) -> TokenDemand:
    return replace(here, offers=replace(here.offers, **change))


def slopes(here: TokenDemand, column: str, measure, step=1e-5):
    """Return ∂measure/∂column[k] by central differences, k on the last axis."""
    values, found = getattr(here.offers, column), []
    for k in range(values.size):
        move = step * (np.arange(values.size) == k)
        up, down = at(here, **{column: values + move}), at(here, **{column: values - move})
        found.append((measure(up) - measure(down)) / (2 * step))
    return np.stack(found, axis=-1)


@pytest.mark.parametrize("elasticity", [0.0, 0.5, 0.9, 1.0, 1.8])
def test_roys_identity(elasticity):
    """−∂V/∂p over the marginal utility of income is the quantity, at any price."""
    here = demand(elasticity=elasticity)
    slope = slopes(here, "price", lambda there: there.utility)
    own = np.einsum("tjj->tj", slope)
    income = here.tastes.marginal_utility_of_income(here.need_factor)
    np.testing.assert_allclose(-own / income[:, None], here.tokens, rtol=1e-7)
    np.testing.assert_allclose(own, here.price_slope, rtol=1e-7)


@pytest.mark.parametrize("elasticity", [0.0, 0.9, 1.0, 1.8])
def test_quantity_has_the_elasticity_given(elasticity):
    tastes = demand(elasticity=elasticity).tastes
    price, step = np.array([2.0, 4.0, 9.0]), 1e-6
    up, down = (tastes.tokens(tastes.thrift(price * factor), 1.3) for factor in (1 + step, 1 - step))
    np.testing.assert_allclose((np.log(up) - np.log(down)) / (2 * step), -elasticity, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("loyalty", [0.0, 2.5])
@pytest.mark.parametrize("elasticity", [0.0, 0.9, 1.0])
def test_the_slope_of_consumer_surplus_is_minus_quantity(loyalty, elasticity):
    here = demand(loyalty=loyalty, elasticity=elasticity)
    slope = slopes(here, "price", lambda there: np.array(there.consumer_surplus))
    np.testing.assert_allclose(slope, -here.quantity, rtol=1e-6)


def test_consumer_surplus_of_one_offer_is_the_log_of_the_closed_form():
    here = demand(types=3, correlation=0.0)
    offers = Offers(("lab 1",), np.array([3.0]), np.array([1.0]), np.array([0]), np.array([-1]), np.array([0.0]))
    alone = replace(here, offers=offers, mass=here.mass[:, [0, -1]])
    value = alone.utility[:, 0]
    income = here.tastes.types.price_sensitivity / (here.tastes.types.need * 1.3 * 4.0)
    assert alone.consumer_surplus == pytest.approx((alone.mass.sum(axis=1) * np.log1p(np.exp(value)) / income).sum())


@pytest.mark.parametrize("loyalty", [0.0, 2.5])
@pytest.mark.parametrize("elasticity", [0.0, 0.9, 1.0, 1.8])
@pytest.mark.parametrize("correlation", [0.0, 0.6])
@NESTS
def test_response_is_the_slope_of_quantity(loyalty, elasticity, correlation, nests):
    here = demand(loyalty, elasticity, correlation, nests=nests)
    slope = slopes(here, "price", lambda there: there.quantity)
    np.testing.assert_allclose(here.response, slope, rtol=1e-6, atol=1e-8 * np.abs(slope).max())


@NESTS
def test_patient_response_is_the_slope_of_quantity_where_nobody_is_loyal(nests):
    here = demand(loyalty=0.0, nests=nests)
    slope = slopes(here, "price", lambda there: there.quantity)
    np.testing.assert_allclose(here.patient_response, slope, rtol=1e-6, atol=1e-8 * np.abs(slope).max())


def test_patience_keeps_the_own_elasticity_of_users_without_habits():
    """With loyalty, ∂ln q/∂ln p of the patient response of a type is that of the same users once they reconsider."""
    loyal = demand(loyalty=3.0, types=1)
    free = replace(loyal, tastes=replace(loyal.tastes, types=replace(loyal.tastes.types, loyalty=np.zeros(1))))
    slope = np.diag(slopes(free, "price", lambda there: there.quantity))
    np.testing.assert_allclose(np.diag(loyal.patient_response) / loyal.quantity, slope / free.quantity, rtol=1e-6)
    loyal = demand(loyalty=3.0)
    assert (np.diag(loyal.patient_response) / loyal.quantity < np.diag(loyal.response) / loyal.quantity).all()


def test_the_patient_first_order_condition_is_that_of_the_long_run():
    """Of one type and without use that answers, per unit sold, whatever the margins [offer], whoever has the users."""
    loyal = demand(loyalty=3.0, elasticity=0.0, types=1)
    free = replace(loyal, tastes=replace(loyal.tastes, types=replace(loyal.tastes.types, loyalty=np.zeros(1))))
    margins = np.array([1.0, 0.3, 0.7, -0.2, 0.5])
    found, expected = (margins @ response / there.quantity for response, there in
                       ((loyal.patient_response, loyal), (free.response, free)))  # fmt: skip
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@NESTS
def test_a_better_model_wins_what_its_users_tastes_say_however_they_are_spread_over_its_sellers(nests):
    """Σ over a model's offers of what users of a type answer is θ (1 − their share) of them, habits or not."""
    loyal = demand(loyalty=3.0, types=1, nests=nests)
    taste, share = loyal.tastes.types.quality_taste[0], loyal.reconsidered.share[0]
    for lab in (0, 1):
        mine = loyal.offers.lab == lab
        own = loyal.quality_response[np.ix_(mine, mine)].sum(axis=1)
        if nests == "model":
            np.testing.assert_allclose(own, loyal.quantity[mine] * taste * (1 - share[mine].sum()), rtol=1e-9)
        assert (own > 0).all()
        assert (own < loyal.quantity[mine] * taste / (1 - loyal.tastes.correlation)).all()


@NESTS
def test_quality_response_is_the_slope_of_quantity_where_nobody_is_loyal(nests):
    here = demand(loyalty=0.0, nests=nests)
    slope = slopes(here, "quality", lambda there: there.quantity)
    np.testing.assert_allclose(here.quality_response, slope, rtol=1e-6, atol=1e-8 * np.abs(slope).max())


@NESTS
@pytest.mark.parametrize("elasticity", [0.0, 0.9, 1.0, 1.8])
@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.95])
def test_curvature_is_that_of_quantity_in_the_own_price(nests, elasticity, correlation):
    """Of users who have reconsidered, whatever they are used to."""
    loyal = demand(3.0, elasticity, correlation, nests=nests)
    free = demand(0.0, elasticity, correlation, nests=nests)
    slope = np.diag(free.response)
    bend = np.diag(slopes(free, "price", lambda there: np.diag(there.response), step=1e-4))
    np.testing.assert_allclose(loyal.curvature(np.eye(5)), free.quantity * bend / slope**2, rtol=1e-5)


@NESTS
def test_curvature_is_that_of_like_offers_whose_prices_move_together(nests):
    """Two resellers of one lab at one price: their wholesale price is an instrument of the lab's."""
    here = at(demand(nests=nests, correlation=0.9), price=np.array([3.0, 5.0, 4.5, 6.0, 6.0]))
    both, step = np.array([0.0, 0.0, 0.0, 1.0, 1.0]), 1e-3

    def quantity(there: TokenDemand) -> float:
        return there.quantity @ both

    up, down = (quantity(at(here, price=here.offers.price + sign * step * both)) for sign in (1, -1))
    slope, bend = (up - down) / (2 * step), (up - 2 * quantity(here) + down) / step**2
    found = replace(here, mass=here.mass.sum(axis=1, keepdims=True) * np.eye(1, 6, 5)).curvature(both[None])
    assert found == pytest.approx(quantity(here) * bend / slope**2, rel=1e-4)


def test_nobody_s_demand_does_not_bend():
    here = demand()
    assert not replace(here, mass=np.zeros_like(here.mass)).curvature(np.eye(5)).any()


def test_a_text_in_a_dearer_language_is_like_english_at_a_dearer_price():
    """Fertility f multiplies the tokens of a text: V(p, f) = V(pf, 1) and tokens(p, f) = f tokens(pf, 1)."""
    here = demand(types=1)
    types = replace(here.tastes.types, fertility=np.array([1.6]))
    english = replace(here.tastes, types=replace(types, fertility=np.array([1.0])))
    other = replace(here.tastes, types=types)
    dearer = replace(here.offers, price=1.6 * PRICES)
    np.testing.assert_allclose(other.utility(here.offers, 1.0), english.utility(dearer, 1.0), rtol=1e-12)
    tokens, of_english = other.tokens(other.thrift(PRICES), 1.0), english.tokens(english.thrift(1.6 * PRICES), 1.0)
    np.testing.assert_allclose(tokens, 1.6 * of_english, rtol=1e-12)


def test_users_expect_more_as_the_frontier_moves():
    """A doubling of the frontier costs every model φ of a doubling's utility."""
    here = demand()
    change = here.tastes.utility(here.offers, 3.0) - here.tastes.utility(here.offers, 2.0)
    np.testing.assert_allclose(change, -0.9 * np.outer(here.tastes.types.quality_taste, np.ones(5)), rtol=1e-12)


def test_tokens_are_what_the_users_of_each_offer_buy():
    here = demand(loyalty=1.0)
    np.testing.assert_allclose(here.quantity, (here.choice.users * here.tokens).sum(axis=0), rtol=1e-12)
    doubled = replace(here, mass=2 * here.mass)
    np.testing.assert_allclose(doubled.quantity, 2 * here.quantity, rtol=1e-12)


@NESTS
@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.95])
def test_the_profit_of_carrying_is_that_of_the_offer_put_in_place_of_the_present_one(nests, correlation):
    here = demand(nests=nests, correlation=correlation, loyalty=2.0)
    price, cost, quality = np.array([4.8, 6.1]), np.array([4.0, 4.4]), here.offers.quality[:2]
    for own in np.flatnonzero(here.offers.resold):
        resold = np.zeros(2, dtype=np.int64)
        candidates = Offers((), price, quality, np.arange(2), resold, np.full(2, 0.3))
        found = here.profit_of_carrying(candidates, cost, instead_of=own)
        for lab in range(2):
            changes = {"price": price[lab], "quality": quality[lab], "lab": lab, "added_value": 0.3}
            values = {name: getattr(here.offers, name).copy() for name in changes}
            for name, value in changes.items():
                values[name][own] = value
            there = at(here, **values)
            profit = (price[lab] - cost[lab]) * (there.reconsidered.users * there.tokens)[:, own].sum()
            assert found[lab] == pytest.approx(profit, rel=1e-9)


def test_a_market_without_offers_sells_nothing():
    here = replace(demand(), offers=Offers.none(), mass=np.ones((6, 1)))
    assert here.quantity.size == 0
    assert here.consumer_surplus == 0.0
    assert here.choice.outside.sum() == 6.0


def test_offers_know_their_channel_and_their_lab():
    offers = demand().offers
    assert len(offers) == 5
    np.testing.assert_array_equal(offers.resold, [False, False, True, True, True])
    np.testing.assert_array_equal(offers.channel, [0, 0, 1, 1, 1])
    np.testing.assert_array_equal(offers.by_lab(np.array([1.0, 2.0, 4.0, 8.0, 16.0])), [5.0, 26.0])


@pytest.mark.parametrize(("nests", "wanted"), [("model", [0, 1, 0, 1, 1]), ("channel", [0, 0, 1, 1, 1])])
def test_nests_are_of_a_model_or_of_a_channel(nests, wanted):
    np.testing.assert_array_equal(demand(nests=nests).nest, wanted)


def test_users_of_a_dearer_offer_turn_to_others_of_its_nest_first():
    """Of the buyers an offer loses to a higher price the others of its nest take more than their share of the rest."""
    for nests in ("model", "channel"):
        here = demand(nests=nests, correlation=0.9, elasticity=0.0, types=1)
        taken = here.patient_response[:, 3]
        same = (here.nest == here.nest[3]) & (np.arange(5) != 3)
        other = here.nest != here.nest[3]
        assert (taken[same] / here.quantity[same]).min() > 5 * (taken[other] / here.quantity[other]).max() > 0


# the same demand by the demand systems of economists ----------------------------------------------------------------


def as_mixed_logit(here: TokenDemand) -> MixedLogit:
    """The same users as draws of a mixed logit, one per type and last provider; fertility scales price and need."""
    tastes, offers, types = here.tastes, here.offers, here.tastes.types
    count, power = len(offers), 1 - tastes.elasticity
    longer = types.fertility**power
    value = types.base_value - types.price_sensitivity * (longer - 1) / power
    value = value[:, None] + np.outer(types.quality_taste, offers.quality - tastes.obsolescence * here.progress)
    value = value + offers.resold * (types.reseller_taste[:, None] + offers.added_value)
    stays = np.eye(count + 1, count)
    return MixedLogit(
        (value[:, None, :] + types.loyalty[:, None, None] * stays).reshape(-1, count),
        np.repeat(types.price_sensitivity * longer, count + 1),
        weights=here.mass.ravel(),
        nests=tastes.nest(offers),
        rho=tastes.correlation,
        elasticity=tastes.elasticity,
        reference_price=tastes.reference_price,
        need=np.repeat(types.need * here.need_factor * longer, count + 1),
    )


def of_a_baseline(nests: str) -> TokenDemand:
    model = TokenMarket(Parameters(population={"nests": nests}), rng=1)
    for _ in range(3):
        model.step()
    return model.retail.demand


@NESTS
@pytest.mark.parametrize("market", ["small", "baseline"])
def test_demand_is_that_of_the_mixed_logit(market, nests):
    """Shares, quantities, their answer to all prices and surplus, by two independent implementations."""
    here = demand(loyalty=2.0, nests=nests) if market == "small" else of_a_baseline(nests)
    there, price = as_mixed_logit(here), here.offers.price
    choice, types = there.choice(price), here.mass.shape[0]

    def by_type(per_draw):
        return (here.mass.reshape(-1, 1) * per_draw).reshape(types, len(price) + 1, -1).sum(axis=1)

    np.testing.assert_allclose(here.choice.users, by_type(choice.share), rtol=1e-9)
    np.testing.assert_allclose(here.choice.outside, by_type(choice.outside[:, None])[:, 0], rtol=1e-9)
    np.testing.assert_allclose(here.quantity, there.quantities(price), rtol=1e-9)
    slope = there.jacobian(price)
    np.testing.assert_allclose(here.response, slope, rtol=1e-9, atol=1e-9 * np.abs(slope).max())
    assert here.consumer_surplus == pytest.approx(there.consumer_surplus(price), rel=1e-9)


def test_all_but_each_are_those_with_each_left_out():
    logs = np.random.default_rng(1).normal(0.0, 50.0, (7, 6))
    logs[2, 3] = logs[4] = logs[5, :5] = -np.inf
    without = np.where(np.eye(6, dtype=bool), -np.inf, logs[:, None])
    np.testing.assert_allclose(but_each(logs), np.logaddexp.reduce(without, axis=2), rtol=1e-12)
    assert but_each(logs[:, :1]).tolist() == [[-np.inf]] * 7
