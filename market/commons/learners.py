"""Small learners that really learn from one another: they check the closed forms that the commons computes with.

They are fed what a corpus was fed (``Diet``) and return what became of many independent runs.
"""

from collections.abc import Sequence

import numpy as np

from market.arrays import Matrix
from market.commons.corpus import Batch, Diet


def regression_errors(
    diets: Sequence[Diet], features: int, samples: int, noise: float, runs: int, rng: np.random.Generator
) -> Matrix:
    """Fit linear regressions, each to labels from humans and from the regression before.

    Labels of a generation are averages over its training set: the old ones, those of humans (true weights) and those of
    the last model, each with new noise. Weights are fitted by least squares; designs are Gaussian, the same in all
    generations of a run.

    Returns:
        [generation, run], squared distance of the fitted weights from the true ones.
    """
    design = rng.standard_normal((runs, samples, features))
    solve = np.linalg.pinv(design)
    truth = np.ones((runs, features)) / np.sqrt(features)
    true_labels = (design @ truth[:, :, None])[:, :, 0]
    labels, last = true_labels, true_labels
    errors = np.empty((len(diets), runs))
    for generation, diet in enumerate(diets):
        new = diet.human * true_labels + (1 - diet.human) * last + noise * rng.standard_normal((runs, samples))
        labels = (1 - diet.fresh) * labels + diet.fresh * new
        fitted = (solve @ labels[:, :, None])[:, :, 0]
        last = (design @ fitted[:, :, None])[:, :, 0]
        errors[generation] = ((fitted - truth) ** 2).sum(axis=1)
    return errors


def sampled_means(
    batches: Sequence[Batch], keep: bool, sample: int, runs: int, rng: np.random.Generator
) -> tuple[Matrix, Matrix]:
    """Learn a mean, which is zero, token by token: every token of a batch is a number with unit noise.

    Human tokens scatter around the truth, synthetic ones around what the last model learned; a model is trained on
    ``sample`` tokens drawn from all there are, the first on the first batch, which is human.

    Args:
        batches: New tokens, whole numbers.
        keep: Whether tokens accumulate.
        sample: Tokens a model is trained on, at most all there are.
        runs: Independent runs.
        rng: Source of randomness.

    Returns:
        Squared errors of the mean of all tokens, and of the model, [generation, run].
    """
    tokens, learned = np.empty((runs, 0)), np.zeros(runs)
    whole, model = np.empty((2, len(batches), runs))
    for generation, batch in enumerate(batches):
        human = rng.standard_normal((runs, round(batch.human)))
        synthetic = learned[:, None] + rng.standard_normal((runs, round(batch.synthetic)))
        tokens = np.concatenate([tokens, human, synthetic] if keep else [human, synthetic], axis=1)
        learned = rng.permuted(tokens, axis=1)[:, :sample].mean(axis=1)
        whole[generation], model[generation] = tokens.mean(axis=1) ** 2, learned**2
    return whole, model


def gaussian_chain(generations: int, samples: int, runs: int, rng: np.random.Generator) -> tuple[Matrix, Matrix]:
    """Fit Gaussians in turn, each to samples of the one before; the first is standard normal.

    Returns:
        Fitted means and deviations (of the unbiased variance), [generation, run].
    """
    mean, deviation = np.zeros(runs), np.ones(runs)
    means, deviations = np.empty((2, generations, runs))
    for generation in range(generations):
        drawn = rng.normal(mean[:, None], deviation[:, None], (runs, samples))
        mean, deviation = drawn.mean(axis=1), drawn.std(axis=1, ddof=1)
        means[generation], deviations[generation] = mean, deviation
    return means, deviations


def word_frequencies(diets: Sequence[Diet], first: Matrix, draws: int, runs: int, rng: np.random.Generator) -> Matrix:
    """Let models write words by the frequencies of their training set, which is then mixed by the diet.

    Args:
        diets: Of the generations.
        first: [word], frequencies in human text.
        draws: Words a generation of models writes.
        runs: Independent runs.
        rng: Source of randomness.

    Returns:
        [generation, run, word], frequencies in the training set.
    """
    known = np.broadcast_to(first, (runs, first.size))
    found = np.empty((len(diets), runs, first.size))
    for generation, diet in enumerate(diets):
        written = rng.multinomial(draws, known / known.sum(axis=1, keepdims=True)) / draws
        new = diet.human * first + (1 - diet.human) * written
        known = found[generation] = (1 - diet.fresh) * known + diet.fresh * new
    return found
