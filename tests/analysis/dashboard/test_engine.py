"""What the engine of a page tells when something goes wrong in it or in whoever listens."""

import queue
from collections.abc import Iterator

import pytest

from analysis.dashboard import taking
from analysis.dashboard.choice import Choice
from analysis.dashboard.engine import Engine
from analysis.dashboard.snapshot import Snapshot

PATIENCE = 60.0
"""Seconds."""


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


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def engine(listener: Listener) -> Iterator[Engine]:
    started = Engine(Choice("theory/chain"), listener)
    started.start()
    yield started
    started.close()


def test_tables_that_cannot_be_drawn_up_are_told(engine: Engine, listener: Listener, monkeypatch):
    def fail(_: object) -> None:
        raise ValueError("no tables")

    with monkeypatch.context() as patch:
        patch.setattr(taking, "tables_of", fail)
        assert listener.next().error == ""
        engine.step()
        told = listener.next()
        assert told.error.endswith("cannot be drawn up: ValueError: no tables")
        assert not told.playing
    engine.build(Choice("theory/chain"))
    assert listener.next().error == ""
    engine.step()
    assert listener.next().tables is not None


def test_a_listener_that_fails_hears_what_comes_next(engine: Engine, listener: Listener):
    listener.failing = True
    assert listener.next().round == 0
    for months in (1, 2):
        engine.step()
        assert listener.next().round == months


def test_what_is_ordered_last_is_known_before_it_is_built(engine: Engine, listener: Listener) -> None:
    assert listener.next().choice == engine.ordered()
    other = Choice("theory/chain", 2)
    engine.build(other)
    assert engine.ordered() == other
    assert listener.next().choice == other
