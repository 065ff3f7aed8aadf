"""Chip prices at rest where makers add nothing and what labs order is given: vendors answer each other in turns."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from market import TokenMarket
from market.conduct.pricing import BestResponse
from market.markets.derived_demand import DerivedDemand
from market.markets.servers.demand import ServerDemand
from scenarios.files.loading import load

MARKET = {"population.users": 10**6, "population.engine": "cohort", "makers.count": 1, "makers.staff_share": 0.0}
AMPLE, ORDERS, REPRICINGS = 1e12, 1_000.0, 300


def at_rest(changes: Mapping[str, Any]) -> tuple[TokenMarket, ServerDemand]:
    """Return a market whose vendors have come to rest, and the demand they see; capacity is ample.

    In turns, as answers at once overshoot.
    """
    model = TokenMarket(load("own-everything", MARKET | dict(changes)).parameters, rng=1, collect=False)
    servers, vendors, rule, labs = model.servers, model.vendors, BestResponse(), len(model.labs)
    servers.serving[:], servers.training[:] = ORDERS, 0.0
    if servers.foundry.there:
        servers.foundry.capacity = AMPLE
    for vendor in vendors:
        vendor.capacity = AMPLE
    for number in range(REPRICINGS):
        servers.price = np.array([vendor.price + model.parameters.makers.parts_cost for vendor in vendors])
        seen = servers.demand(model.technology, model.now.tariff, DerivedDemand(np.zeros((labs, labs)), 1.0))
        vendor = vendors[number % len(vendors)]
        vendor.price = float(rule.post(servers.vendor_layer(seen, rule))[vendor.index])
    return model, seen
