"""Menus that nobody could sell or buy from are refused with status 2 and one message."""

import pytest
from command import Command, command_of


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return command_of(monkeypatch, capsys)


ONLY_SUBSCRIPTIONS = ("tariffs.subscription=flat", "tariffs.metered=false", "resellers.count=0")

REFUSED: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("tariffs.metered=false",), ("tariffs.metered = false", "nothing to sell")),
    (("tariffs.metered=false", "tariffs.free.rule=lifetime"), ("nothing to sell",)),
    (("tariffs.subscription=flat", "population.plan_correlation=0.5"), ("plan_correlation = 0.5", "at least", "0.95")),
    (("resellers.wrapper_share=0.5", "population.plan_correlation=0.9"), ("plan_correlation = 0.9",)),
    (("population.segments.students.sees_metered=false",), ("population.segments.students", "sees_", "(metered)")),
    (
        (*ONLY_SUBSCRIPTIONS, "population.segments.developers.sees_subscription=false"),
        ("population.segments.developers", "(subscription)"),
    ),
    (
        (
            *ONLY_SUBSCRIPTIONS[:2],
            "resellers.wrapper_share=1",
            "population.segments.developers.sees_subscription=false",
        ),
        ("population.segments.developers", "(subscription)"),
    ),
    (("resellers.wrapper_share=0.7", "resellers.aggregator_share=0.5"), ("wrapper_share = 0.7", "at most 1")),
    (("tariffs.subscription=flatt",), ("tariffs.subscription", "flat")),
    (("tariffs.subscription=flat", "tariffs.subscription_allowance=-1"), ("tariffs.subscription_allowance = -1",)),
    (("tariffs.free.rule=generous",), ("tariffs.free", "lifetime")),
    (("tariffs.free={rule='lifetime', weight=2}",), ("tariffs.free", "weight = 2", "0 to 1")),
    (("population.plan_correlation=1",), ("population.plan_correlation = 1", "0.99")),
    (("population.satiation=0",), ("population.satiation = 0",)),
    (
        (*ONLY_SUBSCRIPTIONS, "small_models.plans=metered"),
        ("small_models.plans = metered", "tariffs.metered = true"),
    ),
    ((*ONLY_SUBSCRIPTIONS, "small_models.plans=both"), ("plans = both", "tariffs.metered = true", "tariffs.free")),
    (("small_models.plans=free",), ("small_models.plans = free", "tariffs.free")),
    (("small_models.plans=metered", "population.plan_correlation=0.5"), ("plan_correlation = 0.5", "at least", "0.95")),
    (("small_models.plans=metered", "small_models.lightness=0.5"), ("small_models.lightness = 0.5",)),
    (("small_models.plans=small",), ("small_models.plans", "metered")),
]


@pytest.mark.parametrize(("changes", "words"), REFUSED, ids=[" ".join(changes) for changes, _ in REFUSED])
def test_menus_that_make_no_market_are_refused(command, changes, words):
    said = command("run", "by-the-token", "--rounds", "1", *(part for change in changes for part in ("--set", change)))
    assert (said.status, said.out) == (2, "")
    assert len(said.err.strip().splitlines()) == 1
    assert not [word for word in words if word not in said.err], said.err


ALLOWED = [
    ("population.nest_correlation=0.97",),
    ("tariffs.subscription=flat", "population.plan_correlation=0.95"),
    ("resellers.wrapper_share=1", "population.segments.students.sees_metered=false"),
    ("tariffs.free.rule=fixed", "population.segments.students.sees_metered=false"),
    ("small_models.plans=metered",),
    ("small_models.plans=both",),
    ("small_models.plans=free", "tariffs.free.rule=fixed"),
]


@pytest.mark.parametrize("changes", ALLOWED, ids=[" ".join(changes) for changes in ALLOWED])
def test_menus_from_which_everybody_can_buy_are_taken(command, changes):
    said = command("show", "by-the-token", *(part for change in changes for part in ("--set", change)))
    assert (said.status, said.err) == (0, "")
