"""Clouds that own a lab: it is served first, at cost, and what is built for it is its cloud's."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from market.firms.cloud import Cloud
from market.firms.producer import Producer

if TYPE_CHECKING:
    from market.markets.compute.market import ComputeMarket


def serve_own(compute: "ComputeMarket", tenants: Sequence[Producer]) -> None:
    """Let owned labs have what they lack of what their clouds have free, at what building a server costs."""
    model = compute.model
    if not model.parameters.clouds.own_labs:
        return
    for cloud in compute.clouds:
        cloud.let_to_own = 0.0
    lacking = np.add(*compute.lacking(list(tenants))).tolist()
    rents = np.zeros((len(model.producers), len(model.clouds)))
    for lab, missing in zip(tenants, lacking, strict=True):
        parent = compute.parent_of(lab)
        if parent is None:
            continue
        units = min(missing, max(parent.lettable - parent.let, 0.0))
        parent.let += units
        parent.let_to_own = units
        lab.rented += units
        rents[lab.index, parent.index] = units * compute.entry_price(parent.user_cost)
    compute.bill(rents)


def parts(compute: "ComputeMarket") -> dict[Cloud, float]:
    """Return what each cloud in business builds for of all that tenants mean to rent, over an even part.

    What its own lab means is a cloud's alone; what the others mean is shared out evenly.
    """
    clouds, tenants = compute.clouds, compute.model.open_producers
    meant = {lab: compute.meant(lab) for lab in tenants} if compute.model.parameters.clouds.own_labs else {}
    total = sum(meant.values())
    if not total:
        return dict.fromkeys(clouds, 1.0)
    own = {parent: units / total for lab, units in meant.items() if (parent := compute.parent_of(lab))}
    of_others = max(1 - sum(own.values()), 0.0)
    return {cloud: of_others + len(clouds) * own.get(cloud, 0.0) for cloud in clouds}
