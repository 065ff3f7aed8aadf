"""What all firms have in common: a name, an account, a price, and a profit statement."""

from functools import partial
from math import inf
from typing import TYPE_CHECKING, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from market.accounts import ledger
from market.accounts.statement import Statement, Turnover
from market.agent import Agent
from market.conduct.trials import Trials
from market.conduct.values import Values

if TYPE_CHECKING:
    from market.economy import Economy

MONTHS_OF_MEMORY = 6
TRIALS, VALUES = 1, 2
"""The streams of a firm's random numbers that its trials are drawn from, as a bandit and by Q-learning."""

Price = TypeVar("Price", float, NDArray[np.float64])


class Firm(Agent):
    """A firm of one layer; ``index`` orders firms of a kind, whatever the order in which they were created."""

    kind: ClassVar[str]
    layer: ClassVar[str]
    stream: ClassVar[int]
    unit: ClassVar[str]

    price: float = 0.0

    def __init__(self, model: "Economy", index: int) -> None:
        super().__init__(model)
        self.index = index
        self.name = f"{self.kind} {index + 1}"
        self.alive = True
        self.draws = np.random.default_rng(np.random.SeedSequence(model.seed, spawn_key=(self.stream, index)))
        self.statement = Statement()
        self.profits = (0.0, 0.0)
        self.direction = 1.0 if self.draws.random() < 0.5 else -1.0
        seeds = (
            partial(np.random.SeedSequence, model.seed, spawn_key=(self.stream, index, use)) for use in (TRIALS, VALUES)
        )
        self.trials, self.values = Trials(next(seeds)), Values(next(seeds))
        self.usual_spending = 0.0
        self.put_in: dict[str, float] = {}
        model.ledger.open(self.name, self.layer)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name}{'' if self.alive else ', closed'})"

    @property
    def cash(self) -> float:
        """USD in the firm's account."""
        return self.model.ledger.balance[self.name]

    @property
    def bankrupt(self) -> bool:
        """Whether the money has run out: more is missing than rounding of the month's payments leaves."""
        return self.cash < -ledger.ROUNDING * self.usual_spending

    def pay(self, payee: str, category: str, amount: float) -> None:
        """Pay from the firm's account."""
        self.model.ledger.pay(self.name, payee, category, amount)

    def pay_tax(self, share: float, revenue: float) -> None:
        """Pay a share of revenue in tax; below zero it is a subsidy, which is received."""
        if share < 0:
            self.model.ledger.pay(ledger.OUTSIDE, self.name, ledger.TAX, -share * revenue)
        else:
            self.pay(ledger.OUTSIDE, ledger.TAX, share * revenue)

    def raise_money(self, amount: float, owner: str = ledger.INVESTORS) -> None:
        """Receive funding from an owner, who shares in dividends for it."""
        self.model.ledger.pay(owner, self.name, ledger.FUNDING, amount)
        self.put_in[owner] = self.put_in.get(owner, 0.0) + amount

    def may_reprice(self, hazard: float) -> bool:
        """Draw whether the firm may change its prices this month."""
        return bool(self.draws.random() < hazard)

    @property
    def runway(self) -> float:
        """Months the money lasts; without end where a firm keeps no reserve."""
        return inf

    @property
    def heading(self) -> float:
        """1 or −1, the direction of the next trial move: on if the last one raised profit, back if it did not."""
        before, after = self.profits
        return -self.direction if after < before else self.direction

    def turn(self) -> None:
        """Remember the direction of a move that is made now, or the markup that is tried."""
        self.direction = self.heading
        self.trials.begin()
        self.values.begin()

    def sale(self) -> tuple[float, float, float]:
        """Return the price and the marginal cost, USD per ``unit``, of what the firm sold this month, and how much."""
        raise NotImplementedError

    def state(self, turnover: Turnover) -> Statement:
        """Return the statement of the month from receipts and payments by category."""
        return Statement.of(turnover)

    def close(self, turnover: Turnover) -> None:
        """Draw up the month's statement and take note of it."""
        self.statement = statement = self.state(turnover)
        self.profits = (self.profits[1], statement.operating_profit)
        for learning in (self.trials, self.values):
            learning.note(statement.operating_profit + statement.training)
        spent = statement.cost_of_goods + statement.staff + statement.training + statement.investment
        memory = MONTHS_OF_MEMORY if self.usual_spending else 1
        self.usual_spending += (spent - self.usual_spending) / memory

    @property
    def capitalised_profit(self) -> float:
        """Operating profit if training were written off over a model's life, USD."""
        return self.statement.operating_profit

    @property
    def cash_profit(self) -> float:
        """Operating cash flow less investment, USD."""
        statement = self.statement
        return statement.operating_profit + statement.total_depreciation - statement.investment

    def settle(self) -> None:
        """Pay out what the firm does not need."""
        self.pay_dividends(self.model.reserve)

    def cover_losses(self) -> None:
        """Let owners make good a negative balance."""
        if self.cash < 0:
            self.raise_money(-self.cash)

    def spare(self, buffer: float) -> float:
        """Return USD in the account beyond ``buffer`` months of spending."""
        return max(self.cash - buffer * self.usual_spending, 0.0)

    def pay_dividends(self, buffer: float) -> None:
        """Pay out what exceeds ``buffer`` months of spending."""
        self.pay_owners(self.spare(buffer))

    def pay_owners(self, amount: float) -> None:
        """Pay dividends: to each owner its share of what all have put in, what rounding leaves to investors."""
        total, left = sum(self.put_in.values()), amount
        for owner, part in self.put_in.items():
            if owner != ledger.INVESTORS and total > 0:
                paid = min(amount * (part / total), left)
                self.pay(owner, ledger.DIVIDENDS, paid)
                left -= paid
        self.pay(ledger.INVESTORS, ledger.DIVIDENDS, left)

    def close_down(self) -> None:
        """Leave the market; investors take what is left or bear the loss."""
        self.cover_losses()
        self.pay_owners(self.cash)
        self.alive = False
        self.statement = Statement()
        self.remove()
