"""Chip vendors."""

from collections.abc import Mapping
from math import nan
from operator import mul
from typing import TYPE_CHECKING

import numpy as np

from market.accounts import ledger
from market.arrays import Vector
from market.firms.firm import Firm
from market.parameters.vendors import Vendors

if TYPE_CHECKING:
    from market.model import TokenMarket


def opening_shares(vendors: Vendors) -> Vector:
    """Return the shares of vendors in chips made and in service at the start, [vendor]: those of equal prices."""
    weight = np.exp(-vendors.lead * np.arange(vendors.count))
    return np.asarray(weight / weight.sum())


class ChipVendor(Firm):
    """Designs accelerators, has them made outside and sells them to server makers."""

    kind = "chip vendor"
    layer = "hardware"
    stream = 1
    unit = "accelerator"

    model: "TokenMarket"

    capacity: float = 0.0
    older_price: float = nan
    """USD per accelerator of the generation before the newest, where that is sold."""
    shipped: tuple[float, ...] = (0.0,)
    """Accelerators of each generation this month, the newest first."""

    @property
    def own(self) -> Vendors:
        """Vendors' parameters in force, as they hold for this one."""
        return self.model.parameters.vendors.of(self.index)

    @property
    def marginal_cost(self) -> float:
        """USD per accelerator, research as a share of revenue included."""
        vendors = self.own
        return vendors.unit_cost / (1 - vendors.research_share)

    @property
    def utilisation(self) -> float:
        """Accelerators sold last month over what could be made."""
        return self.sold / self.capacity if self.capacity > 0 else 1.0

    @property
    def sold(self) -> float:
        """Accelerators sold this month."""
        return sum(self.shipped)

    @property
    def prices(self) -> tuple[float, float]:
        """USD per accelerator of the newest generation and of the one before."""
        return self.price, self.older_price

    def post(self, newest: float, *older: float) -> None:
        """Ask these prices of chips of each generation on sale."""
        self.price = newest
        for price in older:
            self.older_price = price

    def launch(self, better: float) -> None:
        """Bring a chip that computes so many times what the newest one did, at first at that multiple of its price."""
        self.post(self.price * better, self.price)

    def resize(self, before: Vendors) -> None:
        """Be able to make as much more or less as all vendors now can; what was nothing opens anew."""
        vendors = self.model.parameters.vendors
        if before.capacity > 0:
            self.capacity *= vendors.capacity / before.capacity
        else:
            self.capacity = vendors.capacity * float(opening_shares(vendors)[self.index])

    def deliver(self, shipped: tuple[float, ...], rebates: Mapping[str, float]) -> None:
        """Have chips of each generation made, give rebates, USD by buyer, and spend on research; makers have paid."""
        vendors, given = self.own, sum(rebates.values())
        for buyer, amount in rebates.items():
            self.pay(buyer, ledger.REBATE, amount)
        asked = sum(map(mul, shipped, self.prices))
        self.pay(ledger.OUTSIDE, ledger.CHIP_PRODUCTION, sum(shipped) * vendors.unit_cost)
        self.pay(ledger.OUTSIDE, ledger.STAFF, (asked - given) * vendors.research_share)
        self.shipped = shipped

    def sale(self) -> tuple[float, float, float]:
        """Return mean price, marginal cost and accelerators sold; the newest one's price if none was."""
        price, sold = self.price, self.sold
        if any(self.shipped[1:]):
            price = sum(map(mul, self.shipped, self.prices)) / sold
        return price, self.marginal_cost, sold

    @property
    def sold_older(self) -> float:
        """Accelerators of the generation before the newest sold this month."""
        return sum(self.shipped[1:])

    def settle(self) -> None:
        """Let owners cover a loss, pledge a part of what is not needed to buyers of chips, and pay out the rest."""
        self.cover_losses()
        spare = self.spare(self.model.reserve)
        kept = self.pledge(self.own.investing * spare)
        self.pay_owners(spare - kept)

    def pledge(self, amount: float) -> float:
        """Offer money to those who run its chips, each in proportion to them, for a month; return what is offered."""
        model = self.model
        for operator in model.open_operators:
            operator.pledged.pop(self, None)
        if not amount:
            return 0.0
        chips = model.assets.servers.by_vendor(len(model.vendors) + 1)[:, self.index].tolist()
        held = {operator: chips[operator.owner] for operator in model.open_operators}
        total = sum(held.values())
        if not total:
            return 0.0
        for operator, part in held.items():
            operator.pledged[self] = amount * (part / total)
        return amount
