"""Taking down what learning labs did."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from market.firms.firm import Firm
from market.learning.columns import TABLE, GameMonth
from market.parameters.plans import METERED, PLANS
from market.records.firms import Terms, Tokens
from market.records.measures import NAN
from market.records.plans import LAB, PlansMonth, Sold
from market.records.profit_gain import profit_gain
from market.records.recorder import Recorder
from market.records.sessions import TABLE as SESSIONS

if TYPE_CHECKING:
    from market.learning.model import LearningMarket


class GameRecorder(Recorder):
    """Takes down the months of the pricing game, which are means over its sessions, and how each session ended."""

    model: "LearningMarket"

    def _tokens(self, firms: Sequence[Firm]) -> list[Tokens]:
        return [(None, NAN)] * len(firms)

    def _plans(self) -> PlansMonth:
        """All is sold by the token."""
        books, tokens = [lab.statement for lab in self.model.labs], float(self.model.sold.quantity.sum())
        revenue, cost = sum([book.revenue for book in books]), sum([book.cost_of_goods for book in books])
        return PlansMonth(self.model.round, [Sold(LAB, PLANS[METERED], tokens, tokens, revenue, cost, cost)])

    def _terms(self, firm: Firm, bought: float) -> Terms:
        return Terms()

    def _profit_gains(self) -> dict[str, float]:
        model, game = self.model, self.model.played.game
        profit = float(model.sold.revenue.sum() - model.sold.quantity @ game.cost)
        return {"labs": profit_gain(profit / model.parameters.demand.users, *game.ends)}

    def _market(self, moved: float, error: float) -> tuple[Any, ...]:
        return TABLE.row(GameMonth(self.model, moved, error))

    def _sessions(self) -> Sequence[Any]:
        ended = self.model.played.ended if self.model.round else []
        return [SESSIONS.row(seen) for seen in enumerate(ended)]
