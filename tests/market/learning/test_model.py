"""The pricing game as a model: months are means over its sessions, and all of it adds up."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from market import LearningMarket, LearningParameters
from market.records.results import Results
from market.records.sessions import TABLE

QUICK = {"decay": 1e-4, "stable": 5_000, "periods": 10_000, "sessions": 4}
TABLES = ("rounds", "firms", "layers", "flows", "plans", "sessions")


def told(rounds: int = 30, labs: dict | None = None, **learning) -> LearningParameters:
    return LearningParameters.model_validate(
        {"horizon": {"rounds": rounds}, "labs": labs or {}, "learning": QUICK | learning}
    )


def played(parameters: LearningParameters, seed: int = 1, months: int | None = None) -> Results:
    model = LearningMarket(parameters, rng=seed, collect=False)
    audit = model.audit()
    for _ in range(months or parameters.horizon.rounds):
        audit.step()
    return model.results()


def test_the_last_month_is_the_mean_over_sessions_that_have_converged() -> None:
    found = played(told())
    assert found.sessions["converged"].all()
    assert (found.sessions["periods"] <= 300_000).all()
    last = found.layers[found.layers["layer"] == "labs"].iloc[-1]
    assert last["profit_gain"] == pytest.approx(found.sessions["profit_gain"].mean(), rel=1e-12)
    assert found.layers["profit_gain"].notna().sum() == 1
    assert np.isnan(found.layers[found.layers["layer"] == "resellers"]["revenue"]).sum() == 0


def test_a_run_that_ends_early_says_so_and_sellers_learn_no_more_after_it() -> None:
    parameters = told(rounds=2, periods=2_000)
    found = played(parameters, months=4)
    assert not found.sessions["converged"].any()
    assert (found.sessions["periods"] == 4_000).all()
    revenue = found.rounds["money_moved"].to_numpy()
    assert len(set(revenue[:3])) == 3
    assert revenue[2] == revenue[3]
    model = LearningMarket(parameters)
    model.step()
    assert model.running
    model.step()
    assert not model.running


def test_money_scales_with_users_and_shares_do_not() -> None:
    many = told().model_copy(update={"demand": told().demand.model_copy(update={"users": 1024.0})})
    one, found = played(told()), played(many)
    np.testing.assert_allclose(found.rounds["money_moved"], 1024 * one.rounds["money_moved"], rtol=1e-12)
    np.testing.assert_array_equal(found.rounds["outside_share"], one.rounds["outside_share"])
    assert found.sessions.equals(one.sessions)


def test_the_currency_does_not_matter() -> None:
    dear = LearningParameters.model_validate({
        "horizon": {"rounds": 5}, "learning": QUICK, "labs": {"marginal_cost": 128.0},
        "demand": {"price_coefficient": 4.0 / 128},
    })  # fmt: skip
    one, found = played(told(5)), played(dear)
    np.testing.assert_allclose(found.rounds["price_retail"], 128 * one.rounds["price_retail"], rtol=1e-9)
    np.testing.assert_allclose(found.rounds["tokens"], one.rounds["tokens"], rtol=1e-9)


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for processors in (1, 2, 7):
        monkeypatch.setattr(os, "cpu_count", lambda processors=processors: processors)
        found.append(played(told(10)))
    for table in TABLES:
        first, *others = (getattr(results, table) for results in found)
        assert all(other.equals(first) for other in others), table
    assert not played(told(10), seed=2).sessions.equals(found[0].sessions)


def test_results_of_a_run_without_months_have_no_sessions() -> None:
    model = LearningMarket(told())
    assert model.results().sessions.empty
    assert list(model.results().sessions) == list(TABLE.names)


def test_unlike_labs_sell_at_their_own_prices() -> None:
    found = played(told(labs={"count": 3, "marginal_cost": [1.0, 0.8, 1.1], "value": [8.0, 7.5, 9.0]}, prices=6))
    firms = found.firms[found.firms["round"] == 29]
    np.testing.assert_array_equal(firms["unit_cost"], [1.0, 0.8, 1.1])
    assert firms["price"].nunique() == 3
    profit = (firms["price"] - firms["unit_cost"]) * firms["quantity"]
    np.testing.assert_allclose(profit, firms["operating_profit"], rtol=1e-12)


lists = st.one_of(st.floats(0.0, 3.0), st.lists(st.floats(0.0, 3.0), min_size=2, max_size=2))


@settings(max_examples=30, deadline=None)
@given(
    lists, st.floats(-5, 20), st.floats(0.05, 20), st.floats(-5, 5), st.integers(2, 50), st.floats(0, 5),
    st.floats(0.01, 1), st.floats(0, 0.99), st.sampled_from([0, 1]), st.sampled_from(["asynchronous", "synchronous"]),
)  # fmt: skip
def test_any_game_adds_up(cost, value, coefficient, outside, prices, stretch, rate, discount, memory, updating) -> None:
    given_ = {
        "horizon": {"rounds": 3}, "labs": {"marginal_cost": cost, "value": value},
        "demand": {"price_coefficient": coefficient, "outside": outside},
        "learning": QUICK | {"prices": prices, "stretch": stretch, "rate": rate, "discount": discount,
                             "memory": memory, "updating": updating, "periods": 2_000},
    }  # fmt: skip
    try:
        parameters = LearningParameters.model_validate(given_)
    except ValidationError as error:
        if "nothing to learn" not in str(error) and "below zero" not in str(error):
            raise
        return
    found = played(parameters)
    assert np.isfinite(found.sessions[["profit_gain", "price"]]).all(axis=None)


@pytest.mark.parametrize(
    ("labs", "learning", "part"),
    [
        ({"count": 1}, {}, "greater than or equal to 2"),
        ({"marginal_cost": [1.0, 2.0, 3.0]}, {}, "one number or a list of 2, one for each lab, not of 3"),
        ({"marginal_cost": []}, {}, "one number or a list of 2, one for each lab, not of 0"),
        ({"marginal_cost": "dear"}, {}, "must be a number, or a list of numbers"),
        ({"marginal_cost": [1.0, True]}, {}, "must be a number, or a list of numbers"),
        ({"marginal_cost": -1.0}, {}, "labs.marginal_cost = -1 must be a number, 0 to 1e+06 USD/Mtok"),
        ({"value": [8.0, 400.0]}, {}, "labs.value = 400 must be a number, -300 to 300"),
        ({"value": float("nan")}, {}, "finite"),
        ({"value": -300.0}, {}, "nothing to learn"),
        ({"count": 4}, {"prices": 25}, "learning.prices = 25 must be at most 24 where labs.count is 4"),
        ({}, {"stretch": 4.0}, "learning.stretch = 4 makes prices fall below zero: at most 3.26"),
        ({}, {"discount": 1.0}, "less than or equal to 0.99"),
        ({}, {"memory": 2}, "less than or equal to 1"),
        ({}, {"updating": "never"}, "asynchronous"),
    ],
)
def test_what_cannot_be_played_is_refused(labs: dict, learning: dict, part: str) -> None:
    with pytest.raises(ValidationError) as raised:
        told(labs=labs, **learning)
    assert part in str(raised.value)


def test_nothing_can_change_at_a_date() -> None:
    event = {"round": 3, "set": {"learning.rate": 0.2}}
    with pytest.raises(ValidationError, match=r"learning\.rate"):
        LearningParameters.model_validate({"events": [event]})
