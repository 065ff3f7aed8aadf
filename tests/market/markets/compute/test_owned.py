"""Clouds that own a lab."""

import pytest

from market import TokenMarket
from market.accounts import ledger
from market.markets.compute.owned import parts
from scenarios import BadInput, load

LARGE = {"population.users": 10**9, "population.engine": "cohort", "clouds.count": 3, "clouds.conduct": "cournot"}


def market(own: int, months: int, **changes) -> TokenMarket:
    model = TokenMarket(load("baseline", LARGE | {"clouds.own_labs": own} | changes).parameters, rng=1, collect=False)
    for _ in range(months):
        model.step()
    return model


def paid(model: TokenMarket, lab: int) -> dict[str, float]:
    name = model.labs[lab].name
    return {payee: amount for payer, payee, category, amount in model.ledger.payments
            if payer == name and category == ledger.COMPUTE}  # fmt: skip


def test_an_owned_lab_is_served_first_and_at_cost():
    model = market(1, 2)
    lab, parent, compute = model.labs[0], model.clouds[0], model.compute
    cost = compute.entry_price(parent.user_cost)
    model.step()
    assert 0 < parent.let_to_own <= lab.rented
    due = parent.let_to_own * cost + (lab.rented - parent.let_to_own) * compute.price
    assert sum(paid(model, 0).values()) == pytest.approx(due)
    model.assets.servers.fail(model.round, 0.7)
    model.step()
    assert parent.let == pytest.approx(parent.lettable)
    assert parent.let_to_own > 0.5 * parent.let  # the rest is on contract


def test_what_is_built_for_an_owned_lab_is_its_clouds():
    model = market(2, 4)
    found = parts(model.compute)
    assert sum(found.values()) == pytest.approx(3)
    first, second, third = (found[cloud] for cloud in model.clouds)
    assert first > third
    assert second > third
    assert set(parts(market(0, 1).compute).values()) == {1.0}


def test_an_owned_lab_signs_with_nobody_and_others_do():
    model = market(1, 6)
    signed = [deals.units.sum(axis=1) for deals in model.compute.contracts]
    assert signed
    assert all(units[0] == 0 for units in signed)
    assert any(units[1] > 0 for units in signed)


def test_a_lab_whose_cloud_has_failed_is_a_tenant_like_others():
    model = market(1, 2)
    model.clouds[0].wind_up(model.round)
    assert model.compute.parent_of(model.labs[0]) is None
    model.step()
    assert model.labs[0].rented > 0


@pytest.mark.parametrize("scenario", ["cloud-owned-lab", "open-weights"])
def test_every_month_of_it_adds_up(scenario):
    audit = TokenMarket(load(scenario, {"clouds.own_labs": 2, "population.users": 5_000}).parameters, rng=3).audit()
    for _ in range(15):
        audit.step()


def test_more_owned_labs_than_clouds_are_refused():
    with pytest.raises(BadInput, match=r"clouds\.own_labs = 2 must be at most the lower of clouds\.count = 0"):
        load("own-everything", {"clouds.own_labs": 2})
