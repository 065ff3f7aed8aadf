"""What all models have in common: months on one account book, taken down by a recorder, as Mesa's tools expect it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import mesa

from market.accounts.ledger import Ledger
from market.keywords import FIRST_SEED, settings
from market.parameters.dates import month_of
from market.parameters.run import RunParameters
from market.parameters.spells import Spell, amended, spells_of
from market.records.collecting import collector
from market.records.identities import MonthlyAudit
from market.records.recorder import Recorder
from market.records.results import Results
from market.wording import printable

if TYPE_CHECKING:
    from market.firms import Firm


class Economy(mesa.Model):
    """An economy played month by month.

    A run ends with its horizon: ``running`` is False from then on. Months beyond it can be played step by step.

    Args:
        parameters: The scenario; the defaults if omitted.
        rng: Seed.
        collect: Whether ``datacollector`` collects every month; False leaves that to the caller.
        **kwargs: Parameters by dotted name, on top of ``parameters``, and what Mesa passes.

    Attributes:
        told: The class of its parameters.
        given: The parameters as they were given, with their events.
        spells: Which of them are in force when.
        recorder: Takes down each month; made when the economy is founded.
        datacollector: The market's month, money by layer and firms, as Mesa's tools read them.
    """

    told: ClassVar[type[RunParameters]]
    given: RunParameters
    spells: tuple[Spell[Any], ...]
    recorder: Recorder

    def __init__(
        self, parameters: RunParameters | None = None, rng: int = FIRST_SEED, *, collect: bool = True, **kwargs: Any
    ) -> None:
        self.given, self.seed = settings(self.told, parameters, rng, kwargs)
        self.spells = spells_of(self.given)
        super().__init__(rng=self.seed)
        self.collect = collect
        self.datacollector = collector()
        self.round = 0
        self.ledger = Ledger()

    def creation_order(self, plans: list[Callable[[], Any]]) -> list[Callable[[], Any]]:
        """Return the plans to create agents in the order in which they are carried out."""
        return plans

    @property
    def parameters(self) -> RunParameters:
        """The parameters in force this month."""
        raise NotImplementedError

    @property
    def firms(self) -> "list[Firm]":
        """All firms there have ever been, by kind and index."""
        raise NotImplementedError

    @property
    def reserve(self) -> float:
        """Months of spending that firms keep in cash before they pay dividends."""
        return 0.0

    @property
    def month(self) -> str:
        """The calendar month of this round, YYYY-MM."""
        return month_of(self.given.horizon.start, self.round)

    def amend(self, parameters: RunParameters) -> None:
        """Let other events happen from this month on; the market goes on as one that was to have them all along.

        Args:
            parameters: As given, but for events that begin this month or later; in round 0 later, as a market opens in
                what holds then.

        Raises:
            ValueError: If they differ otherwise, or in a month that has been played.
        """
        self.spells = amended(self.spells, self.given, parameters, max(self.round, 1))
        self.given = parameters

    def close_books(self) -> None:
        """Draw up every firm's statement, and settle with its owners."""
        turnover = self.ledger.turnover()
        for firm in self.firms:
            if firm.alive:
                firm.close(turnover[firm.name])
                self.tax_profit(firm)
                firm.settle()

    def tax_profit(self, firm: "Firm") -> None:
        """Let a firm pay tax on the month's profit, where there is one."""

    def take_down(self) -> None:
        """Record the month and move on to the next; the last one of the horizon ends the run."""
        self.recorder.record()
        if self.collect:
            self.datacollector.collect(self)
        self.round += 1
        if self.round >= self.given.horizon.rounds:
            self.running = False

    def audit(self) -> MonthlyAudit:
        """Return what plays the economy and checks each month."""
        raise NotImplementedError

    def __repr__(self) -> str:
        name, rounds = printable(self.given.name), self.given.horizon.rounds
        last = month_of(self.given.horizon.start, self.round - 1) if self.round else f"before {self.month}"
        return f"{type(self).__name__}({name}, rng={self.seed}, month {self.round} of {rounds}, {last})"

    def results(self) -> Results:
        """Return the tidy tables of all rounds played so far."""
        return self.recorder.results()
