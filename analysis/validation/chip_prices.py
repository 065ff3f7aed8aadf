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


def at_rest(changes: Mapping[str, Any], months: int = 0) -> tuple[TokenMarket, ServerDemand]:
    """Return a market whose vendors have come to rest after some months, and the demand they see; capacity is ample.

    In turns, as answers at once overshoot.
    """
    model = TokenMarket(load("own-everything", MARKET | dict(changes)).parameters, rng=1, collect=False)
    for _ in range(months):
        model.step()
    servers, vendors, rule, labs = model.servers, model.vendors, BestResponse(), len(model.labs)
    servers.serving[:], servers.training[:] = ORDERS, 0.0
    if servers.foundry.there:
        servers.foundry.capacity = AMPLE
    for vendor in vendors:
        vendor.capacity = AMPLE
    for number in range(REPRICINGS):
        servers.price = servers.chip_prices + model.parameters.makers.parts_cost
        seen = servers.demand(model.now.tariff, DerivedDemand(np.zeros((labs, labs)), 1.0))
        vendor = vendors[number % len(vendors)]
        vendor.post(*rule.post(servers.vendor_layer(seen, rule)).reshape(-1, len(vendors))[:, vendor.index].tolist())
    return model, seen
