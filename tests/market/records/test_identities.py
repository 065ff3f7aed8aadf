"""The audit of a month notices what does not add up, and names whose and by how much."""

from collections.abc import Callable

import pytest

from market import Parameters, TokenMarket
from market.accounts import ledger
from market.firms.fleet import Servers
from market.records.identities import Audit, IdentityBroken
from market.records.plans import PlansMonth, Sold

MONTHS = 8


def money_from_nowhere(model: TokenMarket) -> None:
    model.labs[0].statement = model.labs[0].statement._replace(cost_of_goods=1.0)


def tokens_beyond_capacity(model: TokenMarket) -> None:
    model.labs[1].served = model.labs[1].capacity * 1.01


def tokens_nobody_paid_for(model: TokenMarket) -> None:
    model.retail.sold *= 0.99
    model.retail.load *= 0.99


def servers_that_train_and_serve(model: TokenMarket) -> None:
    model.labs[2].trained += 1.0


def people_from_nowhere(model: TokenMarket) -> None:
    model.segments[0].people.counts[0, 0] += 10**6


def multiply(servers: Servers, factor: float) -> None:
    servers.units[0] *= factor
    servers.cost[0] /= factor
    servers.performance[0] /= factor
    servers._totals = {}


def servers_from_nowhere(model: TokenMarket) -> None:
    """At no cost: the books do not notice."""
    multiply(model.assets.servers, 2.0)


def servers_lost_on_their_way(model: TokenMarket) -> None:
    multiply(model.assets.under_way, 0.5)


def orders_forgotten(model: TokenMarket) -> None:
    model.servers.waiting[0, 0] += 5.0


def chips_beyond_capacity(model: TokenMarket) -> None:
    model.servers.shipped[0] += 10 * model.vendors[0].capacity


def own_chips_beyond_capacity(model: TokenMarket) -> None:
    model.servers.foundry.made[0] = model.servers.foundry.could + 1.0


def with_plans(model: TokenMarket, change: Callable[[list[Sold]], list[Sold]]) -> None:
    """Take down other rows of plans than there are."""
    recorder = model.recorder
    took = recorder._plans

    def plans() -> PlansMonth:
        seen = took()
        return seen._replace(sold=change(list(seen.sold)))

    recorder._plans = plans  # type: ignore[method-assign]


def people_on_no_plan(model: TokenMarket) -> None:
    with_plans(model, lambda sold: sold[:-1])


def tokens_of_no_plan(model: TokenMarket) -> None:
    with_plans(model, lambda sold: [sold[0]._replace(tokens=1.01 * sold[0].tokens), *sold[1:]])


def money_that_no_plan_brings(model: TokenMarket) -> None:
    """Users pay a lab more than their plans say; its statement knows."""
    lab = model.labs[0]
    model.ledger.pay(model.segments[0].account, lab.name, ledger.RETAIL, 1e6)
    lab.statement = lab.statement._replace(revenue=lab.statement.revenue + 1e6)


def serving_that_no_plan_needs(model: TokenMarket) -> None:
    with_plans(model, lambda sold: [sold[0]._replace(serving=0.0), *sold[1:]])


FAULTS: dict[Callable[[TokenMarket], None], str] = {
    money_from_nowhere: "cash of lab 1 changed by",
    tokens_beyond_capacity: "lab 2 serves",
    tokens_nobody_paid_for: "are billed",
    servers_that_train_and_serve: "lab 3 uses",
    people_on_no_plan: "users of all plans are",
    tokens_of_no_plan: "tokens of all plans are",
    money_that_no_plan_brings: "revenue of all plans are",
    serving_that_no_plan_needs: "serving_cost of all plans are",
    people_from_nowhere: "people are active",
    servers_from_nowhere: "accelerators in service, not",
    servers_lost_on_their_way: "accelerators on their way, not",
    orders_forgotten: "lab 1 has .* accelerators shipped, cancelled or waiting, not",
    chips_beyond_capacity: "chip vendor 1 shipped",
    own_chips_beyond_capacity: "lab 1 had .* chips of its own made of",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_noticed_in_its_month(fault, monkeypatch):
    model = TokenMarket(Parameters(population={"users": 5_000}), rng=1)
    audit = Audit(model)
    for _ in range(MONTHS):
        audit.step()
    record = model.take_down

    def tampered() -> None:
        fault(model)
        record()

    monkeypatch.setattr(model, "take_down", tampered)
    with pytest.raises(IdentityBroken, match=f"2024-09: .*{FAULTS[fault]}"):
        audit.step()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_what_is_no_number_or_below_zero_is_noticed(value, monkeypatch):
    model = TokenMarket(Parameters(population={"users": 5_000}), rng=1)
    rows = {
        "rounds": [{"consumer_surplus": value, "tokens": value}],
        "firms": [],
        "layers": [],
        "flows": [],
        "plans": [],
    }
    monkeypatch.setattr(model.recorder, "latest", lambda: rows)
    with pytest.raises(IdentityBroken, match=r"2024-01: rounds\.(consumer_surplus|tokens) of the market is"):
        Audit(model).step()


def test_money_that_is_made_ends_the_run():
    model = TokenMarket(Parameters(population={"users": 5_000}), rng=1)
    audit = Audit(model)
    audit.step()
    model.ledger.balance[ledger.OUTSIDE] += 1e6
    with pytest.raises(ArithmeticError):
        audit.step()


def test_what_adds_up_passes_in_a_shortage_and_with_labs_that_leave():
    settings = {
        "vendors": {"capacity": 3_000.0},
        "funding": {"opening_months": 1.0, "appetite": 0.0},
        "fleet": {"server_life": 6, "failure_hazard": 0.05},
    }
    model = TokenMarket(Parameters(population={"users": 5_000}, **settings), rng=1)
    audit = Audit(model)
    for _ in range(36):
        audit.step()
    assert any(not lab.alive for lab in model.labs)
    assert model.servers.waiting.sum() > 0
