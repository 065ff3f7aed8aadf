"""Which tabs of the page have something to show."""

from typing import Any

import pytest

from analysis.dashboard.choice import Choice
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.taking import take
from analysis.dashboard.views import APART, COMMONS, FACTORY, PLANS, TABS
from analysis.dashboard.views.every import VIEWS
from market import TokenMarket
from scenarios import load

SMALL = {"population.users": 2_000, "population.types": 4, "labs.count": 2, "resellers.count": 2}


def snapshot(scenario: str = "by-the-token", **changes: Any) -> Snapshot:
    return Snapshot.of(Choice(scenario), load(scenario, changes))


@pytest.mark.parametrize(
    "change",
    [
        {"tariffs.free.rule": "fixed"},
        {"tariffs.subscription": "flat"},
        {"resellers.wrapper_share": 0.5},
        {"small_models.plans": "metered"},
    ],
)
def test_plans_are_shown_where_anything_but_tokens_is_sold(change: dict[str, Any]) -> None:
    assert PLANS in snapshot().hidden
    assert PLANS not in snapshot(**change).hidden


def test_plans_that_come_at_a_date_are_shown() -> None:
    event = {"round": 6, "set": {"tariffs.free": {"rule": "fixed"}}}
    assert PLANS not in snapshot(**{"events": [event]}).hidden


def test_the_textbook_chain_has_neither_plans_nor_fleets_nor_a_commons() -> None:
    assert snapshot("theory/chain").hidden == {PLANS, FACTORY, COMMONS}


def test_every_tab_that_stands_not_apart_has_its_view() -> None:
    assert [*VIEWS, *APART] == list(TABS)


def test_small_models_are_a_plan_of_their_own() -> None:
    model = TokenMarket(load("by-the-token", SMALL | {"small_models.plans": "metered"}).parameters, rng=2)
    model.step()
    seen = Snapshot(Choice("baseline"), round=1, month="2024-01", taken=take(model), plans=True)
    rows = {row[:2]: row for row in VIEWS[PLANS].table(seen).rows}
    assert [*rows] == [(seller, plan) for seller in ("lab", "channel") for plan in ("By the token", "Small model")]
    assert float(rows["lab", "Small model"][6]) > 0
    assert "Small model: a user" in [ax.get_title(loc="left") for ax in VIEWS[PLANS].figures[0](seen).axes]


@pytest.mark.parametrize("months", [1, 3])
def test_the_view_of_plans_shows_this_month(months: int) -> None:
    scenario = load("by-the-token", SMALL | {"tariffs.free.rule": "fixed", "tariffs.subscription": "flat"})
    model = TokenMarket(scenario.parameters, rng=2)
    for _ in range(months):
        model.step()
    seen = Snapshot(Choice("baseline"), round=months, month="2024-0x", taken=take(model), plans=True)
    table = VIEWS[PLANS].table(seen)
    assert [row[:2] for row in table.rows] == [
        ("lab", "Free"), ("lab", "Subscription"), ("lab", "By the token"), ("channel", "By the token")
    ]  # fmt: skip
    assert table.rows[0][4] == table.rows[0][6] == "0"
    assert len(VIEWS[PLANS].figures[0](seen).axes) == 6
    of_dollar = VIEWS["The dollar"].table(seen)
    assert [row[0] for row in of_dollar.rows[-2:]] == [
        "of it, labs: serving who pays", "of it, labs: serving free users"
    ]  # fmt: skip
