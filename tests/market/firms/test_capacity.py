"""What vendors and power suppliers can make, where an event says that all of them can do more or less."""

import pytest

from market import TokenMarket
from scenarios import load

LARGE = {"population.users": 10**9, "population.engine": "cohort"}
EVENT = 4


def market(months: int, given, then=None) -> TokenMarket:
    events = {"events": [{"round": EVENT, "set": then}]} if then else {}
    model = TokenMarket(load("baseline", LARGE | given | events).parameters, rng=1)
    audit = model.audit()
    for _ in range(months):
        audit.step()
    return model


@pytest.mark.parametrize("own", [{}, {"own_chips.labs": 2, "own_chips.months": 2}])
def test_vendors_can_make_what_they_could_had_it_been_so_all_along(own):
    then = {"vendors.capacity": 20_000.0}
    changed, always = market(7, own, then), market(7, own | then)
    assert [one.capacity for one in changed.vendors] == pytest.approx([one.capacity for one in always.vendors])
    assert changed.servers.foundry.capacity == pytest.approx(always.servers.foundry.capacity)


def test_vendors_who_could_make_nothing_open_anew():
    model = market(EVENT + 1, {"vendors.capacity": 0.0}, {"vendors.capacity": 20_000.0})
    grown = 1 + model.parameters.vendors.capacity_growth
    assert sum(one.capacity for one in model.vendors) == pytest.approx(20_000 * grown)


def test_half_of_all_plants_fail_and_power_becomes_dear():
    half = {"power.capacity": load("baseline").parameters.power.capacity / 2}
    without, changed = market(EVENT + 1, {}), market(EVENT + 1, {}, half)
    ratio = sum(one.capacity for one in changed.suppliers) / sum(one.capacity for one in without.suppliers)
    assert ratio == pytest.approx(0.5, abs=0.1)
    assert changed.power.price > without.power.price
