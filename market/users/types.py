"""Types of users: quasi-random points of taste within each segment."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from market.arrays import Matrix, Vector
from market.parameters import Parameters, Segment
from market.parameters.spells import Past, stretches

POINTS = Path(__file__).with_name("points.npy")
"""The first 1,024 scrambled Sobol points of `scipy.stats.qmc.Sobol(d=4, rng=20240101)`: [point, taste].

They are part of the definition of a segment, not of a run: every seed meets the same people. Kept, as SciPy's module of
statistics takes longer to import than a market to open.
"""


@dataclass(frozen=True)
class Types:
    """Tastes of each user type; every array is [type] but for the last.

    Attributes:
        people: People of the type, users or not yet.
        need: Mtok of English per person and month at the reference price, round 0.
        price_sensitivity: Utility per relative change of the price at the reference price.
        quality_taste: Utility per doubling of effective training compute.
        base_value: Utility of the best model of round 0 at the reference price.
        reseller_taste: Extra utility of any reseller.
        loyalty: Utility lost by leaving the last provider.
        fertility: Tokens per token of English.
        sees: [type, plan], whether a plan of the menu is open to the type.
    """

    people: Vector
    need: Vector
    price_sensitivity: Vector
    quality_taste: Vector
    base_value: Vector
    reseller_taste: Vector
    loyalty: Vector
    fertility: Vector
    sees: NDArray[np.bool_]

    @classmethod
    def stack(cls, parts: list["Types"]) -> "Types":
        """Return the types of several segments as one."""
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in cls.__annotations__})


def _spread(points: Vector, deviation: float) -> Vector:
    """Return lognormal factors [type] with mean exactly one over the points."""
    factors = np.exp(deviation * ndtri(points))
    return np.asarray(factors / factors.mean(), dtype=np.float64)


@cache
def _points(count: int) -> Matrix:
    """Return quasi-random points [type, taste] in the unit cube, not to be changed."""
    return np.clip(np.load(POINTS)[:count], 1e-6, 1 - 1e-6)


def types_of(segment: Segment, parameters: Parameters) -> Types:
    """Return the types of one segment: Sobol points over price sensitivity, taste for quality, need and language."""
    count = parameters.population.types
    points = _points(count)
    languages = sorted(segment.languages)
    ceilings = np.cumsum([segment.languages[name] for name in languages])
    spoken = np.minimum(np.searchsorted(ceilings, points[:, 3]), len(languages) - 1)
    fertility = np.array([parameters.tokens.fertility[name] for name in languages])
    ones = np.ones(count)
    return Types(
        people=ones * segment.people / count,
        need=segment.need * _spread(points[:, 2], segment.need_spread),
        price_sensitivity=segment.price_sensitivity * _spread(points[:, 0], segment.taste_spread),
        quality_taste=segment.quality_taste * _spread(points[:, 1], segment.taste_spread),
        base_value=ones * segment.base_value,
        reseller_taste=ones * segment.reseller_taste,
        loyalty=ones * segment.loyalty,
        fertility=fertility[spoken],
        sees=np.tile(segment.sees[: parameters.plans], (count, 1)),
    )


def need_growth(past: Past) -> float:
    """Return need per user relative to round 0; its growth fades from ``need_growth`` to ``need_growth_later``.

    Args:
        past: Up to the round in question.
    """

    def rates(parameters: Parameters) -> tuple[float, float, float]:
        population = parameters.population
        return population.need_growth, population.need_growth_later, population.need_growth_fades

    def reached(now: float, later: float, fades: float, round_: int) -> float:
        return float(later * round_ + (now - later) * fades * (1 - np.exp(-round_ / fades)))

    spells = stretches(past, rates)
    return float(np.exp(sum(reached(*given, end) - reached(*given, first) for given, first, end in spells)))
