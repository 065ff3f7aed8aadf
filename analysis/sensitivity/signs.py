"""Which inputs decide whether a measure is below zero: how often it is at the low and at the high end of a range."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from analysis.sensitivity.emulator import Numbers
from scenarios.batches.precision import CONFIDENCE

RESAMPLES = 1000
FEWEST_BLOCKS = 3
"""Trajectories, or runs, that each end of a range needs for a verdict."""
THIRD = 1 / 3
EDGE = 1e-9
"""Trajectories visit the ends of the thirds themselves: these belong to the middle."""


@dataclass(frozen=True)
class Signs:
    """How often a measure is below zero: [input].

    Attributes:
        low: Share of the runs in the lower third of the input's range; NaN without such runs.
        high: The same of the upper third.
        half_width: Half the width of the interval of the difference that holds for all inputs together (Student's t,
            Bonferroni); NaN where an end has too few runs.
    """

    low: Numbers
    high: Numbers
    half_width: Numbers

    @property
    def difference(self) -> Numbers:
        """By how much more often the measure is below zero at the high end."""
        return self.high - self.low

    @property
    def decides(self) -> NDArray[np.bool_]:
        """Whether more than chance speaks for a difference."""
        return np.abs(self.difference) > self.half_width


def signs(points: Numbers, outputs: Numbers, block: int, seed: int) -> Signs:
    """Return how often a measure is below zero at the ends of each range.

    Args:
        points: Places in the ranges, 0 to 1: [run, input].
        outputs: The measure; NaN where it is unknown: [run].
        block: Runs that belong together, one after the other, and are drawn together in the bootstrap.
        seed: Of the bootstrap.
    """
    known = np.isfinite(outputs)
    negative = (outputs < 0) & known
    ends = [points < THIRD - EDGE, points > 1 - THIRD + EDGE]
    counts = [_by_block(end & known[:, None], block) for end in ends]
    hits = [_by_block(end & negative[:, None], block) for end in ends]
    whole = np.ones((1, len(counts[0])))
    low, high = (_shares(whole, hit, count)[0] for hit, count in zip(hits, counts, strict=True))
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(counts[0]), np.full(len(counts[0]), 1 / len(counts[0])), RESAMPLES).astype(float)
    drawn = [_shares(weights, hit, count) for hit, count in zip(hits, counts, strict=True)]
    differences = np.ma.masked_invalid(drawn[1] - drawn[0])
    wide = float(t.ppf(1 - (1 - CONFIDENCE) / 2 / points.shape[1], max(len(whole[0]) - 1, 1)))
    seen = np.minimum(*((count > 0).sum(axis=0) for count in counts))
    half_width = wide * differences.std(axis=0, ddof=1).filled(np.nan)
    return Signs(low, high, np.where(seen < FEWEST_BLOCKS, np.nan, half_width))


def _by_block(marked: NDArray[np.bool_], block: int) -> Numbers:
    """Return how many runs of each block are marked: [block, input]."""
    starts = np.arange(0, len(marked), block)
    counted: Numbers = np.add.reduceat(marked.astype(float), starts, axis=0)
    return counted


def _shares(weights: Numbers, hits: Numbers, counts: Numbers) -> Numbers:
    """Return the share of hits for each set of weights of blocks: [set, input]."""
    number = weights @ counts
    return np.divide(weights @ hits, number, out=np.full(number.shape, np.nan), where=number > 0)
