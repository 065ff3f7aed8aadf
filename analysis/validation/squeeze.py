"""The wrappers' squeeze: a fee that stands while its users need more and more.

Where need grows by g a month and a fee stays for m months, margins fall by c q g (m − 1)/2 on the mean, q being what a
user uses and c what that costs; where it changes with chance h a month it is (1 − h)/h months old on the mean.
"""

from functools import cache
from math import exp, expm1

import numpy as np

from analysis.validation import stationary
from analysis.validation.check import Check
from analysis.validation.stationary import Vector
from analysis.validation.tariffs import ALPHA, NOBODY, SATIATION, SEGMENTS, WORLD, markup, people
from market import TokenMarket

WRAPPERS, GROWTH, STANDS_FOR, SPELLS = 4, 0.005, 6, 4
MANY, SLOWLY, LONG = 100, 0.001, 160


def squeezed(count: int, growth: float, months: int, **more: object) -> TokenMarket:
    """Return wrappers over a lab that sells at a fixed price, before the first month; all users buy from them."""
    consumers = people("consumers", 1e6, 1.0, ALPHA) | {
        f"population.segments.{name}.{plan}": False for name in SEGMENTS for plan in ("sees_free", "sees_metered")
    }
    changes: dict[str, object] = {
        "horizon.rounds": months,
        "tariffs.metered": True,
        "labs.count": 1,
        "labs.pricing.rule": "cost-plus",
        "labs.repricing_hazard": 0.0,
        "labs.reprice_at_launch": False,
        "labs.wholesale": "discount",
        "labs.wholesale_discount": 0.0,
        "population.need_growth": growth,
        "population.need_growth_later": growth,
        "resellers.count": count,
        "resellers.wrapper_share": 1.0,
        "resellers.pricing.patience": 0.0,
        "resellers.pricing.largest_move": 1.0,
        "resellers.staff": 0.0,
    }
    world = {key: value for key, value in WORLD.items() if key != "labs.pricing.patience"}
    return stationary.opened(world | NOBODY | consumers | changes | more)


def margins(model: TokenMarket) -> Vector:
    """Return what wrappers earn with a user beyond the usual markup, in Mtok at cost of today, [wrapper]."""
    costs = [seller.token_cost(seller.wholesale_price) for seller in model.resellers]
    use = model.now.need_factor * SATIATION
    left = [seller.price - own * use for seller, own in zip(model.resellers, costs, strict=True)]
    return np.array(left) / (np.array(costs) * SATIATION)


@cache
def by_schedule() -> float:
    """Return by how much a margin falls on the mean while fees stand for half a year, in monthly growths of cost."""
    now, fell = squeezed(WRAPPERS, GROWTH, STANDS_FOR * SPELLS, **REGULARLY), []
    for month in range(STANDS_FOR * SPELLS):
        now.step()
        if month % STANDS_FOR == 0:
            start, need = float(margins(now).mean()), now.now.need_factor
        fell.append((start - float(margins(now).mean())) / need)
    return float(np.mean(fell)) / GROWTH


REGULARLY: dict[str, object] = {
    "resellers.repricing_hazard": 0.0,
    "events": [
        {"round": STANDS_FOR * spell, "months": 1, "set": {"resellers.repricing_hazard": 1.0}}
        for spell in range(SPELLS)
    ],
}


def by_chance() -> float:
    """Return how far fees lag behind the best on the mean, in monthly growths, where they change by chance.

    Wrappers reconsider with a chance of one in so many months; all of a fee grows with need, the markup too, as utility
    per USD falls.
    """
    model, behind = squeezed(MANY, SLOWLY, LONG, **{"resellers.repricing_hazard": 1 / STANDS_FOR}), []
    for month in range(LONG):
        model.step()
        if month >= LONG // 4:
            seller = model.resellers[0]
            best = seller.token_cost(seller.wholesale_price) * SATIATION + markup(MANY, ALPHA)
            fees = np.array([wrapper.price for wrapper in model.resellers])
            behind.append(1 - float(fees.mean()) / (best * model.now.need_factor))
    return float(np.mean(behind)) / SLOWLY


def lags(months: int) -> float:
    """Return what that should be: fees are a geometric number of months old, (1 − h)/h on the mean."""
    changes = 1 / months
    return (1 - changes / (1 - (1 - changes) * exp(-SLOWLY))) / SLOWLY


def stale(months: int) -> float:
    """Return the mean over a spell of the growth since it began, in monthly growths, reckoned month by month."""
    return float(np.mean([expm1(GROWTH * month) for month in range(months)])) / GROWTH


CHECKS = (
    Check("fall of wrappers' margins while fees stand for half a year, over c q g", "need grows by g a month",
          stale(STANDS_FOR), by_schedule, 1e-6, slow=True),
    Check("the same over c q g (m − 1)/2", "to first order in g", 1.0,
          lambda: by_schedule() / ((STANDS_FOR - 1) / 2), 2e-2, slow=True),
    Check("lag of wrappers' fees that change by chance once in half a year, in monthly growths",
          "age of a fee: geometric, (1 − h)/h on the mean", lags(STANDS_FOR), by_chance, 0.05, slow=True),
)  # fmt: skip
