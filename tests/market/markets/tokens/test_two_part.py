"""Two-part wholesale tariffs: a price at what a token costs the lab, and a fee on what the reseller earns."""

import pytest
from wholesale import played

from market import TokenMarket


def market(months: int, scenario: str = "baseline", **changes) -> TokenMarket:
    given = {name.replace("__", "."): value for name, value in changes.items()}
    return played(months, scenario, {"labs.wholesale": "two-part"} | given)


@pytest.mark.parametrize("scenario", ["baseline", "by-the-token", "wrappers", "own-everything"])
def test_books_add_up(scenario):
    assert market(8, scenario).results().conservation_error < 1e-12


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_the_weight_shares_what_a_reseller_earns_over_staff(weight):
    model = market(1, "by-the-token", labs__reseller_weight=weight)
    for seller in model.open_resellers:
        revenue = seller.statement.revenue
        earned = revenue * seller.net_share - seller.served * (seller.wholesale_price + seller.support_cost)
        over = earned - seller.own.staff
        kept = weight * over if over > 0 else over
        assert seller.statement.operating_profit == pytest.approx(kept, rel=1e-6, abs=1e-3)


def test_aggregators_pay_no_fee():
    model = market(2, "aggregators-only")
    assert {seller.fee_share for seller in model.open_resellers} == {0.0}


def test_wholesale_prices_do_not_depend_on_who_gets_the_fee_alone():
    """They do on what labs' other offers earn, fees included: what is not theirs is no loss to them."""
    prices = [market(0, "by-the-token", labs__reseller_weight=weight).labs[0] for weight in (0.0, 1.0)]
    assert prices[0].wholesale_price >= prices[1].wholesale_price > 0
