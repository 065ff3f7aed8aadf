"""What labs and resellers agree on: one price for all of a lab's resellers, or one with each."""

import numpy as np
import pytest

from market import TokenMarket
from market.markets.tokens.bargaining import bargained_links
from scenarios import load

LARGE = {"population.users": 10**9, "population.engine": "cohort"}
EACH = LARGE | {"labs.wholesale_terms": "each"}


def opened(scenario: str, changes) -> TokenMarket:
    return TokenMarket(load(scenario, changes).parameters, rng=1, collect=False)


@pytest.mark.parametrize("scenario", ["one-model", "by-the-token"])
def test_each_pays_what_its_own_link_has_agreed_on_and_at_most_the_list_price(scenario):
    model = opened(scenario, EACH)
    links = bargained_links(model.retail.posted_demand, model.labs, model.resellers, model.retail.costs())
    listed = np.array([model.labs[reseller.lab].retail_price for reseller in model.resellers])
    paid = np.array([reseller.wholesale_price for reseller in model.resellers])
    bargaining = np.array([not reseller.at_list for reseller in model.resellers])
    np.testing.assert_allclose(paid[bargaining], np.minimum(links, listed)[bargaining], rtol=1e-6)
    np.testing.assert_allclose(paid[~bargaining], listed[~bargaining], rtol=1e-12)
    assert any(0.1 < reseller.terms < 0.99 for reseller in model.resellers)


def test_most_favoured_resellers_of_a_lab_pay_one_price():
    model = opened("by-the-token", LARGE)
    paid = [
        {reseller.wholesale_price for reseller in model.resellers if reseller.lab == lab.index} for lab in model.labs
    ]
    assert [len(prices) for prices in paid] == [1] * len(model.labs)


def test_runs_of_the_same_parameters_open_with_the_same_terms():
    one, two = (opened("baseline", EACH) for _ in range(2))
    assert [r.terms for r in one.resellers] == [r.terms for r in two.resellers]
    assert {r.terms for r in one.resellers} != {1.0}


def test_who_turns_to_another_lab_pays_what_that_asks_of_all():
    model = opened("by-the-token", EACH)
    reseller = next(one for one in model.resellers if one.terms != 1)
    other = model.labs[(reseller.lab + 1) % len(model.labs)]
    assert reseller.asked_by(other) == other.wholesale_price
    reseller.carry(other)
    assert reseller.wholesale_price == other.wholesale_price


def test_terms_end_with_the_contracts_that_have_them():
    back = {"events": [{"round": 2, "set": {"labs": {"wholesale_terms": "most-favoured"}}}]}
    model = opened("by-the-token", EACH | back)
    for _ in range(2):
        model.step()
    assert {reseller.terms for reseller in model.open_resellers} != {1.0}
    model.step()
    for reseller in model.open_resellers:
        assert reseller.terms == 1.0
        assert reseller.wholesale_price == reseller.asked_by(model.labs[reseller.lab])


@pytest.mark.parametrize("cap", [1e9, 1.05])
def test_every_month_of_it_adds_up_within_the_policy(cap):
    changes = EACH | {"population.users": 10**6, "labs.repricing_hazard": 0.5, "resellers.entry": True}
    event = {"events": [{"round": 3, "set": {"policy": {"wholesale_cap": cap}}}]}
    model = opened("baseline", changes | event)
    audit = model.audit()
    for _ in range(10):
        audit.step()
        for reseller in model.open_resellers:
            lab = model.labs[reseller.lab]
            if lab.alive and not reseller.at_list:
                assert reseller.wholesale_price <= lab.retail_price * (1 + 1e-9)
