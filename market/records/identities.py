"""What must hold in every month of every scenario: books, tokens, people and machines add up, numbers are numbers.

Checked month by month by an audit, which stops at the first identity that breaks, with month, firm and amount. That all
accounts together hold nothing is checked in every run, where the month is recorded (`market.records.recorder`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from math import fsum, isfinite, isinf
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from market.accounts import ledger
from market.accounts.ledger import ROUNDING
from market.arrays import TINY, Matrix, Vector
from market.firms.firm import Firm
from market.firms.lab import Lab
from market.firms.producer import Producer
from market.records.columns import RECORDED

if TYPE_CHECKING:
    from market.economy import Economy
    from market.model import TokenMarket


class IdentityBroken(ArithmeticError):  # noqa: N818 - says what happened
    """Something does not add up; the message says in which month, whose and by how much."""


@dataclass(frozen=True)
class Before:
    """What there was before a month was played.

    Attributes:
        cash: By firm, USD.
        books: By lab, USD.
        servers, under_way: Vintages in service and on their way, [column, vintage].
        waiting: [lab], reference accelerators ordered and not shipped.
    """

    cash: Mapping[str, float]
    books: Mapping[str, float]
    servers: Matrix
    under_way: Matrix
    waiting: Vector


class MonthlyAudit:
    """Plays an economy month by month and checks each: what holds whatever is played.

    Args:
        model: To be played.
    """

    model: "Economy"

    def __init__(self, model: "Economy") -> None:
        self.model = model

    def step(self) -> None:
        """Play a month.

        Raises:
            IdentityBroken: If something does not add up in it.
        """
        month, before = self.model.month, self._before()
        self.model.step()
        for problem in chain(*self._checks(before)):
            raise IdentityBroken(f"{month}: {problem}")

    def _before(self) -> Any:
        """Return what is to be known of the time before the month, to check it."""
        return self._cash_now()

    def _checks(self, before: Any) -> Iterable[Iterator[str]]:
        """Return what finds out what does not add up, in the order in which it is told."""
        return self._numbers(), self._cash(before)

    def _cash_now(self) -> dict[str, float]:
        return {firm.name: firm.cash for firm in self.model.firms}

    def _cash(self, before: Mapping[str, float]) -> Iterator[str]:
        """Profit, financing and investment explain the change of cash; who has left holds nothing."""
        turnover = self.model.ledger.turnover()
        for firm in self.model.firms:
            received, paid = (fsum(side.values()) for side in turnover[firm.name])
            size = ROUNDING * (1 + received + paid + abs(firm.cash))
            if not firm.alive:
                if firm.cash != 0:
                    yield f"{firm.name} has left and holds {firm.cash:.6g} USD"
                continue
            change = firm.cash - before.get(firm.name, 0.0)
            for what, expected in (("payments", received - paid), ("statement", explained(firm, turnover[firm.name]))):
                if not abs(change - expected) <= size:
                    yield f"cash of {firm.name} changed by {change:.6g} USD, its {what} say {expected:.6g}"

    def _numbers(self) -> Iterator[str]:
        """No infinity anywhere, no stock below zero, nothing missing that is always there."""
        rows = self.model.recorder.latest()
        for table, table_rows in rows.items():
            stocks, always = RECORDED[table].stocks, RECORDED[table].always
            for row in table_rows:
                name = row.get("firm") or row.get("layer") or "the market"
                for column, value in row.items():
                    if isinstance(value, float) and (
                        isinf(value) or (value < 0 and column in stocks) or (not isfinite(value) and column in always)
                    ):
                        yield f"{table}.{column} of {name} is {value!r}"


class Audit(MonthlyAudit):
    """Plays a token market and checks that books, tokens, people, servers and orders add up."""

    model: "TokenMarket"

    def _before(self) -> Before:
        model = self.model
        books = {operator.name: operator.book_value(model.round) for operator in model.operators}
        servers, under_way = model.assets.servers.table.copy(), model.assets.under_way.table.copy()
        return Before(self._cash_now(), books, servers, under_way, model.servers.waiting.sum(axis=1))

    def _checks(self, before: Before) -> Iterable[Iterator[str]]:
        books = self._numbers(), self._cash(before.cash), self._assets(before)
        users = self._tokens(), self._plans(), self._people()
        return *books, self._compute(), *users, self._servers(before), self._orders(before)

    def _assets(self, before: Before) -> Iterator[str]:
        """Investment less wear explains the change of what labs own."""
        for operator in self.model.open_operators:
            worth, had = operator.book_value(self.model.round), before.books.get(operator.name, 0.0)
            added = operator.statement.investment - operator.statement.total_depreciation
            if not abs(worth - had - added) <= ROUNDING * (1 + had + worth):
                yield f"assets of {operator.name} changed by {worth - had:.6g} USD, its statement says {added:.6g}"

    def _tokens(self) -> Iterator[str]:
        """What is asked for, also by those whom others left, is at least what is served, within capacity, and sold."""
        retail = self.model.retail
        sold = retail.offers.by_lab(retail.load).tolist()
        for lab, billed in zip(self.model.open_producers, sold, strict=True):
            size = ROUNDING * max(lab.demanded, lab.capacity)
            asked = lab.demanded + lab.taken_in
            if not -size <= lab.served <= min(asked, lab.capacity) + size:
                yield (
                    f"{lab.name} serves {lab.served:.6g} Mtok of {asked:.6g} asked for, with a capacity of "
                    f"{lab.capacity:.6g}"
                )
            if not abs(billed - lab.served) <= size:
                yield f"{lab.name} serves {lab.served:.6g} Mtok and {billed:.6g} are billed"
            yield from self._vintages(lab)

    def _plans(self) -> Iterator[str]:
        """People, tokens and money of all plans are those of the market, and labs' serving is all they served."""
        model, rows = self.model, self.model.recorder.latest()["plans"]
        selling = [lab for lab in model.open_producers if lab.served > TINY]
        due = {
            "users": (float(model.retail.served.sum()), "people are served"),
            "tokens": (float(model.retail.sold.sum()), "Mtok are sold"),
            "revenue": (fsum(model.ledger.received(ledger.RETAIL).values()), "USD are paid"),
            "serving_cost": (
                fsum(lab.statement.serving + lab.statement.depreciation for lab in selling),
                "USD is what producers spend on serving",
            ),
        }
        for column, (expected, what) in due.items():
            found = fsum(row[column] for row in rows)
            if not abs(found - expected) <= ROUNDING * (1 + expected):
                yield f"{column} of all plans are {found:.9g}, {expected:.9g} {what}"

    def _vintages(self, lab: Producer) -> Iterator[str]:
        """What serves and what trains is what the vintages there are can do; none does more."""
        servers = self.model.assets.servers
        able = lab.rented
        if isinstance(lab, Lab):
            able += float((servers.units * servers.performance)[servers.owner == lab.owner].sum()) * lab.powered
        used = lab.full_capacity / (self.model.technology.mtok * lab.lightness) + lab.trained
        if not abs(used - able) <= ROUNDING * (1 + able):
            yield f"{lab.name} uses {used:.6g} reference accelerators of {able:.6g} that have power"
        if not lab.served <= lab.full_capacity * (1 + ROUNDING):
            yield f"{lab.name} serves {lab.served:.6g} Mtok with vintages that can do {lab.full_capacity:.6g}"

    def _compute(self) -> Iterator[str]:
        """What labs and hosts rent is what clouds let; none lets more than it has."""
        rented = fsum(tenant.rented for tenant in self.model.open_producers)
        let = fsum(cloud.let for cloud in self.model.compute.clouds)
        if not abs(rented - let) <= ROUNDING * (1 + let):
            yield f"tenants rent {rented:.9g} reference accelerators and clouds let {let:.9g}"
        for cloud in self.model.compute.clouds:
            if not cloud.let <= cloud.lettable * (1 + ROUNDING):
                yield f"{cloud.name} lets {cloud.let:.9g} reference accelerators of {cloud.lettable:.9g}"

    def _people(self) -> Iterator[str]:
        """Users with a provider and people without one are all who are active."""
        for segment in self.model.segments:
            active, known = float(segment.people.active @ segment.weight), float(segment.mass().sum())
            if not abs(active - known) <= ROUNDING * (1 + active):
                yield f"{segment.name}: {active:.6g} people are active, {known:.6g} have a provider or none"
            if active > segment.traits.people * (1 + ROUNDING):
                yield f"{segment.name}: {active:.6g} people are active of {segment.traits.people:.6g}"

    def _servers(self, before: Before) -> Iterator[str]:
        """Servers arrive, are in service until they fail or wear out, and are there no longer."""
        assets, fleet, now = self.model.assets, self.model.parameters.fleet, self.model.round - 1
        under_way = self._sold_on(before.under_way)
        present = np.concatenate([self._sold_on(before.servers), under_way[:, under_way[1] <= now]], axis=1)
        left = present[2] * (now - present[1] < fleet.server_life) * (1 - fleet.failure_hazard)
        yield from self._of_owners("in service", assets.servers.by_owner(assets.servers.units), present[0], left)
        coming = self._coming(before)
        older = np.arange(assets.under_way.units.size) < coming.shape[1]
        on_their_way = assets.under_way.by_owner(assets.under_way.units * older)
        yield from self._of_owners("on their way", on_their_way, coming[0], coming[2])

    def _coming(self, before: Before) -> Matrix:
        """Return what was under way and has not come yet, of labs in business; this month's shipments are put after."""
        under_way = self._sold_on(before.under_way)
        return under_way[:, under_way[1] > self.model.round - 1]

    def _sold_on(self, vintages: Matrix) -> Matrix:
        """Return vintages as those who bought them from operators that left have them now."""
        for owner, taken in self.model.assets.handed_over.items():
            parts = [vintages[:, vintages[0] != owner]]
            for buyer, share in taken.items():
                part = vintages[:, vintages[0] == owner]
                part[0], part[2] = buyer, share * part[2]
                parts += [part] if share > 0 else []
            vintages = np.concatenate(parts, axis=1)
        return vintages

    def _orders(self, before: Before) -> Iterator[str]:
        """What was waiting and is ordered is shipped, cancelled or waits; no vendor ships more than it can make."""
        model, market, coming = self.model, self.model.servers, self.model.assets.under_way
        new = np.arange(coming.units.size) >= self._coming(before).shape[1]
        shipped = coming.by_owner(coming.units * coming.performance * new)
        found = market.waiting.sum(axis=1) + shipped + market.cancelled
        owners = np.arange(len(model.operators))
        waited = np.pad(before.waiting, (0, owners.size - before.waiting.size))
        yield from self._of_owners("shipped, cancelled or waiting", found, owners, waited + market.ordered)
        for lab, made in zip(model.labs, market.foundry.made.tolist(), strict=False):
            if not made <= market.foundry.could * (1 + ROUNDING):
                yield f"{lab.name} had {made:.9g} chips of its own made of {market.foundry.could:.9g} that could be"
        made_of = market.products.by_vendor(market.shipped).tolist()
        for vendor, made, could in zip(model.vendors, made_of, market.could.tolist(), strict=True):
            newest, could_newest = vendor.shipped[0], could * model.now.ramp
            if not made <= could * (1 + ROUNDING):
                yield f"{vendor.name} shipped {made:.9g} accelerators of {could:.9g} it could make"
            if not newest <= could_newest * (1 + ROUNDING):
                yield f"{vendor.name} shipped {newest:.9g} of the newest chips of {could_newest:.9g} it could make"
            if not abs(made - vendor.sold) <= ROUNDING * (1 + made):
                yield f"{vendor.name} sold {vendor.sold:.9g} accelerators and {made:.9g} were shipped"

    def _of_owners(self, what: str, found: Vector, owner: NDArray[Any], expected: Vector) -> Iterator[str]:
        """Compare accelerators [operator] with those expected, each of an owner; who has left has none."""
        operators = self.model.operators
        due = np.bincount(owner.astype(np.intp), expected, minlength=len(operators))
        for operator, there, should in zip(operators, found.tolist(), due.tolist(), strict=True):
            should *= operator.alive
            if not abs(there - should) <= ROUNDING * (1 + should):
                yield f"{operator.name} has {there:.9g} accelerators {what}, not {should:.9g}"


def explained(firm: Firm, turnover: tuple[Mapping[str, float], Mapping[str, float]]) -> float:
    """Return what a month's statement and its financing say the change of a firm's cash was, USD."""
    received, paid = turnover
    statement: Any = firm.statement
    other = fsum(received.get(name, 0.0) - paid.get(name, 0.0) for name in sorted(ledger.NO_COST))
    return float(statement.operating_profit + statement.total_depreciation - statement.investment + other)
