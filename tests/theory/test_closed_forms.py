"""Demand and equilibria against closed forms and published tables."""

import numpy as np
import pytest
from scipy.optimize import brentq

from market.demand import Linear, Logit, MixedLogit, NestedLogit
from market.equilibrium import bertrand_nash, chain_equilibrium, joint_profit, vertical_bargaining


@pytest.mark.parametrize(
    ("firms", "nash", "joint"),
    [
        (1, 1.8019850079, 1.8019850079),
        (2, 1.4729266600, 1.9249809190),
        (3, 1.3701627294, 2.0),
        (4, 1.3314606899, 2.0544111805),
        (6, 1.2994006277, 2.1325899261),
        (10, 1.2776072263, 2.2332863960),
    ],
)
def test_symmetric_logit_meets_the_table_of_calvano_demand(firms, nash, joint):
    demand = Logit(np.full(firms, 2 / 0.25), 1 / 0.25)
    competing, together = bertrand_nash(demand, np.ones(firms)), joint_profit(demand, np.ones(firms))
    assert competing.converged
    assert together.converged
    assert competing.prices == pytest.approx(np.full(firms, nash), abs=1e-9)
    assert together.prices == pytest.approx(np.full(firms, joint), abs=1e-9)
    # Identity of symmetric logit: profit per firm is markup less μ.
    assert competing.profits == pytest.approx(competing.prices - 1 - 0.25, abs=1e-10)


def test_random_nested_logit_markets_all_converge_to_their_first_order_conditions():
    rng = np.random.default_rng(1)
    owned = np.kron(np.eye(10), np.ones((5, 5)))
    for _ in range(100):
        nests = rng.integers(0, 5, 50)
        demand = NestedLogit(rng.normal(1, 2, 50), rng.uniform(0.5, 3), nests, rng.uniform(0, 0.95))
        cost = rng.uniform(0, 3, 50)
        found = bertrand_nash(demand, cost, owned)
        assert found.converged
        margin = found.prices - cost
        gap = found.quantities + (owned * demand.jacobian(found.prices).T) @ margin
        assert np.abs(gap).max() < 1e-7


@pytest.mark.parametrize("elasticity", [0.0, 0.9, 1.0, 1.5])
def test_derivatives_and_surplus_agree_with_finite_differences(elasticity):
    rng = np.random.default_rng(2)
    demand = MixedLogit(
        rng.normal(size=(7, 5)), rng.uniform(0.5, 3, 7), weights=rng.uniform(0, 1, 7), need=rng.uniform(0.5, 2, 7),
        nests=[0, 0, 1, 1, 1], rho=0.4, outside=0.3, elasticity=elasticity, reference_price=2.0,
    )  # fmt: skip
    prices, step = rng.uniform(1, 3, 5), 1e-6
    moves = step * np.eye(5)
    slope = [(demand.quantities(prices + m) - demand.quantities(prices - m)) / (2 * step) for m in moves]
    surplus = [(demand.consumer_surplus(prices + m) - demand.consumer_surplus(prices - m)) / (2 * step) for m in moves]
    assert demand.jacobian(prices) == pytest.approx(np.array(slope).T, abs=1e-7)
    assert surplus == pytest.approx(-demand.quantities(prices), abs=1e-7)


def test_ten_thousand_offers_of_extreme_utility_are_safe():
    for value in (-700.0, 700.0):
        quantities = Logit(np.full(10_000, value), 1.0).quantities(np.zeros(10_000))
        assert np.isfinite(quantities).all()
        assert quantities.sum() <= 1 + 1e-9


@pytest.mark.parametrize(
    "firms", [(1, 1), (1, 2), (2, 1), (2, 2), (3, 5), (10, 10), (1, 1, 1), (2, 2, 2), (2, 3, 5), (3, 3, 10), (1, 5, 50)]
)
def test_successive_oligopoly_splits_profit_as_greenhut_and_ohta(firms):
    found = chain_equilibrium(Linear(10, 1), firms, (2,) + (0,) * (len(firms) - 1))
    passed = np.cumprod([1.0, *(n / (n + 1) for n in firms)])
    margins = 8 * passed[:-1] / (np.array(firms) + 1)
    assert found.quantity == pytest.approx(8 * passed[-1], abs=1e-8)
    assert found.profits == pytest.approx(margins * found.quantity, abs=1e-7)
    assert found.profit_shares == pytest.approx(margins / margins.sum(), abs=1e-8)
    assert found.pass_through == pytest.approx(passed[-1], abs=1e-6)


@pytest.mark.parametrize(
    ("firms", "integrated", "wholesale", "price", "quantity"),
    [((1, 1), 1, 4, 16 / 3, 14 / 3), ((2, 2), 1, 10 / 3, 14 / 3, 16 / 3), ((1, 2), 1, 4, 5, 5),
     ((3, 5), 1, 3, 27 / 7, 43 / 7)],
)  # fmt: skip
def test_vertically_integrated_firms_as_salinger(firms, integrated, wholesale, price, quantity):
    found = chain_equilibrium(Linear(10, 1), firms, (2, 0), integrated=integrated)
    assert found.prices == pytest.approx([wholesale, price], abs=1e-8)
    assert found.quantity == pytest.approx(quantity, abs=1e-8)


@pytest.mark.parametrize(
    ("resellers", "wholesale", "price", "above", "below"),
    [
        (1, 1.6888880, 2.1038844, 0.2738916, 0.1649964),
        (2, 1.7399043, 2.0921292, 0.4294792, 0.2044497),
        (5, 1.8940317, 2.1850403, 0.6299304, 0.2050433),
        (10, 2.0285059, 2.2988236, 0.7730494, 0.2031772),
    ],
)
def test_a_lab_above_logit_resellers_meets_the_table(resellers, wholesale, price, above, below):
    found = chain_equilibrium(Logit(np.full(resellers, 8.0), 4), (1, resellers), (1, 0))
    assert found.prices == pytest.approx([wholesale, price], abs=1e-7)
    assert found.profits == pytest.approx([above, below], abs=1e-7)


@pytest.mark.parametrize("value", [4.0, 12.0, 30.0])
def test_a_lab_over_one_reseller_wherever_users_stand(value):
    """Margins μ(1+x)² and μ(1+x) with x = s/(1−s) (s: share served), up to users who would pay many times the cost."""
    scale = 0.25

    def gap(odds):
        return np.log(odds) - value + (1 + scale * (1 + odds) ** 2 + scale * (1 + odds)) / scale

    odds = brentq(gap, 1e-12, 1e3, xtol=1e-14)
    wholesale = 1 + scale * (1 + odds) ** 2
    found = chain_equilibrium(Logit([value], 1 / scale), (1, 1), (1, 0))
    np.testing.assert_allclose(found.prices, [wholesale, wholesale + scale * (1 + odds)], rtol=1e-8)


def test_bargaining_with_all_power_to_the_retailer_is_integration():
    found = vertical_bargaining(Logit([8.0], 4), 1, 0, ["lab"], ["shop"], 1.0)
    assert found.converged
    assert found.wholesale == pytest.approx([1.0], abs=1e-9)
    assert found.prices == pytest.approx([1.8019850079], abs=1e-9)


def test_bargaining_splits_the_gains_of_every_link_by_weight():
    demand, share_of = Logit([8.0, 7.5, 7.0, 8.2], 4), 0.3
    supplier, retailer = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    found = vertical_bargaining(demand, 1, 0.1, list(supplier), list(retailer), share_of)
    assert found.converged
    share = found.quantities
    up, down = found.wholesale - 1, found.prices - found.wholesale - 0.1
    for link in range(4):
        lost = -share * share[link] / (1 - share[link])
        lost[link] = share[link]
        lab = (lost * up)[supplier == supplier[link]].sum()
        shop = (lost * down)[retailer == retailer[link]].sum()
        assert lab == pytest.approx((1 - share_of) / share_of * shop, abs=1e-9)


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: Logit([1.0], -1.0), "price_coefficient"),
        (lambda: Logit([], 1.0), "value"),
        (lambda: NestedLogit([1.0, 2.0], 1.0, [0, 1], 1.0), "rho"),
        (lambda: NestedLogit([1.0, 2.0], 1.0, [0], 0.5), "nests"),
        (lambda: bertrand_nash(Logit([1.0], 1.0), [1.0, 2.0]), "marginal_cost"),
        (lambda: bertrand_nash(Logit([1.0], 1.0), 1.0, np.eye(2)), "ownership"),
        (lambda: chain_equilibrium(Linear(10, 1), (0, 1), (1, 1)), "firms"),
        (lambda: chain_equilibrium(Linear(10, 1), (1, 1), (1, 1), timing="later"), "timing"),
        (lambda: vertical_bargaining(Logit([1.0], 1.0), 0, 0, ["a"], ["b"], 0.0), "retailer_weight"),
    ],
)
def test_impossible_input_is_named(build, named):
    with pytest.raises(ValueError, match=named):
        build()
