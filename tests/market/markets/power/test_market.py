import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.optimize import minimize_scalar

from market import Parameters, TokenMarket
from market.accounts import ledger
from market.firms.power_supplier import merit_order
from market.markets.derived_demand import DerivedDemand

FIXED_LOAD = DerivedDemand(np.zeros((5, 5)), 1.0)


@st.composite
def markets(draw):
    count = draw(st.integers(1, 6))

    def numbers(low, high):
        return np.array(draw(st.lists(st.floats(low, high), min_size=count, max_size=count)))

    return {
        "capacity": numbers(1.0, 1e6),
        "first_cost": numbers(0.0, 0.2),
        "rise": draw(st.floats(0.01, 1.0)),
        "bid": numbers(0.8, 3.0),
        "load": draw(st.floats(0.0, 5e6)),
        "cap": draw(st.floats(0.05, 1.0)),
    }


def marginal_bid(market, dispatch):
    used = dispatch / market["capacity"]
    return market["bid"] * (market["first_cost"] + market["rise"] * used)


@settings(deadline=None)
@given(markets())
def test_the_price_is_the_bid_of_every_plant_at_the_margin(market):
    """Complementary slackness: idle suppliers bid above the price, full ones below, the others exactly the price."""
    price, dispatch = merit_order(**market)
    capacity, tiny = market["capacity"], 1e-9
    assert ((dispatch >= 0) & (dispatch <= capacity * (1 + 1e-12))).all()
    at_margin = marginal_bid(market, dispatch)
    partly = (dispatch > tiny * capacity) & (dispatch < capacity * (1 - tiny))
    np.testing.assert_allclose(at_margin[partly], price, rtol=1e-9)
    assert (at_margin[dispatch <= tiny * capacity] >= price * (1 - 1e-6) - tiny).all()
    assert (at_margin[dispatch >= capacity * (1 - tiny)] <= price * (1 + 1e-6) + tiny).all()


@settings(deadline=None)
@given(markets())
def test_load_is_met_up_to_what_the_cap_calls_forth(market):
    price, dispatch = merit_order(**market)
    at_cap = market["capacity"] * np.clip((market["cap"] / market["bid"] - market["first_cost"]) / market["rise"], 0, 1)
    assert dispatch.sum() == pytest.approx(min(market["load"], at_cap.sum()), rel=1e-9, abs=1e-6)
    assert price <= market["cap"]
    if at_cap.sum() < market["load"]:
        assert price == market["cap"]


@settings(deadline=None, max_examples=50)
@given(markets())
def test_a_stack_of_a_thousand_plants_each_gives_the_same(market):
    """Brute force: cut every supplier into small plants, sort them by bid, run the cheapest until load is met."""
    plants, count = 1000, market["capacity"].size
    steps = (np.arange(plants) + 0.5)[:, None] / plants
    bids = market["bid"] * (market["first_cost"] + market["rise"] * steps)
    sizes = np.broadcast_to(market["capacity"] / plants, bids.shape)
    order = np.argsort(bids, axis=None, kind="stable")
    before = np.cumsum(sizes.ravel()[order]) - sizes.ravel()[order]
    runs = order[(bids.ravel()[order] <= market["cap"]) & (before < market["load"])]
    stacked = np.bincount(runs % count, sizes.ravel()[runs], minlength=count)
    _, dispatch = merit_order(**market)
    np.testing.assert_allclose(dispatch / market["capacity"], stacked / market["capacity"], atol=0.01)


def test_merit_order_dispatches_at_least_cost():
    """No shift of a kW from one supplier to another lowers the cost of fuel where all bid at cost."""
    capacity, first, rise = np.array([40.0, 50.0, 60.0]), np.array([0.03, 0.04, 0.06]), 0.05
    _, dispatch = merit_order(capacity, first, rise, np.ones(3), load=95.0, cap=1.0)

    def fuel(used):
        return float((first * used + rise * used**2 / (2 * capacity)).sum())

    random = np.random.default_rng(0)
    for _ in range(500):
        other = random.dirichlet(np.ones(3)) * 95.0
        if (other <= capacity).all():
            assert fuel(other) >= fuel(dispatch) - 1e-12


def test_no_load_runs_no_plant():
    price, dispatch = merit_order(np.array([10.0, 20.0]), np.array([0.04, 0.03]), 0.05, np.ones(2), load=0.0, cap=0.5)
    assert dispatch.sum() == 0.0
    assert price == 0.03


def test_fuel_costs_what_lies_under_the_supply_curve():
    model = TokenMarket(rng=1)
    supplier = model.suppliers[2]
    supplier.dispatched = 0.7 * supplier.capacity
    used = (np.arange(1000) + 0.5) / 1000 * 0.7
    assert supplier.fuel_cost() == pytest.approx(np.mean(supplier.first_cost + supplier.cost_rise * used), rel=1e-12)


def test_cheapest_plants_spread_evenly_around_the_share_of_fuel():
    parameters = Parameters(power={"count": 5, "cost_spread": 0.4, "fuel_share": 0.5})
    costs = [supplier.first_cost / 0.0807 for supplier in TokenMarket(parameters, rng=1).suppliers]
    np.testing.assert_allclose(costs, 0.5 * np.array([0.8, 0.9, 1.0, 1.1, 1.2]))


def played(**power) -> TokenMarket:
    model = TokenMarket(Parameters(power=power), rng=1)
    model.step()
    return model


def test_labs_pay_the_price_for_every_kwh_and_suppliers_pay_for_fuel_and_plants():
    model = played()
    hours, settings_ = model.parameters.horizon.hours, model.parameters.power
    turnover = model.ledger.turnover()
    for supplier in model.suppliers:
        received, paid = turnover[supplier.name]
        assert received[ledger.ELECTRICITY] == pytest.approx(supplier.dispatched * hours * model.power.price)
        assert paid[ledger.FUEL] == pytest.approx(supplier.dispatched * hours * supplier.unit_cost)
    plants = sum(turnover[supplier.name][1][ledger.PLANT] for supplier in model.suppliers)
    assert plants == pytest.approx(settings_.capacity * 1e3 * settings_.fixed_cost)
    for lab in model.labs:
        used = lab.kilowatts * model.parameters.fleet.load_factor * hours
        assert turnover[lab.name][1][ledger.ELECTRICITY] == pytest.approx(used * model.power.price)


def test_a_shortage_is_shared_in_proportion_and_labs_pay_for_what_they_get():
    model = played(capacity=30.0)
    settings_ = model.parameters.power
    assert model.power.price == settings_.price_cap
    share = settings_.capacity * 1e3 / model.power.load
    assert share < 1
    for lab in model.labs:
        assert lab.powered == pytest.approx(share)
        running = lab.reference * share
        assert lab.full_capacity == pytest.approx((running - lab.trained) * model.technology.mtok)
    sold = sum(supplier.sold for supplier in model.suppliers)
    assert sold == pytest.approx(30e3 * model.parameters.horizon.hours)
    paid = model.ledger.flows()["labs", "hardware", ledger.ELECTRICITY]
    assert paid == pytest.approx(sold * settings_.price_cap)


def test_suppliers_that_bid_at_cost_keep_bidding_at_cost():
    assert [supplier.bid for supplier in played().suppliers] == [1.0] * 4


def settled(count: int) -> TokenMarket:
    """Let suppliers answer each other's bids, on a load that does not answer, until the bids settle."""
    model = TokenMarket(Parameters(power={"count": count, "pricing": {"rule": "best-response"}}), rng=1)
    for _ in range(60):
        model.power.clear()
        model.power.post_bids(FIXED_LOAD)
    return model


def best_bid(model: TokenMarket, index: int) -> float:
    """Search for the bid that earns a supplier most, given the others' bids."""
    suppliers, power = model.suppliers, model.parameters.power
    capacity = np.array([supplier.capacity for supplier in suppliers])
    first = np.array([supplier.first_cost for supplier in suppliers])
    posted = np.array([supplier.bid for supplier in suppliers])
    rise = power.cost_rise * model.now.tariff

    def loss(bid: float) -> float:
        trial = np.where(np.arange(posted.size) == index, bid, posted)
        price, used = merit_order(capacity, first, rise, trial, model.power.load, power.price_cap)
        return first[index] * used[index] + rise * used[index] ** 2 / (2 * capacity[index]) - price * used[index]

    return minimize_scalar(loss, bounds=(1.0, 3.0), method="bounded").x


def test_fewer_suppliers_bid_further_above_cost():
    bids = [settled(count).suppliers[0].bid for count in (2, 3, 8)]
    assert bids[0] > bids[1] > bids[2] > 1.0


def test_bids_settle_where_no_supplier_gains_by_another():
    model = settled(4)
    best = [best_bid(model, index) for index in range(4)]
    assert [supplier.bid for supplier in model.suppliers] == pytest.approx(best, rel=1e-4)


def test_plants_are_added_as_fast_as_they_pay():
    model = played(attractive_margin=0.15, expansion=0.12)
    supplier = model.suppliers[0]
    before = supplier.capacity
    for profit, growth in ((0.30, 0.12), (0.075, 0.06), (0.0, 0.0), (-0.5, 0.0)):
        supplier.capacity = before
        supplier.statement = type(supplier.statement)(revenue=100.0, cost_of_goods=100.0 * (1 - profit))
        supplier.expand()
        assert supplier.capacity == pytest.approx(before * (1 + growth))


def test_plants_of_equal_cost_are_refused_or_cleared():
    try:
        model = TokenMarket(Parameters(power={"cost_rise": 0.0}), rng=1)
    except ValidationError:
        return
    model.step()
    assert np.isfinite(model.power.price)
