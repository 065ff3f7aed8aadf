"""Shapley's shares of the variance of a measure whose inputs go together."""

import numpy as np
from scipy.stats import norm, qmc

from analysis.sensitivity.emulator import Emulator, Numbers
from scenarios.batches.correlations import scores
from scenarios.batches.precision import CONFIDENCE


def shapley_effects(emulator: Emulator, copula: Numbers, base: int, seed: int) -> tuple[Numbers, Numbers]:
    """Return the shares and half the width of their intervals, [input], under a Gaussian copula.

    A share is what an input adds to the variance that is known, Var E[f | x_S], in the mean over the orders in which
    inputs become known (Song, Nelson and Staum 2016; Owen and Prieur 2017). In one order π, normal scores are z = L e
    with the root L of the permuted correlations and independent e: the first j scores are known if the first j of e
    are. So with an independent e' the values f_j = f(L (e₁ … e_j, e'_{j+1} … e'_d)) have a covariance with f_d of
    Var E[f | x_S]; as all f_j are distributed alike, E[(f_d − (f_j + f_{j−1})/2)(f_j − f_{j−1})] is what input π_j
    adds: Goda's (2021) estimator of independent inputs, to which this reduces.

    Args:
        emulator: What foretells the measure at points of [0, 1].
        copula: [input, input], correlations of the normal scores.
        base: Orders that are drawn, each with one pair of points.
        seed: Of all that is random.
    """
    size = len(copula)
    rng = np.random.default_rng(seed)
    independent = scores(qmc.Sobol(2 * size, rng=rng).random(base))
    orders = np.argsort(rng.random((base, size)), axis=1)
    roots = np.linalg.cholesky(copula[orders[:, :, None], orders[:, None, :]])
    known, unknown = independent[:, :size], independent[:, size:]
    answers = np.empty((size + 1, base))
    for place in range(size + 1):
        mixed = np.where(np.arange(size) < place, known, unknown)
        points = np.empty_like(mixed)
        np.put_along_axis(points, orders, norm.cdf((roots @ mixed[:, :, None])[:, :, 0]), axis=1)
        answers[place] = emulator.predict(points)
    added = np.empty((base, size))
    gains = (answers[-1] - (answers[1:] + answers[:-1]) / 2) * (answers[1:] - answers[:-1])
    np.put_along_axis(added, orders, gains.T, axis=1)
    total = added.mean(axis=0).sum()
    if not total > 0:
        return np.zeros(size), np.zeros(size)
    half = norm.ppf((1 + CONFIDENCE) / 2) * added.std(axis=0, ddof=1) / np.sqrt(base)
    return added.mean(axis=0) / total, half / total
