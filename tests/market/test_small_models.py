"""Small models in the market: what they take of capacity, what is paid for them, and what the tables say of them."""

from functools import cache

import numpy as np
import pytest

from market import TokenMarket
from market.accounts.ledger import WHOLESALE
from market.markets.tokens.listing import candidates
from market.markets.tokens.resale import profits_of_carrying
from market.parameters.plans import FREE, METERED, SMALL
from scenarios import load

SIZE = {"population.users": 10**8, "population.engine": "cohort", "horizon.rounds": 24}


def opened(**changes: object) -> TokenMarket:
    return TokenMarket(load("baseline", SIZE | changes).parameters, rng=1, collect=False)


@cache
def played(plans: str) -> TokenMarket:
    """Return a market a year later, of which every month added up."""
    model = opened(**{"small_models.plans": plans})
    audit = model.audit()
    for _ in range(12):
        audit.step()
    return model


@pytest.mark.parametrize("plans", ["metered", "free", "both"])
def test_tokens_take_as_much_of_capacity_as_their_models_are_heavy(plans: str) -> None:
    model = played(plans)
    sold = model.recorder.latest()["plans"]
    light = {"metered": {"small"}, "free": {"free"}, "both": {"small", "free"}}[plans]
    lightness = model.parameters.small_models.lightness
    taken = sum(row["tokens"] / (lightness if row["plan"] in light else 1.0) for row in sold)
    assert sum(lab.served for lab in model.open_labs) == pytest.approx(taken, rel=1e-9)
    rows = {row["plan"]: row for row in sold if row["seller"] == "lab"}
    for lab in model.open_labs:
        assert 1 / lightness < lab.load < 1
    usual = rows["subscription"]
    for plan in light:
        here = rows[plan]
        ratio = (here["serving_cost"] / here["tokens"]) / (usual["serving_cost"] / usual["tokens"])
        assert ratio == pytest.approx(1 / lightness, rel=0.3)  # labs differ in what they sell most


def test_firms_sell_tokens_of_both_models() -> None:
    model = played("metered")
    sold, costs = model.retail.offers.by_lab(model.retail.sold.sum(axis=0)), model.retail.marginal_costs()
    for lab, tokens, cost in zip(model.open_labs, sold, costs, strict=True):
        price, unit_cost, quantity = lab.sale()
        assert quantity == pytest.approx(tokens, rel=1e-9)
        assert unit_cost == pytest.approx(lab.load * cost / model.retail.net_share_retail)
        assert price == lab.paid / lab.metered


def test_a_small_model_is_cheaper_and_not_so_good() -> None:
    model = played("both")
    assert all(lab.small_price < lab.retail_price / 2 for lab in model.open_labs)
    tokens, behind = model.recorder.sales.tokens, model.parameters.small_models.behind
    worse = behind * tokens[:, [FREE, SMALL]].sum()
    best = model.retail.offers.by_lab(tokens.sum(axis=1)) @ [lab.quality for lab in model.open_labs]
    assert model.recorder.latest()["rounds"][0]["quality_mean"] == pytest.approx((best - worse) / tokens.sum())


def test_constant_quality_costs_the_least_that_is_asked_for_it() -> None:
    model = played("both")
    month, behind = model.recorder.latest()["rounds"][0], model.parameters.small_models.behind
    sold = dict(zip(model.open_labs, model.retail.offers.quality.tolist(), strict=False))
    asked = [lab.retail_price for lab, quality in sold.items() if quality >= 0]
    asked += [lab.small_price for lab, quality in sold.items() if quality >= behind]
    by_token = [reseller for reseller in model.open_resellers if not reseller.flat]
    asked += [reseller.price for reseller in by_token if sold[model.labs[reseller.lab]] >= 0]
    lightness = model.parameters.small_models.lightness
    asked += [reseller.price / lightness for reseller in by_token if sold[model.labs[reseller.lab]] >= behind]
    assert month["price_constant_quality"] == pytest.approx(min(asked), rel=1e-12)
    assert month["price_frontier"] == max(sold, key=sold.__getitem__).retail_price


def test_resellers_pay_and_ask_for_small_tokens_by_what_they_take() -> None:
    model = played("metered")
    load, paid = model.retail.load, model.ledger.spent(WHOLESALE)
    lightness = model.parameters.small_models.lightness
    revenue = dict(zip(model.retail.offers.sellers, model.retail.revenue, strict=True))
    sold = {row["seller"]: 0.0 for row in model.recorder.latest()["plans"] if row["plan"] == "small"}
    assert sold.keys() == {"lab", "channel", "aggregator"}
    for place, reseller in enumerate(model.open_resellers, start=len(model.open_labs)):
        assert reseller.served == load[place]
        assert paid[reseller.name] == pytest.approx(load[place] * reseller.wholesale_price)
        if not reseller.flat:
            menu = model.retail.offers.menu
            assert menu.price[place, SMALL] * lightness == pytest.approx(menu.price[place, METERED])
            assert revenue[reseller.name] == pytest.approx(load[place] * reseller.price)


def test_a_reseller_looks_at_both_models_of_the_labs_it_could_carry() -> None:
    model = played("metered")
    reseller, labs = next(one for one in model.open_resellers if not one.flat), model.open_labs
    made = candidates(reseller, labs, np.array([reseller.asked_by(lab) for lab in labs]))
    expected = reseller.price_with(np.array([reseller.asked_by(lab) for lab in labs]))
    np.testing.assert_allclose(made.menu.price[:, METERED], expected)
    np.testing.assert_allclose(made.menu.price[:, SMALL], expected / model.parameters.small_models.lightness)
    assert np.isfinite(profits_of_carrying(model, reseller, labs)).all()


def test_a_second_model_that_is_the_first_again_costs_the_same() -> None:
    """Without resellers who pay the list price of the first."""
    alike = {"small_models.plans": "metered", "small_models.behind": 0.0, "small_models.lightness": 1.0}
    model = opened(**alike, **{"resellers.count": 0})
    for lab in model.open_labs:
        assert lab.small_price == pytest.approx(lab.retail_price, rel=1e-6)
    plans = model.retail.posted_demand.plans
    sees = model.retail.tastes.types.sees[:, SMALL]
    np.testing.assert_allclose(plans[sees, :5, SMALL], plans[sees, :5, SMALL - 1], rtol=1e-5)


def test_a_price_cap_holds_for_all_prices_from_its_month_on() -> None:
    """Whether or not a lab sets them anew that month."""
    changes = {
        "small_models.plans": "metered",
        "tariffs.subscription": "two-part",
        "labs.repricing_hazard": 0.0,
        "labs.answer_hazard": 0.0,
        "labs.reprice_at_launch": False,
        "events": [{"round": 2, "set": {"policy.price_cap": 0.4}}],
    }
    model = opened(**changes)
    for month in range(4):
        prices = [(lab.retail_price, lab.beyond, lab.small_price) for lab in model.open_labs]
        assert (np.max(prices) <= 0.4) == (month > 2), month
        model.step()
