"""Demand for servers of some labs, and what it does when a price moves."""

from dataclasses import replace

import numpy as np

from market import Parameters
from market.markets.derived_demand import DerivedDemand
from market.markets.servers.demand import ServerDemand, UserCost
from market.markets.servers.products import Products
from market.month import Calendar

VENDORS, MAKERS, LABS = 3, 2, 4
DEAR = np.array([31e3, 35e3, 28e3, 30e3, 26e3, 33e3])
ALIKE = np.full(6, 30e3)


def demand(price, round_=7, fleet=(), **vendors) -> ServerDemand:
    parameters = Parameters(vendors={"count": VENDORS, **vendors}, makers={"count": MAKERS}, fleet=dict(fleet))
    random, on_sale = np.random.default_rng(0), Calendar(parameters).month(round_).generations
    products = Products(VENDORS, MAKERS, len(on_sale))
    semi = random.uniform(0, 0.1, (LABS, LABS))
    np.fill_diagonal(semi, -0.9)
    return ServerDemand(
        parameters=parameters,
        products=products,
        price=np.asarray(price),
        serving=random.uniform(100, 1000, LABS),
        training=random.uniform(10, 500, LABS),
        fleet_shares=random.dirichlet(np.ones(VENDORS), LABS),
        cost=UserCost.of_products(parameters, on_sale, products, 0.08),
        performance=products.of_generations([art.performance for art in on_sale]),
        derived=DerivedDemand(semi, 600.0),
    )


def moved(base: ServerDemand, price, mix) -> np.ndarray:
    """Orders at other prices: tokens fall with marginal cost, training budgets buy less, and labs switch.

    ``mix(demand)`` is the user cost [lab] that labs reckon with.
    """
    there = replace(base, price=price)
    change = mix(there) - mix(base)
    serving = base.serving * np.exp(base.derived.semi_elasticity @ (change / base.derived.mtok))
    training = base.training * mix(base) / mix(there)
    return replace(there, serving=serving, training=training).quantity


def slopes(base: ServerDemand, mix, step=1e-2) -> np.ndarray:
    columns = []
    for product in range(base.price.size):
        move = step * (np.arange(base.price.size) == product)
        up, down = moved(base, base.price + move, mix), moved(base, base.price - move, mix)
        columns.append((up - down) / (2 * step))
    return np.stack(columns, axis=-1)
