import math

import pytest

from market.accounts import ledger
from market.accounts.ledger import Ledger


def open_ledger() -> Ledger:
    accounts = Ledger()
    accounts.open("lab 1", "labs")
    accounts.open("lab 2", "labs")
    accounts.open("reseller 1", "resellers")
    return accounts


def test_a_payment_takes_from_one_what_it_gives_to_another():
    accounts = open_ledger()
    accounts.pay("reseller 1", "lab 1", ledger.WHOLESALE, 30.0)
    accounts.pay("lab 1", "lab 2", ledger.STAFF, 12.5)
    assert accounts.balance["reseller 1"] == -30.0
    assert accounts.balance["lab 1"] == 17.5
    assert accounts.balance["lab 2"] == 12.5
    assert accounts.imbalance == 0.0
    assert accounts.money_moved == 42.5


def test_several_are_paid_as_each_would_be():
    accounts, single = open_ledger(), open_ledger()
    accounts.pay_each("reseller 1", ["lab 1", "lab 2"], ledger.WHOLESALE, [30.0, 0.0])
    single.pay("reseller 1", "lab 1", ledger.WHOLESALE, 30.0)
    assert accounts.balance == single.balance
    assert list(accounts.payments) == list(single.payments)
    with pytest.raises(ValueError, match="shorter"):
        accounts.pay_each("reseller 1", ["lab 1", "lab 2"], ledger.WHOLESALE, [1.0])


def test_payments_of_one_kind_between_two_accounts_are_one_entry():
    accounts = open_ledger()
    for amount in (1.0, 2.0, 4.0):
        accounts.pay("reseller 1", "lab 1", ledger.WHOLESALE, amount)
    assert list(accounts.payments) == [("reseller 1", "lab 1", ledger.WHOLESALE, 7.0)]


def test_a_new_round_forgets_payments_and_keeps_balances():
    accounts = open_ledger()
    accounts.pay("reseller 1", "lab 1", ledger.WHOLESALE, 30.0)
    accounts.start_round()
    assert accounts.money_moved == 0.0
    assert list(accounts.payments) == []
    assert accounts.balance["lab 1"] == 30.0


def test_flows_add_up_the_accounts_of_each_layer():
    accounts = open_ledger()
    accounts.pay("reseller 1", "lab 1", ledger.WHOLESALE, 30.0)
    accounts.pay("reseller 1", "lab 2", ledger.WHOLESALE, 5.0)
    accounts.pay("lab 1", ledger.OUTSIDE, ledger.STAFF, 7.0)
    assert accounts.flows() == {
        ("resellers", "labs", ledger.WHOLESALE): 35.0,
        ("labs", "outside", ledger.STAFF): 7.0,
    }


def test_turnover_shows_each_account_both_sides():
    accounts = open_ledger()
    accounts.pay("reseller 1", "lab 1", ledger.WHOLESALE, 30.0)
    accounts.pay("lab 1", "outside", ledger.STAFF, 7.0)
    turnover = accounts.turnover()
    assert turnover["lab 1"] == ({ledger.WHOLESALE: 30.0}, {ledger.STAFF: 7.0})
    assert turnover["lab 2"] == ({}, {})
    assert turnover["outside"] == ({ledger.STAFF: 7.0}, {})


def test_imbalance_sees_money_from_nowhere():
    accounts = open_ledger()
    accounts.balance["lab 1"] += 3.0
    assert accounts.imbalance == 3.0


@pytest.mark.parametrize("amount", [-1e-9, math.nan, math.inf, -math.inf])
def test_amounts_that_are_no_payment_are_refused(amount):
    accounts = open_ledger()
    with pytest.raises(ValueError, match="cannot pay"):
        accounts.pay("lab 1", "lab 2", ledger.STAFF, amount)
    assert all(balance == 0.0 for balance in accounts.balance.values())


def test_nothing_paid_leaves_no_entry():
    accounts = open_ledger()
    accounts.pay("lab 1", "lab 2", ledger.STAFF, 0.0)
    assert accounts.flows() == {}


def test_a_name_can_be_opened_once():
    accounts = open_ledger()
    with pytest.raises(ValueError, match="lab 1"):
        accounts.open("lab 1", "labs")


def test_outside_and_investors_are_there_from_the_start():
    assert Ledger().layer == {"outside": "outside", "investors": "investors"}


def test_an_unknown_payer_is_refused_and_nothing_moves():
    accounts = open_ledger()
    with pytest.raises(KeyError):
        accounts.pay("nobody", "lab 1", ledger.STAFF, 5.0)
    assert set(accounts.balance.values()) == {0.0}


def test_an_unknown_payee_is_refused_and_nothing_moves():
    accounts = open_ledger()
    with pytest.raises(KeyError):
        accounts.pay("lab 1", "nobody", ledger.STAFF, 5.0)
    assert set(accounts.balance.values()) == {0.0}
    assert accounts.imbalance == 0.0


def test_an_unknown_account_is_refused_even_for_nothing():
    with pytest.raises(KeyError):
        open_ledger().pay("lab 1", "nobody", ledger.STAFF, 0.0)


def test_categories_of_revenue_investment_and_financing():
    assert ledger.REVENUE.isdisjoint(ledger.FINANCING)
    assert ledger.INVESTMENT.isdisjoint(ledger.FINANCING)
    assert {"funding", "dividends", "salvage", "loans", "repayment", "interest"} == ledger.FINANCING
