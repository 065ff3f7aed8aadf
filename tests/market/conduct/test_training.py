from dataclasses import replace
from math import exp, log, log2

import pytest

from market import Parameters, TokenMarket
from market.accounts.statement import Statement
from market.conduct.training import FixedShare, MatchTheFrontier, Outlook, Prize, Race, Runway, Truce, knowledge_after

OUTLOOK = Outlook(
    knowledge=1000.0,
    frontier=1500.0,
    pace=0.05,
    keep=0.87,
    decay=0.08,
    interest=0.008,
    profit_of_quality=2e6,
    unit_cost=1500.0,
    money=5e7,
    burn=1e6,
    revenue=2e7,
    growth=0.02,
)


def steadily(rule, outlook: Outlook, months: int, decay=0.08, pace=0.0) -> float:
    """Follow a rule month by month, the frontier growing at its pace; return the stock at the end."""
    for _ in range(months):
        trained = max(rule.capacity(outlook), 0.0)
        stock = knowledge_after(outlook.knowledge, outlook.knowledge, trained, decay, 0.0)
        outlook = replace(outlook, knowledge=stock, frontier=outlook.frontier * exp(pace))
    return outlook.knowledge


# knowledge ----------------------------------------------------------------------------------------------------------


def test_in_a_steady_state_knowledge_is_training_over_decay():
    stock = 1.0
    for _ in range(2000):
        stock = knowledge_after(stock, stock, trained=120.0, decay=0.08, imitation=0.05)
    assert stock == pytest.approx(120.0 / 0.08, rel=1e-12)


def test_a_lab_that_only_imitates_keeps_a_constant_share_of_the_frontier():
    """K' = 0: (decay + imitation) K = imitation × frontier."""
    stock = 0.0
    for _ in range(2000):
        stock = knowledge_after(stock, best=900.0, trained=0.0, decay=0.08, imitation=0.05)
    assert stock == pytest.approx(900.0 * 0.05 / 0.13, rel=1e-12)


def test_the_leader_learns_nothing_from_those_behind():
    assert knowledge_after(100.0, best=60.0, trained=3.0, decay=0.1, imitation=0.5) == pytest.approx(93.0)


# the race -----------------------------------------------------------------------------------------------------------


def month_after_month(outlook: Outlook, extra: float, months: int = 5000) -> float:
    """Return what a unit of knowledge more brings, USD today, if it is let go month by month: from this month on."""
    best, back = Race().best(outlook), 0.0
    for month in range(months):
        more = extra * outlook.keep**month
        gain = outlook.profit_of_quality * exp(outlook.prospect) * (log2(best + more) - log2(best))
        back += gain / (1 + outlook.interest) ** month
    return back


@pytest.mark.parametrize(
    "change", [{}, {"prospect": 0.4}, {"keep": 0.95, "interest": 0.02}, {"profit_of_quality": 9e5}]
)
def test_the_last_dollar_of_the_race_pays_for_itself(change):
    """A unit of compute more, let go month by month, brings its cost back over the months it lasts."""
    outlook, extra = replace(OUTLOOK, **change), 1e-3
    assert month_after_month(outlook, extra) == pytest.approx(outlook.unit_cost * extra, rel=1e-5)


def test_where_compute_gets_cheaper_a_unit_must_bring_what_waiting_a_month_would_save():
    """c − (1 − δ)(1 − h) c / (1 + i) is saved by buying a month later what is left then; π_q/(K ln 2) is lost."""
    outlook = replace(OUTLOOK, cheaper=0.03)
    saved = outlook.unit_cost * (1 - outlook.keep * 0.97 / (1 + outlook.interest))
    assert outlook.profit_of_quality / (Race().best(outlook) * log(2)) == pytest.approx(saved)


def test_the_race_brings_the_stock_to_its_goal():
    rule = Race(months_to_adjust=6)
    assert steadily(rule, replace(OUTLOOK, growth=0.0), 400) == pytest.approx(rule.best(OUTLOOK), rel=1e-9)


@pytest.mark.parametrize("growth", [0.01, 0.13])
def test_the_race_keeps_up_with_a_market_that_grows(growth):
    """From the best stock on, what is trained leads to the best stock of the next month."""
    outlook = replace(OUTLOOK, growth=growth)
    best = Race().best(outlook)
    trained = Race().capacity(replace(outlook, knowledge=best))
    assert knowledge_after(best, best, trained, outlook.decay, 0.0) == pytest.approx(best * exp(growth))


def test_what_is_picked_up_from_the_frontier_need_not_be_trained():
    assert Race().capacity(replace(OUTLOOK, picked_up=30.0)) == pytest.approx(Race().capacity(OUTLOOK) - 30.0)


def test_quality_that_earns_nothing_is_left_to_decay():
    assert Race().capacity(replace(OUTLOOK, profit_of_quality=-5.0)) == pytest.approx(-1000 / 6)


def test_a_truce_is_a_race_up_to_its_cap():
    capped = Truce(share=0.01).capacity(OUTLOOK)
    assert capped * OUTLOOK.unit_cost == pytest.approx(0.01 * OUTLOOK.revenue)
    assert Truce(share=10.0).capacity(OUTLOOK) == Race().capacity(OUTLOOK)


# the other rules ----------------------------------------------------------------------------------------------------


def test_matching_the_frontier_closes_the_gap_to_a_frontier_that_stands():
    rule = MatchTheFrontier(months=12)
    assert steadily(rule, replace(OUTLOOK, pace=0.0), 400) == pytest.approx(OUTLOOK.frontier, rel=1e-9)


def test_matching_the_frontier_keeps_a_leader_at_the_frontiers_pace():
    """A leader's goal is its own stock a year of pace from now: it grows by (e^{12 pace} − 1)/12 a month."""
    leader = replace(OUTLOOK, knowledge=1500.0)
    trained = MatchTheFrontier(months=12).capacity(leader)
    grown = knowledge_after(1500.0, 1500.0, trained, 0.08, 0.0)
    assert grown / 1500.0 - 1 == pytest.approx((exp(12 * 0.05) - 1) / 12)


def test_runway_spends_what_leaves_the_money_to_last():
    rule = Runway(months=12)
    trained = rule.capacity(OUTLOOK)
    spent_a_month = trained * OUTLOOK.unit_cost + OUTLOOK.burn
    assert OUTLOOK.money - 12 * spent_a_month == pytest.approx(0.0, abs=1e-6)


def test_fixed_share_is_a_share_of_revenue():
    assert FixedShare(share=0.7).capacity(OUTLOOK) * OUTLOOK.unit_cost == pytest.approx(0.7 * OUTLOOK.revenue)


# what a lab makes of it ---------------------------------------------------------------------------------------------


def lab_with(**training):
    model = TokenMarket(Parameters(training=training), rng=1)
    return model, model.labs[0]


def test_a_plan_moves_by_the_largest_step_at_most():
    _, lab = lab_with(largest_step=0.25, budget={"rule": "fixed-share", "share": 0.5})
    lab.training_plan = plan = 100.0 + lab.reference
    lab.decide_training(replace(OUTLOOK, money=1e12, revenue=1e12))
    assert lab.training_plan == pytest.approx(1.25 * plan)
    lab.decide_training(replace(OUTLOOK, money=1e12, revenue=0.0))
    assert lab.training_plan == pytest.approx(plan)
    near = replace(OUTLOOK, money=1e12, revenue=plan * 1.1 * OUTLOOK.unit_cost / 0.5)
    lab.decide_training(near)
    assert lab.training_plan == pytest.approx(1.1 * plan)


def test_a_lab_that_trained_nothing_may_begin_with_a_tenth_of_its_fleet_and_none_is_made_to():
    _, lab = lab_with(largest_step=0.25, budget={"rule": "fixed-share", "share": 0.5})
    lab.training_plan = 0.0
    lab.decide_training(replace(OUTLOOK, money=1e12, revenue=0.0))
    assert lab.training_plan == 0.0
    lab.decide_training(replace(OUTLOOK, money=1e12, revenue=1e12))
    assert lab.training_plan == pytest.approx(1.25 * 0.1 * lab.reference)


def test_a_plan_falls_when_money_does_not_last():
    _, lab = lab_with(largest_step=0.25, budget={"rule": "fixed-share", "share": 0.5})
    lab.training_plan = plan = 100.0 + lab.reference
    lab.statement = Statement(cost_of_goods=1e9)
    assert lab.reserve > 1e9
    lab.decide_training(replace(OUTLOOK, money=0.0, revenue=1e12))
    assert lab.training_plan == pytest.approx(plan / 1.25)


def test_labs_take_turns_to_launch():
    model, _ = lab_with(launch_interval=3)
    turns = [[now for now in range(9) if other.launches(now)] for other in model.labs]
    assert turns == [[0, 3, 6], [2, 5, 8], [1, 4, 7], [0, 3, 6], [2, 5, 8]]


def test_a_new_model_is_worth_the_knowledge_there_is():
    model, lab = lab_with()
    lab.knowledge = 8 * model.first_knowledge
    lab.launch(algorithms=2.0)
    assert lab.quality == pytest.approx(4.0)
    lab.knowledge = 7 * model.first_knowledge
    lab.launch(algorithms=2.0)
    assert lab.quality == pytest.approx(log2(14))


def test_a_model_is_not_replaced_by_a_worse_one_but_ages_as_knowledge_does():
    """Of knowledge that loses 8 % a month 0.92³ is left a launch later."""
    model, lab = lab_with(launch_interval=3, decay=0.08)
    lab.quality = 4.0
    lab.knowledge = 1e-6 * model.first_knowledge
    lab.launch(algorithms=2.0)
    assert lab.quality == pytest.approx(4.0 + 3 * log2(0.92))


def test_the_frontiers_pace_is_learnt_from_the_largest_stock():
    """Over a year of the same growth the pace seen goes most of the way to it."""
    model = TokenMarket(Parameters(), rng=1)
    start = model.frontier_pace
    assert start == pytest.approx(log(3.3) / 12)
    before = max(lab.knowledge for lab in model.labs)
    model.step()
    reached = log(max(lab.knowledge for lab in model.labs) / before)
    assert model.frontier_pace == pytest.approx(start + (reached - start) / 12)


def test_researchers_are_paid_by_what_trained():
    model = TokenMarket(Parameters(), rng=1)
    model.step()
    pay = model.parameters.labs.research_staff
    for lab in model.labs:
        assert lab.statement.research_pay == pytest.approx(lab.trained * lab.user_cost * pay)


def test_a_lab_that_earns_money_burns_less_than_nothing_before_training():
    """Two labs that differ by a million of revenue a month differ by a million in what they can spend on training."""
    _, lab = lab_with(budget={"rule": "runway", "months": 12})
    lab.statement = Statement(revenue=1e8, cost_of_goods=2e7, training=1e7)
    poorer = lab.outlook(lab.knowledge, Prize(0.0)).burn
    lab.statement = Statement(revenue=1.01e8, cost_of_goods=2e7, training=1e7)
    assert poorer - lab.outlook(lab.knowledge, Prize(0.0)).burn == pytest.approx(1e6)
