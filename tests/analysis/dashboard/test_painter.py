"""Drawing leaves the time to a market that is behind, and does not make anybody wait who looks."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from analysis.dashboard import painter
from analysis.dashboard.choice import Choice
from analysis.dashboard.painter import Painter, Painting
from analysis.dashboard.snapshot import Snapshot

LONG = 20.0
"""Seconds in which what is drawn at once is drawn, on any machine."""
BEHIND = replace(Snapshot(Choice("baseline")), playing=True, behind=True)


class Drawn:
    """What has been drawn, and who waits for it."""

    def __init__(self) -> None:
        self.months: list[int] = []
        self.changed = threading.Condition()

    def tell(self, painting: Painting) -> None:
        with self.changed:
            self.months.append(painting.snapshot.round)
            self.changed.notify()

    def wait_for(self, month: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: month in self.months, LONG)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """Drawing takes a moment, after which it rests for longer than any test takes."""

    def paint(tab: str, snapshot: Snapshot, items: object = ()) -> Painting:
        time.sleep(0.02)
        return Painting(tab, snapshot)

    monkeypatch.setattr(painter, "paint", paint)
    monkeypatch.setattr(painter, "SHARE_OF_TIME", 0.02 / (10 * LONG))
    return Drawn()


@pytest.fixture
def working(drawn: Drawn) -> Iterator[Painter]:
    made = Painter("Profit", drawn.tell)
    made.start()
    made.take(replace(BEHIND, round=1))
    assert drawn.wait_for(1)
    made.take(replace(BEHIND, round=2))  # what was picked first was to be seen at once
    yield made
    made.close()


def test_a_market_that_is_behind_is_not_drawn_again_and_again(working: Painter, drawn: Drawn) -> None:
    for month in range(3, 9):
        working.take(replace(BEHIND, round=month))
        time.sleep(0.1)
    assert len(drawn.months) <= 2


@pytest.mark.parametrize("change", [{"behind": False}, {"playing": False, "behind": False}])
def test_what_keeps_up_or_stands_is_drawn_at_once(working: Painter, drawn: Drawn, change: dict[str, bool]) -> None:
    working.take(replace(BEHIND, round=9, **change))
    assert drawn.wait_for(9)


def test_another_tab_is_drawn_at_once(working: Painter, drawn: Drawn) -> None:
    working.take(replace(BEHIND, round=9))
    working.show("Market")
    assert drawn.wait_for(9)
