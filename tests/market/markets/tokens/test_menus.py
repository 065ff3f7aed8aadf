"""Demand where sellers have menus: exact slopes, one demand system, and by the token what it was without menus."""

from dataclasses import replace

import numpy as np
import pytest
from all_plans import CHANNEL, LAB_1, LAB_2, SERVED_SMALL, WRAPPER, demand
from scipy.integrate import quad

from market.markets.tokens.demand import TokenDemand
from market.markets.tokens.menus import MenuDemand, Response
from market.markets.tokens.tariffs import Menu
from market.parameters.plans import FREE, METERED, SMALL, SUBSCRIPTION
from market.users.choice import free_choice

EXACT = {"rtol": 1e-12, "atol": 1e-12}
ELASTICITIES = [0.0, 0.5, 0.9, 1.0, 1.8]


def slopes(here: MenuDemand, measure, step=1e-5) -> np.ndarray:
    """Return ∂measure/∂fee or price by central differences, the instrument on the last axis."""
    posted, found = here.posted, []
    for k in range(posted.size):
        move = step * (np.arange(posted.size) == k)
        found.append((measure(here.at(posted + move)) - measure(here.at(posted - move))) / (2 * step))
    return np.stack(found, axis=-1)


def of_types(here: MenuDemand, kinds: list[int]) -> MenuDemand:
    """Return the demand of some types alone."""
    types = here.tastes.types
    some = type(types)(**{name: getattr(types, name)[kinds] for name in type(types).__annotations__})
    return replace(here, tastes=replace(here.tastes, types=some), mass=here.mass[kinds])


def close(found, expected) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7 * np.abs(expected).max())


@pytest.mark.parametrize("loyalty", [0.0, 2.5])
@pytest.mark.parametrize("elasticity", ELASTICITIES)
@pytest.mark.parametrize("correlation", [0.0, 0.6])
@pytest.mark.parametrize("small", [False, True])
def test_responses_are_slopes_with_all_plans_at_once(loyalty, elasticity, correlation, small):
    here = demand(loyalty, elasticity, correlation, small=small)
    close(here.today.billed, slopes(here, lambda there: there.quantity))
    close(here.today.metered, slopes(here, lambda there: there.metered))


@pytest.mark.parametrize("satiation", [0.7, 1e6])
@pytest.mark.parametrize("plan_correlation", [0.6, 0.97])
def test_responses_are_slopes_however_soon_users_have_enough(satiation, plan_correlation):
    here = demand(1.0, correlation=0.6, plan_correlation=plan_correlation, satiation=satiation)
    close(here.today.billed, slopes(here, lambda there: there.quantity))
    close(here.today.metered, slopes(here, lambda there: there.metered))


def test_patient_responses_are_slopes_where_nobody_is_loyal():
    here = demand(loyalty=0.0)
    close(here.patient.billed, slopes(here, lambda there: there.quantity))
    assert here.patient is here.today


@pytest.mark.parametrize("elasticity", ELASTICITIES)
@pytest.mark.parametrize("small", [False, True])
def test_responses_are_symmetric(elasticity, small):
    """Utility is linear in income: ∂(subscribers)/∂price is ∂(tokens billed)/∂fee, loyalty or not."""
    here = demand(loyalty=2.5, elasticity=elasticity, small=small)
    found = here.today.billed
    np.testing.assert_allclose(found, found.T, rtol=1e-9, atol=1e-12 * np.abs(found).max())
    assert np.linalg.eigvalsh(found).max() < 1e-9 * np.abs(found).max()


def test_patience_keeps_the_own_answer_of_users_without_habits():
    """Of one type, ∂ln Q/∂y of an offer to its own fee or price is that of the same users once they reconsider."""
    alone = of_types(demand(loyalty=3.0), [4])
    free = alone.without_loyalty()
    own = alone.instruments.offer[:, None] == alone.instruments.offer
    found, expected = (np.where(own, there.patient.billed / there.quantity[:, None], 0.0) for there in (alone, free))
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("loyalty", [0.0, 2.5])
@pytest.mark.parametrize("elasticity", ELASTICITIES)
@pytest.mark.parametrize("small", [False, True])
def test_the_slope_of_consumer_surplus_is_minus_quantity(loyalty, elasticity, small):
    here = demand(loyalty, elasticity, small=small)
    close(slopes(here, lambda there: np.array(there.consumer_surplus)), -here.quantity)


@pytest.mark.parametrize("loyalty", [0.0, 2.5])
@pytest.mark.parametrize("instrument", range(8))
def test_consumer_surplus_is_the_area_under_demand_for_a_fee_or_a_price(instrument, loyalty):
    here = demand(loyalty)

    def at(value: float) -> MenuDemand:
        posted = here.posted
        posted[instrument] = value
        return here.at(posted)

    low, high = here.posted[instrument] * np.array([0.7, 1.6])
    area = quad(lambda value: at(value).quantity[instrument], low, high, epsrel=1e-10, limit=200)[0]
    assert at(low).consumer_surplus - at(high).consumer_surplus == pytest.approx(area, rel=1e-8)


@pytest.mark.parametrize("small", [False, True])
def test_own_slopes_are_those_within_a_plan_whose_inclusive_value_stands_still(small):
    """Σ over users: units × slope/μ of who chooses the plan, and what those who have it use less."""
    here = demand(loyalty=2.0, small=small)
    assert (here.own_slope < 0).all()
    assert (here.own_slope < np.diag(here.today.billed)).all()


@pytest.mark.parametrize("satiation", [0.7, 1e6])
@pytest.mark.parametrize("elasticity", ELASTICITIES)
@pytest.mark.parametrize("correlation", [0.0, 0.6])
@pytest.mark.parametrize("small", [False, True])
def test_bend_is_that_of_quantity_in_the_own_fee_or_price(correlation, elasticity, satiation, small):
    """Of users who have reconsidered, whatever they are used to."""
    loyal, free = (demand(loyalty, elasticity, correlation, satiation=satiation, small=small) for loyalty in (2.5, 0.0))
    slope = np.diag(free.today.billed)
    bend = np.diag(slopes(free, lambda there: np.diag(there.today.billed), step=1e-4))
    answers = slope < -1e-4 * free.quantity / free.posted  # a plan that all have at any fee has no bend to speak of
    expected = free.quantity[answers] * bend[answers] / slope[answers] ** 2
    assert answers.any() or elasticity != 0.9
    np.testing.assert_allclose(loyal.bend[answers], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_joint_bend_is_that_of_an_offers_users_in_what_all_pay(correlation):
    """A USD a month on each plan is as much utility less as income is worth to a type."""
    here = demand(0.0, 0.9, correlation, small=True)
    felt, step = here.use.users.income[:, None], 1e-3

    def users(offer: int, dearer: float) -> float:
        utility = here.utility - felt * dearer * (np.arange(5) == offer)
        return free_choice(utility, here.nest, correlation, here.mass.sum(axis=1)).users[:, offer].sum()

    for offer in range(5):
        down, at, up = (users(offer, dearer) for dearer in (-step, 0.0, step))
        expected = at * (up - 2 * at + down) / ((up - down) / 2) ** 2
        assert here.joint_bend[offer] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("small", [False, True])
def test_plans_are_chosen_by_a_logit_within_a_seller(small):
    here = demand(plan_correlation=0.8, small=small)
    value = here.use.value[:, LAB_1] / 0.2
    weights = np.exp(value)
    np.testing.assert_allclose(here.plans[:, LAB_1], weights / weights.sum(axis=1, keepdims=True), **EXACT)
    opens = np.isfinite(here.utility)
    np.testing.assert_allclose(here.plans.sum(axis=2), opens.astype(float), **EXACT)


def test_a_worse_model_is_worth_less_by_the_taste_for_quality():
    """And by nothing else: a small model as good as the best, at its price, is chosen as often."""
    here = demand(small=True)
    taste, menu = here.tastes.types.quality_taste, here.menu
    price = menu.price.copy()
    price[:2, SMALL] = price[:2, METERED]
    alike = here.among(here.offers.at(menu=replace(menu, price=price)))
    both = here.tastes.types.sees[:, METERED]
    less = (alike.use.value[both, :2, METERED] - alike.use.value[both, :2, SMALL]) / taste[both, None]
    np.testing.assert_allclose(less, 0.6, rtol=1e-9)


@pytest.mark.parametrize("small", [False, True])
def test_quantities_add_up(small):
    here = demand(loyalty=1.0, small=small)
    users = here.choice.users
    load = np.where(SERVED_SMALL, 0.2, 1.0) if small else np.ones(3)
    used = users[:, :, None] * here.plans * here.use.tokens
    np.testing.assert_allclose(here.metered, (used * load).sum(axis=(0, 2)))
    np.testing.assert_allclose((users * here.tokens).sum(axis=0), used.sum(axis=(0, 2)))
    bills = np.bincount(here.instruments.offer, here.posted * here.quantity, minlength=5)
    np.testing.assert_allclose(here.paid, bills, rtol=1e-12)
    np.testing.assert_allclose(here.bills(users).sum(axis=0), here.paid, rtol=1e-12)
    twice = replace(here, mass=2 * here.mass)
    np.testing.assert_allclose(twice.quantity, 2 * here.quantity, rtol=1e-12)
    np.testing.assert_allclose(twice.today.billed, 2 * here.today.billed, rtol=1e-12)


# who buys what ------------------------------------------------------------------------------------------------------


def alike(needs: list[float], **more: object) -> MenuDemand:
    """Return types who differ in need alone, the same utility per USD; to all of whom everything is open."""
    here, count = demand(**more), len(needs)
    need, types = np.array(needs), here.tastes.types
    same = {name: np.full(count, 1.0) for name in ("people", "quality_taste", "base_value", "fertility")}
    traits = same | {"need": need, "price_sensitivity": need, "reseller_taste": 0 * need, "loyalty": 0 * need}
    kinds = type(types)(**traits, sees=np.ones((count, 3), bool))
    mass = np.column_stack([np.zeros((count, 5)), np.full(count, 1e5)])
    return replace(here, tastes=replace(here.tastes, types=kinds), mass=mass, need_factor=1.0)


def test_a_free_user_uses_the_allowance_or_has_enough_before():
    here = alike([0.01, 0.05, 0.1, 1.0, 5.0], satiation=4.0)
    used = here.use.tokens[:, LAB_1, FREE]
    np.testing.assert_allclose(used, [0.04, 0.2, 0.3, 0.3, 0.3])
    assert not here.use.payment[:, LAB_1, FREE].any()
    assert not here.use.billed[:, LAB_1, FREE].any()


def test_the_more_users_need_the_fewer_of_them_stay_with_the_free_plan():
    here = alike([0.2, 0.5, 1.0, 2.0, 5.0], satiation=4.0)
    free = here.plans[:, LAB_2, FREE]
    assert free[0] > 0.7
    assert free[-1] < 1e-3
    assert (np.diff(free) < 0).all()


def test_heavy_users_take_a_flat_rate_and_light_ones_buy_by_the_token():
    """The wrapper's fee of 8.5 against 3.3 a Mtok from a reseller; who needs a lot has most of a flat rate."""
    here = alike([0.2, 0.5, 1.0, 3.0, 6.0], correlation=0.0, satiation=4.0)
    subscribers, payers = here.choice.users[:, WRAPPER], here.choice.users[:, CHANNEL]
    assert (np.diff(subscribers / payers) > 0).all()
    flat, metered = here.plans[:, LAB_2, SUBSCRIPTION], here.plans[:, LAB_2, METERED]
    assert flat[0] < metered[0]
    assert flat[2] > metered[2]


def test_a_larger_allowance_wins_users_and_their_surplus():
    here = demand(loyalty=2.0)
    allowance = here.menu.allowance.copy()
    allowance[LAB_1, FREE] *= 2
    more = here.among(here.offers.at(menu=here.menu.giving(allowance)))
    assert more.choice.users.sum(axis=0)[LAB_1] > here.choice.users.sum(axis=0)[LAB_1]
    assert more.consumer_surplus > here.consumer_surplus
    np.testing.assert_array_equal(more.posted, here.posted)


def test_nobody_has_a_plan_that_is_closed_to_them():
    here = demand(loyalty=1.0)
    sees = here.tastes.types.sees
    assert not here.plans[~np.broadcast_to(sees[:, None, :], here.plans.shape)].any()
    only_metered = ~sees[:, SUBSCRIPTION]
    assert not here.choice.users[only_metered, WRAPPER].any()
    assert not here.choice.users[~sees[:, METERED], CHANNEL].any()


def test_a_seller_nobody_may_buy_from_has_no_users_and_moves_nobody():
    here = demand(loyalty=1.0)
    types = here.tastes.types
    sees = types.sees.copy()
    sees[:, SUBSCRIPTION] = False
    mass = here.mass.copy()
    mass[:, WRAPPER] = 0.0
    closed = replace(here, tastes=replace(here.tastes, types=replace(types, sees=sees)), mass=mass)
    open_kinds = of_types(closed, [0, 1, 3, 4, 5, 7])  # to the others nothing is open
    assert (open_kinds.utility[:, WRAPPER] == -np.inf).all()
    assert not open_kinds.choice.users[:, WRAPPER].any()
    fee = int(np.flatnonzero(here.instruments.offer == WRAPPER)[0])
    assert open_kinds.quantity[fee] == open_kinds.metered[WRAPPER] == 0.0
    for found in (open_kinds.today, open_kinds.patient):
        assert np.isfinite(found.billed).all()
        assert not found.billed[fee].any()
        assert not found.billed[:, fee].any()
        assert not found.metered[:, fee].any()
    assert np.isfinite(open_kinds.consumer_surplus)


def test_types_to_whom_nothing_is_open_do_without():
    here = demand(loyalty=1.0)
    sees = np.zeros_like(here.tastes.types.sees)
    mass = np.column_stack([np.zeros((8, 5)), np.ones(8)])
    none = replace(here, tastes=replace(here.tastes, types=replace(here.tastes.types, sees=sees)), mass=mass)
    assert not none.choice.users.any()
    assert none.consumer_surplus == 0.0
    assert not none.quantity.any()


# by the token -------------------------------------------------------------------------------------------------------


def both(elasticity: float, loyalty: float, kinds: list[int]) -> tuple[TokenDemand, MenuDemand]:
    """Return the same users and prices, sold by the token alone and by menus of nothing else."""
    there = of_types(demand(loyalty, elasticity, correlation=0.6, plan_correlation=0.6, satiation=1e300), kinds)
    price = np.array([3.0, 5.0, 4.5, 3.2, 5.5])
    offered, nothing = np.zeros((5, 3), bool), np.zeros((5, 3))
    offered[:, METERED] = True
    asked = np.where(offered, price[:, None], np.inf)
    types = replace(there.tastes.types, sees=np.ones((len(kinds), 3), bool))
    tastes = replace(there.tastes, types=types)
    by_menus = there.offers.at(price=price, menu=Menu(offered, nothing, nothing.copy(), asked))
    given = (there.mass, there.need_factor, there.progress)
    return TokenDemand(tastes, there.offers.at(price=price, menu=None), *given), MenuDemand(tastes, by_menus, *given)


@pytest.mark.parametrize("loyalty", [0.0, 2.5])
@pytest.mark.parametrize("elasticity", ELASTICITIES)
def test_by_the_token_is_a_tariff_without_fee_and_allowance(elasticity, loyalty):
    plain, menus = both(elasticity, loyalty, list(range(8)))
    np.testing.assert_array_equal(menus.instruments.offer, np.arange(5))
    for name in ("utility", "tokens", "payments", "quantity", "metered", "paid", "posted", "own_slope"):
        np.testing.assert_allclose(getattr(menus, name), getattr(plain, name), **EXACT, err_msg=name)
    same_response(menus.today, plain.response)
    np.testing.assert_allclose(menus.quality_response, plain.quality_response, rtol=1e-12)
    assert menus.consumer_surplus == pytest.approx(plain.consumer_surplus, rel=1e-12)


@pytest.mark.parametrize(("loyalty", "kinds"), [(0.0, list(range(8))), (2.5, [4]), (2.5, [0])])
@pytest.mark.parametrize("elasticity", ELASTICITIES)
def test_by_the_token_the_long_run_is_the_same(elasticity, loyalty, kinds):
    """Of loyal users of several types menus keep as many of each as there are today, prices alone as many tokens."""
    plain, menus = both(elasticity, loyalty, kinds)
    same_response(menus.patient, plain.patient_response)


def same_response(found: Response, expected: np.ndarray) -> None:
    for part in (found.billed, found.metered):
        np.testing.assert_allclose(part, expected, rtol=1e-11, atol=1e-12 * np.abs(expected).max())
