"""Salop's circle, free entry and the planner's number of firms."""

from functools import partial

from analysis.validation.rung import Rung
from market.demand import Linear
from market.equilibrium import chain_equilibrium
from market.equilibrium.entry import best_number, circle_price, free_entry

CONSUMERS, FIXED, COST, TRANSPORT = 100.0, 1.0, 2.0, 1.0
COURNOT = Linear(10, 1)


def circle_profit(firms: int) -> float:
    if firms < 2:
        return CONSUMERS * TRANSPORT - FIXED
    return (circle_price(firms, COST, TRANSPORT) - COST) * CONSUMERS / firms - FIXED


def circle_welfare(firms: int) -> float:
    """Less transport, at a quarter of the distance between firms on average, and less fixed costs."""
    return -CONSUMERS * TRANSPORT / (4 * firms) - FIXED * firms


def cournot_profit(firms: int) -> float:
    return float(chain_equilibrium(COURNOT, (firms,), (2,)).profits[0]) / firms - FIXED


def cournot_welfare(firms: int) -> float:
    return chain_equilibrium(COURNOT, (firms,), (2,)).total_surplus - FIXED * firms


RUNGS = (
    *(
        Rung(f"price of {n} firms on a circle", "Salop (1979): c + t/n", COST + TRANSPORT / n,
             partial(circle_price, n, COST, TRANSPORT), 1e-6)
        for n in (2, 5, 10)
    ),
    Rung("free entry on the circle", "Salop (1979): √(tL/F)", 10, lambda: free_entry(circle_profit), 0),
    Rung("a planner's number on the circle", "Salop (1979): half of it", 5, lambda: best_number(circle_welfare), 0),
    Rung("free entry, Cournot", "Mankiw and Whinston (1986): (a − c)/√(bF) − 1", 7,
         lambda: free_entry(cournot_profit), 0),
    Rung("a planner's number, Cournot", "Mankiw and Whinston (1986): ((a − c)²/(bF))^⅓ − 1", 3,
         lambda: best_number(cournot_welfare), 0),
)  # fmt: skip
