"""What the worker publishes of a model: values that nothing changes any more."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.dashboard.choice import Choice
from analysis.dashboard.views import COMMONS, FACTORY, PLANS
from market.parameters.spells import spells_of
from scenarios.files.plausibility import notes

if TYPE_CHECKING:
    from analysis.dashboard.taking import Taken
    from analysis.results import BatchResults
    from market.records.results import Results
    from scenarios.files.loading import Scenario


@dataclass(frozen=True)
class Snapshot:
    """The market after some rounds, as every view sees it.

    Attributes:
        choice: What is played.
        question: What the scenario asks.
        round: Rounds played.
        rounds: Rounds after which Play stops.
        month: Last month played, YYYY-MM; empty before the first.
        playing: Whether Play is on.
        behind: Whether the next month is due already: the machine is as slow as the market, or it has no clock.
        error: Why there is no model, or why it stopped; empty if all is well.
        taken: What was taken of the run so far; None before the first round.
        commons: Whether people and models write.
        factory: Whether labs have fleets.
        plans: Whether anything but tokens by the token is sold, in some month at least.
        notes: What the changes imply besides, and what is hard to believe of them.
        refused: Why the last change made while playing could not be; empty if all is well.
        other: What is shown beside it: a second market, or the run before this one.
        has_last: Whether there was a run before this one.
    """

    choice: Choice
    question: str = ""
    round: int = 0
    rounds: int = 0
    month: str = ""
    playing: bool = False
    behind: bool = False
    error: str = ""
    taken: "Taken | None" = None
    commons: bool = False
    factory: bool = True
    plans: bool = False
    notes: tuple[str, ...] = ()
    refused: str = ""
    other: "Snapshot | None" = None
    has_last: bool = False

    @classmethod
    def of(cls, choice: Choice, scenario: "Scenario") -> "Snapshot":
        """Return what there is to see before the first round."""
        parameters, commons = scenario.parameters, getattr(scenario.parameters, "commons", None)
        return cls(
            choice,
            scenario.question,
            rounds=parameters.horizon.rounds,
            commons=commons is not None and commons.mode != "off",
            factory=hasattr(parameters, "fleet"),
            plans=not all(getattr(spell.parameters, "plain_menus", True) for spell in spells_of(parameters)),
            notes=notes(scenario),
        )

    @property
    def hidden(self) -> frozenset[str]:
        """Tabs that have nothing to show."""
        shown = {COMMONS: self.commons, FACTORY: self.factory, PLANS: self.plans}
        return frozenset(tab for tab, there in shown.items() if not there)

    @property
    def tables(self) -> "Results | None":
        """The run so far; None before the first round."""
        return None if self.taken is None else self.taken.tables

    @cached_property
    def run(self) -> "BatchResults":
        """The run as the analysis takes it; ValueError before the first round."""
        from analysis.results import in_memory

        if self.taken is None:
            raise ValueError("nothing has been played yet")
        return in_memory(self.taken.tables)
