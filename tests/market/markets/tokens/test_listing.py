"""The menu that sellers post."""

import numpy as np
import pytest
from all_plans import market

from market import Parameters, TokenMarket
from market.markets.tokens.listing import candidates, menu_of, offers_of, post
from market.markets.tokens.menus import MenuDemand
from market.parameters.plans import FREE, METERED, SUBSCRIPTION
from market.parameters.resellers import AGGREGATOR, CHANNEL, WRAPPER


def opened(tariffs: dict[str, object], **resellers: object) -> TokenMarket:
    return TokenMarket(
        Parameters(labs={"count": 2}, resellers={"count": 4} | resellers, tariffs=tariffs), rng=1, collect=False
    )


@pytest.mark.parametrize(
    ("tariffs", "offered"),
    [
        ({"free": {"rule": "fixed"}}, [True, False, True]),
        ({"subscription": "flat"}, [False, True, True]),
        ({"subscription": "two-part", "metered": False}, [False, True, False]),
        ({"subscription": "flat", "free": {"rule": "lifetime"}}, [True, True, True]),
    ],
)
def test_labs_offer_the_plans_of_the_scenario(tariffs, offered):
    model = opened(tariffs)
    menu = model.retail.offers.menu
    assert menu.offered[:2].tolist() == [offered, offered]
    assert menu.offered[2:].tolist() == [[False, False, True]] * 4
    assert np.isfinite(menu.price[0, SUBSCRIPTION]) == (tariffs.get("subscription") == "two-part")
    assert np.isinf(menu.price[:, FREE]).all()
    assert np.isfinite(menu.price[0, METERED]) == tariffs.get("metered", True)
    assert not menu.fee[:, [FREE, METERED]].any()
    assert not menu.allowance[:, METERED].any()
    assert menu.allowance[0, SUBSCRIPTION] == 1.0
    assert menu.allowance[0, FREE] == 0.05


def test_all_is_sold_by_the_token_where_nothing_else_is_asked_for():
    assert opened({}).retail.offers.menu is None
    assert opened({}, count=0, wrapper_share=1.0).retail.offers.menu is None
    assert isinstance(opened({}, aggregator_share=0.5).retail.demand, MenuDemand)


def test_resellers_sell_what_their_form_says():
    model = opened({}, aggregator_share=0.25, wrapper_share=0.25, wrapper_allowance=7.0)
    offers = offers_of(model.labs, model.resellers, model.parameters)
    assert sorted(reseller.form for reseller in model.resellers) == [AGGREGATOR, CHANNEL, CHANNEL, WRAPPER]
    for place, reseller in enumerate(model.resellers, start=2):
        flat = reseller.form == WRAPPER
        assert offers.menu.offered[place].tolist() == [False, flat, not flat]
        assert offers.at_list[place] == (reseller.form == AGGREGATOR)
        posted = offers.menu.fee[place, SUBSCRIPTION] if flat else offers.menu.price[place, METERED]
        assert posted == reseller.price
        assert offers.menu.allowance[place].tolist() == ([0.0, 7.0, 0.0] if flat else [0.0, 0.0, 0.0])
        pays = model.labs[reseller.lab].retail_price if reseller.at_list else model.labs[reseller.lab].wholesale_price
        assert reseller.asked_by(model.labs[reseller.lab]) == pays


def test_what_is_posted_is_on_the_menu_from_then_on():
    model = market()
    where = model.retail.posted_demand.instruments
    for place in np.flatnonzero(where.offer < 2).tolist():
        post(model.labs[where.offer[place]], int(where.plan[place]), bool(where.is_fee[place]), 10.0 + place)
    menu = menu_of(model.labs, model.resellers, model.parameters)
    own = where.offer < 2
    np.testing.assert_array_equal(menu.posted[own], 10.0 + np.flatnonzero(own))


def test_a_price_cap_holds_for_prices_and_not_for_fees():
    model = TokenMarket(
        Parameters(policy={"price_cap": 2.0}, tariffs={"subscription": "two-part"}, labs={"count": 2}), rng=1
    )
    for is_fee, plan, expected in ((True, SUBSCRIPTION, 50.0), (False, SUBSCRIPTION, 2.0), (False, METERED, 2.0)):
        post(model.labs[0], plan, is_fee, 50.0)
        menu = menu_of(model.labs, [], model.parameters)
        assert (menu.fee if is_fee else menu.price)[0, plan] == expected


def test_a_market_without_sellers_has_an_empty_menu():
    parameters = Parameters(tariffs={"subscription": "flat"})
    none = offers_of([], [], parameters)
    assert len(none) == 0
    assert none.at_list.dtype == bool
    assert none.menu.posted.size == 0
    assert none.of_lab.shape == (0, 0)


@pytest.mark.parametrize("form", [CHANNEL, AGGREGATOR, WRAPPER])
def test_a_reseller_could_carry_each_lab_at_its_relative_margin(form):
    model = market()
    reseller = next(firm for firm in model.resellers if firm.form == form)
    asked = np.array([reseller.asked_by(lab) for lab in model.labs])
    made = candidates(reseller, model.labs, asked)
    margin = made.price / reseller.marginal_cost(asked)
    assert margin == pytest.approx(np.full(2, reseller.price / reseller.marginal_cost(reseller.wholesale_price)))
    plan = SUBSCRIPTION if form == WRAPPER else METERED
    assert made.menu.offered[:, plan].all()
    assert made.menu.offered.sum() == 2
    np.testing.assert_array_equal((made.menu.fee if form == WRAPPER else made.menu.price)[:, plan], made.price)
