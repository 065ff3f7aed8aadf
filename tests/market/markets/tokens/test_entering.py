"""Labs that enter where one more is worth what it costs."""

from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest

from market import TokenMarket
from market.accounts import ledger
from market.markets.tokens.entering import TO_ANSWER, admit_lab
from market.parameters.overriding import overridden
from scenarios import BadInput, load

LARGE = {"population.users": 10**9, "population.engine": "cohort"}


def market(months: int, scenario: str = "baseline", **changes) -> TokenMarket:
    given = LARGE | {name.replace("__", "."): value for name, value in changes.items()}
    model = TokenMarket(load(scenario, given).parameters, rng=1)
    audit = model.audit()
    for _ in range(months):
        audit.step()
    return model


@pytest.mark.parametrize("scenario", ["baseline", "cloud-oligopoly", "open-weights", "rent-everything"])
def test_books_add_up_while_labs_enter(scenario):
    model = market(24, scenario, labs__entrants=5, labs__entry_cost=0.0)
    assert len([lab for lab in model.labs if not lab.to_come]) > model.parameters.labs.count
    assert model.results().conservation_error < 1e-12


def test_labs_that_never_come_change_nothing():
    without, waiting = market(12), market(12, labs__entrants=5, labs__entry_cost=1e15)
    assert [lab.alive for lab in waiting.labs[5:]] == [False] * 5
    pd.testing.assert_frame_equal(without.results().rounds, waiting.results().rounds)


def test_one_enters_with_a_model_like_the_last_one_s_and_pays_for_it():
    model = market(1, labs__entrants=2, labs__entry_cost=1e15)
    newcomer = model.labs[5]
    while not newcomer.alive:
        model.step()
        last = min(model.open_labs, key=lambda lab: lab.quality)
        model.now = replace(model.now, parameters=overridden(model.parameters, {"labs.entry_cost": 1e6}))
        model.ledger.start_round()
        admit_lab(model)
    cost = last.knowledge * last.training_cost
    assert (newcomer.quality, newcomer.knowledge) == (last.quality, last.knowledge)
    assert newcomer.retail_price == last.retail_price
    assert model.ledger.spent(ledger.RESEARCH)[newcomer.name] == pytest.approx(cost)
    assert model.ledger.spent(ledger.STAFF)[newcomer.name] == 1e6
    assert newcomer.cash > 0
    assert newcomer.accelerators == 0


def test_they_rent_what_they_serve_with_and_sell():
    model = market(18, labs__entrants=1, labs__entry_cost=0.0)
    newcomer = model.labs[5]
    assert newcomer.alive
    assert newcomer.rented > 0
    assert newcomer.served > 0


def test_the_next_one_waits_until_the_last_has_its_servers_and_prices_have_answered():
    model = market(48, labs__entrants=5, labs__entry_cost=0.0)
    came = sorted(lab.founded for lab in model.labs if lab.founded >= 0)
    assert len(came) > 2
    waited = min(later - earlier for earlier, later in pairwise(came))
    assert waited >= model.parameters.fleet.lead_time + TO_ANSWER


def test_the_dearer_the_fewer_come():
    two = {"labs__count": 2, "labs__entrants": 6}
    came = [sum(lab.founded >= 0 for lab in market(36, **two, labs__entry_cost=cost).labs)
            for cost in (0.0, 2e10, 1e13)]  # fmt: skip
    assert came[0] > came[1] > came[2] == 0


def test_they_need_clouds():
    with pytest.raises(BadInput, match=r"labs\.entrants = 3 needs clouds\.count ≥ 1"):
        load("own-everything", {"labs.entrants": 3})
