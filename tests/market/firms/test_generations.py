"""Accelerators that come by generation: what two years bring comes at a stroke, and everything else goes on."""

import pytest

from market import Parameters
from market.month import Calendar
from market.parameters.overriding import overridden


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
