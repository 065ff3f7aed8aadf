import itertools
import shlex

import pytest

from analysis.dashboard.choice import Choice
from scenarios.files.conducts import CONDUCTS, conduct
from scenarios.files.loading import load


@pytest.mark.parametrize("name", CONDUCTS)
def test_a_whole_conduct_is_that_of_the_preset(name: str) -> None:
    chosen = Choice("baseline").with_conduct(name)
    assert chosen.load().parameters.model_copy(update={"name": name}) == load(name).parameters
    assert chosen.conduct == name


@pytest.mark.parametrize("name", CONDUCTS)
def test_the_command_line_of_a_conduct_gives_the_same(name: str) -> None:
    changes = Choice("baseline").with_conduct(name)
    words = shlex.split(changes.arguments(12))
    texts = [word for flag, word in itertools.pairwise(words) if flag == "--set"]
    assert load("baseline", texts).parameters == changes.load().parameters


def test_one_conduct_takes_the_place_of_another() -> None:
    war = Choice("baseline").with_conduct("lab-price-war")
    assert war.with_conduct("lab-cartel") == Choice("baseline").with_conduct("lab-cartel")
    assert war.with_conduct("") == Choice("baseline")


def test_a_rule_moved_by_hand_ends_the_conduct_of_that_layer() -> None:
    moved = Choice("baseline").with_conduct("lab-price-war").with_changes({"labs.pricing.rule": "cost-plus"})
    assert moved.conduct == ""
    assert moved.load().parameters.labs.pricing.rule == "cost-plus"
    assert set(conduct("lab-price-war")) == {"labs.pricing", "labs.repricing_hazard"}
