"""Capacity and price: Kreps and Scheinkman (1983), P = 1 − Q, no cost of production, efficient rationing."""

from functools import partial

from analysis.validation.check import Check
from market.demand import Linear
from market.equilibrium.capacity import capacity_game, price_game

DEMAND = Linear(1, 1)
SOURCE = "Kreps and Scheinkman (1983)"


def profit(size: float) -> float:
    return price_game(DEMAND, (size, size)).profits[0]


def lowest_price(size: float) -> float:
    return price_game(DEMAND, (size, size)).lowest


def built(cost: float) -> float:
    return capacity_game(DEMAND, cost)[0]


def _checks() -> list[Check]:
    checks = [Check("price of two capacities 0.25: they clear", SOURCE, 0.5,
                  lambda: price_game(DEMAND, (0.25, 0.25)).highest, 1e-9)]  # fmt: skip
    for k in (0.4, 0.5, 0.7, 0.9):
        top = (1 - k) / 2
        checks += [
            Check(f"profit of two capacities {k}", SOURCE, top**2, partial(profit, k), 1e-9),
            Check(f"lowest price of two capacities {k}", SOURCE, top**2 / k,
                  partial(lowest_price, k), 1e-9),
        ]  # fmt: skip
    checks.append(Check("probability of a rival's price below 0.1875, capacities 0.5", SOURCE, 8 / 9,
                      lambda: price_game(DEMAND, (0.5, 0.5)).undercut_probability(0.1875), 1e-7))  # fmt: skip
    for cost in (0.05, 0.1, 0.2):
        claim = f"capacity built at cost {cost} is Cournot's quantity"
        checks.append(Check(claim, SOURCE, (1 - cost) / 3, partial(built, cost), 1e-6))
    return checks


CHECKS = tuple(_checks())
