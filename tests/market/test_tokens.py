from dataclasses import replace

import numpy as np
import pytest

from market import Parameters, TokenMarket
from market.demand import MixedLogit
from market.population import Types
from market.tokens import Offers, Tastes, TokenDemand

PRICES = np.array([3.0, 5.0, 4.5, 6.0, 5.5])
LABS, RESELLERS = np.array([0, 1, 0, 1, 1]), np.array([-1, -1, 0, 1, 2])


def demand(loyalty=0.0, elasticity=0.9, correlation=0.5, types=6, seed=2) -> TokenDemand:
    """Two labs that sell themselves, and three resellers of their models; users spread over all of them and none."""
    random = np.random.default_rng(seed)
    people = Types(
        people=np.ones(types),
        need=random.uniform(0.1, 3.0, types),
        price_sensitivity=random.uniform(1.0, 4.0, types),
        quality_taste=random.uniform(0.2, 1.0, types),
        base_value=random.uniform(0.5, 2.0, types),
        reseller_taste=random.uniform(-1.0, 1.0, types),
        loyalty=loyalty * random.uniform(0.5, 1.5, types),
        fertility=random.uniform(1.0, 1.7, types),
    )
    tastes = Tastes(people, reference_price=4.0, elasticity=elasticity, obsolescence=0.9, correlation=correlation)
    offers = Offers(
        sellers=("lab 1", "lab 2", "reseller 1", "reseller 2", "reseller 3"),
        price=PRICES,
        quality=np.array([1.0, 0.2, 1.0, 0.2, 0.2]),
        lab=LABS,
        reseller=RESELLERS,
        added_value=np.array([0.0, 0.0, 0.4, -0.1, 0.2]),
    )
    return TokenDemand(tastes, offers, random.uniform(0, 1e6, (types, 6)), need_factor=1.3, progress=1.0)


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
    np.testing.assert_allclose(own, here.tastes.price_slope(here.offers.price), rtol=1e-7)


@pytest.mark.parametrize("elasticity", [0.0, 0.9, 1.0, 1.8])
def test_quantity_has_the_elasticity_given(elasticity):
    tastes = demand(elasticity=elasticity).tastes
    price, step = np.array([2.0, 4.0, 9.0]), 1e-6
    up, down = tastes.tokens(price * (1 + step), 1.3), tastes.tokens(price * (1 - step), 1.3)
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
def test_response_is_the_slope_of_quantity(loyalty, elasticity, correlation):
    here = demand(loyalty, elasticity, correlation)
    slope = slopes(here, "price", lambda there: there.quantity)
    np.testing.assert_allclose(here.response, slope, rtol=1e-6, atol=1e-8 * np.abs(slope).max())


def test_patient_response_is_the_slope_of_quantity_where_nobody_is_loyal():
    here = demand(loyalty=0.0)
    slope = slopes(here, "price", lambda there: there.quantity)
    np.testing.assert_allclose(here.patient_response, slope, rtol=1e-6, atol=1e-8 * np.abs(slope).max())


def test_patience_keeps_the_own_elasticity_of_users_without_habits():
    """With loyalty, ∂ln q/∂ln p of the patient response is that of the same users once they reconsider."""
    loyal = demand(loyalty=3.0)
    free = replace(loyal, tastes=replace(loyal.tastes, types=replace(loyal.tastes.types, loyalty=np.zeros(6))))
    slope = np.diag(slopes(free, "price", lambda there: there.quantity))
    np.testing.assert_allclose(np.diag(loyal.patient_response) / loyal.quantity, slope / free.quantity, rtol=1e-6)
    assert (np.diag(loyal.patient_response) / loyal.quantity < np.diag(loyal.response) / loyal.quantity).all()


def test_patient_cross_effects_between_prices_are_symmetric_where_all_buy_one_unit():
    response = demand(loyalty=3.0, elasticity=0.0, types=1).patient_response
    np.testing.assert_allclose(response, response.T, rtol=1e-9)


def test_quality_response_is_the_slope_of_quantity_where_nobody_is_loyal():
    here = demand(loyalty=0.0)
    slope = slopes(here, "quality", lambda there: there.quantity)
    np.testing.assert_allclose(here.quality_response, slope, rtol=1e-6, atol=1e-8 * np.abs(slope).max())


def test_a_text_in_a_dearer_language_is_like_english_at_a_dearer_price():
    """Fertility f multiplies the tokens of a text: V(p, f) = V(pf, 1) and tokens(p, f) = f tokens(pf, 1)."""
    here = demand(types=1)
    types = replace(here.tastes.types, fertility=np.array([1.6]))
    english = replace(here.tastes, types=replace(types, fertility=np.array([1.0])))
    other = replace(here.tastes, types=types)
    dearer = replace(here.offers, price=1.6 * PRICES)
    np.testing.assert_allclose(other.utility(here.offers, 1.0), english.utility(dearer, 1.0), rtol=1e-12)
    np.testing.assert_allclose(other.tokens(PRICES, 1.0), 1.6 * english.tokens(1.6 * PRICES, 1.0), rtol=1e-12)


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


def test_the_profit_of_carrying_is_that_of_an_offer_put_beside_the_others():
    """Where everybody buys from resellers, a newcomer takes users from resellers only, as the formula has it."""
    here = demand()
    resold = here.offers.resold
    offers = Offers(
        sellers=tuple(np.array(here.offers.sellers)[resold]),
        **{name: getattr(here.offers, name)[resold] for name in ("price", "quality", "lab", "reseller", "added_value")},
    )
    types = replace(here.tastes.types, base_value=np.full(6, 60.0))
    market = replace(here, tastes=replace(here.tastes, types=types), offers=offers, mass=np.ones((6, 4)))
    price, cost, quality = np.array([4.8, 6.1]), np.array([4.0, 4.4]), np.array([1.0, 0.2])
    found = market.profit_of_carrying(price, cost, quality, added_value=0.3)
    for model in range(2):
        more = Offers(
            sellers=(*offers.sellers, "newcomer"),
            price=np.append(offers.price, price[model]),
            quality=np.append(offers.quality, quality[model]),
            lab=np.append(offers.lab, model),
            reseller=np.append(offers.reseller, 3),
            added_value=np.append(offers.added_value, 0.3),
        )
        beside = replace(market, offers=more, mass=np.column_stack([market.mass, np.zeros(6)]))
        users = beside.reconsidered.users[:, -1]
        profit = (price[model] - cost[model]) * (users * beside.tokens[:, -1]).sum()
        assert found[model] == pytest.approx(profit, rel=1e-9)


def test_a_market_without_offers_sells_nothing():
    here = replace(demand(), offers=Offers.none(), mass=np.ones((6, 1)))
    assert here.quantity.size == 0
    assert here.consumer_surplus == 0.0
    assert here.choice.outside.sum() == 6.0


def test_offers_know_their_nest_and_their_lab():
    offers = demand().offers
    assert len(offers) == 5
    np.testing.assert_array_equal(offers.resold, [False, False, True, True, True])
    np.testing.assert_array_equal(offers.nest, [0, 0, 1, 1, 1])
    np.testing.assert_array_equal(offers.by_lab(np.array([1.0, 2.0, 4.0, 8.0, 16.0])), [5.0, 26.0])


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
        nests=offers.nest,
        rho=tastes.correlation,
        elasticity=tastes.elasticity,
        reference_price=tastes.reference_price,
        need=np.repeat(types.need * here.need_factor * longer, count + 1),
    )


@pytest.fixture(scope="module")
def baseline() -> TokenDemand:
    model = TokenMarket(Parameters(), rng=1)
    for _ in range(3):
        model.step()
    return model.retail.demand


@pytest.mark.parametrize("market", ["small", "baseline"])
def test_demand_is_that_of_the_mixed_logit(market, baseline):
    """Shares, quantities, their answer to all prices and surplus, by two independent implementations."""
    here = demand(loyalty=2.0) if market == "small" else baseline
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
