"""What a visitor chooses, in words, as a file, and as a command line."""

import shlex
from itertools import pairwise

from analysis.dashboard.choice import Choice, Dated
from scenarios.files.loading import load

TAX = {"policy.token_tax": 0.2}
WAR = Dated("2024-04", {"labs.pricing": {"rule": "undercut", "cut": 0.1}}, 6, "Price war")


def test_events_come_after_those_of_the_scenario(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'question = "?"\nextends = "baseline"\nevents = [{month = "2024-02", set = {"policy.token_tax" = 0.1}}]\n'
    )
    events = Choice(str(own), events=(Dated("2024-05", TAX),)).load().parameters.events
    assert [event.month for event in events] == ["2024-02", "2024-05"]


def test_the_same_month_is_one_event_but_a_shock_is_one_of_its_own():
    choice = Choice("baseline").with_event(Dated("2024-04", TAX)).with_event(Dated("2024-04", {"power.price_cap": 0.1}))
    assert choice.events == (Dated("2024-04", TAX | {"power.price_cap": 0.1}),)
    again = choice.with_event(Dated("2024-04", {"policy.token_tax": 0.3}))
    assert again.events[0].changes["policy.token_tax"] == 0.3
    assert len(again.with_event(WAR).events) == 2
    assert again.with_event(WAR).without_event(0).events == (WAR,)


def test_file_and_command_line_play_the_same(tmp_path):
    choice = Choice("baseline", 2, {"labs.count": 3}, (Dated("2024-04", TAX), WAR))
    words = shlex.split(choice.arguments(12))
    given = [word for flag, word in pairwise(words) if flag == "--set"]
    assert load("baseline", given).parameters == choice.load().parameters
    file = tmp_path / "mine.toml"
    file.write_text(f'question = "?"\nextends = "baseline"\nlabs = {{count = 3}}\n{choice.events_toml}')
    assert load(file).parameters.events == choice.load().parameters.events


def test_words_of_events():
    assert WAR.words == "Price war from 2024-04 for 6 months"
    assert Dated("2024-04", TAX).words == "policy.token_tax = 0.2 from 2024-04"
