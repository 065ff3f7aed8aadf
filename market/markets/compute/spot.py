"""The spot market for compute: what is free is let at the price at which all of it is wanted.

To serve, labs need so many servers whatever they cost, up to what a server earns; for training they have so many
dollars. The price p that clears solves needed + budget/p = free, or is what a server earns where even serving is short,
or what running a server costs where some stand idle.
"""

from dataclasses import dataclass

import numpy as np

from market.arrays import Vector


@dataclass(frozen=True)
class Spot:
    """What cleared.

    Attributes:
        price: USD per reference accelerator and month.
        serving, training: [lab], reference accelerators rented.
    """

    price: float
    serving: Vector
    training: Vector


def clear(free: float, needed: Vector, budget: Vector, floor: float, worth: float) -> Spot:
    """Clear the market.

    Args:
        free: Reference accelerators to let.
        needed: [lab], reference accelerators wanted to serve.
        budget: [lab], USD to be spent on training.
        floor: Price below which nobody lets: running cost, USD per reference accelerator and month.
        worth: Price above which nobody rents to serve.
    """
    wanted, money, nothing = float(needed.sum()), float(budget.sum()), np.zeros_like(needed)
    ceiling = max(worth, floor)
    if wanted >= free:
        share = free / wanted if wanted > 0 else 0.0
        return Spot(ceiling if wanted + money > 0 else floor, needed * share, nothing)
    price = min(max(money / (free - wanted), floor), ceiling)
    if price <= 0:
        return Spot(0.0, needed, nothing)
    return Spot(price, needed, np.minimum(budget / price, budget / money * (free - wanted)) if money > 0 else nothing)


def mean_until(spot: float, usual: float, months: int, fades: float) -> float:
    """Return the mean price expected of the coming months, when the spot price goes back to the usual one.

    What it differs by shrinks by ``fades`` a month: the mean is usual + (spot − usual)(1 − f^m)/(m (1 − f)).
    """
    left = months if fades == 1 else (1 - fades**months) / (1 - fades)
    return usual + (spot - usual) * left / months
