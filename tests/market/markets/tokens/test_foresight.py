"""What is foreseen of menus: need grows, tokens cost less, fees and prices follow what a unit costs."""

from dataclasses import replace

import numpy as np
import pytest
from all_plans import market, still

from market import TokenMarket
from market.markets.tokens import menu_prices, setters
from market.markets.tokens.foresight import Foresight, prizes
from market.parameters.overriding import overridden


def ahead(model: TokenMarket, months: int) -> Foresight:
    return Foresight(model, model.retail.costs(), months)


def test_relative_margins_over_what_a_unit_costs_stay():
    model = market(loyalty=2.0)
    users, costs, later = model.retail.posted_demand, model.retail.costs(), ahead(model, 12)
    then = later.of(users)
    before = users.posted / (costs.marginal_cost[0] * users.per_unit)
    use = replace(users, need_factor=later.need).per_unit  # at the old fees: what they were set for
    np.testing.assert_allclose(then.posted / (later.costs.marginal_cost[0] * use), before, rtol=1e-12)
    assert later.need > 1
    assert later.costs.marginal_cost[0] < costs.marginal_cost[0]


@pytest.mark.parametrize("months", [0, 24])
def test_where_nothing_changes_nothing_is_foreseen(months):
    model = still(market(loyalty=2.0))
    users, later = model.retail.posted_demand, ahead(model, months)
    np.testing.assert_allclose(later.of(users).posted, users.posted, rtol=1e-12)
    np.testing.assert_allclose(later.costs.marginal_cost, model.retail.costs().marginal_cost, rtol=1e-12)
    for prize, gain in zip(
        prizes(model), menu_prices.profit_of_quality(users, model.labs, model.retail.costs()), strict=True
    ):
        assert prize.margin_gain == pytest.approx(0.0, abs=1e-12)
        assert prize.profit_of_quality == pytest.approx(gain, rel=1e-9)


def test_a_prize_is_what_users_will_be_worth_on_todays_revenue():
    model = market(loyalty=2.0)
    labs, users, later = model.labs, model.retail.posted_demand, ahead(model, model.parameters.training.horizon)
    then = later.of(users)
    now_, soon = (setters.revenue_of_labs(demand, labs, model.retail.costs()) for demand in (users, then))
    earned = menu_prices.gross_profit(users, labs, model.retail.costs()) / now_
    will_earn = menu_prices.gross_profit(then, labs, later.costs) / soon
    gain = menu_prices.profit_of_quality(then, labs, later.costs) / soon
    found = prizes(model)
    np.testing.assert_allclose([prize.margin_gain for prize in found], will_earn - earned, rtol=1e-12)
    np.testing.assert_allclose([prize.profit_of_quality for prize in found], gain * now_, rtol=1e-12)


def test_by_the_token_margins_are_taken_to_stay():
    model = TokenMarket(rng=1)
    assert [prize.margin_gain for prize in prizes(model)] == [0.0] * len(model.labs)


@pytest.mark.parametrize(("counts", "tokens"), [("messages", 2.0), ("tokens", 1.0)])
def test_allowances_count_messages_or_tokens(counts, tokens):
    """Where all need twice as much, what fits into an allowance of messages is twice as much."""
    model = market(satiation=1e3)
    model.now = replace(model.now, parameters=overridden(model.parameters, {"tariffs.allowances": counts}))
    model.retail.take_notice()
    users = model.retail.expected()
    more = replace(users, need_factor=2 * users.need_factor)
    free = users.menu.offered[:, 0]
    assert free.any()
    np.testing.assert_allclose(more.use.tokens[:, free, 0], tokens * users.use.tokens[:, free, 0], rtol=1e-12)
    assert model.parameters.tariffs.tokens_in(0.1, 2.0) == pytest.approx(0.1 * tokens)
