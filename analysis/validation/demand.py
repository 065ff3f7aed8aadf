"""Demand: shares, derivatives and surplus against their formulas."""

import math

import numpy as np

from analysis.validation.check import Check
from market.demand import Linear, Logit, MixedLogit, NestedLogit

PRICES = np.array([1.2, 1.5, 0.9])
VALUES = np.array([2.0, 2.4, 1.1])
MIXED = MixedLogit(
    np.array([VALUES, VALUES[::-1]]), np.array([1.0, 2.0]), weights=np.array([0.4, 0.6]), need=np.array([1.0, 1.5]),
    nests=[0, 0, 1], rho=0.5, elasticity=1.2, reference_price=1.0,
)  # fmt: skip


def logit_share() -> float:
    return float(Logit(VALUES, 2.0).quantities(PRICES)[1])


def nested_share() -> float:
    return float(NestedLogit(VALUES, 2.0, [0, 0, 1], 0.4).quantities(PRICES)[0])


def nested_formula() -> float:
    inside = [math.exp((v - 2.0 * p) / 0.6) for v, p in zip(VALUES, PRICES, strict=True)]
    nests = (inside[0] + inside[1]) ** 0.6, inside[2] ** 0.6
    return inside[0] / (inside[0] + inside[1]) * nests[0] / (1 + sum(nests))


def worst_derivative() -> float:
    """Largest gap between the Jacobian and central differences."""
    step, gaps = 1e-6, []
    for k in range(3):
        move = step * np.eye(3)[k]
        slope = (MIXED.quantities(PRICES + move) - MIXED.quantities(PRICES - move)) / (2 * step)
        gaps.append(np.abs(MIXED.jacobian(PRICES)[:, k] - slope).max())
    return float(max(gaps))


def roys_identity() -> float:
    """Largest gap between −∂surplus/∂price and quantity."""
    step = 1e-6
    moves = step * np.eye(3)
    slope = [(MIXED.consumer_surplus(PRICES + m) - MIXED.consumer_surplus(PRICES - m)) / (2 * step) for m in moves]
    return float(np.abs(np.array(slope) + MIXED.quantities(PRICES)).max())


def extreme() -> float:
    """Total share of ten thousand offers of utility 700."""
    return float(Logit(np.full(10_000, 700.0), 1.0).quantities(np.zeros(10_000)).sum())


SHARE = math.exp(2.4 - 3.0) / (1 + sum(math.exp(v - 2.0 * p) for v, p in zip(VALUES, PRICES, strict=True)))

CHECKS = (
    Check("share of an offer, logit", "McFadden (1974)", SHARE, logit_share, 1e-12),
    Check("share of an offer, nested logit", "McFadden (1978)", nested_formula(), nested_share, 1e-12),
    Check(
        "linear demand, quantity at price 4",
        "P = 10 − Q",
        6.0,
        lambda: float(Linear(10, 1).quantities([4.0])[0]),
        1e-12,
    ),
    Check("Jacobian less finite differences, mixed nested logit", "identity", 0.0, worst_derivative, 1e-7),
    Check("surplus falls by the quantity bought", "Roy's identity", 0.0, roys_identity, 1e-7),
    Check("10,000 offers of utility 700: shares add up", "identity", 1.0, extreme, 1e-9),
)
