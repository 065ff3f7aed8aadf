"""What must hold in every month of the pricing game, beside what holds in all models."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from market.accounts.ledger import ROUNDING
from market.records.identities import MonthlyAudit

if TYPE_CHECKING:
    from market.learning.model import LearningMarket


class GameAudit(MonthlyAudit):
    """Plays the game and checks that users buy once, at prices of the game, and that all money is paid out."""

    model: "LearningMarket"

    def _checks(self, before: Mapping[str, float]) -> Iterable[Iterator[str]]:
        return *super()._checks(before), self._tokens(), self._prices(), self._owners()

    def _tokens(self) -> Iterator[str]:
        """Nobody buys twice."""
        sold, users = float(self.model.sold.quantity.sum()), self.model.parameters.demand.users
        if not 0 <= sold <= users * (1 + ROUNDING):
            yield f"labs sell {sold:.6g} Mtok to users who want {users:.6g} at most"

    def _prices(self) -> Iterator[str]:
        """A mean price lies between those a lab chooses among."""
        for lab, grid in zip(self.model.labs, self.model.played.game.grid, strict=True):
            size = ROUNDING * (1 + abs(float(grid[-1])))
            if not grid[0] - size <= lab.price <= grid[-1] + size:
                yield f"{lab.name} charges {lab.price:.6g} USD/Mtok, outside {grid[0]:.6g} to {grid[-1]:.6g}"

    def _owners(self) -> Iterator[str]:
        """Owners take all there is: no firm keeps cash."""
        for lab in self.model.labs:
            if not abs(lab.cash) <= ROUNDING * (1 + abs(lab.statement.revenue)):
                yield f"{lab.name} keeps {lab.cash:.6g} USD"
