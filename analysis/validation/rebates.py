"""Rebates to large buyers: where all order alike, list prices rise until net prices are what they were.

A vendor that gives back a share r of its price meets p (1 − r) − c/k = −Q/(∂Q/∂p net), the condition without rebates in
net prices. What moves markets is that buyers are not alike: those who order more pay less.
"""

import numpy as np

from analysis.validation.check import Check
from analysis.validation.chip_prices import at_rest
from market.arrays import Vector

DISCOUNT = 0.4


def net_prices(discount: float) -> Vector:
    """Return net chip prices [vendor] where every lab orders as much as any other."""
    model, _ = at_rest({"vendors.volume_discount": discount})
    return np.array([vendor.price for vendor in model.vendors]) * model.servers.rebates.net_share


CHECKS = (
    Check("net prices of chips with a volume discount over prices without, buyers alike", "first-order condition", 1.0,
          lambda: float((net_prices(DISCOUNT) / net_prices(0.0)).max()), 1e-6),
)  # fmt: skip
