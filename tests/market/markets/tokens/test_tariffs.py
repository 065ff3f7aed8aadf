"""How one user uses a plan: the value of use is the area under its demand, and no other use would leave it more."""

from dataclasses import replace

import all_plans
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from market.markets.tokens.tariffs import Menu, Use
from market.parameters.plans import FREE, METERED, SUBSCRIPTION

INF = np.inf
ELASTICITIES = [0.5, 0.9, 1.0, 1.5]


def worth(users, tokens: float) -> float:
    """USD a month that a user would give for so many Mtok, but for a constant."""
    found = users.sensitivity * users.worth(tokens / users.needs)
    return float(found[0] / users.income[0])


@pytest.mark.parametrize("fertility", [1.0, 1.64])
@pytest.mark.parametrize("elasticity", ELASTICITIES)
def test_the_value_of_use_is_the_integral_of_inverse_demand(elasticity, fertility):
    """Of k f (p f / p₀)^(−ε) tokens bought at p: p = (p₀/f) (q / (k f))^(−1/ε)."""
    users = all_plans.users(elasticity, fertility=fertility, need=0.7)

    def willing(tokens: float) -> float:
        return 4.0 / fertility * (tokens / (0.7 * fertility)) ** (-1 / elasticity)

    for few, many in ((0.2, 0.5), (0.5, 3.0), (3.0, 40.0)):
        area = quad(willing, few, many, epsabs=0, epsrel=1e-12)[0]
        assert worth(users, many) - worth(users, few) == pytest.approx(area, rel=1e-10)


def plan(fee=0.0, allowance=0.0, price=INF) -> Menu:
    """One offer with a subscription only."""
    menu = Menu(np.zeros((1, 3), bool), np.zeros((1, 3)), np.zeros((1, 3)), np.full((1, 3), INF))
    menu.offered[0, SUBSCRIPTION] = True
    menu.fee[0, SUBSCRIPTION], menu.allowance[0, SUBSCRIPTION], menu.price[0, SUBSCRIPTION] = fee, allowance, price
    return menu


def used(users, menu: Menu) -> dict[str, float]:
    use = Use(users, menu)
    return {name: float(getattr(use, name)[0, 0, SUBSCRIPTION]) for name in ("tokens", "billed", "payment", "value")}


@pytest.mark.parametrize("allowance", [0.0, 0.5, 5.0])
@pytest.mark.parametrize("price", [1.0, 4.0, 12.0])
@pytest.mark.parametrize("elasticity", ELASTICITIES)
def test_no_other_use_leaves_more_than_the_one_chosen(elasticity, price, allowance):
    """The utility of a plan is the largest value of use less payment, fee included."""
    users = all_plans.users(elasticity, satiation=6.0, fertility=1.3)
    found = used(users, plan(2.0, allowance, price))

    def loss(tokens: float) -> float:
        return 2.0 + price * max(tokens - allowance, 0.0) - worth(users, tokens)

    most = 6.0 * users.needs[0]
    best = minimize_scalar(loss, bounds=(1e-6, most), method="bounded", options={"xatol": 1e-10})
    gained = -min(best.fun, loss(min(allowance, most)), loss(most))
    assert found["value"] / users.income[0] == pytest.approx(gained, rel=1e-9)
    assert -loss(found["tokens"]) == pytest.approx(gained, rel=1e-9)
    assert found["payment"] == pytest.approx(2.0 + price * max(found["tokens"] - allowance, 0.0), rel=1e-12)
    assert found["billed"] == pytest.approx(max(found["tokens"] - allowance, 0.0), rel=1e-12, abs=1e-12)


def test_beyond_satiation_nobody_uses_what_is_free():
    users = all_plans.users(0.9, satiation=3.0, need=0.5)
    assert used(users, plan(8.0, 1e6))["tokens"] == pytest.approx(1.5)
    assert used(users, plan(8.0, 1.2))["tokens"] == pytest.approx(1.2)
    assert used(users, plan(8.0, 1.6)) == used(users, plan(8.0, 1e6))
    cheap = used(users, plan(0.0, 0.0, 1e-9))
    assert cheap["tokens"] == cheap["billed"] == pytest.approx(1.5)


def test_users_who_need_next_to_nothing_at_any_price_do_not_bear_doing_without():
    """Below an elasticity of one the first token is worth more than anything; above it is not."""
    for elasticity, bearable in ((0.5, False), (1.0, False), (1.5, True)):
        users = all_plans.users(elasticity)
        assert np.isfinite(users.worth(np.zeros(1))[0]) == bearable
        assert np.isfinite(used(users, plan(1.0, 0.0))["value"]) == bearable
    dear = all_plans.users(1.5).worth(np.array([0.0, 1e-12]))
    assert dear[0] == pytest.approx(dear[1], rel=1e-3)


@pytest.mark.parametrize("elasticity", [*ELASTICITIES, 0.0])
def test_a_plan_without_fee_and_allowance_is_sale_by_the_token(elasticity):
    users, relative = all_plans.users(elasticity, fertility=1.3, sensitivity=2.0), 5.0 * 1.3 / 4.0
    found, power = used(users, plan(0.0, 0.0, 5.0)), 1 - elasticity
    burden = np.log(relative) if power == 0 else (relative**power - 1) / power
    assert found["value"] == pytest.approx(-2.0 * burden, rel=1e-12)
    assert found["tokens"] == found["billed"] == pytest.approx(1.3 * relative**-elasticity, rel=1e-12)


def test_a_plan_that_is_not_open_is_worth_nothing():
    users = all_plans.users()
    open_to_none = replace(users, sees=np.zeros((1, 3), dtype=bool))
    assert used(open_to_none, plan(1.0, 1.0))["value"] == -INF
    use = Use(users, plan(1.0, 1.0))
    assert (use.value[0, 0, [FREE, METERED]] == -INF).all()
    assert np.isfinite(use.value[0, 0, SUBSCRIPTION])


@pytest.mark.parametrize("satiation", [2.0, 1e9])
def test_the_slope_of_what_is_billed_is_that_of_demand(satiation):
    users = all_plans.users(0.9, satiation=satiation)
    for price in (1.0, 2.0, 4.0, 9.0):
        up, down = (used(users, plan(1.0, 0.6, price + step))["billed"] for step in (1e-6, -1e-6))
        found = Use(users, plan(1.0, 0.6, price)).billed_slope[0, 0, SUBSCRIPTION]
        assert found == pytest.approx((up - down) / 2e-6, rel=1e-6, abs=1e-9)
    assert Use(users, plan(1.0, 0.6)).billed_slope[0, 0, SUBSCRIPTION] == 0.0


def test_a_menus_instruments_are_the_fees_and_prices_that_it_posts():
    menu = all_plans.menu()
    where = menu.instruments
    assert len(where) == menu.posted.size == 8
    assert sorted(menu.posted.tolist()) == [2.4, 3.0, 3.2, 3.3, 4.0, 5.0, 7.0, 8.5]
    moved = menu.at(menu.posted * 2)
    np.testing.assert_array_equal(moved.posted, 2 * menu.posted)
    np.testing.assert_array_equal(moved.allowance, menu.allowance)
    assert not moved.fee[:, [FREE, METERED]].any()
    assert np.isinf(moved.price[:, FREE]).all()
    np.testing.assert_array_equal(menu.at(menu.posted).fee, menu.fee)
    of_one = menu.of(np.array([1]))
    assert of_one.posted.tolist() == [7.0, 5.0]
