"""Switching costs: only some users reconsider in a round."""

from functools import partial

import numpy as np

from analysis.validation.check import Check
from market.conduct.markup import markup
from market.demand import Logit

EVERYBODY_BUYS = -700.0
SCALE = 0.25


def margin(firms: int, reconsider: float) -> float:
    """Price less cost where best responses on the demand of those who reconsider settle, for everybody's tokens."""
    demand, cost = Logit(np.full(firms, 8.0), 1 / SCALE, outside=EVERYBODY_BUYS), 1.0
    prices = np.full(firms, cost)
    locked = np.full(firms, (1 - reconsider) / firms)
    for _ in range(100):
        sold = reconsider * demand.quantities(prices) + locked
        step = markup(sold, reconsider * demand.jacobian(prices), np.eye(firms))
        if np.abs(cost + step - prices).max() < 1e-13:
            break
        prices = cost + step
    return float(prices[0] - cost)


CHECKS = tuple(
    Check(f"margin of {n} firms where {phi:.0%} of users reconsider", "logit, full coverage: μn/((n − 1)φ)",
          SCALE * n / ((n - 1) * phi), partial(margin, n, phi), 1e-9)
    for n, phi in ((2, 1.0), (2, 0.5), (3, 0.25), (5, 0.1))
)  # fmt: skip
