"""Rules for what is given away."""

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from market.conduct.generosity import FixedAllowance, FreeTier, Lifetime, MatchTheMostGenerous, NoPlan


def worthless(allowance: float) -> float:
    raise AssertionError("looked at what it is worth")


def test_only_without_a_plan_is_nothing_given():
    assert not NoPlan().gives
    assert all(rule().gives for rule in (FixedAllowance, MatchTheMostGenerous, Lifetime))


def test_a_fixed_allowance_stays_whatever_rivals_give():
    assert FixedAllowance().allowance(0.3, [0.1, 9.0], worthless) == 0.3
    assert NoPlan().allowance(0.3, [9.0], worthless) == 0.3


def test_matching_is_giving_what_the_most_generous_rival_gives():
    rule = MatchTheMostGenerous()
    assert rule.allowance(0.3, [0.1, 0.7, 0.2], worthless) == 0.7
    assert rule.allowance(0.3, [0.1, 0.2], worthless) == 0.2
    assert rule.allowance(0.3, [], worthless) == 0.3


@pytest.mark.parametrize("best", [0.02, 0.3, 4.0])
@pytest.mark.parametrize("step", [0.05, 0.25, 1.0])
def test_a_lifetime_comes_within_a_step_of_the_best_and_no_faster(best, step):
    rule, own = Lifetime(step=step), 0.3
    for _ in range(200):
        after = rule.allowance(own, [], lambda allowance: -(np.log(allowance / best) ** 2))
        assert own / (1 + step) * (1 - 1e-12) <= after <= own * (1 + step) * (1 + 1e-12)
        assert abs(np.log(after / best)) <= abs(np.log(own / best))
        own = after
    assert abs(np.log(own / best)) <= np.log(1 + step) / 2 + 1e-12


def test_a_lifetime_gives_ever_less_where_giving_costs_and_stays_where_it_does_not_matter():
    assert Lifetime(step=0.25).allowance(1.0, [], lambda allowance: -allowance) == 0.8
    assert Lifetime(step=0.25).allowance(1.0, [], lambda allowance: allowance) == 1.25
    assert Lifetime().allowance(1.0, [9.0], lambda allowance: 7.0) == 1.0


def test_a_lifetime_keeps_to_steps_whatever_rivals_give():
    assert Lifetime(step=0.25).allowance(1.0, [50.0], lambda allowance: -(allowance**2)) == 0.8


@pytest.mark.parametrize(
    "values", [{"step": 0.0}, {"step": 11.0}, {"months": -1}, {"months": 241}, {"weight": 1.1}, {"weight": -0.1}]
)
def test_what_no_seller_could_mean_is_refused(values):
    with pytest.raises(ValidationError):
        Lifetime(**values)


def test_rules_are_chosen_by_their_names():
    read = TypeAdapter(FreeTier).validate_python
    kinds = {"none": NoPlan, "fixed": FixedAllowance, "match": MatchTheMostGenerous, "lifetime": Lifetime}
    assert {name: type(read({"rule": name})) for name in kinds} == kinds
    assert read({"rule": "lifetime", "months": 3}).months == 3
    for wrong in ({"rule": "generous"}, {"rule": "fixed", "months": 3}):
        with pytest.raises(ValidationError):
            read(wrong)
