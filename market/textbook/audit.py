"""What must hold in every month of the textbook chain, beside what holds in all models."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from market.accounts.ledger import ROUNDING
from market.records.identities import MonthlyAudit

if TYPE_CHECKING:
    from market.textbook.model import TextbookMarket


class ChainAudit(MonthlyAudit):
    """Plays a textbook chain and checks that tokens go from layer to layer and all money to the owners."""

    model: "TextbookMarket"

    def _checks(self, before: Mapping[str, float]) -> Iterable[Iterator[str]]:
        return *super()._checks(before), self._tokens(), self._owners()

    def _tokens(self) -> Iterator[str]:
        """Compute rented, tokens served and tokens bought by users are the same; resellers sell what labs sell them."""
        chain = self.model.chain
        sold, own = chain.last.sold, float(chain.last.output[: chain.settings.integrated].sum())
        supplied = {
            "rent out compute for": (chain.hardware.sold, sold),
            "serve": (float(chain.tokens.sum()), sold),
            "sell": (chain.labs.sold, sold - own if chain.resold else sold),
        }
        for verb, (found, due) in supplied.items():
            if not abs(found - due) <= ROUNDING * (1 + sold):
                firms = "vendors" if verb.startswith("rent") else "labs"
                yield f"{firms} {verb} {found:.6g} Mtok where {due:.6g} are bought"

    def _owners(self) -> Iterator[str]:
        """Owners take all there is: no firm keeps cash."""
        for firm in self.model.firms:
            if not abs(firm.cash) <= ROUNDING * (1 + abs(firm.statement.revenue)):
                yield f"{firm.name} keeps {firm.cash:.6g} USD"
