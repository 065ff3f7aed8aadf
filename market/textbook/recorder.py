"""Taking down what the firms and layers of the textbook chain did."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from market.firms.firm import Firm
from market.parameters.plans import METERED, PLANS
from market.parameters.resellers import CHANNEL
from market.records.columns import LAYERS
from market.records.firms import Terms, Tokens
from market.records.measures import NAN
from market.records.plans import LAB, PlansMonth, Sold
from market.records.profit_gain import profit_gain
from market.records.recorder import Recorder
from market.textbook.columns import TABLE, ChainMonth

if TYPE_CHECKING:
    from market.textbook.model import TextbookMarket


class ChainRecorder(Recorder):
    """Takes down rounds of a chain that owns nothing; what has no meaning there is NaN."""

    model: "TextbookMarket"

    def _tokens(self, firms: Sequence[Firm]) -> list[Tokens]:
        chain = self.model.chain
        sells_on = set(chain.labs.firms) if chain.resold else set()
        return [(None, chain.labs.mean_price if firm in sells_on else NAN) for firm in firms]

    def _plans(self) -> PlansMonth:
        """All is sold by the token, and by one layer; people are counted where each buys one unit or none."""
        model, chain = self.model, self.model.chain
        sellers = model.resellers or model.labs
        sold = Sold(
            CHANNEL if model.resellers else LAB,
            PLANS[METERED],
            NAN if chain.logit is None else chain.last.sold,
            chain.last.sold,
            sum([firm.statement.revenue for firm in sellers]),
            sum([firm.statement.cost_of_goods for firm in sellers]),
            sum([lab.statement.cost_of_goods for lab in model.labs]),
        )
        return PlansMonth(model.round, [sold])

    def _terms(self, firm: Firm, bought: float) -> Terms:
        return Terms(CHANNEL, cost_of_tokens=bought) if firm.kind == "reseller" else Terms()

    def _profit_gains(self) -> dict[str, float]:
        chain = self.model.chain
        return {
            layer: profit_gain(tier.profit, *chain.benchmarks(number))
            for number, (layer, tier) in enumerate(zip(LAYERS, chain.tiers, strict=False))
        }

    def _market(self, moved: float, error: float) -> tuple[Any, ...]:
        return TABLE.row(ChainMonth(self.model, moved, error))
