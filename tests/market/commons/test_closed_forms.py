"""The closed forms against the figures of the papers, against each other and against brute force."""

from math import isclose, log2, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from market.commons.closed_forms import (
    ACCUMULATION,
    accumulated,
    best_data_exponent,
    diversity,
    doublings_lost,
    forgotten,
    gaussian_mean_variance,
    gaussian_shrinkage,
    gaussian_wasserstein,
    gaussian_wasserstein_first_order,
    next_error,
    next_loss,
    regression_error,
    replaced,
    with_humans,
    with_humans_forever,
    years_to_exhaustion,
)
from market.commons.corpus import Batch, Corpus

BASE = regression_error(features=10, samples=40, noise=1.0)
HOFFMANN = {"A": 406.4, "B": 410.7, "alpha": 0.34, "beta": 0.28}


def chain(generations: int, keep: bool, human: float, batch_error: float = BASE, draws: float = 1e300) -> list[Corpus]:
    """Corpora of generations whose batches are equal in size."""
    batch = Batch(human=human, synthetic=1 - human)
    found = [Corpus()]
    for _ in range(generations):
        found.append(found[-1].absorb(batch, keep=keep, batch_error=batch_error, draws=draws))
    return found[1:]


def test_error_of_one_regression():
    assert pytest.approx(0.344828, abs=1e-6) == BASE
    with pytest.raises(ValueError, match="too few"):
        regression_error(features=10, samples=11, noise=1.0)


@pytest.mark.parametrize(
    ("keep", "human", "published"),
    [
        (False, 0.0, [0.3448, 0.6897, 1.0345, 1.3793]),
        (True, 0.0, [0.3448, 0.4310, 0.4693, 0.4909]),
        (False, 0.2, [0.3448, 0.5655, 0.7068, 0.7972, 0.8550]),
    ],
    ids=["replace", "accumulate", "a fifth human"],
)
def test_recursion_gives_the_published_errors(keep, human, published):
    errors = [corpus.error for corpus in chain(len(published), keep, human)]
    assert errors == pytest.approx(published, abs=5e-5)


@given(generations=st.integers(1, 60), human=st.floats(0, 1, allow_subnormal=False), batch_error=st.floats(1e-6, 1e3))
def test_recursion_gives_the_closed_forms(generations, human, batch_error):
    last = chain(generations, False, human, batch_error)[-1]
    assert isclose(last.error, with_humans(generations, human, batch_error), rel_tol=1e-9)
    assert isclose(chain(generations, False, 0.0, batch_error)[-1].error, replaced(generations, batch_error))
    assert isclose(chain(generations, True, 0.0, batch_error)[-1].error, accumulated(generations, batch_error))


def test_limits():
    assert pi**2 / 6 == ACCUMULATION
    assert accumulated(10**5, BASE) < BASE * ACCUMULATION
    assert accumulated(10**5, BASE) == pytest.approx(BASE * ACCUMULATION, rel=1e-4)
    assert pytest.approx(0.567219, abs=1e-6) == BASE * ACCUMULATION
    assert with_humans_forever(0.2, BASE) == pytest.approx(0.957854, abs=1e-6)
    assert with_humans(500, 0.2, BASE) == pytest.approx(with_humans_forever(0.2, BASE), rel=1e-12)
    assert with_humans_forever(0.0, BASE) == float("inf")
    assert with_humans_forever(1.0, BASE) == BASE


@given(first=st.floats(0.1, 1e3), more=st.lists(st.floats(0.1, 1e3), max_size=8))
def test_clean_tokens_add_up(first, more):
    corpus = Corpus.of_people(first)
    for tokens in more:
        corpus = corpus.absorb(Batch(tokens, 0.0), keep=True, batch_error=1 / tokens, draws=10.0)
    assert 1 / corpus.error == pytest.approx(first + sum(more), rel=1e-9)
    assert corpus.worth(corpus.tokens) == pytest.approx(corpus.tokens, rel=1e-9)
    assert corpus.worth(first / 2) == pytest.approx(first / 2, rel=1e-9)


@given(error=st.floats(1e-3, 10), fresh=st.floats(0, 1), human=st.floats(0, 1), teacher=st.floats(0, 10))
def test_next_error_depends_on_the_teacher_through_its_share_alone(error, fresh, human, teacher):
    own = next_error(error, fresh, human, 0.1)
    other = next_error(error, fresh, human, 0.1, teacher=error + teacher)
    assert other - own == pytest.approx((fresh * (1 - human)) ** 2 * teacher, abs=1e-9)


def test_gaussian_chain():
    assert gaussian_mean_variance(10, 100, deviation=2.0) == pytest.approx(0.4)
    assert gaussian_shrinkage(2) == pytest.approx((2 / pi) ** 0.5)
    assert gaussian_shrinkage(100) == pytest.approx(1 - 1 / (4 * 99), abs=1e-4)
    assert gaussian_wasserstein_first_order([100] * 10) == pytest.approx(0.15)
    exact = [gaussian_wasserstein(n, 100) for n in (1, 5, 10, 50)]
    assert exact == pytest.approx([0.0150, 0.0750, 0.1499, 0.737], rel=0.02)
    assert all(gaussian_wasserstein(n, 100) < 1.5 * n / 100 * 1.01 for n in (1, 5, 10, 50))


def test_loss_of_diversity_is_wright_fisher_drift():
    start = 1 - 1 / 50
    assert [start * diversity(n, 200) for n in (10, 30)] == pytest.approx([0.93209, 0.84318], abs=5e-6)
    assert forgotten(0.01, 200) == pytest.approx(0.13398, abs=1e-5)
    lost = 0.0
    for n in range(1, 31):
        lost = next_loss(lost, fresh=1.0, human=0.0, draws=200)
        assert 1 - lost == pytest.approx(diversity(n, 200), rel=1e-12)
    assert next_loss(0.4, fresh=1.0, human=1.0, draws=2) == 0.0
    assert next_loss(0.4, fresh=0.0, human=0.5, draws=2) == 0.4


def test_exhaustion_under_published_growth_is_between_2026_and_2032():
    years = [2024 + years_to_exhaustion(300, 15, 0.07, growth) for growth in (1.2, 2.0)]
    assert years == pytest.approx([2028.2, 2026.9], abs=0.05)
    assert years_to_exhaustion(10, 15, 0.07, 1.0) == 0
    assert years_to_exhaustion(300, 15, 0.5, 0.5) == float("inf")


def loss(compute: float, tokens: float) -> float:
    size = compute / (6 * tokens)
    return HOFFMANN["A"] / size ** HOFFMANN["alpha"] + HOFFMANN["B"] / tokens ** HOFFMANN["beta"]


def best_tokens(compute: float) -> float:
    found = minimize_scalar(lambda x: loss(compute, 2.0**x), bounds=(20, 60), method="bounded", options={"xatol": 1e-9})
    return float(2.0**found.x)


def compute_of_loss(goal: float) -> float:
    """Compute that reaches a loss with the best split, by bisection."""
    low, high = 10.0, 40.0
    for _ in range(100):
        middle = (low + high) / 2
        best = loss(10.0**middle, best_tokens(10.0**middle))
        low, high = (middle, high) if best > goal else (low, middle)
    return 10.0**low


@pytest.mark.parametrize("supply", [0.01, 0.1, 0.5, 0.9])
def test_doublings_lost_against_brute_force_on_the_scaling_law(supply):
    compute = 1e24
    short = loss(compute, supply * best_tokens(compute))
    expected = log2(compute / compute_of_loss(short))
    assert doublings_lost(supply, HOFFMANN["alpha"], HOFFMANN["beta"]) == pytest.approx(expected, abs=1e-4)


def test_best_data_exponent_against_brute_force():
    exponent = log2(best_tokens(2e24) / best_tokens(1e24))
    assert best_data_exponent(HOFFMANN["alpha"], HOFFMANN["beta"]) == pytest.approx(exponent, abs=1e-4)


@given(supply=st.floats(1e-6, 1.5), more=st.floats(1, 100), alpha=st.floats(0.05, 1), beta=st.floats(0.05, 1))
def test_more_data_never_hurts_and_more_compute_never_makes_worse(supply, more, alpha, beta):
    lost = doublings_lost(supply, alpha, beta)
    assert 0 <= doublings_lost(supply * more, alpha, beta) <= lost + 1e-12
    gained = log2(more)
    supply_then = supply / more ** best_data_exponent(alpha, beta)
    assert doublings_lost(supply_then, alpha, beta) - lost <= gained + 1e-9
