"""Hosts: open models on rented servers."""

from typing import TYPE_CHECKING

from market.accounts import ledger
from market.firms.producer import Producer
from market.parameters.hosts import Hosts

if TYPE_CHECKING:
    from market.model import TokenMarket


class Host(Producer):
    """Serves the best model whose weights are open, on servers rented from clouds, and sells it by the token.

    It trains nothing, so that all hosts sell the same; users still prefer one or another.

    Attributes:
        turned: Whether it serves another model than last month.
    """

    kind = "host"
    stream = 8
    rented_share = 1.0

    def __init__(self, model: "TokenMarket", index: int) -> None:
        super().__init__(model, index)
        self.expect(0.0, 0.0)
        self.turned = False

    @property
    def own(self) -> Hosts:
        """Hosts' parameters in force, as they hold for this one."""
        return self.model.parameters.hosts.of(self.index)

    def serve(self, quality: float, lightness: float, another: bool) -> None:
        """Serve a model; of another one than before it expects to sell what as many servers can do."""
        if another:
            self.forecast.level *= lightness / self.lightness
        self.quality, self.lightness, self.turned = quality, lightness, another

    def reconsiders(self, undercut: bool) -> bool:
        """Draw whether it sets its price anew this month; of another model it does."""
        return self.turned or super().reconsiders(undercut)

    def pay_team(self) -> None:
        """Pay for those who run the service, whatever is sold."""
        self.pay(ledger.OUTSIDE, ledger.STAFF, self.own.staff)
