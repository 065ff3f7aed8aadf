"""Models that learn from models: small learners against the closed forms the commons computes with.

What is compared is the mean over independent runs less the closed form, in standard errors of that mean.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analysis.validation.check import Check
from market.commons import closed_forms as theory
from market.commons.corpus import Diet
from market.commons.learners import gaussian_chain, regression_errors, word_frequencies

FEATURES, SAMPLES, RUNS, GENERATIONS = 10, 40, 4000, 8
ERRORS = 4.0
"""Standard errors allowed."""
BASE = theory.regression_error(FEATURES, SAMPLES, 1.0)
ONLY_MODELS, HUMANS = Diet(fresh=1.0, human=0.0), Diet(fresh=1.0, human=0.2)


def deviation(found: NDArray[np.float64], expected: float) -> float:
    """Return (mean − expected)/standard error of runs [run]."""
    return float((found.mean() - expected) / (found.std(ddof=1) / np.sqrt(found.size)))


def regression(diets: list[Diet], expected: float) -> float:
    rng = np.random.default_rng(1)
    return deviation(regression_errors(diets, FEATURES, SAMPLES, 1.0, RUNS, rng)[-1], expected)


def replace() -> float:
    return regression([ONLY_MODELS] * GENERATIONS, theory.replaced(GENERATIONS, BASE))


def accumulate() -> float:
    diets = [Diet(fresh=1 / n, human=0.0) for n in range(1, GENERATIONS + 1)]
    return regression(diets, theory.accumulated(GENERATIONS, BASE))


def human_share() -> float:
    return regression([HUMANS] * GENERATIONS, theory.with_humans(GENERATIONS, 0.2, BASE))


def human_share_for_ever() -> float:
    return regression([HUMANS] * 40, theory.with_humans_forever(0.2, BASE))


def gaussian_mean() -> float:
    means, _ = gaussian_chain(20, 100, 20_000, np.random.default_rng(2))
    return deviation(means[-1] ** 2, theory.gaussian_mean_variance(20, 100))


def gaussian_distance() -> float:
    means, deviations = gaussian_chain(20, 100, 20_000, np.random.default_rng(3))
    return deviation(means[-1] ** 2 + (deviations[-1] - 1) ** 2, theory.gaussian_wasserstein(20, 100))


def words(generations: int) -> NDArray[np.float64]:
    """Return word frequencies [run, word] after some generations of models only, from 50 words alike."""
    diets = [ONLY_MODELS] * generations
    return word_frequencies(diets, np.full(50, 0.02), 200, 4000, np.random.default_rng(4))[-1]


def diversity() -> float:
    kept = (1 - (words(10) ** 2).sum(axis=1)) / (1 - 1 / 50)
    return deviation(kept, theory.diversity(10, 200))


def forgotten() -> float:
    return deviation((words(1)[:, 0] == 0).astype(float), theory.forgotten(0.02, 200))


def check(claim: str, source: str, obtain: Callable[[], float]) -> Check:
    return Check(f"{claim}, in standard errors", source, 0.0, obtain, ERRORS, slow=True)


GERSTGRASSER, SHUMAILOV = "Gerstgrasser et al. (2024)", "Shumailov et al. (2024)"

CHECKS = (
    Check("limit of accumulating, over the first error", GERSTGRASSER, np.pi**2 / 6,
          lambda: theory.accumulated(200_000, 1.0), 1e-5),
    check("error of generation 8, replacing", GERSTGRASSER, replace),
    check("error of generation 8, accumulating", GERSTGRASSER, accumulate),
    check("error of generation 8, a fifth human", "b(1 − (1−h)²ⁿ)/(1 − (1−h)²)", human_share),
    check("error in the long run, a fifth human", "b/(1 − (1−h)²)", human_share_for_ever),
    check("variance of the mean of 20 Gaussians in turn", SHUMAILOV, gaussian_mean),
    check("Wasserstein distance of 20 Gaussians in turn", SHUMAILOV, gaussian_distance),
    check("diversity left after 10 generations", "Wright-Fisher drift: (1 − 1/M)ⁿ", diversity),
    check("a word in fifty forgotten in a generation", "(1 − q)^M", forgotten),
)  # fmt: skip
