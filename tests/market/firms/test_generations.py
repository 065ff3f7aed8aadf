"""Accelerators that come by generation: what two years bring comes at a stroke, and everything else goes on."""

from typing import Any

import numpy as np
import pytest

from market import Parameters, TokenMarket
from market.markets.servers import shipping
from market.month import Calendar
from market.parameters.overriding import overridden
from scenarios import load

RAMP = {"fleet.generation_months": 4, "fleet.ramp_months": 2}
SMALL = {"population.users": 10**9, "population.engine": "cohort"}


def market(months: int, seed: int = 1, **changes: Any) -> TokenMarket:
    model = TokenMarket(load("baseline", SMALL | RAMP | changes).parameters, rng=seed, collect=False)
    for _ in range(months):
        model.step()
    return model


def calendar(months: int, **changes: float) -> Calendar:
    given = {"fleet.generation_months": months, "fleet.hardware_growth": 0.44, "fleet.power_growth": 0.21}
    return Calendar(overridden(Parameters(), given | changes))


@pytest.mark.parametrize(("round_", "since"), [(0, 0), (23, 0), (24, 24), (25, 24), (47, 24), (48, 48)])
def test_a_generation_stands_until_the_next_one(round_, since):
    by_generation, monthly = calendar(24), calendar(1)
    here, then = by_generation.technology(round_, round_), monthly.technology(since, since)
    assert (here.performance, here.power) == pytest.approx((then.performance, then.power))
    assert here.mtok == monthly.technology(round_, round_).mtok
    assert here.algorithms == monthly.technology(round_, round_).algorithms


def test_the_next_generation_is_foreseen():
    assert calendar(24).technology(20, 26).performance == pytest.approx(1.44**2)


def test_growth_that_changes_between_two_generations_counts_for_the_months_it_held():
    event = {"round": 12, "set": {"fleet.hardware_growth": 0.0}}
    later = Calendar(overridden(calendar(24).given, {"events": [event]}))
    assert later.technology(24, 24).performance == pytest.approx(1.44)


# sold beside the one before ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("generation", "ramp", "round_", "share"),
    [(24, 5, 23, None), (24, 5, 24, 1 / 6), (24, 5, 28, 5 / 6), (24, 5, 29, 1.0), (24, 5, 47, 1.0), (24, 5, 48, 1 / 6),
     (24, 0, 30, None), (1, 5, 30, None), (3, 9, 3, 1 / 3), (3, 9, 5, 1.0)],
)  # fmt: skip
def test_the_newest_takes_over_month_by_month(generation, ramp, round_, share):
    months = Calendar(overridden(Parameters(), {"fleet.generation_months": generation, "fleet.ramp_months": ramp}))
    here = months.month(round_)
    assert len(here.generations) == (1 if share is None else 2)
    assert here.ramp == pytest.approx(1.0 if share is None else share)
    if share is not None:
        before = months.technology(0, round_ - generation)
        assert (here.generations[1].performance, here.generations[1].power) == (before.performance, before.power)
        assert here.generations[1].mtok == here.technology.mtok


def test_at_a_launch_compute_costs_what_it_did_and_orders_stay():
    model = market(4)
    chips, asked = np.array([vendor.price for vendor in model.vendors]), model.servers.price
    model.servers.waiting[:] = 7.0
    model.now = model.calendar.month(4)
    model.servers.launch()
    newest, older = np.split(model.servers.chip_prices, 2)
    better = model.now.generations[0].performance / model.now.generations[1].performance
    assert better == pytest.approx(1.38 ** (4 / 12))
    np.testing.assert_allclose(older, chips)
    np.testing.assert_allclose(newest, better * chips)
    of_new, of_old = np.split(model.servers.price, 2)
    np.testing.assert_allclose(of_old, asked)
    costs = np.split(model.servers.maker_cost(), 2)
    np.testing.assert_allclose(of_new / costs[0], of_old / costs[1])
    new, old = np.split(model.servers.waiting, 2, axis=1)
    assert (new == 0).all()
    assert (old == 7.0).all()
    model.servers.launch()
    assert np.split(model.servers.waiting, 2, axis=1)[1].max() == 7.0


def test_what_cannot_be_the_newest_yet_is_made_as_older_chips():
    model = market(5, **{"makers.count": 1})
    assert model.now.ramp == pytest.approx(1 / 3)
    model.servers.could[:] = 300.0
    queue = np.full((len(model.operators), 2 * len(model.vendors)), 60.0)
    got = (shipping.granted(model.servers, queue) * queue).sum(axis=0)
    np.testing.assert_allclose(got, [100.0] * 3 + [200.0] * 3)
    queue[:, :3] = 6.0
    got = (shipping.granted(model.servers, queue) * queue).sum(axis=0)
    wanted = 6.0 * len(model.operators)
    np.testing.assert_allclose(got, [wanted] * 3 + [300.0 - wanted] * 3)


def test_older_chips_are_sold_beside_the_newest():
    rounds = market(12).results().rounds.set_index("round")
    assert rounds.price_chip_older[:4].isna().all()
    assert (rounds.accelerators_older[:4] == 0).all()
    assert (rounds.accelerators_older[4:] > 0).all()
    mixed = rounds.loc[4:]
    assert (mixed.accelerators_older < mixed.accelerators_ordered).all()


def test_the_slower_the_newest_can_be_made_the_dearer_they_are():
    def dearer(ramp):
        slow = {"fleet.generation_months": 12, "fleet.ramp_months": ramp, "vendors.repricing_hazard": 1.0}
        model = market(15, **slow)
        return model.vendors[0].price / model.vendors[0].older_price

    assert dearer(11) > 1.1 * dearer(1)


RULES = ("marginal-cost", "cost-plus", "joint-profit", "undercut", "hill-climbing", "bandit", "q-learning",
         "penetration", "capacity")  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_vendors_price_both_by_any_rule_and_every_month_adds_up(rule):
    changes = {"vendors.pricing.rule": rule, "vendors.volume_discount": 0.1, "population.users": 5_000}
    changes |= {"vendors.allocation": "prepaid" if rule == "undercut" else "pro-rata", "own_chips.labs": 1}
    audit = TokenMarket(load("baseline", RAMP | {"own_chips.months": 3} | changes).parameters, rng=2).audit()
    for _ in range(10):
        audit.step()


def test_a_cartel_of_vendors_would_earn_more_than_they_do_with_two_generations():
    """Where their price game comes to rest, as in most runs; in which ones it does hangs on last digits."""
    changes = {"horizon.rounds": 30, "fleet.generation_months": 24, "fleet.ramp_months": 6}
    played = [market(30, seed, **changes).results().layers for seed in range(1, 6)]
    gains = np.array([layers.query("layer == 'hardware'").profit_gain.iloc[-1] for layers in played])
    known = gains[np.isfinite(gains)]
    assert known.size >= 2
    assert ((known > 0) & (known < 1)).all()
