"""Resellers that belong to the lab whose model they carry."""

import pytest
from wholesale import played

from market import TokenMarket
from market.accounts import ledger
from scenarios import BadInput, load


def market(months: int, scenario: str = "baseline", **changes) -> TokenMarket:
    return played(months, scenario, {"labs.own_resellers": 3} | changes)


@pytest.mark.parametrize(
    "scenario", ["baseline", "by-the-token", "wrappers", "two-part-wholesale", "discriminating-labs"]
)
def test_books_add_up(scenario):
    assert market(8, scenario).results().conservation_error < 1e-12


def test_the_first_belong_to_their_labs_who_get_what_they_earn_over_staff():
    model = market(1, "by-the-token", **{"resellers.staff": 1e4})
    own, others = model.open_resellers[:3], model.open_resellers[3:]
    assert all(one.owned for one in own)
    assert not any(one.owned for one in others)
    paid = model.ledger.spent(ledger.WHOLESALE)
    for seller in own:
        assert seller.statement.operating_profit == pytest.approx(0.0, abs=1e-9 * seller.statement.revenue)
        assert paid[seller.name] > 1.01 * seller.served * seller.wholesale_price > 0
    for seller in others:
        assert paid[seller.name] == pytest.approx(seller.served * seller.wholesale_price, rel=1e-12)


def test_a_lab_supplies_its_own_at_less_than_others_and_asks_others_for_more_than_if_it_owned_none():
    without = market(3, "by-the-token", **{"labs.own_resellers": 0})
    model = market(3, "by-the-token")
    own = model.open_resellers[0]
    lab = model.labs[own.lab]
    assert own.wholesale_price < lab.wholesale_price
    assert lab.wholesale_price > without.labs[own.lab].wholesale_price


def test_an_aggregator_that_is_owned_does_not_pay_the_list_price():
    model = market(2, "aggregators-only")
    assert [one.at_list for one in model.open_resellers] == [False] * 3 + [True] * (len(model.open_resellers) - 3)


def test_those_that_belong_to_a_lab_stay_with_it():
    model = market(24, "one-model", **{"resellers.switching_hazard": 1.0})
    own, others = ([one for one in model.resellers if one.owned is owned] for owned in (True, False))
    assert [one.lab for one in own] == [0, 1, 2]
    assert any(one.lab != one.index % 5 for one in others)


def test_a_lab_that_must_sell_its_reseller_asks_of_it_what_it_asks_of_others():
    events = [{"round": 2, "set": {"labs.own_resellers": 0}}]
    model = market(6, "by-the-token", events=events, **{"labs.repricing_hazard": 1.0})
    assert {one.terms for one in model.open_resellers} == {1.0}
    assert all(one.wholesale_price == model.labs[one.lab].wholesale_price for one in model.open_resellers)


def test_more_than_there_are_and_prices_that_labs_choose_are_refused():
    with pytest.raises(BadInput, match=r"labs\.own_resellers = 13 must be at most resellers\.count = 12"):
        load("baseline", {"labs.own_resellers": 13})
    with pytest.raises(BadInput, match=r"not labs\.wholesale = chosen"):
        load("baseline", {"labs.own_resellers": 1, "labs.wholesale": "chosen"})
