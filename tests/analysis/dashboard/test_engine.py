"""What the engine of a page tells: of changes made while playing, of two markets, and of what goes wrong."""

import queue
from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from analysis.dashboard import taking
from analysis.dashboard.choice import Choice, Dated
from analysis.dashboard.engine import Engine
from analysis.dashboard.played import Played
from analysis.dashboard.snapshot import Snapshot
from market.models import model_for

PATIENCE = 60.0
"""Seconds."""

SMALL = {"population.users": 1_000, "population.types": 4, "horizon.rounds": 12}
TAX = {"policy.token_tax": 0.2}


class Listener:
    """Keeps what it is told, and fails when it is told to."""

    def __init__(self) -> None:
        self.told: queue.Queue[Snapshot] = queue.Queue()
        self.failing = False

    def __call__(self, snapshot: Snapshot) -> None:
        self.told.put(snapshot)
        if self.failing:
            raise RuntimeError("nobody listens")

    def next(self) -> Snapshot:
        return self.told.get(timeout=PATIENCE)

    def wait(self, until: Callable[[Snapshot], bool]) -> Snapshot:
        while not until(told := self.next()):
            assert not told.error
        return told


def is_open(told: Snapshot) -> bool:
    """Whether there are months to play."""
    return told.rounds > 0


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def engine(listener: Listener) -> Iterator[Engine]:
    started = Engine(Choice("theory/chain"), listener)
    started.start()
    yield started
    started.close()


@pytest.fixture
def market(listener: Listener) -> Iterator[Engine]:
    started = Engine(Choice("baseline", 3, SMALL), listener)
    started.start()
    listener.next()
    yield started
    started.close()


def play(engine: Engine, listener: Listener, months: int, until: int) -> Snapshot:
    """Play some months, and return what is told of the last."""
    for _ in range(months):
        engine.step()
    return listener.wait(lambda told: told.round == until)


def assert_same(seen: Snapshot | None, choice: Choice) -> None:
    """A market on the page is one that has been told everything from the start."""
    assert seen is not None
    parameters = choice.load().parameters
    alone = model_for(parameters)(parameters, rng=choice.seed)
    for _ in range(seen.round):
        alone.step()
    for name in ("rounds", "firms", "layers", "flows"):
        pd.testing.assert_frame_equal(getattr(seen.tables, name), getattr(alone.results(), name), check_exact=True)


def test_a_change_while_playing_is_an_event_from_next_month_on(market: Engine, listener: Listener):
    play(market, listener, 3, until=3)
    assert market.change(0, TAX)
    (choice,) = market.choices
    assert choice.events == (Dated("2024-04", TAX),)
    in_a_file = Choice("baseline", 3, {**SMALL, "events": [{"month": "2024-04", "set": TAX}]})
    told = play(market, listener, 3, until=6)
    assert_same(told, in_a_file)
    assert_same(told, choice)


def test_what_is_taken_back_has_never_been(market: Engine, listener: Listener):
    play(market, listener, 2, until=2)
    market.change(0, TAX)
    play(market, listener, 2, until=4)
    market.undo(0, 0)
    assert_same(listener.wait(lambda told: told.round == 4 and not told.choice.events), Choice("baseline", 3, SMALL))
    assert_same(play(market, listener, 1, until=5), Choice("baseline", 3, SMALL))


def test_what_holds_for_a_whole_run_is_no_event(market: Engine, listener: Listener):
    assert not market.change(0, TAX), "nothing has been played"
    play(market, listener, 1, until=1)
    assert not market.change(0, {"labs.count": 3})
    assert market.choices == (Choice("baseline", 3, SMALL),)


def test_a_change_that_is_refused_leaves_the_market_as_it_was(market: Engine, listener: Listener):
    play(market, listener, 1, until=1)
    assert market.change(0, {"policy.token_tax": 7.0})
    assert "token_tax" in listener.wait(lambda told: bool(told.refused)).refused
    assert market.choices == (Choice("baseline", 3, SMALL),)
    assert_same(play(market, listener, 1, until=2), Choice("baseline", 3, SMALL))


def test_two_markets_play_the_same_months_with_the_same_draws(market: Engine, listener: Listener):
    play(market, listener, 2, until=2)
    other = Choice("baseline", 3, {**SMALL, "labs.count": 3})
    market.beside(other)
    told = listener.wait(lambda told: told.other is not None and told.other.round == 2)
    assert_same(told.other, other)
    market.change(1, TAX)
    told = play(market, listener, 2, until=4)
    for seen, choice in zip((told, told.other), market.choices, strict=True):
        assert_same(seen, choice)
    market.build(Choice("baseline", 4, SMALL))
    assert [choice.seed for choice in market.choices] == [4, 4]
    market.beside(None)
    assert listener.wait(lambda told: told.other is None).choice.seed == 4


def test_play_is_not_lost_to_a_market_that_is_not_yet_open(market: Engine, listener: Listener, monkeypatch):
    """A snapshot may be under way when a lesson opens its two markets and plays them."""
    take, choice = Played.take, market.choices[0]

    def taken_meanwhile(self: Played) -> None:
        monkeypatch.setattr(Played, "take", take)
        market.beside(choice)
        market.build(choice)
        market.play()
        take(self)

    monkeypatch.setattr(Played, "take", taken_meanwhile)
    market.step()
    seen = listener.wait(lambda told: told.round == SMALL["horizon.rounds"])
    assert seen.other is not None
    assert seen.other.round == seen.round


def test_a_market_beside_itself_is_the_same(market: Engine, listener: Listener):
    market.beside(market.choices[0])
    told = play(market, listener, 3, until=3)
    assert told.taken is not None
    assert told.other is not None
    assert told.other.taken is not None
    pd.testing.assert_frame_equal(told.tables.firms, told.other.tables.firms, check_exact=True)
    assert told.taken.earned == told.other.taken.earned != {}


def test_the_last_run_stays_for_comparison(market: Engine, listener: Listener):
    played = play(market, listener, 3, until=3)
    assert not played.has_last
    market.build(Choice("baseline", 3, {**SMALL, **TAX}))
    assert listener.wait(lambda told: told.has_last).other is None
    market.compare_with_last(True)
    beside = play(market, listener, 1, until=1).other
    assert beside is not None
    assert beside.taken is played.taken
    assert beside.choice == Choice("baseline", 3, SMALL)
    market.compare_with_last(False)
    assert listener.wait(lambda told: told.other is None).round == 1


def test_a_market_opens_at_a_month(market: Engine, listener: Listener):
    choice = Choice("baseline", 5, SMALL, (Dated("2024-03", TAX, 2),))
    market.build(choice, months=4)
    assert_same(listener.wait(lambda told: told.round == 4), choice)


def test_a_month_that_cannot_be_shown_is_told(engine: Engine, listener: Listener, monkeypatch):
    def fail(_: object) -> None:
        raise ValueError("no tables")

    with monkeypatch.context() as patch:
        patch.setattr(taking, "take", fail)
        listener.wait(is_open)
        engine.step()
        told = listener.next()
        assert told.error.endswith("cannot be shown: ValueError: no tables")
        assert not told.playing
    engine.build(Choice("theory/chain"))
    listener.wait(is_open)
    engine.step()
    assert listener.next().tables is not None


def test_a_listener_that_fails_hears_what_comes_next(engine: Engine, listener: Listener):
    listener.failing = True
    assert listener.wait(is_open).round == 0
    for months in (1, 2):
        engine.step()
        assert listener.next().round == months


def test_what_is_ordered_last_is_known_before_it_is_built(engine: Engine, listener: Listener) -> None:
    assert (listener.wait(is_open).choice,) == engine.choices
    other = Choice("theory/chain", 2)
    engine.build(other)
    assert engine.choices == (other,)
    assert listener.next().choice == other


def test_what_is_to_be_opened_is_told_before_it_is_open(engine: Engine, listener: Listener) -> None:
    listener.wait(is_open)
    engine.step()
    assert listener.next().round == 1
    engine.build(Choice("theory/vertical-integration"))
    told = listener.next()
    assert (told.choice.scenario, told.rounds, told.round, told.tables) == ("theory/vertical-integration", 0, 0, None)
    assert told.question
    assert listener.next().rounds > 0
