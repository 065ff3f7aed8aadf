from dataclasses import replace

import numpy as np
import pytest
from two_labs import demand

from market.markets.tokens.rationing import ration

PLENTY = np.full(2, 1e12)


def asked(people, here):
    return here.offers.by_lab((people * here.tokens).sum(axis=0))


def test_where_there_is_room_everybody_is_served():
    here = demand(loyalty=1.0)
    chosen = here.choice.users
    service = ration(chosen, here, PLENTY)
    assert (service.people == chosen).all()
    assert service.served == pytest.approx(asked(chosen, here), rel=1e-12)
    assert not service.taken_in.any()


@pytest.mark.parametrize("nests", ["model", "channel"])
def test_those_whom_a_full_lab_leaves_choose_among_the_others_offers(nests):
    """A full lab's offers are as good as gone: plain logit over the other lab's offers and none."""
    here = demand(correlation=0.0, nests=nests)
    chosen = here.choice.users
    wanted = asked(chosen, here)
    service = ration(chosen, here, np.array([0.25 * wanted[0], 1e12]))
    assert service.share == pytest.approx([0.25, 1.0], rel=1e-12)
    left = 0.75 * (chosen * (here.offers.lab == 0)).sum(axis=1)
    weight = np.exp(here.utility) * (here.offers.lab == 1)
    turned = left[:, None] * weight / (1 + weight.sum(axis=1, keepdims=True))
    kept = np.where(here.offers.lab == 0, 0.25, 1.0)
    assert service.people == pytest.approx(chosen * kept + turned, rel=1e-12)
    assert service.taken_in == pytest.approx(asked(turned, here), rel=1e-12)
    assert service.served == pytest.approx(asked(service.people, here), rel=1e-12)


@pytest.mark.parametrize("shares", [(0.2, 1.01), (0.5, 0.5), (0.0, 0.0), (0.0, 3.0), (0.9, 1.2)])
def test_nobody_serves_more_than_it_can_and_nothing_is_served_that_nobody_wants(shares):
    here = demand(loyalty=0.5)
    chosen = here.choice.users
    capacity = np.array(shares) * asked(chosen, here)
    service = ration(chosen, here, capacity)
    assert (service.served <= capacity * (1 + 1e-12) + 1e-9).all()
    assert asked(service.people, here) == pytest.approx(service.served, rel=1e-9, abs=1e-6)
    assert (service.people >= 0).all()
    assert (service.people.sum(axis=1) <= chosen.sum(axis=1) * (1 + 1e-12)).all()


def test_close_substitutes_share_out_those_who_turn_to_them():
    """Where a model is a nest, those a full lab leaves choose the other's by its inclusive value, then its seller."""
    here = demand(correlation=0.8)
    chosen = here.choice.users
    service = ration(chosen, here, np.array([0.0, 1e12]))
    inside = np.where(here.offers.lab == 1, np.exp(here.utility / 0.2), 0.0)
    total = inside.sum(axis=1, keepdims=True)
    left = (chosen * (here.offers.lab == 0)).sum(axis=1, keepdims=True)
    turned = left * inside / total * total**0.2 / (1 + total**0.2)
    assert service.people == pytest.approx(chosen * (here.offers.lab == 1) + turned, rel=1e-9)


def test_a_lab_that_fills_up_with_others_users_serves_to_its_last_token():
    here = demand()
    wanted = asked(here.choice.users, here)
    service = ration(here.choice.users, here, np.array([0.0, 1.001 * wanted[1]]))
    assert service.served == pytest.approx([0.0, 1.001 * wanted[1]], rel=1e-12)


def test_three_labs_pass_on_whom_they_cannot_serve():
    """With one lab full and the next filled up by those it left, the rest goes to the third."""
    here = demand()
    offers = replace(here.offers, lab=np.array([0, 1, 2, 0, 1]), reseller=np.array([-1, -1, -1, 0, 1]))
    here = replace(here, offers=offers)
    labs = np.array([asked_of(here, lab) for lab in range(3)])
    capacity = np.array([0.1 * labs[0], 1.0001 * labs[1], 1e12])
    service = ration(here.choice.users, here, capacity)
    assert service.served[:2] == pytest.approx(capacity[:2], rel=1e-9)
    assert service.taken_in[2] > service.taken_in[1] > 0


def asked_of(here, lab):
    return float((here.choice.users * here.tokens)[:, here.offers.lab == lab].sum())
