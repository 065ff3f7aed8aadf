"""Chip vendors."""

from market import ledger
from market.agents.firm import Firm


class ChipVendor(Firm):
    """Designs accelerators, has them made outside and sells them to server makers."""

    kind = "chip vendor"
    layer = "hardware"
    stream = 1
    unit = "accelerator"

    capacity: float = 0.0
    sold: float = 0.0

    @property
    def marginal_cost(self) -> float:
        """USD per accelerator, research as a share of revenue included."""
        vendors = self.model.parameters.vendors
        return vendors.unit_cost / (1 - vendors.research_share)

    @property
    def utilisation(self) -> float:
        """Accelerators sold last month over what could be made."""
        return self.sold / self.capacity if self.capacity > 0 else 1.0

    def deliver(self, accelerators: float) -> None:
        """Have the chips sold this month made, and spend on research; makers have paid already."""
        vendors = self.model.parameters.vendors
        self.pay(ledger.OUTSIDE, ledger.CHIP_PRODUCTION, accelerators * vendors.unit_cost)
        self.pay(ledger.OUTSIDE, ledger.STAFF, accelerators * self.price * vendors.research_share)
        self.sold = accelerators

    def sale(self) -> tuple[float, float, float]:
        """Return price, marginal cost and accelerators sold."""
        return self.price, self.marginal_cost, self.sold

    def settle(self) -> None:
        """Let owners cover a loss, and pay out what is not needed."""
        self.cover_losses()
        super().settle()
