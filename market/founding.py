"""Founding: the firms of each layer and the segments of users, before anything has happened."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from market.firms import ChipVendor, Cloud, Host, Lab, PowerSupplier, Reseller, ServerMaker
from market.firms.chip_vendor import opening_shares
from market.users.choice.people import apportion
from market.users.segment import Segment

if TYPE_CHECKING:
    from market.model import TokenMarket


def found(model: "TokenMarket") -> None:
    """Create all agents. Lists are ordered by index, so that the order of creation is of no consequence."""
    parameters = model.parameters
    segments = parameters.population.segments
    users = apportion([parameters.population.users], np.full((1, len(segments)), 1 / len(segments)))[0]
    plans: list[Callable[[], Any]] = []
    for kind, count in (
        (ChipVendor, parameters.vendors.count),
        (ServerMaker, parameters.makers.count),
        (PowerSupplier, parameters.power.count),
        (Cloud, parameters.clouds.count),
        (Lab, parameters.labs.count + parameters.labs.entrants),
        (Host, parameters.hosts.count),
        (Reseller, parameters.resellers.count),
    ):
        plans += [partial(kind, model, index) for index in range(count)]
    for index, name in enumerate(segments):
        plans.append(partial(Segment, model, index, name, int(users[index])))
    agents = [plan() for plan in model.creation_order(plans)]
    agents.sort(key=lambda agent: agent.index)
    model.vendors = [agent for agent in agents if isinstance(agent, ChipVendor)]
    model.makers = [agent for agent in agents if isinstance(agent, ServerMaker)]
    model.suppliers = [agent for agent in agents if isinstance(agent, PowerSupplier)]
    model.clouds = [agent for agent in agents if isinstance(agent, Cloud)]
    model.labs = [agent for agent in agents if isinstance(agent, Lab)]
    for lab in model.labs[parameters.labs.count :]:
        lab.alive, lab.to_come = False, True
    model.hosts = [agent for agent in agents if isinstance(agent, Host)]
    model.resellers = [agent for agent in agents if isinstance(agent, Reseller)]
    model.segments = [agent for agent in agents if isinstance(agent, Segment)]
    for reseller, form in zip(model.resellers, parameters.resellers.forms(), strict=True):
        reseller.form = form
    for vendor, share in zip(model.vendors, opening_shares(parameters.vendors), strict=True):
        vendor.capacity = parameters.vendors.capacity * float(share)
    for supplier in model.suppliers:
        supplier.capacity = parameters.power.capacity * 1e3 / len(model.suppliers)
