"""What happens to models that learn from models: closed forms, against which everything else in the commons is tested.

Symbols: φ share of a training set that is new in a generation (1: the old set is replaced), h human share of what is
new, b squared error of a model fitted to one clean batch, M independent draws, n generations.
"""

from collections.abc import Sequence
from math import exp, expm1, lgamma, log, log1p, log2, pi, sqrt

ACCUMULATION = pi**2 / 6
"""Σ 1/i²: what accumulated generations of a model's own text multiply the error by, at most."""


def next_error(error: float, fresh: float, human: float, batch_error: float, teacher: float | None = None) -> float:
    """Return the expected squared error of what a training set teaches, E‖w′ − w*‖², after a generation.

    Labels are those of the old set, of humans and of the last model, as averages and without bias, so that
    ``e′ = (1−φ)² e + 2 φ (1−φ)(1−h) e + φ² ((1−h)² t + b)``. It covers *replace* (φ = 1, h = 0), *accumulate*
    (φ = 1/n, h = 0) and a human share of fresh data (φ = 1); derived after Gerstgrasser et al. 2024.

    Args:
        error: Of the old training set.
        fresh: φ.
        human: h.
        batch_error: b.
        teacher: Squared error t of the model whose text is new; that of the old set if it was fitted to all of it.
    """
    if teacher is None:
        teacher = error
    old, synthetic = 1 - fresh, 1 - human
    return old**2 * error + 2 * fresh * old * synthetic * error + fresh**2 * (synthetic**2 * teacher + batch_error)


def regression_error(features: int, samples: int, noise: float) -> float:
    """Return σ² d/(T − d − 1): squared error of a linear regression on T samples of d isotropic Gaussian features.

    Raises:
        ValueError: If there are too few samples for the mean to exist.
    """
    if samples <= features + 1:
        raise ValueError(f"{samples} samples are too few for {features} features")
    return noise**2 * features / (samples - features - 1)


def replaced(generations: int, batch_error: float) -> float:
    """Return n b: each model learns from the one before alone (Gerstgrasser et al. 2024)."""
    return generations * batch_error


def accumulated(generations: int, batch_error: float) -> float:
    """Return b Σ 1/i², at most b π²/6: each model's text is added to all before (Gerstgrasser et al. 2024)."""
    return batch_error * sum(1 / i**2 for i in range(1, generations + 1))


def with_humans(generations: int, human: float, batch_error: float) -> float:
    """Return b (1 − (1−h)²ⁿ)/(1 − (1−h)²): a share h of every new training set is human."""
    if human in (0, 1):
        return batch_error * (generations if human == 0 else 1)
    return batch_error * -expm1(2 * generations * log1p(-human)) / (human * (2 - human))


def with_humans_forever(human: float, batch_error: float) -> float:
    """Return b/(1 − (1−h)²), the limit of ``with_humans``; infinite without humans."""
    kept = (1 - human) ** 2
    return batch_error / (1 - kept) if kept < 1 else float("inf")


def gaussian_mean_variance(generations: int, samples: int, deviation: float = 1.0) -> float:
    """Return E[μ_n²] = σ² n/M of Gaussians fitted in turn to M samples of each other (Shumailov et al. 2024)."""
    return deviation**2 * generations / samples


def gaussian_shrinkage(samples: int) -> float:
    """Return E[s]/σ of the sample deviation of M normal samples, √(2/(M−1)) Γ(M/2)/Γ((M−1)/2)."""
    return sqrt(2 / (samples - 1)) * exp(lgamma(samples / 2) - lgamma((samples - 1) / 2))


def gaussian_wasserstein(generations: int, samples: int, deviation: float = 1.0) -> float:
    """Return E[W₂²] of the n-th fitted Gaussian to the first: σ² (n/M + 2 (1 − cⁿ)), c the shrinkage of a generation.

    Exact, for the variance is fitted without bias: E[σ_n²] = σ² and E[σ_n] = σ cⁿ. To first order it is
    ``gaussian_wasserstein_first_order``.
    """
    shrunk = gaussian_shrinkage(samples) ** generations
    return gaussian_mean_variance(generations, samples, deviation) + 2 * deviation**2 * (1 - shrunk)


def gaussian_wasserstein_first_order(sizes: Sequence[int], deviation: float = 1.0) -> float:
    """Return 3/2 σ² Σ 1/M_i for generations of M_i samples (Shumailov et al. 2024)."""
    return 1.5 * deviation**2 * sum(1 / size for size in sizes)


def next_loss(lost: float, fresh: float, human: float, draws: float) -> float:
    """Return the expected share of diversity lost, 1 − H′/H₀ with H = 1 − Σp², after a generation.

    Of what is new, the share 1 − h are M draws from the words of the old set; human words keep their first frequencies:
    ``y′ = (1 − φh)² y + φ² (1−h)² (1 − y)/M``. Without humans it is Wright–Fisher drift; derived.

    Args:
        lost: Share lost so far, y.
        fresh: φ.
        human: h.
        draws: M.
    """
    return (1 - fresh * human) ** 2 * lost + (fresh * (1 - human)) ** 2 * (1 - lost) / draws


def diversity(generations: int, draws: float) -> float:
    """Return E[H_n]/H₀ = (1 − 1/M)ⁿ: words of each generation are M draws from those before (Wright–Fisher drift)."""
    return (1 - 1 / draws) ** generations


def forgotten(frequency: float, draws: int) -> float:
    """Return (1 − q)^M: the chance that a word of frequency q is lost in one generation of M draws."""
    return (1 - frequency) ** draws


def years_to_exhaustion(stock: float, used: float, stock_growth: float, use_growth: float) -> float:
    """Return ln(S/D)/(ln(1+g_D) − ln(1+g_S)): years until a training set needs the whole stock; infinite if never.

    Args:
        stock: Human text S, in the unit of ``used``.
        used: Training set D of the largest model.
        stock_growth: Yearly growth of S.
        use_growth: Yearly growth of D.
    """
    if used >= stock:
        return 0.0
    closing = log(1 + use_growth) - log(1 + stock_growth)
    return log(stock / used) / closing if closing > 0 else float("inf")


def best_data_exponent(model_exponent: float, data_exponent: float) -> float:
    """Return α/(α + β), the exponent of compute in the best training set for it (Hoffmann et al. 2022)."""
    return model_exponent / (model_exponent + data_exponent)


def doublings_lost(supply: float, model_exponent: float, data_exponent: float) -> float:
    """Return the doublings of training compute that are lost where data is short.

    Loss is A/Nᵅ + B/Dᵝ + E with compute C ∝ N D (Hoffmann et al. 2022). With a share r of the data that would be best,
    the same compute goes into a larger model: reducible loss rises by ρ = (β rᵅ + α r⁻ᵝ)/(α + β), which costs
    log₂ρ/γ doublings, for at its best reducible loss falls with C^(−γ), γ = αβ/(α + β). Near r = 1 that is of second
    order; where data stays as it is while compute grows, it takes all that compute gives in the end.

    Args:
        supply: r, above 0; more than enough costs nothing.
        model_exponent: α.
        data_exponent: β.
    """
    if supply >= 1:
        return 0.0
    both = model_exponent + data_exponent
    worse = (data_exponent * supply**model_exponent + model_exponent * supply**-data_exponent) / both
    return max(log2(worse), 0.0) * both / (model_exponent * data_exponent)
