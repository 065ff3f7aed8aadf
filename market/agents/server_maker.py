"""Server makers."""

import numpy as np
from numpy.typing import NDArray

from market import ledger
from market.agents.firm import Firm


class ServerMaker(Firm):
    """Builds servers around every vendor's chip and sells them to labs."""

    kind = "server maker"
    layer = "hardware"
    stream = 2

    sold: float = 0.0

    def marginal_cost(self, chip_prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """USD per accelerator for each vendor's chip [vendor], staff as a share of revenue included."""
        makers = self.model.parameters.makers
        return (chip_prices + makers.parts_cost) / (1 - makers.staff_share)

    def deliver(self, accelerators: float, revenue: float) -> None:
        """Pay for the parts and the staff behind the servers sold this month; labs have paid already."""
        makers = self.model.parameters.makers
        self.pay(ledger.OUTSIDE, ledger.PARTS, accelerators * makers.parts_cost)
        self.pay(ledger.OUTSIDE, ledger.STAFF, revenue * makers.staff_share)
        self.sold = accelerators
        self.price = revenue / accelerators if accelerators > 0 else self.price

    def settle(self) -> None:
        """Let owners cover a loss, and pay out what is not needed."""
        self.cover_losses()
        super().settle()
