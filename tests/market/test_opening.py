import numpy as np
import pytest

from market import Parameters, TokenMarket
from market.firms.fleet import Purchases
from scenarios.files.loading import load


@pytest.fixture(scope="module")
def model() -> TokenMarket:
    return TokenMarket(Parameters(), rng=1)


def test_all_are_paid_for_before_the_first_round(model):
    for lab in model.labs:
        assert lab.retail_price > model.retail.costs().marginal_cost[lab.index]
        assert lab.marginal_cost(model.technology.mtok) < lab.wholesale_price <= lab.retail_price
        assert lab.cash > 0
    settings = model.parameters.resellers
    assert [r.cash for r in model.resellers] == [settings.staff * settings.opening_months] * 12


def test_fleets_open_with_what_demand_and_training_need(model):
    """Once what comes this month is there, and what fails in it is gone."""
    fleet, art, assets = model.parameters.fleet, model.technology, model.assets
    needed = [lab.forecast.ahead(1) / (fleet.target_utilisation * art.mtok) + lab.training_plan for lab in model.labs]
    for lab in model.labs:
        own, coming = (held.owner == lab.index for held in (assets.servers, assets.under_way))
        np.testing.assert_array_equal(np.unique(assets.servers.since[own]), -np.arange(59.0, 0.0, -1.0))
        np.testing.assert_array_equal(np.unique(assets.under_way.since[coming]), [0, 1, 2, 3, 4])
        housed = lab.kilowatts + assets.under_way.kilowatts(lab.index)
        assert assets.buildings.quantity(lab.index) == pytest.approx(housed)
    model = TokenMarket(model.parameters, rng=1)
    model.deliver_servers()
    model.age_fleets()
    assert [lab.reference for lab in model.labs] == pytest.approx(needed, rel=1e-9)


def test_fleets_that_open_go_on_as_they_began():
    """Purchases before and after the first month grow by the same rate, and the fleet with them."""
    fleet = Parameters().fleet
    bought = Purchases.of(fleet, 1000.0, 0.05)
    ages = np.arange(1, fleet.server_life)
    survive = 1 - fleet.failure_hazard
    assert (bought.left(ages).sum() + bought.today) * survive == pytest.approx(1000.0)
    everything = bought.today * np.exp(0.05 * np.arange(-fleet.server_life + 2, 2))
    ages_next_month = np.arange(fleet.server_life)[::-1]
    assert everything @ survive ** (ages_next_month + 1) == pytest.approx(1000.0 * np.exp(0.05))


def test_training_opens_at_what_serving_and_investors_pay_for():
    """Nothing grows, and investors give nothing: what serving earns at user cost is all there is to keep up with."""
    changes = {"training.budget.rule": "match-the-frontier", "funding.appetite": 0.0, "labs.overhead_fixed": 0.0}
    model = TokenMarket(load("stationary", changes).parameters, rng=1)
    costs, demand = model.retail.costs(), model.retail.posted_demand
    earned = demand.offers.by_lab(costs.margin_of_offers(model.labs, demand.offers) * demand.quantity)
    paid = [lab.trained * lab.user_cost * (1 + model.parameters.labs.research_staff) for lab in model.labs]
    assert paid == pytest.approx(earned.tolist(), rel=5e-3)  # labs match the leader's knowledge, not its profit


@pytest.mark.slow
def test_labs_that_differ_outlive_years_in_which_nothing_grows():
    changes = {"labs.quality_spread": 3.0, "labs.share_ratio": 0.5, "vendors.lead": 1.2}
    model = TokenMarket(load("stationary", changes).parameters, rng=1)
    for _ in range(48):
        model.step()
    assert len(model.open_labs) == 5


def test_the_first_months_forecast_is_the_demand_at_opening_prices(model):
    demand = model.retail.posted_demand
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
