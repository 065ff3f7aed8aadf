from dataclasses import replace

import numpy as np
import pytest
from server_moves import ALIKE, DEAR, LABS, MAKERS, VENDORS, demand, moved, slopes

from market import Parameters, TokenMarket
from market.accounts import ledger
from market.firms.order import Order
from market.markets.servers.demand import UserCost
from market.markets.servers.products import Products
from market.month import Calendar

BY_GENERATION = {"generation_months": 6, "ramp_months": 3}
"""In the seventh month the second generation is sold beside the first."""
TWICE = np.concatenate([DEAR, DEAR[::-1]])

# user cost and products ---------------------------------------------------------------------------------------------


def test_user_cost_without_interest_failures_and_progress_is_straight_line_and_running_cost():
    fleet = {"cost_of_capital": 0.0, "failure_hazard": 0.0, "hardware_growth": 0.0}
    parameters = Parameters(fleet=fleet)
    settings, art = parameters.fleet, Calendar(parameters).technology(0, 0)
    price, tariff = 40e3, 0.09
    building = settings.facility_cost * settings.power_draw
    wear = (price + settings.network_cost) / settings.server_life + building / settings.facility_life
    care = settings.operation / 12 * (price + settings.network_cost + building)
    energy = settings.power_draw * settings.load_factor * 730.5 * tariff
    found = UserCost.of(parameters, art, tariff)(np.array([price]))
    assert found[0] == pytest.approx(wear + care + energy, rel=1e-12)


def test_a_server_that_computes_twice_as_much_costs_half_as_much_per_reference_accelerator():
    parameters = Parameters()
    art = Calendar(parameters).technology(0, 0)
    one, two = (UserCost.of(parameters, replace(art, performance=size), 0.08) for size in (1.0, 2.0))
    np.testing.assert_allclose(two(DEAR), one(DEAR) / 2, rtol=1e-14)


def test_every_maker_builds_around_every_chip():
    products = Products(3, 2)
    assert list(zip(products.vendor, products.maker, strict=True)) == [(v, m) for v in range(3) for m in range(2)]
    np.testing.assert_array_equal(products.by_vendor(np.arange(6.0)), [1.0, 5.0, 9.0])
    np.testing.assert_array_equal(products.by_vendor(np.arange(12.0).reshape(2, 6)), [[1, 5, 9], [13, 17, 21]])


def test_chips_of_two_generations_are_two_chips_of_a_vendor():
    products = Products(3, 2, generations=2)
    assert list(zip(products.chip, products.vendor, products.maker, strict=True)) == [
        (generation * 3 + v, v, m) for generation in range(2) for v in range(3) for m in range(2)
    ]
    np.testing.assert_array_equal(products.by_vendor(np.arange(12.0)), [1 + 13, 5 + 17, 9 + 21])
    np.testing.assert_array_equal(products.by_chip(np.arange(12.0)), [1, 5, 9, 13, 17, 21])
    np.testing.assert_array_equal(products.by_generation(np.arange(12.0)), [15, 51])


# the choice of servers ----------------------------------------------------------------------------------------------


def test_orders_are_split_without_loss():
    here = demand(DEAR)
    np.testing.assert_allclose(here.shares.sum(axis=1), 1.0, rtol=1e-12)
    ordered = (here.serving + here.training).sum() / here.performance
    assert here.quantity.sum() == pytest.approx(ordered, rel=1e-12)
    orders = (here.serving + here.training)[:, None] * here.shares / here.performance
    np.testing.assert_allclose(here.quantity, orders.sum(axis=0), rtol=1e-12)


def test_shares_are_those_of_the_nested_logit_written_out():
    """In logarithms of cost, makers of one vendor compete with σ + σ', vendors with σ."""
    here = demand(DEAR)
    across, within = here.parameters.vendors.substitution, here.parameters.makers.substitution
    cost = here.cost(DEAR)
    for lab in range(LABS):
        appeal = -1.2 * np.arange(VENDORS) + 1.5 * here.fleet_shares[lab]
        weight = (np.exp(appeal).repeat(MAKERS) ** (1 / across) / cost) ** (across + within)
        nest = weight.reshape(VENDORS, MAKERS).sum(axis=1)
        of_vendor = nest ** (across / (across + within))
        expected = (of_vendor / of_vendor.sum() / nest).repeat(MAKERS) * weight
        np.testing.assert_allclose(here.shares[lab], expected, rtol=1e-9)


def test_at_equal_prices_without_lock_in_shares_are_the_vendors_lead_and_makers_share_alike():
    here = demand(ALIKE, lock_in=0.0)
    by_vendor = here.products.by_vendor(here.shares)
    lead = np.exp(-1.2 * np.arange(VENDORS))
    np.testing.assert_allclose(by_vendor, np.tile(lead / lead.sum(), (LABS, 1)), rtol=1e-12)
    np.testing.assert_allclose(here.shares[:, 0::2], here.shares[:, 1::2], rtol=1e-12)


def test_an_older_chip_is_chosen_as_any_other_that_costs_so_much_by_what_it_computes():
    here = demand(np.concatenate([ALIKE, ALIKE]), fleet=BY_GENERATION | {"hardware_growth": 0.5}, lock_in=0.0)
    newest, older = np.split(here.products.by_chip(here.shares[0]), 2)
    dearer = here.product_cost[-1] / here.product_cost[0]
    assert 1.2 < dearer < 1.5**0.5
    np.testing.assert_allclose(older / newest, dearer**-here.parameters.vendors.substitution, rtol=1e-12)


def test_lock_in_turns_a_fleet_into_sales():
    """The odds of two vendors rise by exp(lock-in × difference of their shares in the fleet)."""
    free, locked = demand(ALIKE, lock_in=0.0), demand(ALIKE, lock_in=2.0)

    def odds(here):
        of = here.products.by_vendor(here.shares)
        return of[:, 0] / of[:, 1]

    more = np.exp(2.0 * (free.fleet_shares[:, 0] - free.fleet_shares[:, 1]))
    np.testing.assert_allclose(odds(locked) / odds(free), more, rtol=1e-9)


def test_a_rise_of_all_user_costs_alike_moves_no_share():
    here = demand(DEAR)
    dearer = replace(here, cost=UserCost(2 * here.cost.slope, 2 * here.cost.rest))
    np.testing.assert_allclose(dearer.shares, here.shares, rtol=1e-12)


# how orders answer to prices ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("price", "fleet"), [(ALIKE, {}), (DEAR, {}), (TWICE, BY_GENERATION)])
def test_response_is_the_slope_of_orders_for_the_mix_labs_buy_now(price, fleet):
    base = demand(price, fleet=fleet)
    slope = slopes(base, lambda there: base.shares @ there.cost(there.price))
    np.testing.assert_allclose(base.response, slope, rtol=1e-6, atol=1e-7 * np.abs(slope).max())


def test_where_servers_cost_the_same_it_is_the_slope_at_the_user_cost_labs_come_to_pay():
    """Elsewhere turning to cheaper servers saves cost, and loses as much of what made the dearer ones preferred."""
    base = demand(ALIKE)
    slope = slopes(base, lambda there: there.user_cost)
    np.testing.assert_allclose(base.response, slope, rtol=1e-6, atol=1e-7 * np.abs(slope).max())


@pytest.mark.parametrize(("price", "fleet"), [(ALIKE, {}), (DEAR, {}), (TWICE, BY_GENERATION)])
def test_the_response_to_chips_adds_up_that_to_servers(price, fleet):
    base = demand(price, fleet=fleet)
    chip = base.products.chip
    summed = np.zeros((base.products.chips, base.products.chips))
    np.add.at(summed, (chip[:, None], chip), base.response)
    np.testing.assert_allclose(base.chip_response, summed, rtol=1e-9, atol=1e-12 * np.abs(summed).max())


def test_dearer_servers_of_one_kind_sell_less_of_it_and_less_in_all():
    response = demand(DEAR).response
    assert (np.diag(response) < 0).all()
    assert (response.sum(axis=0) < 0).all()


# trade --------------------------------------------------------------------------------------------------------------


def market(capacity: float, money=1e12, **labs) -> TokenMarket:
    """Three labs that have ordered but for whom nothing has been shipped yet."""
    model = TokenMarket(Parameters(labs={"count": LABS, **labs}, vendors={"capacity": capacity}), rng=1)
    model.ledger.start_round()
    for lab in model.labs:
        lab.raise_money(money)
    orders = [Order(100.0 * (lab.index + 1), 50.0) for lab in model.labs]
    model.servers.order(
        orders,
        model.servers.demand(model.now.tariff, model.retail.derived_demand(model.retail.posted_demand)),
    )
    return model


def test_orders_wait_until_they_are_shipped():
    model = market(capacity=0.0)
    np.testing.assert_allclose(model.servers.waiting.sum(axis=1), [150.0, 250.0, 350.0, 450.0], rtol=1e-12)
    before = model.servers.waiting.copy()
    assert model.servers.ship(0).sum() == 0.0
    np.testing.assert_array_equal(model.servers.waiting, before)
    assert [lab.waiting for lab in model.labs] == pytest.approx([150.0, 250.0, 350.0, 450.0])


def test_with_room_everything_ordered_is_shipped_once():
    model = market(capacity=1e6)
    queue = model.servers.waiting / model.technology.performance
    np.testing.assert_allclose(model.servers.ship(0), queue, rtol=1e-12)
    assert (model.servers.waiting == 0.0).all()
    assert (model.servers.ship(1) == 0.0).all()


def test_short_capacity_is_shared_in_proportion_to_what_waits():
    model = market(capacity=300.0)
    products, queue = model.servers.products, model.servers.waiting.copy()
    units = model.servers.ship(0)
    capacity = np.array([vendor.capacity for vendor in model.vendors])
    wanted = products.by_vendor(queue.sum(axis=0))
    np.testing.assert_allclose(products.by_vendor(units.sum(axis=0)), np.minimum(capacity, wanted), rtol=1e-12)
    granted = products.by_vendor(units) / products.by_vendor(queue)
    np.testing.assert_allclose(granted, np.tile(granted[0], (LABS, 1)), rtol=1e-12)
    np.testing.assert_allclose(model.servers.waiting, queue - units * model.technology.performance, atol=1e-9)


def test_what_is_shipped_is_paid_along_the_chain_and_arrives_after_the_lead_time():
    model = market(capacity=300.0)
    parameters, coming = model.parameters, model.assets.under_way
    known = coming.units.size
    units = model.servers.ship(3)
    flows, makers = model.ledger.flows(), parameters.makers
    revenue = float((units @ model.servers.price).sum())
    assert flows["labs", "hardware", ledger.SERVERS] == pytest.approx(revenue)
    chips = model.servers.products.by_vendor(units.sum(axis=0))
    prices = np.array([vendor.price for vendor in model.vendors])
    assert flows["hardware", "hardware", ledger.CHIPS] == pytest.approx(chips @ prices)
    assert flows["hardware", "outside", ledger.PARTS] == pytest.approx(units.sum() * makers.parts_cost)
    assert flows["hardware", "outside", ledger.CHIP_PRODUCTION] == pytest.approx(
        units.sum() * parameters.vendors.unit_cost
    )
    research = chips @ prices * parameters.vendors.research_share
    assert flows["hardware", "outside", ledger.STAFF] == pytest.approx(research + revenue * makers.staff_share)
    assert set(coming.since[known:]) == {3 + parameters.fleet.lead_time + 1}
    owner, sent, cost = coming.owner[known:], coming.units[known:], coming.cost[known:]
    np.testing.assert_allclose(np.bincount(owner, sent), units.sum(axis=1))
    paid = units @ (model.servers.price + parameters.fleet.network_cost)
    np.testing.assert_allclose(np.bincount(owner, sent * cost), paid)


def test_lenders_advance_their_share_of_what_labs_buy():
    model = market(capacity=300.0)
    debt = [lab.debt for lab in model.labs]
    model.servers.ship(0)
    turnover, share = model.ledger.turnover(), model.parameters.funding.loan_to_value
    for lab, before in zip(model.labs, debt, strict=True):
        received, paid = turnover[lab.name]
        bought = sum(paid[name] for name in ledger.INVESTMENT - {ledger.SECOND_HAND})
        assert received[ledger.LOANS] == pytest.approx(share * bought)
        assert lab.debt - before == pytest.approx(share * bought)


def test_a_lab_without_money_gets_nothing_and_its_shipment_is_cancelled():
    model = market(capacity=1e6)
    poor = model.labs[1]
    poor.pay(ledger.INVESTORS, ledger.DIVIDENDS, poor.cash)
    poor.credit = 0.0
    units = model.servers.ship(0)
    assert units[1].sum() == pytest.approx(0.0, abs=1e-9)
    assert poor.cash == pytest.approx(0.0, abs=1e-3)
    assert poor.waiting == pytest.approx(0.0, abs=1e-9)
    assert (np.delete(units, 1, axis=0).sum(axis=1) > 0).all()


def test_a_lab_buys_only_what_its_money_and_its_loans_pay():
    model = market(capacity=1e6)
    poor, fleet = model.labs[2], model.parameters.fleet
    poor.pay(ledger.INVESTORS, ledger.DIVIDENDS, poor.cash - 1e6)
    units = model.servers.ship(0)
    building = fleet.facility_cost * model.technology.power
    bill = units[2] @ (model.servers.price + fleet.network_cost + building)
    assert bill * (1 - model.parameters.funding.loan_to_value) == pytest.approx(1e6)
    assert poor.cash >= -1e-3


def test_makers_pass_the_price_of_chips_on_with_their_parts_and_staff():
    model = TokenMarket(Parameters(vendors={"count": 2}, makers={"count": 2}), rng=1)
    model.vendors[0].price, model.vendors[1].price = 20e3, 30e3
    makers = model.parameters.makers
    cost = np.array([20e3, 20e3, 30e3, 30e3]) + makers.parts_cost
    np.testing.assert_allclose(model.servers.maker_cost(), cost / (1 - makers.staff_share))


def test_sellers_without_orders_keep_their_prices():
    """No orders were averaged and none wait: neither vendors nor makers know a reason to move."""
    model = TokenMarket(Parameters(vendors={"repricing_hazard": 1.0}), rng=1)
    for lab in model.labs:
        model.servers.cancel(lab)
    chips, servers = [vendor.price for vendor in model.vendors], model.servers.price.copy()
    for _ in range(5):
        model.servers.trade(
            [Order(0.0, 0.0)] * len(model.labs), model.retail.derived_demand(model.retail.posted_demand)
        )
    assert [vendor.price for vendor in model.vendors] == chips
    np.testing.assert_array_equal(model.servers.price, servers)


def test_chip_vendors_see_the_demand_that_makers_pass_on():
    """A dollar on a chip is 1/(1 − staff share) on each of its servers; the vendor's slope is the sum of all those."""
    model = market(capacity=1e9)
    base = model.servers.demand(model.now.tariff, model.retail.derived_demand(model.retail.posted_demand))
    seen = model.servers.vendor_layer(base, model.parameters.vendors.pricing)
    products, pass_through = base.products, 1 / (1 - model.parameters.makers.staff_share)
    step = 1.0

    def mix(there):
        return base.shares @ there.cost(there.price)

    for vendor in range(len(model.vendors)):
        move = step * pass_through * (products.vendor == vendor)
        up, down = moved(base, base.price + move, mix), moved(base, base.price - move, mix)
        slope = products.by_vendor(up - down) / (2 * step)
        np.testing.assert_allclose(seen.response[:, vendor], slope, rtol=1e-5, atol=1e-9)


def test_the_orders_of_a_lab_that_leaves_take_no_capacity():
    model = market(capacity=300.0)
    model.labs[3].wind_up(0)
    units = model.servers.ship(0)
    capacity = np.array([vendor.capacity for vendor in model.vendors])
    wanted = model.servers.products.by_vendor(model.servers.waiting.sum(axis=0))
    assert units[3].sum() == 0.0
    short = wanted > 0
    np.testing.assert_allclose(model.servers.products.by_vendor(units.sum(axis=0))[short], capacity[short], rtol=1e-9)
