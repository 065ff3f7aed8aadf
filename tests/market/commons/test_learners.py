"""Learners that really learn from one another do what the closed forms say, within four standard errors."""

import numpy as np
import pytest

from market.commons.closed_forms import (
    forgotten,
    gaussian_mean_variance,
    gaussian_wasserstein,
    regression_error,
)
from market.commons.corpus import Batch, Corpus, Diet
from market.commons.learners import gaussian_chain, regression_errors, sampled_means, word_frequencies
from market.commons.state import Commons
from market.commons.use import expected_use
from market.month import Calendar
from market.parameters import Parameters

FEATURES, SAMPLES, NOISE, RUNS = 5, 30, 1.0, 1500
BASE = regression_error(FEATURES, SAMPLES, NOISE)
DRAWS, WORDS = 40, 20


def fed(batches: list[Batch], keep: bool, batch_error: float = BASE, draws: float = DRAWS):
    """What each generation was fed, and the corpora that came of it."""
    corpora, diets = [Corpus()], []
    for batch in batches:
        diets.append(corpora[-1].diet(batch, keep))
        corpora.append(corpora[-1].absorb(batch, keep=keep, batch_error=batch_error, draws=draws))
    return diets, corpora[1:]


def agrees(sample, expected) -> None:
    """Assert that every expectation is within four standard errors of the mean over runs (the last axis)."""
    sample = np.asarray(sample)
    error = sample.std(axis=-1, ddof=1) / np.sqrt(sample.shape[-1])
    away = (sample.mean(axis=-1) - np.asarray(expected)) / error
    assert np.abs(away).max() < 4, f"{away} standard errors away"


@pytest.mark.parametrize(
    ("keep", "batches"),
    [
        (False, [Batch(0, 1)] * 8),
        (True, [Batch(0, 1)] * 8),
        (False, [Batch(0.2, 0.8)] * 8),
        (True, [Batch(1.0, 0.0), Batch(0.5, 2.0), Batch(0.0, 1.0), Batch(2.0, 6.0)]),
    ],
    ids=["replace", "accumulate", "a fifth human", "any mixture"],
)
def test_regressions(keep, batches):
    diets, corpora = fed(batches, keep)
    rng = np.random.default_rng(11)
    errors = regression_errors(diets, FEATURES, SAMPLES, NOISE, RUNS, rng)
    agrees(errors, [corpus.error for corpus in corpora])


def test_regressions_tell_regimes_apart():
    rng = np.random.default_rng(12)
    errors = regression_errors(fed([Batch(0, 1)] * 8, False)[0], FEATURES, SAMPLES, NOISE, RUNS, rng)
    with pytest.raises(AssertionError, match="standard errors"):
        agrees(errors, [corpus.error for corpus in fed([Batch(0, 1)] * 8, True)[1]])


def test_gaussians():
    samples, generations = 50, 20
    means, deviations = gaussian_chain(generations, samples, 4000, np.random.default_rng(13))
    _, corpora = fed([Batch(0, 1)] * generations, False, batch_error=1 / samples)
    numbers = range(1, generations + 1)
    agrees(means**2, [gaussian_mean_variance(n, samples) for n in numbers])
    agrees(means**2, [corpus.error for corpus in corpora])
    agrees(means**2 + (deviations - 1) ** 2, [gaussian_wasserstein(n, samples) for n in numbers])


@pytest.mark.parametrize(
    ("keep", "batches"),
    [
        (False, [Batch(0, 1)] * 10),
        (True, [Batch(1.0, 0.0), Batch(0.0, 1.0), Batch(0.5, 2.0), Batch(0.1, 5.0)]),
        (False, [Batch(0.2, 0.8)] * 10),
    ],
    ids=["replace", "accumulate", "a fifth human"],
)
def test_words(keep, batches):
    diets, corpora = fed(batches, keep)
    first = np.full(WORDS, 1 / WORDS)
    frequencies = word_frequencies(diets, first, DRAWS, RUNS, np.random.default_rng(14))
    kept = (1 - (frequencies**2).sum(axis=2)) / (1 - (first**2).sum())
    if corpora[0].lost == 0:
        kept, corpora = kept[1:], corpora[1:]
    agrees(kept, [1 - corpus.lost for corpus in corpora])


def test_rare_words_are_forgotten():
    first = np.array([0.05, 0.35, 0.6])
    frequencies = word_frequencies([Diet(1.0, 0.0)], first, DRAWS, 8000, np.random.default_rng(15))
    agrees(frequencies[0, :, 0] == 0, forgotten(0.05, DRAWS))


@pytest.mark.parametrize("keep", [True, False], ids=["accumulate", "replace"])
def test_tokens_one_by_one(keep):
    """The error of the corpus and of a model on a part of it, in the unit of the market: one over clean tokens."""
    batches = [Batch(60, 0), Batch(30, 90), Batch(10, 150), Batch(5, 200), Batch(5, 300)]
    sample = 50
    whole, model = sampled_means(batches, keep, sample, RUNS, np.random.default_rng(17))
    corpora = [Corpus.of_people(60.0)]
    for batch in batches[1:]:
        teacher = corpora[-1].model_error(sample)
        corpora.append(corpora[-1].absorb(batch, keep=keep, batch_error=1 / batch.tokens, draws=DRAWS, teacher=teacher))
    agrees(whole, [corpus.error for corpus in corpora])
    agrees(model, [corpus.model_error(sample) for corpus in corpora])


@pytest.mark.parametrize("regime", ["accumulate", "replace"])
def test_learners_fed_by_the_commons_itself(regime):
    """Learners on the training sets of a flooded commons: the same batches, the same recursion."""
    parameters, calendar = Parameters(), Calendar(Parameters())
    flood = {"regime": regime, "detection": 0.0, "posting_elasticity": 0.5, "generation": 6}
    commons = Commons(parameters.model_copy(update={"commons": parameters.commons.model_copy(update=flood)}))
    diets, learned = [Diet(1.0, 1.0)], [Corpus(human=commons.corpus.tokens, error=BASE)]
    keep = regime == "accumulate"
    for month in range(48):
        before = commons.corpus
        commons.play(expected_use(calendar, month))
        if commons.corpus is not before:
            diets.append(before.diet(commons.fresh, keep))
            learned.append(learned[-1].absorb(commons.fresh, keep=keep, batch_error=BASE, draws=DRAWS))
    assert len(diets) == 9
    assert diets[-1].human < 0.1
    errors = regression_errors(diets, FEATURES, SAMPLES, NOISE, RUNS, np.random.default_rng(16))
    agrees(errors, [corpus.error for corpus in learned])
