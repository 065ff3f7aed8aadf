"""Labs that make chips of their own: what they still buy, what vendors can ask then, and that all is paid for."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from server_moves import ALIKE, DEAR, demand, slopes

from market import TokenMarket
from market.accounts import ledger
from market.markets.servers.own_chips import OwnChips
from market.parameters import Parameters
from scenarios import BadInput, load

NONE = -np.inf
SMALL = {"population.users": 10**9, "population.engine": "cohort", "own_chips.labs": 2, "own_chips.months": 2}


def market(months: int = 0, seed: int = 1, **changes) -> TokenMarket:
    model = TokenMarket(load("baseline", SMALL | changes).parameters, rng=seed, collect=False)
    for _ in range(months):
        model.step()
    return model


def making(price, appeal=(0.7, NONE, -0.4, 0.1), bind=(False, False, False, True)):
    """Demand of four labs: one has no chips of its own, and one makes all it can."""
    here = demand(price)
    free = OwnChips(np.array(appeal), here.parameters.vendors.substitution, 700.0, np.ones(4), np.array(bind))
    return replace(here, own=replace(free, bought=free.buys(here.worth, here.cheapest)))


def test_what_is_made_is_the_logit_share_of_own_chips_written_out():
    here = making(DEAR)
    sigma = here.parameters.vendors.substitution
    utility = np.exp(here.worth - sigma * np.log(here.cheapest)).sum(axis=1)
    own = np.exp(np.array([0.7, NONE, -0.4, 0.1])) * 700.0**-sigma
    np.testing.assert_allclose(here.own.buys(here.worth, here.cheapest), utility / (utility + own), rtol=1e-12)
    assert here.own.bought[1] == 1.0


@pytest.mark.parametrize("price", [ALIKE, DEAR])
def test_response_is_the_slope_of_what_is_bought(price):
    """Of those who could make more and of those who cannot; the mix of what is made and bought is given as ever."""
    base = making(price)

    def mix(there):
        return base.felt * (base.shares @ there.cost(there.price)) + (1 - base.felt) * base.own.cost

    slope = slopes(base, mix)
    np.testing.assert_allclose(base.response, slope, rtol=1e-6, atol=1e-7 * np.abs(slope).max())
    summed = base.products.by_vendor(base.response)
    summed = summed.reshape(base.products.vendors, base.products.makers, -1).sum(axis=1)
    np.testing.assert_allclose(base.chip_response, summed, rtol=1e-9)


def test_nothing_is_made_before_the_design_is_done_and_no_more_than_there_is_room_for():
    model = market()
    vendors, made = sum(vendor.capacity for vendor in model.vendors), []
    for _ in range(4):
        model.step()
        made.append(model.servers.foundry.made.copy())
    assert not np.any(made[:2])
    assert np.all(made[3][:2] > 0)
    assert not made[3][2:].any()
    growth, share = 1 + model.parameters.vendors.capacity_growth, model.parameters.own_chips.capacity
    foundry = model.servers.foundry
    assert 2 * foundry.capacity == pytest.approx(share * vendors * growth**4)
    assert sum(vendor.capacity for vendor in model.vendors) == pytest.approx((1 - share) * vendors * growth**4)
    assert (made[3] * growth <= foundry.capacity * (1 + 1e-12)).all()


def test_own_chips_are_paid_for_and_arrive_with_the_others():
    model = market(5)
    foundry, lab = model.servers.foundry, model.labs[0]
    under_way = model.assets.under_way
    own = under_way.vendor == len(model.vendors)
    new = own & (under_way.owner == lab.owner) & (under_way.since == under_way.since.max())
    assert under_way.units[new].sum() == pytest.approx(foundry.made[0])
    cost = foundry.price + model.parameters.fleet.network_cost
    np.testing.assert_allclose(under_way.table[3, new], cost, rtol=1e-12)
    flows = model.results().flows
    outside = flows[(flows["payee"] == ledger.OUTSIDE) & (flows["category"] == ledger.SERVERS)]
    assert outside["amount"].sum() > 0


def test_chips_of_their_own_make_labs_earn_more_and_vendors_less():
    margins = []
    for labs in (0, 2):
        makes = {"own_chips.labs": labs, "own_chips.capacity": 0.4, "own_chips.design": 0.0}
        makes["clouds.count"] = 0  # who rents makes fewer servers of its own
        makes["small_models.plans"] = "none"  # labs train more with them, and chips are short where vendors make fewer
        layers = pd.concat(market(30, seed, **makes).results().layers for seed in range(1, 7))
        sums = layers.groupby("layer", observed=True)[["revenue", "profit"]].sum()
        margins.append(sums["profit"] / sums["revenue"])
    assert margins[1]["hardware"] < margins[0]["hardware"]
    assert margins[1]["labs"] > margins[0]["labs"]


def test_every_month_of_it_adds_up():
    audit = TokenMarket(
        load("baseline", SMALL | {"population.users": 10**6, "clouds.count": 2}).parameters, rng=2
    ).audit()
    for _ in range(30):
        audit.step()


def test_more_labs_with_chips_than_there_are_is_refused():
    with pytest.raises(BadInput, match=r"own_chips\.labs = 6 must be at most labs\.count = 5"):
        load("baseline", {"own_chips.labs": 6})
    assert Parameters().own_chips.labs == 0
