"""Server makers."""

from operator import mul
from typing import TYPE_CHECKING

from market.accounts import ledger
from market.firms.firm import Firm, Price
from market.parameters.makers import Makers

if TYPE_CHECKING:
    from market.model import TokenMarket


class ServerMaker(Firm):
    """Builds servers around every vendor's chip and sells them to labs."""

    kind = "server maker"
    layer = "hardware"
    stream = 2
    unit = "accelerator"

    model: "TokenMarket"

    sold: float = 0.0
    unit_cost: float = 0.0

    @property
    def own(self) -> Makers:
        """Makers' parameters in force, as they hold for this one."""
        return self.model.parameters.makers.of(self.index)

    def marginal_cost(self, chip_price: Price) -> Price:
        """USD per accelerator around a chip at this price, or at each of several; staff is a share of revenue."""
        makers = self.own
        return (chip_price + makers.parts_cost) / (1 - makers.staff_share)

    def deliver(self, built: list[float], price: list[float], chips: list[tuple[str, float]]) -> None:
        """Pay for the chips, the parts and the staff behind the servers sold this month; labs have paid already.

        Args:
            built: [chip], accelerators in servers around it.
            price: [chip], USD per accelerator of those servers.
            chips: [chip], its vendor and its price, USD.
        """
        makers = self.own
        self.sold = sum(built)
        for (vendor, asked), units in zip(chips, built, strict=True):
            self.pay(vendor, ledger.CHIPS, units * asked)
        self.pay(ledger.OUTSIDE, ledger.PARTS, self.sold * makers.parts_cost)
        self.pay(ledger.OUTSIDE, ledger.STAFF, sum(map(mul, built, price)) * makers.staff_share)
        weights = built if self.sold > 0 else [1.0] * len(built)
        self.price = sum(map(mul, weights, price)) / sum(weights)
        chip_price = sum(map(mul, weights, [asked for _, asked in chips])) / sum(weights)
        self.unit_cost = self.marginal_cost(chip_price)

    def sale(self) -> tuple[float, float, float]:
        """Return mean price, mean marginal cost and accelerators sold; plain means over the servers if none was."""
        return self.price, self.unit_cost, self.sold

    def settle(self) -> None:
        """Let owners cover a loss, and pay out what is not needed."""
        self.cover_losses()
        super().settle()
