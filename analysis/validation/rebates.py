"""Rebates to large buyers: where all order alike, list prices rise until net prices are what they were.

A vendor that gives back a share r of its price meets p (1 − r) − c/k = −Q/(∂Q/∂p net), the condition without rebates in
net prices. What moves markets is that buyers are not alike: those who order more pay less.
"""

from functools import cache

import numpy as np

from analysis.validation.rung import Rung
from market import TokenMarket
from market.arrays import Vector
from market.conduct.pricing import BestResponse
from market.markets.derived_demand import DerivedDemand
from scenarios.files.loading import load

SIZE = {"population.users": 10**6, "population.engine": "cohort"}
DISCOUNT, ORDERS, REPRICINGS, AMPLE = 0.4, 1_000.0, 300, 1e12


@cache
def net_prices(discount: float) -> Vector:
    """Return net chip prices [vendor] at rest, where every lab orders as much as any other, and orders are given."""
    changes = {"vendors.volume_discount": discount, "makers.count": 1, "makers.staff_share": 0.0}
    model = TokenMarket(load("baseline", SIZE | changes).parameters, rng=1, collect=False)
    servers, rule, labs = model.servers, BestResponse(), len(model.labs)
    servers.serving[:], servers.training[:] = ORDERS, 0.0
    for vendor in model.vendors:
        vendor.capacity = AMPLE
    for number in range(REPRICINGS):  # in turns: answers at once overshoot
        vendor = model.vendors[number % len(model.vendors)]
        servers.price = np.array([vendor.price + model.parameters.makers.parts_cost for vendor in model.vendors])
        seen = servers.demand(model.technology, model.now.tariff, DerivedDemand(np.zeros((labs, labs)), 1.0))
        vendor.price = float(rule.post(servers.vendor_layer(seen, rule))[vendor.index])
    return np.array([vendor.price for vendor in model.vendors]) * servers.rebates.keeps


RUNGS = (
    Rung("net prices of chips with a volume discount over prices without, buyers alike", "first-order condition", 1.0,
         lambda: float((net_prices(DISCOUNT) / net_prices(0.0)).max()), 1e-6),
)  # fmt: skip
