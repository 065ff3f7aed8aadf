"""What belongs to one visitor: markets in a thread of their own, a painter in another, and what the page is told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import solara

from analysis.dashboard.choice import Choice
from analysis.dashboard.engine import Engine
from analysis.dashboard.leaving import give_back_soon
from analysis.dashboard.link import Opened
from analysis.dashboard.painter import Painter, Painting
from analysis.dashboard.results_folder import ResultsFolder
from analysis.dashboard.snapshot import Snapshot
from analysis.dashboard.sweep.job import Sweeps


class Visit:
    """The two threads of a visitor, and what they tell.

    Args:
        opened: What is played first.
        results_folder: Finished results.
        told: Set to what the markets are seen to be.
        chosen: Set to what has been chosen, of each market, at once.
        painted: Set to the open view.
    """

    def __init__(
        self,
        opened: Opened,
        results_folder: ResultsFolder,
        told: solara.Reactive[Snapshot],
        chosen: solara.Reactive[tuple[Choice, ...]],
        painted: solara.Reactive[Painting | None],
    ) -> None:
        self.results_folder = results_folder
        self.sweeps = Sweeps(results_folder)
        self.painter = Painter(opened.tab, painted.set)
        self.told = told
        self.chosen = chosen
        self.engine = Engine(opened.choices[0], self.tell)
        self.engine.build(opened.choices[0], months=opened.months)
        for other in opened.choices[1:]:
            self.engine.beside(other)

    def tell(self, snapshot: Snapshot) -> None:
        """Hand a snapshot on to header and painter."""
        self.painter.take(snapshot)
        self.told.set(snapshot)
        self._choose()

    def build(self, choice: Choice, place: int = 0, months: int = 0) -> None:
        """Start all markets again, one with this choice."""
        self.engine.build(choice, place, months)
        self._choose()

    def change(self, place: int, changes: Mapping[str, Any], months: int | None = None, name: str = "") -> bool:
        """Let changes hold in a market from the next month on; return False where that cannot be."""
        made = self.engine.change(place, changes, months, name)
        self._choose()
        return made

    def undo(self, place: int, event: int) -> None:
        """Take back a change that was made while playing."""
        self.engine.undo(place, event)
        self._choose()

    def beside(self, choice: Choice | None) -> None:
        """Play a second market, or no longer."""
        self.engine.beside(choice)
        self._choose()

    def teach(self, choices: Sequence[Choice]) -> None:
        """Play what a lesson plays from the start: a run, and the one it is compared with if there is one."""
        self.engine.beside(None)
        for other in choices[1:]:
            self.engine.beside(other)
        self.build(choices[0])
        self.engine.play()

    def pause(self) -> None:
        """Stop playing; the page says so at once."""
        self.engine.pause()
        self.told.set(replace(self.told.peek(), playing=False))

    def _choose(self) -> None:
        self.chosen.set(self.engine.choices)

    def start(self) -> Callable[[], None]:
        """Start both threads; return what ends them, and sweeps."""
        self.painter.start()
        self.engine.start()

        def end() -> None:
            self.engine.close()
            self.painter.close()
            self.sweeps.close()
            give_back_soon()

        return end
