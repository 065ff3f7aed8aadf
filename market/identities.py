"""What must hold in every month of every scenario: books, tokens, people and machines add up, numbers are numbers.

Checked month by month by `Audit`, which stops at the first identity that breaks, with month, firm and amount. That all
accounts together hold nothing is checked in every run, where the month is recorded (`market.measures`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from math import fsum, isfinite, isinf
from typing import TYPE_CHECKING, Any, Final

from market import ledger
from market.agents.firm import Firm

if TYPE_CHECKING:
    from market.model import TokenMarket

ROUNDING: Final = 1e-9
"""Of what moved, or of what there is: differences below are rounding."""

STOCKS: Final = {
    "rounds": ("active_users", "tokens", "tokens_demanded", "accelerators", "accelerators_ordered", "power_mw"),
    "firms": ("price", "unit_cost", "quantity", "capacity", "accelerators", "tokens_unserved", "revenue"),
    "layers": ("revenue", "firms"),
    "flows": ("amount",),
}
"""Columns that cannot be below zero; where nothing is sold a price or a cost may be missing."""

ALWAYS: Final = {
    "rounds": ("tokens", "tokens_demanded", "consumer_surplus", "money_moved"),
    "firms": ("revenue", "cost_of_goods", "depreciation", "training", "staff", "operating_profit", "cash"),
    "layers": ("revenue", "cost", "profit", "value_added"),
    "flows": ("amount",),
}
"""Columns that are never missing."""


class IdentityBroken(ArithmeticError):  # noqa: N818 - says what happened
    """Something does not add up; the message says in which month, whose and by how much."""


@dataclass(frozen=True)
class Before:
    """What there was before a month was played: cash by firm, and by lab its books and accelerators in service."""

    cash: Mapping[str, float]
    books: Mapping[str, float]
    accelerators: Mapping[str, float]


class Audit:
    """Plays a market month by month and checks each.

    Args:
        model: To be played.
    """

    def __init__(self, model: "TokenMarket") -> None:
        self.model = model

    def step(self) -> None:
        """Play a month.

        Raises:
            IdentityBroken: If something does not add up in it.
        """
        model, month = self.model, self.model.month
        before = self._before()
        model.step()
        checks = [self._numbers()]
        if not model.rented:
            checks += [self._books(before), self._tokens(), self._people(), self._machines(before)]
        for problem in chain(*checks):
            raise IdentityBroken(f"{month}: {problem}")

    def _before(self) -> Before:
        model = self.model
        cash = {firm.name: firm.cash for firm in model.firms}
        if model.rented:
            return Before(cash, {}, {})
        books = {lab.name: lab.book_value(model.round) for lab in model.labs}
        return Before(cash, books, {lab.name: lab.accelerators for lab in model.labs})

    def _books(self, before: Before) -> Iterator[str]:
        """Profit, financing and investment explain the change of cash; investment less wear that of assets."""
        turnover = self.model.ledger.turnover()
        for firm in self.model.firms:
            received, paid = (fsum(side.values()) for side in turnover[firm.name])
            size = ROUNDING * (1 + received + paid + abs(firm.cash))
            if not firm.alive:
                if firm.cash != 0:
                    yield f"{firm.name} has left and holds {firm.cash:.6g} USD"
                continue
            change = firm.cash - before.cash.get(firm.name, 0.0)
            for what, expected in (("payments", received - paid), ("statement", explained(firm, turnover[firm.name]))):
                if not abs(change - expected) <= size:
                    yield f"cash of {firm.name} changed by {change:.6g} USD, its {what} say {expected:.6g}"
        for lab in self.model.open_labs:
            worth, had = lab.book_value(self.model.round), before.books[lab.name]
            added = lab.statement.investment - lab.statement.worn
            if not abs(worth - had - added) <= ROUNDING * (1 + had + worth):
                yield f"assets of {lab.name} changed by {worth - had:.6g} USD, its statement says {added:.6g}"

    def _tokens(self) -> Iterator[str]:
        """What is demanded is at least what is served, which is at most the capacity, and is what was sold."""
        retail = self.model.retail
        sold = retail.offers.by_lab(retail.sold.sum(axis=0)).tolist()
        for lab, billed in zip(self.model.open_labs, sold, strict=True):
            size = ROUNDING * max(lab.demanded, lab.capacity)
            if not -size <= lab.served <= min(lab.demanded, lab.capacity) + size:
                yield (
                    f"{lab.name} serves {lab.served:.6g} Mtok of {lab.demanded:.6g} demanded, with a capacity of "
                    f"{lab.capacity:.6g}"
                )
            if not abs(billed - lab.served) <= size:
                yield f"{lab.name} serves {lab.served:.6g} Mtok and {billed:.6g} are billed"

    def _people(self) -> Iterator[str]:
        """Users with a provider and people without one are all who are active."""
        for segment in self.model.segments:
            active, known = float(segment.people.active @ segment.weight), float(segment.mass().sum())
            if not abs(active - known) <= ROUNDING * (1 + active):
                yield f"{segment.name}: {active:.6g} people are active, {known:.6g} have a provider or none"
            if active > segment.traits.people * (1 + ROUNDING):
                yield f"{segment.name}: {active:.6g} people are active of {segment.traits.people:.6g}"

    def _machines(self, before: Before) -> Iterator[str]:
        """Servers in service grow by what arrives and shrink by what fails, wears out or is lost with its lab."""
        hazard = self.model.parameters.fleet.failure_hazard
        for lab in self.model.labs:
            now, arrived = lab.accelerators, float(self.model.assets.arrived[lab.index])
            most = (before.accelerators[lab.name] + arrived) * (1 - hazard)
            if not 0.0 <= now <= most + ROUNDING * (1 + most):
                yield f"{lab.name} has {now:.6g} accelerators in service, of {most:.6g} that can be there"

    def _numbers(self) -> Iterator[str]:
        """No infinity anywhere, no stock below zero, nothing missing that is always there."""
        rows = self.model.recorder.latest()
        for table, table_rows in rows.items():
            stocks, always = STOCKS.get(table, ()), ALWAYS.get(table, ())
            for row in table_rows:
                name = row.get("firm") or row.get("layer") or "the market"
                for column, value in row.items():
                    if isinstance(value, float) and (
                        isinf(value) or (value < 0 and column in stocks) or (not isfinite(value) and column in always)
                    ):
                        yield f"{table}.{column} of {name} is {value!r}"


def explained(firm: Firm, turnover: tuple[Mapping[str, float], Mapping[str, float]]) -> float:
    """Return what a month's statement and its financing say the change of a firm's cash was, USD."""
    received, paid = turnover
    statement: Any = firm.statement
    raised = fsum(received.get(name, 0.0) for name in (ledger.FUNDING, ledger.LOANS, ledger.SALVAGE))
    returned = fsum(paid.get(name, 0.0) for name in (ledger.DIVIDENDS, ledger.REPAYMENT, ledger.INTEREST))
    return float(statement.operating_profit + statement.worn - statement.investment + raised - returned)
