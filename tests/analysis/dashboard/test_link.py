"""A link opens the market it was made of, and never a file or a program."""

from urllib.parse import urlencode

import pytest

from analysis.dashboard.choice import Choice, Dated
from analysis.dashboard.link import Opened, opened_by, query_of
from scenarios.files.shocks import shocks

WAR = next(shock for shock in shocks() if shock.title == "Price war")
EVENTS = (Dated("2024-04", WAR.changes, WAR.months, WAR.title), Dated("2024-05", {"policy.token_tax": 0.25}))


@pytest.mark.parametrize(
    "choices",
    [
        (Choice("baseline"),),
        (Choice("theory/chain", 7, {"labs.count": 3, "chain.lab_cost": 0.5}),),
        (Choice("baseline", 2, {"labs.pricing.rule": "joint-profit"}, EVENTS), Choice("truce", 2, {}, EVENTS[:1])),
    ],
    ids=["plain", "changed", "two"],
)
def test_a_link_opens_what_it_was_made_of(choices):
    opened = opened_by(query_of(choices, 12, "Prices").removeprefix("?"), "baseline")
    assert opened == Opened(choices, 12, "Prices")
    assert [choice.load().parameters for choice in opened.choices] == [choice.load().parameters for choice in choices]


def test_without_a_query_the_served_scenario_opens(tmp_path):
    file = str(tmp_path / "mine.toml")
    assert opened_by(None, file) == opened_by("", file) == Opened((Choice(file),))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([("scenario", "/etc/passwd")], "is no preset"),
        ([("scenario", "base")], "did you mean baseline"),
        ([("set", "data.chip_prices=chip_prices.csv")], "cannot be set by a link"),
        ([("set", 'data={chip_prices="x.csv"}')], "cannot be set by a link"),
        ([("set", "labs.pricing.rule=my_rules:LossLeader")], "no file and no program"),
        ([("set", 'labs.pricing={rule="my_rules:LossLeader"}')], "no file and no program"),
        ([("event", '{month="2024-02", set={labs={pricing={rule="os:system"}}}}')], "no file and no program"),
        ([("set", 'labs.firms=[{firm=1, set={pricing={rule="os:system"}}}]')], "no file and no program"),
        ([("set", "events=[]")], "cannot be set by a link"),
        ([("set", "labs.count=1000000")], "labs.count"),
        ([("set", "labs.cuont=3")], "did you mean labs.count"),
        ([("event", "[]")], "must be a table"),
        ([("event", '{month=3, set={a=1}}')], "wrong type"),
        ([("event", '{month="2023-02", set={"policy.token_tax"=0.1}}')], "lies before"),
        ([("months", "10000")], "whole number"),
        ([("months", "-1")], "whole number"),
        ([("seed", "x")], "whole number"),
        ([("tab", "Porfit")], "did you mean Profit"),
        ([("sett", "labs.count=3")], "did you mean set"),
        ([("b-scenario", "nowhere")], "is no preset"),
        ([("set", "labs.count=3")] * 2000, "at most"),
    ],
)  # fmt: skip
def test_what_no_link_may_do_is_refused_with_its_reason(parts, words):
    opened = opened_by(urlencode(parts), "baseline")
    assert words in opened.problem
    assert opened.choices == (Choice("baseline"),)
