"""A quick stand-in for a model whose runs are dear, and how far it can be trusted."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

FOLDS = 5
"""Parts of the runs, each of which is foretold from the others."""
MOST_TUNED = 150
"""Runs from which the length scales of a Gaussian process are found; its values come from all runs."""
MOST_STEPS = 60
"""Of the search for length scales."""
AT_ONCE = 10_000
"""Points that are foretold together."""


class Emulator(Protocol):
    """A function fitted to runs."""

    def predict(self, points: Numbers) -> Numbers:
        """Return the measure at points, [point]."""

    def refitted(self, points: Numbers, outputs: Numbers) -> "Emulator":
        """Return an emulator of the same kind and settings for other runs."""


@dataclass(frozen=True)
class Trusted:
    """An emulator and its cross-validated error.

    Attributes:
        emulator: Fitted to all runs.
        kind: The kind of emulator, in words.
        r2: Share of the variance that runs show which was foretold without them.
        error: Root mean square of what was missed, in the unit of the measure.
    """

    emulator: Emulator
    kind: str
    r2: float
    error: float


class GaussianProcess:
    """A Gaussian process with a length scale for each input (Matérn 5/2) and noise; scikit-learn's."""

    kind = "Gaussian process"

    def __init__(self, points: Numbers, outputs: Numbers, seed: int, kernel: Any = None) -> None:
        from sklearn.gaussian_process import GaussianProcessRegressor

        self.seed = seed
        self.kernel = kernel if kernel is not None else _tuned(points[:MOST_TUNED], outputs[:MOST_TUNED], seed)
        self.process = GaussianProcessRegressor(self.kernel, alpha=1e-8, optimizer=None, normalize_y=True)
        self.process.fit(points, outputs)

    def predict(self, points: Numbers) -> Numbers:
        """Return the mean of the process at points, [point]."""
        parts = np.array_split(points, max(len(points) // AT_ONCE, 1))
        return np.concatenate([self.process.predict(part) for part in parts])

    def refitted(self, points: Numbers, outputs: Numbers) -> "GaussianProcess":
        """Return the process with the same length scales, given other runs."""
        return GaussianProcess(points, outputs, self.seed, self.kernel)


class Boosting:
    """Gradient boosting of small trees; scikit-learn's."""

    kind = "gradient boosting"

    def __init__(self, points: Numbers, outputs: Numbers, seed: int) -> None:
        from sklearn.ensemble import HistGradientBoostingRegressor

        self.seed = seed
        self.trees = HistGradientBoostingRegressor(
            learning_rate=0.06,
            max_iter=250,
            max_leaf_nodes=8,
            min_samples_leaf=5,
            early_stopping=False,
            random_state=seed,
        )
        self.trees.fit(points, outputs)

    def predict(self, points: Numbers) -> Numbers:
        """Return the sum of the trees at points, [point]."""
        predicted: Numbers = self.trees.predict(points)
        return predicted

    def refitted(self, points: Numbers, outputs: Numbers) -> "Boosting":
        """Return trees of other runs."""
        return Boosting(points, outputs, self.seed)


Kind = Callable[[Numbers, Numbers, int], Any]
KINDS: tuple[Kind, ...] = (GaussianProcess, Boosting)


def emulated(points: Numbers, outputs: Numbers, seed: int, kinds: tuple[Kind, ...] = KINDS) -> Trusted:
    """Return the emulator that foretells runs best which it does not know.

    Args:
        points: Places in the ranges of the inputs, 0 to 1: [run, input].
        outputs: The measure: [run]; not all equal.
        seed: Of what is random in the fit.
        kinds: To choose among.
    """
    found = []
    for kind in kinds:
        fitted = kind(points, outputs, seed)
        missed = _missed(fitted, points, outputs, seed)
        error = float(np.sqrt(np.mean(missed**2)))
        found.append(Trusted(fitted, fitted.kind, 1 - error**2 / float(np.var(outputs)), error))
    return min(found, key=lambda trusted: trusted.error)


def _missed(fitted: Emulator, points: Numbers, outputs: Numbers, seed: int) -> Numbers:
    """Return the error at each run of the emulator fitted to the other parts of the runs; length scales stay."""
    from sklearn.model_selection import KFold

    missed = np.empty_like(outputs)
    for known, unknown in KFold(FOLDS, shuffle=True, random_state=seed).split(points):
        missed[unknown] = outputs[unknown] - fitted.refitted(points[known], outputs[known]).predict(points[unknown])
    return missed


def _tuned(points: Numbers, outputs: Numbers, seed: int) -> Any:
    """Return the kernel with the length scales that make the runs most likely."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    scales = np.full(points.shape[1], max(1.0, np.sqrt(points.shape[1]) / 2))
    kernel = ConstantKernel(1.0, (1e-2, 1e4)) * Matern(scales, (5e-2, 1e3), nu=2.5) + WhiteKernel(1e-3, (1e-8, 1.0))
    process = GaussianProcessRegressor(kernel, alpha=1e-8, optimizer=_likeliest, normalize_y=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a scale at its bound: an input without effect
        process.fit(points, outputs)
    return process.kernel_


def _likeliest(objective: Any, start: Numbers, bounds: Any) -> tuple[Numbers, float]:
    from scipy.optimize import minimize

    found = minimize(objective, start, method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": MOST_STEPS})
    return found.x, float(found.fun)
