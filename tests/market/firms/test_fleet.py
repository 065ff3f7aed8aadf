from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market import Parameters
from market.firms.fleet import Assets, Servers, Vintages

VINTAGE = {"owner": 0, "since": 0.0, "units": 10.0, "cost": 100.0, "performance": 1.0, "power": 2.0, "vendor": 0}


def servers(life=5, owners=1, **columns) -> Servers:
    held = Servers(owners, life)
    held.add(**VINTAGE | columns)
    return held


def test_depreciation_over_a_life_is_the_purchase_cost():
    held, total_depreciation = servers(life=7), 0.0
    for now in range(12):
        held.retire(now)
        total_depreciation += held.depreciation(0)
    assert total_depreciation == pytest.approx(1000.0, rel=1e-14)
    assert held.quantity(0) == 0.0
    assert held.purchase_cost(0) == 0.0


def test_a_vintage_serves_exactly_its_life():
    held = servers(life=3)
    alive = []
    for now in range(5):
        held.retire(now)
        alive.append(held.quantity(0))
    assert alive == [10.0, 10.0, 10.0, 0.0, 0.0]


def test_book_value_falls_in_a_straight_line_to_nothing():
    held = servers(life=5)
    assert [held.book(now)[0] for now in range(7)] == pytest.approx([1000, 800, 600, 400, 200, 0, 0], abs=1e-9)


def test_what_is_not_yet_in_service_is_worth_what_it_cost():
    assert servers(life=5, since=4.0).book(1)[0] == 1000.0


@settings(deadline=None, max_examples=50)
@given(
    life=st.integers(1, 12),
    hazard=st.floats(0, 1),
    bought=st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1e6), st.floats(0, 1e5)), min_size=1, max_size=15),
)
def test_book_value_is_what_was_bought_less_depreciation_and_write_offs(life, hazard, bought):
    """Every month: book(next) = book(now) + bought − depreciation − written off; at the end all cost is written off."""
    held, total_depreciation, spent = Servers(3, life), np.zeros(3), np.zeros(3)
    for now in range(len(bought) + life + 1):
        before = held.book(now)
        if now < len(bought):
            owner, units, cost = bought[now]
            held.add(**VINTAGE | {"owner": owner, "since": now, "units": units, "cost": cost})
            before[owner] += units * cost
            spent[owner] += units * cost
        held.retire(now)
        lost = held.fail(now, hazard) + [held.depreciation(owner) for owner in range(3)]
        total_depreciation += lost
        np.testing.assert_allclose(held.book(now + 1), before - lost, rtol=1e-9, atol=1e-9 * (1 + spent.max()))
    np.testing.assert_allclose(total_depreciation, spent, rtol=1e-9, atol=1e-9)


def test_failures_take_the_same_share_of_every_vintage():
    held = servers(units=100.0)
    held.add(**VINTAGE | {"since": 2, "units": 50.0, "cost": 80.0, "performance": 2.0, "vendor": 1})
    for now in (3, 4):
        held.fail(now, 0.1)
    np.testing.assert_allclose(held.units, [81.0, 40.5])
    assert held.reference(0) == pytest.approx(81.0 + 81.0)


def test_capacity_foreseen_is_capacity_had():
    """What a lab expects to be alive later is what is left after months of failures and retirements."""
    held, hazard, now = Servers(2, life=6), 0.07, 5
    random = np.random.default_rng(0)
    for since in range(now + 1):
        for owner in range(2):
            held.add(**VINTAGE | {
                "owner": owner, "since": since, "units": random.uniform(1, 9), "performance": 1.1**since,
            })  # fmt: skip
    for ahead in range(8):
        foreseen = [held.reference_at(owner, now + ahead, now, hazard) for owner in range(2)]
        later = deepcopy(held)
        for month in range(now + 1, now + ahead + 1):
            later.retire(month)
            later.fail(month, hazard)
        assert foreseen == pytest.approx([later.reference(0), later.reference(1)], rel=1e-12, abs=1e-12)


def test_what_is_asked_of_a_fleet_follows_every_change_of_it():
    held = Servers(2, 10)
    kind = {"since": 0, "cost": 3.0, "performance": 2.0, "power": 1.0, "vendor": 0}
    held.add(owner=0, units=4.0, **kind)
    assert (held.book(0)[0], held.reference(0), held.reference_at(0, 9, 0, 0.0)) == (12.0, 8.0, 8.0)
    held.add(owner=0, units=1.0, **kind)
    assert (held.book(0)[0], held.reference(0), held.reference_at(0, 9, 0, 0.0)) == (15.0, 10.0, 10.0)
    assert held.fail(5, 0.5)[0] == pytest.approx(0.5 * 7.5)
    assert (held.book(5)[0], held.reference(0), held.reference_at(0, 9, 5, 0.0)) == (3.75, 5.0, 5.0)
    assert held.reference_at(0, 10, 5, 0.0) == 0.0
    held.hand_over(0, {}, 0.0)
    assert (held.book(5)[0], held.reference(0)) == (0.0, 0.0)


def test_totals_weigh_vintages_by_what_they_are():
    held = servers(units=3.0, performance=2.0, power=1.5)
    held.add(**VINTAGE | {"since": 1, "units": 2.0, "cost": 50.0, "performance": 4.0, "vendor": 2})
    assert held.quantity(0) == 5.0
    assert held.reference(0) == 14.0
    assert held.kilowatts(0) == 8.5
    assert held.purchase_cost(0) == 400.0
    np.testing.assert_allclose(held.vendor_shares(4), [[6 / 14, 0, 8 / 14, 0]])


def test_an_owners_totals_are_those_of_its_vintages_alone():
    held = servers(owners=3, owner=2, units=3.0)
    assert [held.quantity(owner) for owner in range(3)] == [0.0, 0.0, 3.0]
    held.add(**VINTAGE | {"units": 7.0})
    assert [held.kilowatts(owner) for owner in range(3)] == [14.0, 0.0, 6.0]
    held.hand_over(2, {}, 0.0)
    assert [held.purchase_cost(owner) for owner in range(3)] == [700.0, 0.0, 0.0]
    np.testing.assert_array_equal(held.book(0), [700.0, 0.0, 0.0])


def test_an_empty_fleet_leans_to_no_vendor():
    np.testing.assert_allclose(servers(owners=2, owner=1, vendor=3).vendor_shares(4), [[0.25] * 4, [0, 0, 0, 1]])


def test_several_vintages_at_once_are_several_vintages():
    one, other = Vintages(1, life=9), Vintages(1, life=9)
    one.add(owner=0, since=[1.0, 2.0], units=[3.0, 4.0], cost=[5.0, 6.0])
    other.add(owner=0, since=1.0, units=3.0, cost=5.0)
    other.add(owner=0, since=2.0, units=4.0, cost=6.0)
    assert one.depreciation(0) == other.depreciation(0) == (15 + 24) / 9
    assert one.book(4) == other.book(4) == pytest.approx(15 * 6 / 9 + 24 * 7 / 9)


def test_what_is_under_way_is_in_service_from_the_round_in_which_it_arrives():
    assets = Assets(2, Parameters().fleet)
    assets.under_way.add(**VINTAGE | {"owner": [0, 1, 1], "since": [3, 3, 4], "units": [1.0, 2.0, 4.0]})
    there = []
    for now in range(2, 6):
        assets.deliver(now)
        there.append(([assets.servers.quantity(lab) for lab in (0, 1)], assets.under_way.quantity(1)))
    assert there == [([0, 0], 6), ([1, 2], 4), ([1, 6], 0), ([1, 6], 0)]
    np.testing.assert_array_equal(assets.servers.since, [3, 3, 4])
    assets.hand_over(1, {}, 0.0)
    assert [assets.servers.quantity(lab) for lab in (0, 1)] == [1.0, 0.0]
