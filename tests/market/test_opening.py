from dataclasses import replace

import numpy as np
import pytest

from market import Parameters, TokenMarket
from market.pricing import BestResponse
from market.token_prices import lab_layer, reseller_layer


@pytest.fixture(scope="module")
def model() -> TokenMarket:
    return TokenMarket(Parameters(), rng=1)


def test_prices_open_where_nobody_would_move_in_the_absence_of_capacity(model):
    rule, count = BestResponse(patience=0.9), len(model.labs)
    layer = lab_layer(model.retail.standing, model.labs, model.retail.costs())
    layer = replace(layer, capacity=np.full(count, np.inf))
    # Users have since settled with their providers, which moves what labs see this month by little.
    assert rule.post(layer)[:count] == pytest.approx([lab.retail_price for lab in model.labs], rel=0.1)
    resale = reseller_layer(model.retail.standing, model.resellers)
    assert rule.post(resale) == pytest.approx([reseller.price for reseller in model.resellers], rel=0.1)


def test_opening_prices_are_settled_to_the_last_digit():
    """With users who are not loyal, prices do not depend on where users were before: they are at rest exactly."""
    segments = {name: {**s.model_dump(), "loyalty": 0.0} for name, s in Parameters().population.segments.items()}
    free = TokenMarket(Parameters(population={"segments": segments}, labs={"share_ratio": 1.0}), rng=1)
    layer = lab_layer(free.retail.standing, free.labs, free.retail.costs())
    layer = replace(layer, capacity=np.full(len(free.labs), np.inf))
    posted = BestResponse(patience=0.9).post(layer)[: len(free.labs)]
    assert posted == pytest.approx([lab.retail_price for lab in free.labs], rel=1e-6)


def test_all_are_paid_for_before_the_first_round(model):
    for lab in model.labs:
        assert lab.retail_price > model.retail.costs().marginal_cost[lab.index]
        assert lab.marginal_cost(model.technology.mtok) < lab.wholesale_price <= lab.retail_price
        assert lab.cash > 0
    settings = model.parameters.resellers
    assert [r.cash for r in model.resellers] == [settings.staff * settings.opening_months] * 12


def test_users_settle_with_whom_they_would_choose_tilted_to_the_larger_labs():
    even = TokenMarket(Parameters(labs={"share_ratio": 1.0, "count": 2}, resellers={"count": 0}), rng=1)
    tilted = TokenMarket(Parameters(labs={"share_ratio": 0.5, "count": 2}, resellers={"count": 0}), rng=1)

    def users(model):
        return np.concatenate([segment.mass() for segment in model.segments])[:, :2]

    expected = np.array([[1.0, 0.5]]) * users(even)
    scale = users(even).sum(axis=1) / expected.sum(axis=1)
    size = np.concatenate([segment.weight for segment in even.segments])
    difference = users(tilted) - expected * scale[:, None]
    assert (np.abs(difference) <= 2.1 * size[:, None]).all()  # whole users


def test_fleets_open_with_what_demand_and_training_need(model):
    fleet, art, assets = model.parameters.fleet, model.technology, model.assets
    for lab in model.labs:
        needed = lab.forecast.ahead(1) / (fleet.target_utilisation * art.mtok) + lab.training_plan
        assert lab.reference == pytest.approx(needed, rel=1e-12)
        own, coming = (held.owner == lab.index for held in (assets.servers, assets.under_way))
        np.testing.assert_array_equal(np.unique(assets.servers.since[own]), -np.arange(12.0, 0.0, -1.0))
        np.testing.assert_array_equal(np.unique(assets.under_way.since[coming]), [1, 2, 3, 4])
        housed = lab.kilowatts + assets.under_way.kilowatts(lab.index)
        assert assets.buildings.quantity(lab.index) == pytest.approx(housed)


def test_the_first_months_forecast_is_the_demand_at_opening_prices(model):
    demand = model.retail.standing
    for lab in model.labs:
        tokens = demand.quantity[demand.offers.lab == lab.index].sum()
        assert lab.forecast.ahead(1) == pytest.approx(tokens, rel=1e-9)


def test_lenders_hold_their_share_of_the_opening_fleet(model):
    for lab in model.labs:
        assert lab.debt == pytest.approx(0.7 * lab.book_value(0))


def test_quality_falls_evenly_from_lab_to_lab_and_so_does_knowledge(model):
    assert [lab.quality for lab in model.labs] == pytest.approx([0.0, -0.75, -1.5, -2.25, -3.0])
    stock = [np.log2(lab.knowledge / model.first_knowledge) for lab in model.labs]
    assert stock == pytest.approx([0.0, -0.75, -1.5, -2.25, -3.0])


def test_the_leaders_stock_is_what_its_training_sustains(model):
    """Knowledge that grows with demand: K (decay + growth) = trained."""
    leader = model.labs[0]
    growth = leader.forecast.growth
    assert leader.knowledge * (model.parameters.training.decay + growth) == pytest.approx(leader.trained, rel=0.02)


def test_added_value_of_resellers_spreads_evenly_around_nothing(model):
    values = [reseller.added_value for reseller in model.resellers]
    assert np.mean(values) == pytest.approx(0.0, abs=1e-12)
    assert values[0] - values[-1] == pytest.approx(model.parameters.resellers.added_value_spread)
    np.testing.assert_allclose(np.diff(values), values[1] - values[0])


def test_all_money_at_the_start_came_from_investors(model):
    balance = model.ledger.balance
    assert balance["investors"] == pytest.approx(-sum(firm.cash for firm in model.firms), rel=1e-12)
    assert balance["outside"] == 0.0
    assert model.ledger.imbalance <= 1e-12 * -balance["investors"]


def test_chips_open_at_the_price_of_the_data_if_there_is_any():
    opened = TokenMarket(Parameters(vendors={"opening_price": 30e3}), rng=1)
    assert {vendor.price for vendor in opened.vendors} == {30e3}
    series = [{"date": "2023-10", "value": 21e3}, {"date": "2024-02", "value": 99e3}]
    opened = TokenMarket(Parameters(data={"chip_prices": series}), rng=1)
    assert {vendor.price for vendor in opened.vendors} == {21e3}


def test_vendors_capacity_opens_by_their_lead(model):
    found = np.array([vendor.capacity for vendor in model.vendors])
    lead = np.exp(-1.2 * np.arange(3))
    np.testing.assert_allclose(found, 60_000 * lead / lead.sum())


def test_the_seed_has_no_part_in_the_opening_but_for_whims():
    """Prices, fleets and money of the first day are the scenario's: seeds differ in what is drawn later."""
    one, other = (TokenMarket(Parameters(), rng=seed) for seed in (1, 2))
    assert [f.price for f in one.firms] == [f.price for f in other.firms]
    assert [f.cash for f in one.firms] == [f.cash for f in other.firms]


def test_seeds_are_whole_numbers():
    for seed in (-1, 1.5, "1", True, None):
        with pytest.raises(TypeError, match="rng"):
            TokenMarket(Parameters(), rng=seed)
