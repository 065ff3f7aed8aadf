from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.fleet import Fleet, Vintages


def servers(life=5, **columns) -> Fleet:
    fleet = Fleet(life=life)
    vintage = {"since": 0.0, "units": 10.0, "cost": 100.0, "performance": 1.0, "power": 2.0, "vendor": 0.0}
    fleet.add(**vintage | columns)
    return fleet


def test_depreciation_over_a_life_is_the_purchase_cost():
    fleet, worn = servers(life=7), 0.0
    for now in range(12):
        fleet.retire(now)
        worn += fleet.depreciation()
    assert worn == pytest.approx(1000.0, rel=1e-14)
    assert fleet.quantity() == 0.0
    assert fleet.purchase_cost() == 0.0


def test_a_vintage_serves_exactly_its_life():
    fleet = servers(life=3)
    alive = []
    for now in range(5):
        fleet.retire(now)
        alive.append(fleet.quantity())
    assert alive == [10.0, 10.0, 10.0, 0.0, 0.0]


def test_book_value_falls_in_a_straight_line_to_nothing():
    fleet = servers(life=5)
    assert [fleet.book(now) for now in range(7)] == pytest.approx([1000, 800, 600, 400, 200, 0, 0], abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(
    life=st.integers(1, 12),
    hazard=st.floats(0, 1),
    bought=st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e5)), min_size=1, max_size=15),
)
def test_book_value_is_what_was_bought_less_depreciation_and_write_offs(life, hazard, bought):
    """Every month: book(next) = book(now) + bought − depreciation − written off; at the end all cost is written off."""
    fleet, worn, spent = Fleet(life=life), 0.0, 0.0
    for now in range(len(bought) + life + 1):
        before = fleet.book(now)
        if now < len(bought):
            units, cost = bought[now]
            fleet.add(since=now, units=units, cost=cost, performance=1.0, power=1.0, vendor=0.0)
            before += units * cost
            spent += units * cost
        fleet.retire(now)
        lost = fleet.fail(now, hazard) + fleet.depreciation()
        worn += lost
        assert fleet.book(now + 1) == pytest.approx(before - lost, rel=1e-9, abs=1e-9 * (1 + spent))
    assert worn == pytest.approx(spent, rel=1e-9, abs=1e-9)


def test_failures_take_the_same_share_of_every_vintage():
    fleet = servers(units=100.0)
    fleet.add(since=2, units=50.0, cost=80.0, performance=2.0, power=1.0, vendor=1.0)
    for now in (3, 4):
        fleet.fail(now, 0.1)
    np.testing.assert_allclose(fleet.units, [81.0, 40.5])
    assert fleet.reference() == pytest.approx(81.0 + 81.0)


def test_capacity_foreseen_is_capacity_had():
    """What a lab expects to be alive later is what is left after months of failures and retirements."""
    fleet, hazard, now = Fleet(life=6), 0.07, 5
    random = np.random.default_rng(0)
    for since in range(now + 1):
        fleet.add(since=since, units=random.uniform(1, 9), cost=1.0, performance=1.1**since, power=1.0, vendor=0.0)
    for ahead in range(8):
        foreseen = fleet.reference_at(now + ahead, now, hazard)
        later = deepcopy(fleet)
        for month in range(now + 1, now + ahead + 1):
            later.retire(month)
            later.fail(month, hazard)
        assert foreseen == pytest.approx(later.reference(), rel=1e-12, abs=1e-12)


def test_totals_weigh_vintages_by_what_they_are():
    fleet = servers(units=3.0, performance=2.0, power=1.5)
    fleet.add(since=1, units=2.0, cost=50.0, performance=4.0, power=2.0, vendor=2.0)
    assert fleet.quantity() == 5.0
    assert fleet.reference() == 14.0
    assert fleet.kilowatts() == 8.5
    assert fleet.purchase_cost() == 400.0
    np.testing.assert_allclose(fleet.vendor_shares(4), [6 / 14, 0, 8 / 14, 0])


def test_an_empty_fleet_leans_to_no_vendor():
    np.testing.assert_allclose(Fleet(life=5).vendor_shares(4), 0.25)


def test_several_vintages_at_once_are_several_vintages():
    one, other = Vintages(life=9), Vintages(life=9)
    one.add(since=np.array([1.0, 2.0]), units=np.array([3.0, 4.0]), cost=np.array([5.0, 6.0]))
    other.add(since=1.0, units=3.0, cost=5.0)
    other.add(since=2.0, units=4.0, cost=6.0)
    assert one.depreciation() == other.depreciation() == (15 + 24) / 9
    assert one.book(4) == other.book(4) == pytest.approx(15 * 6 / 9 + 24 * 7 / 9)
