"""A market that is being played takes events for the months to come, and goes on as one that knew of none."""

import pandas as pd
import pytest

from market import LearningMarket, Parameters, TextbookMarket, TextbookParameters, TokenMarket
from market.parameters.overriding import overridden
from market.parameters.spells import dated_keys
from scenarios.files.loading import load

SMALL = {"population.users": 2_000, "population.types": 4, "horizon.rounds": 14}
AT = 4
CHANGES = {
    "labs.pricing.rule": "undercut",
    "policy.token_tax": 0.2,
    "population.need_growth": 0.0,
    "population.segments.consumers.adoption_speed": 0.3,
    "fleet.software_growth": 0.0,
    "training.budget.rule": "fixed-share",
    "vendors.capacity_growth": -0.05,
}
TABLES = ("rounds", "firms", "layers", "flows")
FREE = {"tariffs.subscription": "flat", "tariffs.free": {"rule": "lifetime"}}


def given(events, **changes):
    return overridden(Parameters(), {**SMALL, **changes, "events": events})


def assert_same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    assert one.parameters == other.parameters


def played(model, months):
    for _ in range(months):
        model.step()
    return model


@pytest.mark.parametrize("name", sorted(CHANGES))
@pytest.mark.parametrize("menus", [{}, FREE], ids=["by the token", "menus"])
def test_it_goes_on_as_one_that_was_to_have_them_all_along(name, menus):
    """This also shows that nobody foresees an event."""
    event = {"round": AT, "set": {name: CHANGES[name]}}
    amended = played(TokenMarket(given([], **menus), rng=2), AT)
    amended.amend(given([event], **menus))
    played(amended, 5)
    told = played(TokenMarket(given([event], **menus), rng=2), AT + 5)
    assert_same(amended.results(), told.results())
    plain = played(TokenMarket(given([], **menus), rng=2), AT + 5)
    assert any(not getattr(plain.results(), table).equals(getattr(told.results(), table)) for table in TABLES)


def test_a_chain_takes_events_too():
    scenario = load("theory/chain").parameters
    event = {"round": AT, "set": {"chain.lab_cost": 2.0}}
    later = overridden(scenario, {"events": [event]})
    amended = played(TextbookMarket(scenario, rng=1), AT)
    amended.amend(later)
    assert_same(played(amended, 4).results(), played(TextbookMarket(later, rng=1), AT + 4).results())


def test_what_has_been_played_stays():
    model = played(TokenMarket(given([]), rng=2), AT)
    with pytest.raises(ValueError, match="may change from 2024"):
        model.amend(given([{"round": AT - 1, "set": {"policy.token_tax": 0.2}}]))
    with pytest.raises(ValueError, match="events alone"):
        model.amend(given([], **{"labs.count": 3}))
    with pytest.raises(ValueError, match="events alone"):
        model.amend(TextbookParameters())
    assert model.given == given([])
    fresh = TokenMarket(given([]), rng=2)
    with pytest.raises(ValueError, match="may change from"):
        fresh.amend(given([{"round": 0, "set": {"policy.token_tax": 0.2}}]))


def test_a_game_has_no_events():
    game = LearningMarket(load("theory/learning").parameters, rng=1)
    assert dated_keys(game.given) == []
    game.amend(game.given)
