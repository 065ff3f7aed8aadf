"""A share of resellers' revenue for their labs, and the price of tokens that goes with it."""

import numpy as np
import pytest
from wholesale import played

from market import TokenMarket
from market.markets.tokens.bargaining import bargained_links
from market.parameters.overriding import overridden
from scenarios import BadInput, load


def market(months: int, scenario: str = "baseline", **changes) -> TokenMarket:
    return played(months, scenario, {"labs.wholesale": "revenue-share"} | changes)


@pytest.mark.parametrize("scenario", ["baseline", "by-the-token", "wrappers", "own-everything"])
def test_books_add_up(scenario):
    assert market(8, scenario).results().conservation_error < 1e-12


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5])
def test_labs_get_their_share_of_revenue_beside_the_price_of_tokens(share):
    model = market(1, "by-the-token", **{"labs.revenue_share": share})
    fixed = model.parameters.resellers
    for seller in model.open_resellers:
        revenue = seller.statement.revenue
        others = revenue * (fixed.fee_share + fixed.staff_share) + seller.own.staff
        tokens = seller.served * (seller.wholesale_price + seller.support_cost)
        left = seller.statement.operating_profit
        assert revenue - others - tokens - left == pytest.approx(share * revenue, rel=1e-9, abs=1e-9 * revenue)


@pytest.mark.parametrize("scenario", ["baseline", "by-the-token"])
def test_whatever_the_share_a_reseller_s_cost_over_what_it_keeps_is_that_of_the_two_together(scenario):
    """So that it asks what is best for both; the price of tokens falls as the share rises."""
    model, cost, asked = market(0, scenario), [], []
    labs, resellers, demand = model.open_producers, model.open_resellers, model.retail.posted_demand
    costs = model.retail.costs()
    for share in (0.0, 0.2, 0.4):
        parameters = overridden(model.parameters, {"labs.revenue_share": share})
        model.now = model.now.__class__(**vars(model.now) | {"parameters": parameters})
        links = bargained_links(demand, labs, resellers, costs)
        asked.append(links)
        cost.append([one.token_cost(link) for one, link in zip(resellers, links, strict=True)])
    np.testing.assert_allclose(cost[1], cost[0], rtol=1e-12)
    np.testing.assert_allclose(cost[2], cost[0], rtol=1e-12)
    sharing = [not one.at_list for one in resellers]
    assert (asked[2] < asked[1])[sharing].all()
    assert (asked[1] < asked[0])[sharing].all()


def test_aggregators_pay_the_list_price_and_nothing_else():
    model = market(2, "aggregators-only")
    assert {seller.revenue_share for seller in model.open_resellers} == {0.0}
    assert {seller.paid_beyond for seller in model.open_resellers} == {0.0}


def test_shares_that_leave_a_reseller_nothing_are_refused():
    with pytest.raises(BadInput, match=r"labs\.revenue_share must add up to less than 1"):
        load("baseline", {"labs.wholesale": "revenue-share", "labs.revenue_share": 0.9, "resellers.fee_share": 0.2})
