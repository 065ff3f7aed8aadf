from math import exp, log

import numpy as np
import pytest

from market import Parameters, TokenMarket
from market.accounts import ledger
from market.accounts.finance import monthly_rate
from market.accounts.statement import Statement
from market.conduct.expectations import Prospect
from market.conduct.training import Prize
from market.firms.forecast import Forecast
from market.firms.lab import Lab
from market.firms.order import Order
from market.month import Calendar


def new_lab(**sections) -> Lab:
    """A lab with neither servers nor orders, in a market that is open."""
    lab = TokenMarket(Parameters(**sections), rng=1).labs[0]
    lab.model.assets.hand_over(lab.index, {}, 0.0)
    lab.waiting = lab.training_plan = lab.debt = 0.0
    return lab


def own(lab: Lab, units: float, since=0.0, power=1.0) -> None:
    """Give a lab servers in service."""
    lab.model.assets.servers.add(
        owner=lab.index, since=since, units=units, cost=1.0, performance=1.0, power=power, vendor=0
    )


def send(lab: Lab, units: float, arrives: int, performance=1.0, power=1.0) -> None:
    """Give a lab servers under way."""
    lab.model.assets.under_way.add(
        owner=lab.index, since=arrives, units=units, cost=1.0, performance=performance, power=power, vendor=0
    )


MEMORY, SMOOTHING = 6.0, 3.0


# the forecast -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("growth", [-0.08, 0.0, 0.11])
def test_steady_growth_is_foreseen_exactly(growth):
    forecast = Forecast(1000.0, growth)
    for month in range(1, 25):
        forecast.update(1000.0 * exp(growth * month), MEMORY, SMOOTHING)
    assert forecast.ahead(5) == pytest.approx(1000.0 * exp(growth * 29), rel=1e-12)


def test_growth_is_learnt():
    forecast = Forecast(1000.0, 0.0)
    for month in range(1, 200):
        forecast.update(1000.0 * exp(0.1 * month), MEMORY, SMOOTHING)
    assert forecast.growth == pytest.approx(0.1, rel=1e-6)
    assert forecast.ahead(3) == pytest.approx(1000.0 * exp(0.1 * 202), rel=1e-5)


def test_one_wild_month_moves_the_level_and_the_trend_within_bounds():
    """A surprise counts for a quarter at most; a third of it moves the level, a sixth of that the trend."""
    forecast = Forecast(1000.0, 0.0)
    forecast.update(1e9, MEMORY, SMOOTHING)
    assert log(forecast.level / 1000.0) == pytest.approx(0.25 / 3)
    assert forecast.growth == pytest.approx(0.25 / 18)


def test_no_demand_is_no_forecast_until_demand_is_back():
    forecast = Forecast(1000.0, 0.1)
    forecast.update(0.0, MEMORY, SMOOTHING)
    assert forecast.ahead(4) == 0.0
    forecast.update(50.0, MEMORY, SMOOTHING)
    assert forecast.level == 50.0


# orders -------------------------------------------------------------------------------------------------------------


def run_fleet(lab: Lab, growth: float, rounds: int = 60) -> tuple[list[float], list[float], list[float]]:
    """Let a lab order what it wants, ship all of it, and demand grow as foreseen; return had, needed and ordered."""
    parameters, demand = lab.model.parameters, 1e6
    fleet, had, needed, ordered = parameters.fleet, [], [], []
    lab.expect(demand * exp(-growth), growth)
    for now in range(rounds):
        art = Calendar(parameters).technology(0, now)
        lab.model.assets.deliver(now)
        lab.model.assets.age(now, fleet.failure_hazard)
        tokens = demand * exp(growth * now)
        had.append(lab.reference)
        needed.append(tokens / (fleet.target_utilisation * art.mtok))
        order = lab.wants(now, price_after_costs=1e9)
        ordered.append(order.total)
        arrives, units = now + fleet.lead_time + 1, order.total / art.performance
        send(lab, units, arrives, art.performance, art.power)
        lab.learn_demand(tokens)
    return had, needed, ordered


@pytest.mark.parametrize("lead_time", [0, 4])
@pytest.mark.parametrize("life", [24, 60])
def test_fleets_fit_demand_that_grows_as_foreseen(lead_time, life):
    """Neither overshoot nor want: what is alive in every month is what that month's demand needs, wear included."""
    lab = new_lab(fleet={"lead_time": lead_time, "server_life": life, "failure_hazard": 0.0})
    had, needed, _ = run_fleet(lab, growth=0.1)
    np.testing.assert_allclose(had[lead_time + 1 :], needed[lead_time + 1 :], rtol=1e-9)


def test_failures_under_way_leave_a_fleet_short_by_no_more_than_they_take():
    lab = new_lab(fleet={"lead_time": 4, "failure_hazard": 0.01})
    had, needed, _ = run_fleet(lab, growth=0.1)
    ratio = np.array(had[5:]) / needed[5:]
    assert (ratio <= 1 + 1e-9).all()
    assert (ratio >= 0.99**5).all()


def test_nothing_is_ordered_while_demand_falls_below_the_fleet():
    lab = new_lab(fleet={"failure_hazard": 0.0, "server_life": 240})
    needed = 1e6 / (0.5 * Calendar(lab.model.parameters).technology(0, 0).mtok)
    own(lab, needed)
    _, _, ordered = run_fleet(lab, growth=-0.02)
    assert sum(ordered) == 0.0


@pytest.mark.parametrize("source", ["fleet", "under way", "waiting"])
def test_what_is_there_or_coming_is_not_ordered_again(source):
    lab = new_lab(fleet={"failure_hazard": 0.0}, training={"frontier_pace": 0.0})
    lab.expect(1e6, 0.0)
    lab.training_plan = 300.0
    wanted = lab.wants(3, 1e9)
    then = Calendar(lab.model.parameters).technology(0, 3 + 5)
    assert wanted.total == pytest.approx(1e6 / (0.5 * then.mtok) + 300.0)
    for part in (0.4, 0.6):
        units = part * wanted.total
        if source == "fleet":
            own(lab, units, since=3.0)
        elif source == "under way":
            send(lab, units, arrives=6)
        else:
            lab.waiting += units
        left = lab.wants(3, 1e9)
        done = 0.4 if part == 0.4 else 1.0
        assert left.total == pytest.approx((1 - done) * wanted.total, abs=1e-6)
        if done < 1:
            assert left.serving / left.training == pytest.approx(wanted.serving / wanted.training)


def test_training_is_ordered_for_the_month_of_delivery():
    """Demand is expected six months after the last one seen, and the frontier moves for as long."""
    lab = new_lab(fleet={"failure_hazard": 0.0, "lead_time": 4}, training={"frontier_pace": 1.0})
    lab.expect(0.0, 0.0)
    lab.training_plan = 300.0
    assert lab.wants(3, 1e9).total == pytest.approx(300.0 * 2 ** (6 / 12))


def test_servers_under_way_fail_from_the_month_they_arrive_in():
    lab = new_lab(fleet={"failure_hazard": 0.1, "lead_time": 4}, training={"frontier_pace": 0.0})
    lab.expect(0.0, 0.0)
    lab.training_plan = 300.0
    send(lab, 100.0, arrives=6)
    assert lab.wants(3, 1e9).total == pytest.approx(300.0 - 100.0 * 0.9**3)


def test_servers_that_will_be_worn_out_at_delivery_do_not_count():
    lab = new_lab(fleet={"failure_hazard": 0.0, "server_life": 60, "lead_time": 4})
    lab.expect(1e6, 0.0)
    wanted = lab.wants(10, 1e9).total
    own(lab, wanted, since=-45.0)
    assert lab.wants(10, 1e9).total == pytest.approx(wanted)
    lab.model.assets.hand_over(lab.index, {}, 0.0)
    own(lab, wanted, since=-44.0)
    assert lab.wants(10, 1e9).total == pytest.approx(0.0, abs=1e-6)


def test_servers_to_serve_are_ordered_only_where_they_pay():
    lab = new_lab()
    lab.expect(1e6, 0.0)
    lab.training_plan = 300.0
    cost = lab.marginal_cost(Calendar(lab.model.parameters).technology(0, 0).mtok)
    paying, losing = lab.wants(0, cost * 1.001), lab.wants(0, cost * 0.999)
    assert paying.serving > 0
    assert losing.serving == 0.0
    assert losing.training == paying.training > 0


# money for orders ---------------------------------------------------------------------------------------------------


def with_cash(lab: Lab, cash: float, credit: float = 0.0) -> Lab:
    lab.raise_money(max(cash - lab.cash, 0.0))
    lab.pay(ledger.INVESTORS, ledger.DIVIDENDS, max(lab.cash - cash, 0.0))
    lab.credit = credit
    return lab


@pytest.mark.parametrize(
    ("cash", "credit", "share", "drawn"),
    [
        (1e9, 0.0, 1.0, 0.0),
        (2e6, 7e6, 1.0, 1e6),
        (2e6, 5e5, 2.5 / 3, 5e5),
        (1.5e6, 0.0, 0.5, 0.0),
        (0.0, 0.0, 0.0, 0.0),
    ],
)
def test_orders_are_cut_to_own_money_and_what_investors_offer(cash, credit, share, drawn):
    """Lenders advance 70 per cent of ten million: the lab needs three of its own."""
    lab = with_cash(new_lab(), cash, credit)
    lab.statement = Statement()
    order = lab.afford(Order(75.0, 25.0), price=1e5)
    assert order.serving == pytest.approx(75.0 * share)
    assert order.training == pytest.approx(25.0 * share)
    assert lab.cash == pytest.approx(cash + drawn)
    assert lab.credit == pytest.approx(credit - drawn)


def test_a_runway_of_losses_is_kept_back():
    lab = with_cash(new_lab(labs={"lowest_runway": 6}), 10e6)
    lab.statement = Statement(cost_of_goods=1e6)
    assert lab.reserve == pytest.approx(6e6 + 1e6)  # and the bills of the next month
    order = lab.afford(Order(100.0, 0.0), price=1e6)
    assert order.total == pytest.approx(100.0 * (10e6 - 7e6) / 30e6)


def test_bills_are_paid_in_cash_and_depreciation_is_not():
    lab = new_lab()
    lab.statement = Statement(
        revenue=90.0,
        cost_of_goods=20.0,
        depreciation=30.0,
        training=25.0,
        staff=5.0,
        total_depreciation=40.0,
        research_pay=15.0,
    )
    assert lab.loss < 0
    assert lab.reserve == pytest.approx(20.0 + 5.0 + 15.0)


def test_burn_is_the_fall_of_cash_in_a_month_without_investment():
    lab = with_cash(new_lab(), 5e8)
    lab.debt = 1e8
    lab.statement = Statement(revenue=3e6, cost_of_goods=9e6, depreciation=2e6, total_depreciation=2e6)
    burn, before = lab.burn, lab.cash
    lab.serve_debt()
    assert burn == pytest.approx(before - lab.cash + 9e6 - 3e6)
    lab.statement = Statement(revenue=3e8)
    assert lab.burn == 0.0


# loans --------------------------------------------------------------------------------------------------------------


def test_loans_are_repaid_as_assets_wear_and_cost_interest():
    lab = with_cash(new_lab(), 1e9)
    lab.borrow(10e6)
    assert (lab.debt, lab.cash) == (7e6, 1e9 + 7e6)
    lab.statement = Statement(total_depreciation=1e6)
    lab.serve_debt()
    assert lab.debt == pytest.approx(7e6 - 0.7e6)
    assert lab.cash == pytest.approx(1e9 + 7e6 - 0.7e6 - 7e6 * monthly_rate(0.10))
    lab.statement = Statement(total_depreciation=1e9)
    lab.serve_debt()
    assert lab.debt == 0.0


def test_debt_is_the_lenders_share_of_book_value_in_every_round():
    """What is bought is borrowed on and what wears is repaid: the two never part."""
    model = TokenMarket(Parameters(), rng=2)
    for _ in range(18):
        for lab in model.open_labs:
            assert lab.debt == pytest.approx(0.7 * lab.book_value(model.round), rel=1e-9)
        model.step()


def test_buildings_are_bought_for_the_power_there_is_no_room_for():
    lab = with_cash(new_lab(), 1e12)
    lab.model.assets.buildings.add(owner=lab.index, since=0.0, units=100.0, cost=1.0)
    own(lab, 20.0, power=2.0)
    send(lab, 10.0, arrives=4, power=3.0)
    assert lab.build(30.0) == 0.0
    assert lab.build(45.0) == pytest.approx(15.0)
    assert lab.model.ledger.turnover()[lab.name][1][ledger.FACILITY] == pytest.approx(15.0 * 8700.0)


def housed(model: TokenMarket) -> bool:
    assets = model.assets
    return all(
        assets.buildings.quantity(lab.index) * (1 + 1e-9) >= lab.kilowatts + assets.under_way.kilowatts(lab.index)
        for lab in model.open_labs
    )


@pytest.mark.parametrize("life", [168, 12])
def test_every_server_has_a_building(life):
    model = TokenMarket(Parameters(fleet={"facility_life": life}), rng=1)
    for _ in range(14):
        model.step()
        assert housed(model)


# investors ----------------------------------------------------------------------------------------------------------


def courted(growth: float, appetite=1.0, now=5, months=24, dries_up=1200, valued="growth") -> Lab:
    lab = new_lab(funding={"valued": valued, "appetite": appetite, "dries_up": dries_up})
    lab.revenues.clear()
    lab.revenues.extend(1e6 * (1 + growth) ** month for month in range(months))
    lab.statement = Statement(revenue=1e6 * (1 + growth) ** months)
    lab.credit = 0.0
    lab.seen = lab.outlook(lab.knowledge, Prize(0.0))
    lab.court_investors(now)
    return lab


def test_investors_offer_a_twelfth_of_appetite_times_revenue_times_growth():
    lab = courted(0.05, appetite=2.0)
    revenue = np.mean([1e6 * 1.05**month for month in range(19, 25)]) * 12
    assert lab.credit == pytest.approx(2.0 * revenue * (1.05**12 - 1) / 12)


def test_investors_put_in_a_stake_of_what_a_lab_will_earn():
    """Without growth the month's profit before training, less what keeps knowledge up, is earned for ever."""
    lab = new_lab(funding={"appetite": 2.0, "stake": 0.12, "required_return": 0.2})
    lab.model.prospect = Prospect("trend", 0.0, 0.5, 0.0)
    lab.statement = Statement(revenue=5e6, staff=1e6, cost_of_goods=1e6, depreciation=0.5e6, training=3e6)
    lab.full_capacity = lab.served = 100.0
    seen = lab.seen = lab.outlook(lab.knowledge, Prize(1e5))
    kept_up = seen.decay * 1e5 / (log(2) * (1 - seen.keep * (1 - seen.cheaper) / (1 + seen.interest)))
    monthly = 1.2 ** (1 / 12) - 1
    worth = (2.5e6 - kept_up) * (1 + monthly) / monthly
    assert lab.value() == pytest.approx(worth)
    lab.credit = 0.0
    lab.court_investors(5)
    assert lab.credit == pytest.approx(2.0 * 0.12 * worth / 12)


@pytest.mark.parametrize(("lead_time", "lasts"), [(4, 0.8), (0, 0.0)])
def test_investors_look_through_a_shortage_of_compute_to_rent(lead_time, lasts):
    """What rent exceeds the usual one by is gone as fast as new servers come: it is worth Σ (f/(1 + i))^t of it."""
    lab = new_lab(funding={"required_return": 0.2}, fleet={"lead_time": lead_time})
    lab.model.prospect = Prospect("trend", 0.0, 0.5, 0.0)
    lab.statement = Statement(revenue=5e6, cost_of_goods=3e6)
    lab.full_capacity = lab.served = 100.0
    lab.seen = lab.outlook(lab.knowledge, Prize(0.0))
    lab.trained = 0.0
    monthly = 1.2 ** (1 / 12) - 1
    lab.rented, lab.rent, lab.renting = 1000.0, 2.5e6, 1000.0
    usual, dear = 3.5e6 * (1 + monthly) / monthly, 1.5e6 / (1 - lasts / (1 + monthly))
    assert lab.value() == pytest.approx(usual - dear)


def test_investors_give_nothing_for_a_lab_that_will_earn_nothing():
    lab = new_lab()
    lab.statement = Statement(revenue=5e6, staff=6e6)
    lab.seen = lab.outlook(lab.knowledge, Prize(1e5))
    lab.credit = 0.0
    lab.court_investors(5)
    assert lab.value() < 0
    assert lab.credit == 0.0


def test_offers_add_up_to_a_years_worth_at_most():
    lab = courted(0.05)
    for _ in range(60):
        lab.court_investors(6)
    revenue = float(np.mean(list(lab.revenues)[-6:])) * 12
    growth = exp(lab.revenue_growth() * 12) - 1
    assert lab.credit == pytest.approx(max(revenue * growth, 0.0))


def test_nothing_is_offered_for_decline_nor_once_funding_has_dried_up():
    assert courted(-0.05).credit == 0.0
    assert courted(0.05, now=10, dries_up=10).credit == 0.0
    assert courted(0.05, now=9, dries_up=10).credit > 0.0


def test_growth_beyond_the_highest_makes_investors_no_more_generous():
    lab = courted(0.5)
    revenue = np.mean(list(lab.revenues)[-6:]) * 12
    assert lab.credit == pytest.approx(revenue * 3.0 / 12)


def test_revenue_growth_compares_half_years():
    lab = courted(0.04)
    assert lab.revenue_growth() == pytest.approx(log(1.04))
    lab.revenues.clear()
    lab.revenues.extend([5.0] * 7)
    lab.forecast.growth = 0.123
    assert lab.revenue_growth() == 0.123


def test_dividends_leave_the_buffer():
    lab = with_cash(new_lab(funding={"buffer": 12.0}), 1e9)
    lab.usual_spending = 5e7
    lab.pay_dividends(12.0)
    assert lab.cash == pytest.approx(6e8)
    lab.pay_dividends(12.0)
    assert lab.cash == pytest.approx(6e8)


def test_training_capitalised_over_a_models_life():
    """Profit rises by what this month's training was above the average of the months it is written off over."""
    model = TokenMarket(Parameters(training={"model_life": 4}), rng=1)
    lab = model.labs[0]
    lab.training_spent.extend([10.0, 20.0, 30.0, 60.0])
    lab.statement = Statement(revenue=100.0, training=60.0)
    assert lab.capitalised_profit == pytest.approx(100.0 - 60.0 + 60.0 - 30.0)


# production ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "trained"), [(100.0, 100.0), (500.0, 500.0), (900.0, 1000.0 - 300.0 / 0.82), (0.0, 0.0)]
)
def test_training_gets_what_expected_demand_leaves_at_the_highest_utilisation(plan, trained):
    """Half of 600 servers' tokens, at 0.82 of what a server can do, leave 1000 − 300/0.82 to train."""
    lab = new_lab()
    own(lab, 1000.0)
    mtok = 1000.0
    lab.expect(600.0 * 0.5 * mtok, 0.0)
    lab.training_plan = plan
    lab.assign(mtok)
    assert lab.trained == pytest.approx(trained)
    assert lab.full_capacity == pytest.approx((1000.0 - trained) * mtok)
    assert lab.capacity == pytest.approx(0.82 * lab.full_capacity)
    assert lab.training_share == pytest.approx(trained / 1000.0)


def rationed(share: float) -> tuple[TokenMarket, np.ndarray, np.ndarray]:
    """Play a month in which the first lab can serve a share of what is asked of it."""
    model = TokenMarket(Parameters(population={"users": 1_000_000}), rng=3)
    model.step()
    model.turn_the_page()
    model.adopt()
    chosen = model.choose()
    wanted = model.retail.offers.by_lab((chosen * model.retail.demand.tokens).sum(axis=0))
    for lab, tokens in zip(model.labs, wanted, strict=True):
        lab.capacity = float(tokens) * (share if lab.index == 0 else 1.0)
    return model, chosen, model.serve(chosen)


def test_rationing_serves_exactly_the_capacity_and_all_its_users_alike():
    model, chosen, served = rationed(0.6)
    offers, lab = model.retail.offers, model.labs[0]
    delivered = offers.by_lab((served * model.retail.demand.tokens).sum(axis=0))
    assert lab.served == lab.capacity
    assert delivered[0] == pytest.approx(lab.capacity, rel=1e-12)
    of_lab = offers.lab == 0
    np.testing.assert_allclose(served[:, of_lab], 0.6 * chosen[:, of_lab], rtol=1e-12)
    np.testing.assert_array_equal(served[:, ~of_lab], chosen[:, ~of_lab])


def test_no_lab_serves_more_than_its_capacity_however_few_users_are_simulated():
    """A simulated user of this market stands for more tokens than most labs can serve."""
    model = TokenMarket(Parameters(population={"users": 1_000}, vendors={"capacity": 2_000.0}), rng=3)
    short = 0
    for _ in range(24):
        model.step()
        for lab in model.open_labs:
            assert lab.served <= lab.capacity * (1 + 1e-12)
            short += lab.demanded > lab.capacity
    assert short > 10


def test_a_lab_learns_of_demand_it_could_not_serve():
    model, chosen, _ = rationed(0.6)
    asked = model.retail.offers.by_lab((chosen * model.retail.demand.tokens).sum(axis=0))
    for lab, tokens in zip(model.labs, asked, strict=True):
        assert lab.demanded == pytest.approx(tokens)
    assert model.labs[0].served < 0.7 * model.labs[0].demanded


def test_the_share_that_is_not_served_leaves_and_has_no_provider():
    """Users of the short lab leave with probability 0.4, each by itself: four standard deviations."""
    model, chosen, _ = rationed(0.6)
    weight = np.concatenate([segment.weight for segment in model.segments])[:, None]
    mass = np.concatenate([segment.mass() for segment in model.segments])
    of_lab = model.retail.offers.lab == 0
    asked, stayed = ((people[:, :-1] / weight)[:, of_lab].sum() for people in (np.c_[chosen, chosen[:, :1]], mass))
    assert abs(stayed - 0.6 * asked) < 4 * np.sqrt(0.24 * asked)
    np.testing.assert_allclose(mass[:, :-1][:, ~of_lab], chosen[:, ~of_lab], rtol=1e-12)
    everybody = sum(float(segment.people.active @ segment.weight) for segment in model.segments)
    assert mass.sum() == pytest.approx(everybody)


# the end ------------------------------------------------------------------------------------------------------------


def ruined() -> tuple[TokenMarket, Lab]:
    """A market after a month, one of whose labs has lost all its money and more."""
    model = TokenMarket(Parameters(), rng=1)
    model.step()
    lab = model.labs[0]
    lab.credit = 0.0
    lab.pay(ledger.OUTSIDE, ledger.STAFF, lab.cash + 1e6)
    return model, lab


def test_a_bankrupt_lab_leaves_its_users_and_resellers_to_others():
    model, lab = ruined()
    carried = [reseller for reseller in model.resellers if reseller.lab == lab.index]
    assert carried
    assert any(segment.mass()[:, 0].sum() > 0 for segment in model.segments)
    before = model.results().rounds.iloc[-1]
    model.step()
    after = model.results().rounds.iloc[-1]
    assert not lab.alive
    assert lab.name not in model.retail.offers.sellers
    assert after.labs == before.labs - 1
    assert all(model.labs[reseller.lab].alive for reseller in carried)
    assert after.active_users >= before.active_users
    others = model.results().firms.query("kind == 'lab' and alive")
    assert others[others["round"] == 1].quantity.sum() == pytest.approx(after.tokens)
    assert model.results().conservation_error < 1e-12


def test_a_lab_that_leaves_settles_its_account_with_investors():
    model, lab = ruined()
    model.step()
    received, paid = model.ledger.turnover()[lab.name]
    assert lab.cash == 0.0
    assert set(received) <= {ledger.SALVAGE, ledger.SECOND_HAND, ledger.FUNDING}
    assert set(paid) <= {ledger.DIVIDENDS}
    assert sum(paid.values()) == pytest.approx(sum(received.values()) - 1e6)


def test_investors_give_nothing_to_a_lab_that_has_left():
    model, lab = ruined()
    lab.credit = lab.debt = 1e9
    for _ in range(3):
        model.step()
        assert not lab.alive
        assert lab.cash == lab.credit == lab.debt == 0.0


def test_the_fleet_of_a_lab_that_leaves_fetches_its_share_of_book_value():
    model, lab = ruined()
    book = lab.book_value(model.round)
    model.step()
    fetched = model.ledger.turnover()[lab.name][0]
    assert fetched.get(ledger.SALVAGE, 0.0) + fetched.get(ledger.SECOND_HAND, 0.0) == pytest.approx(0.3 * book)


def test_labs_buy_second_hand_what_their_money_allows_on_the_same_loans_as_new():
    model, lab = ruined()
    book, rich, poor = lab.book_value(model.round), model.labs[1], model.labs[2]
    rich.raise_money(book)
    poor.pay(ledger.INVESTORS, ledger.DIVIDENDS, poor.cash)
    poor.credit = 0.0
    had, debt = [other.accelerators for other in (rich, poor)], rich.debt
    fleet = lab.accelerators
    lab.wind_up(model.round)
    assert [other.accelerators for other in (rich, poor)] == pytest.approx([had[0] + fleet, had[1]])
    paid = model.ledger.turnover()[rich.name][1][ledger.SECOND_HAND]
    assert paid == pytest.approx(0.3 * book)
    assert rich.debt - debt == pytest.approx(0.7 * paid)


@pytest.mark.parametrize("commons", ["off", "on"])
def test_the_market_outlives_its_last_lab(commons):
    model = TokenMarket(Parameters(labs={"salvage": 0.0}, commons={"mode": commons}), rng=1)
    for _ in range(6):
        for lab in model.open_labs:
            lab.pay(ledger.OUTSIDE, ledger.STAFF, max(lab.cash, 0.0) + 1.0)
            lab.credit = 0.0
        model.step()
    rounds = model.results().rounds
    assert model.open_labs == model.open_resellers == []
    assert rounds.tokens.iloc[-1] == rounds.power_mw.iloc[-1] == 0.0
    assert rounds.outside_share.iloc[-1] == 1.0
    assert model.results().conservation_error < 1e-12
