"""Sensitivity indices by SALib: Morris' elementary effects of the runs, Sobol's and Shapley's of an emulator."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from analysis.sensitivity.dependent import shapley_effects
from analysis.sensitivity.emulator import Emulator, Numbers, Trusted
from scenarios.batches.precision import CONFIDENCE
from scenarios.batches.sampling import LEVELS, problem
from scenarios.files.study import Method

RESAMPLES = 1000
"""Of trajectories, for the interval of a mean."""
REFITS = 24
"""Emulators fitted to runs drawn with replacement."""
MOST_FORETOLD = 120_000
"""Points at which an emulator is asked for the indices."""
LEAST_BASE, MOST_BASE = 256, 8192
"""Points of the sample from which Sobol's design is crossed."""
REFIT_BASE = 512
"""The same for the emulators of the interval."""
WORLD_RESAMPLES = 400
MOST_CLASSES, FEWEST_IN_CLASS = 40, 10
"""Classes of worlds whose means are compared."""


@dataclass(frozen=True)
class Indices:
    """How much of a measure each input decides: [input].

    Attributes:
        index: Mean absolute change of the measure over the whole range (morris), share of the variance that vanishes
            only if the input is known (sobol), or Shapley's share of the variance.
        half_width: Half the width of the 95 per cent interval of ``index``.
        sigma: Spread of the changes (morris): how far the effect depends on the other inputs, or bends.
        first_order: Share of the variance that goes if the input is known (sobol).
        direction: −1 to 1: mean change over mean absolute change (morris).
    """

    index: Numbers
    half_width: Numbers
    sigma: Numbers
    first_order: Numbers
    direction: Numbers


def unknown(inputs: int) -> Indices:
    """Return indices of which nothing is known."""
    return Indices(*(np.full(inputs, np.nan) for _ in range(5)))


def morris_indices(points: Numbers, outputs: Numbers, seed: int) -> Indices:
    """Return elementary effects over whole trajectories, bootstrapped over these.

    Args:
        points: Of whole trajectories, in their order: [point, input].
        outputs: The measure at each: [point].
        seed: Of the bootstrap.
    """
    from SALib.analyze import morris

    size = points.shape[1]
    found = morris.analyze(
        problem(size), points, outputs, num_resamples=RESAMPLES, conf_level=CONFIDENCE, num_levels=LEVELS, seed=seed + 1
    )
    index, mean = np.asarray(found["mu_star"], dtype=float), np.asarray(found["mu"], dtype=float)
    return Indices(
        index,
        half_width=np.asarray(found["mu_star_conf"], dtype=float),
        sigma=np.asarray(found["sigma"], dtype=float),
        first_order=np.full(size, np.nan),
        direction=np.divide(mean, index, out=np.zeros(size), where=index > 0),
    )


def world_indices(points: Numbers, outputs: Numbers, seed: int) -> Indices:
    """Return the share of the variance that goes once an input is known, with all that goes along with it.

    It is Pearson's correlation ratio over classes of as many worlds each, without what chance alone would give it
    (Kelley's ε²), and bootstrapped over worlds. Inputs may go together in any way: shares then count twice what two of
    them tell alike, and do not add up to one.

    Args:
        points: Of the worlds: [world, input].
        outputs: The measure in each: [world].
        seed: Of the bootstrap.
    """
    rng, size = np.random.default_rng(seed), points.shape[1]
    index = known_share(points, outputs)
    drawn = (rng.integers(len(points), size=len(points)) for _ in range(WORLD_RESAMPLES))
    spread = np.std([known_share(points[rows], outputs[rows]) for rows in drawn], axis=0, ddof=1)
    missing = np.full(size, np.nan)
    return Indices(index, float(norm.ppf((1 + CONFIDENCE) / 2)) * spread, missing, index, missing)


def known_share(points: Numbers, outputs: Numbers) -> Numbers:
    """Return ε² = 1 − (1 − η²)(n − 1)/(n − k), not below zero, of classes of each column: [input].

    η² is the part of the variance that lies between the means of k classes of n points, alike in number.
    """
    number, total = len(outputs), np.var(outputs)
    classes = max(2, min(MOST_CLASSES, number // FEWEST_IN_CLASS))
    if not total:
        return np.zeros(points.shape[1])
    of_rank = np.arange(number) * classes // number
    sizes = np.bincount(of_rank)
    ranked = outputs[np.argsort(points, axis=0, kind="stable")]
    sums = np.stack([np.bincount(of_rank, column) for column in ranked.T])
    between = ((sums / sizes - outputs.mean()) ** 2 * sizes).sum(axis=1) / number / total
    return np.maximum(1 - (1 - between) * (number - 1) / (number - classes), 0.0)


def emulated_indices(
    method: Method, trusted: Trusted, points: Numbers, outputs: Numbers, seed: int, copula: Numbers | None = None
) -> Indices:
    """Return Sobol's or Shapley's indices of an emulator.

    The interval counts the error of the sample at which the emulator is asked, and the doubt about the emulator: it is
    fitted again to runs drawn with replacement.

    Args:
        method: ``sobol`` or ``shapley``.
        trusted: The emulator.
        points: Of the runs it was fitted to: [run, input].
        outputs: The measure in them: [run].
        seed: Of all that is random.
        copula: [input, input], correlations of the inputs' normal scores (``shapley``); none if omitted.
    """
    of = _of_method(method, copula)
    size = points.shape[1]
    base = _base(size)
    index, sampling, first = of(trusted.emulator, size, base, seed)
    rng, again = np.random.default_rng(seed), []
    for _ in range(REFITS):
        drawn = np.unique(rng.integers(len(points), size=len(points)))
        again.append(of(trusted.emulator.refitted(points[drawn], outputs[drawn]), size, min(base, REFIT_BASE), seed)[0])
    fitting = float(norm.ppf((1 + CONFIDENCE) / 2)) * np.std(again, axis=0, ddof=1)
    missing = np.full(size, np.nan)
    return Indices(index, np.hypot(sampling, fitting), missing, first, missing)


Estimates = tuple[Numbers, Numbers, Numbers]
"""Index, half the width of its interval for want of points, and index of first order: [input] each."""
Estimator = Callable[[Emulator, int, int, int], Estimates]


def _of_method(method: Method, copula: Numbers | None) -> Estimator:
    if copula is None:
        return _sobol if method == "sobol" else _shapley

    def together(emulator: Emulator, inputs: int, base: int, seed: int) -> Estimates:
        index, half = shapley_effects(emulator, copula, base, seed)
        return index, half, np.full(inputs, np.nan)

    return together


def _base(inputs: int) -> int:
    """Return a power of two, so that the design on it has no more than ``MOST_FORETOLD`` points."""
    affordable = 2 ** int(np.log2(MOST_FORETOLD / (inputs + 2)))
    return int(min(max(affordable, LEAST_BASE), MOST_BASE))


def _sobol(emulator: Emulator, inputs: int, base: int, seed: int) -> Estimates:
    """Return Sobol's total indices (Jansen's estimator) and those of first order (Saltelli's)."""
    from SALib.analyze import sobol
    from SALib.sample import sobol as sample

    asked = sample.sample(problem(inputs), base, calc_second_order=False, seed=seed)
    answers = emulator.predict(asked)
    if np.ptp(answers) == 0:
        return np.zeros(inputs), np.zeros(inputs), np.zeros(inputs)
    found = sobol.analyze(
        problem(inputs), answers, calc_second_order=False, num_resamples=100, conf_level=CONFIDENCE, seed=seed + 1
    )
    return _floats(found["ST"]), _floats(found["ST_conf"]), _floats(found["S1"])


def _shapley(emulator: Emulator, inputs: int, base: int, seed: int) -> Estimates:
    """Return Shapley's shares of the variance (Goda 2021)."""
    from SALib.analyze import shapley
    from SALib.sample import shapley as sample

    asked = sample.sample(problem(inputs), base, seed=seed)
    answers = emulator.predict(asked)
    if np.ptp(answers) == 0:
        return np.zeros(inputs), np.zeros(inputs), np.full(inputs, np.nan)
    found = shapley.analyze(problem(inputs), asked, answers, conf_level=CONFIDENCE)
    return _floats(found["shapley_normalized"]), _floats(found["shapley_normalized_conf"]), np.full(inputs, np.nan)


def _floats(values: object) -> NDArray[np.float64]:
    return np.asarray(values, dtype=float)
