"""The pricing game of Calvano et al. (2020) as a model: labs that learn what to charge users."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from market.accounts import ledger
from market.economy import Economy
from market.firms.firm import Firm
from market.keywords import FIRST_SEED
from market.learning.audit import GameAudit
from market.learning.firms import LearningLab
from market.learning.parameters import LearningParameters
from market.learning.playing import Played, Sold
from market.learning.recorder import GameRecorder
from market.parameters.run import RunParameters
from market.threads import one_thread
from market.users.payers import open_accounts, pay_together


class LearningMarket(Economy):
    """Labs that play a pricing game thousands of times a month, in many sessions of which months are the mean.

    A session that has converged goes on with the prices it has come to. All sessions are played with the first month. A
    run ends with its horizon: ``running`` is False from then on. Months beyond it can be played step by step.

    Args:
        parameters: The scenario; the defaults if omitted.
        rng: Seed. The same seed and parameters give the same bytes, on any number of processors.
        collect: Whether ``datacollector`` collects every month; False leaves that to the caller.
        **kwargs: Parameters by dotted name, on top of ``parameters``: ``LearningMarket(**{"labs.count": 3})``; and what
            Mesa passes: ``seed``, another word for ``rng``, and an empty ``scenario``.

    Attributes:
        sold: What is sold this month.
        datacollector: The market's month, money by layer and firms, as Mesa's tools read them.

    Raises:
        TypeError: If the parameters are of another model, ``rng`` is not an integer ≥ 0, or a keyword is no parameter.
        ValueError: If a parameter's value is not allowed.
    """

    told = LearningParameters
    given: LearningParameters
    labs: list[LearningLab]
    sold: Sold

    def __init__(
        self,
        parameters: RunParameters | None = None,
        rng: int = FIRST_SEED,
        *,
        collect: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(parameters, rng, collect=collect, **kwargs)
        plans: list[Callable[[], LearningLab]] = [
            partial(LearningLab, self, index) for index in range(self.parameters.labs.count)
        ]
        self.labs = sorted((plan() for plan in self.creation_order(plans)), key=lambda lab: lab.index)
        open_accounts(self.ledger)
        self.recorder = GameRecorder(self)

    @property
    def parameters(self) -> LearningParameters:
        """The parameters, which hold for the whole run."""
        return self.given

    @property
    def firms(self) -> list[Firm]:
        """All labs, by index."""
        return list(self.labs)

    @cached_property
    def played(self) -> Played:
        """All sessions, which are played when they are first asked for."""
        return Played(self.parameters, self.seed)

    # a round ----------------------------------------------------------------------------------------------------

    @one_thread
    def step(self) -> None:
        """Play one month."""
        self.ledger.start_round()
        self.sold = self.played.month(self.round)
        self.bill_users()
        self.bill_labs()
        self.close_books()
        self.take_down()

    def bill_users(self) -> None:
        """Users pay labs."""
        for lab, revenue in zip(self.labs, self.sold.revenue.tolist(), strict=True):
            pay_together(self.ledger, lab.name, revenue)

    def bill_labs(self) -> None:
        """Labs pay what serving costs them."""
        for lab, tokens in zip(self.labs, self.sold.quantity.tolist(), strict=True):
            lab.pay(ledger.OUTSIDE, ledger.OPERATION, tokens * lab.marginal_cost)

    def audit(self) -> GameAudit:
        """Return what plays the game and checks that all of it adds up."""
        return GameAudit(self)
