"""Shapley's shares where inputs go together."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import norm

from analysis.sensitivity.dependent import shapley_effects
from analysis.sensitivity.emulator import emulated
from analysis.sensitivity.indices import emulated_indices
from scenarios.batches.sampling import design

SLOPES = np.array([1.0, 0.6, -0.4])


class OfScores:
    """A line in the normal scores of the places."""

    kind = "known"

    def predict(self, points: np.ndarray) -> np.ndarray:
        return norm.ppf(points) @ SLOPES[: points.shape[1]]


def shares(slopes: np.ndarray, copula: np.ndarray) -> np.ndarray:
    """Shapley's shares of a line of normal inputs: Var E[f | x_S] by regression, over all orders."""

    def known(of: list[int]) -> float:
        if not of:
            return 0.0
        with_all = copula[:, of] @ np.linalg.solve(copula[np.ix_(of, of)], np.eye(len(of)))
        weights = slopes @ with_all
        return float(weights @ copula[np.ix_(of, of)] @ weights)

    added = np.zeros(len(slopes))
    orders = list(permutations(range(len(slopes))))
    for order in orders:
        for place, one in enumerate(order):
            added[one] += known(list(order[: place + 1])) - known(list(order[:place]))
    return added / len(orders) / known(list(range(len(slopes))))


@pytest.mark.parametrize("correlation", [-0.6, 0.0, 0.5, 0.9])
def test_two_normal_inputs_of_a_line_have_the_shares_of_the_closed_form(correlation: float) -> None:
    """Iooss and Prieur (2019), for slopes b and d: (b² (1 − ρ²/2) + ρ b d + d² ρ²/2) over the variance."""
    copula = np.array([[1.0, correlation], [correlation, 1.0]])
    found, half = shapley_effects(OfScores(), copula, 8192, seed=1)
    b, d = SLOPES[:2]
    variance = b**2 + d**2 + 2 * correlation * b * d
    first = (b**2 * (1 - correlation**2 / 2) + correlation * b * d + d**2 * correlation**2 / 2) / variance
    assert found == pytest.approx([first, 1 - first], abs=0.015)
    assert (np.abs(found - [first, 1 - first]) < 1.5 * half).all()


def test_three_inputs_of_which_two_go_together() -> None:
    copula = np.array([[1.0, 0.7, 0.0], [0.7, 1.0, 0.0], [0.0, 0.0, 1.0]])
    found, _ = shapley_effects(OfScores(), copula, 8192, seed=2)
    assert found == pytest.approx(shares(SLOPES, copula), abs=0.02)
    assert found.sum() == pytest.approx(1.0)


def test_inputs_that_do_not_go_together_have_the_shares_of_independent_ones() -> None:
    points = design("shapley", 3, 256, seed=1).points
    outputs = points @ [3.0, 2.0, 1.0] + points[:, 0] * points[:, 1]
    trusted = emulated(points, outputs, seed=1)
    alone = emulated_indices("shapley", trusted, points, outputs, seed=1)
    found = emulated_indices("shapley", trusted, points, outputs, seed=1, copula=np.eye(3))
    assert found.index == pytest.approx(alone.index, abs=0.02)


def test_an_input_without_effect_shares_in_what_goes_along_with_it() -> None:
    class First:
        kind = "known"

        def predict(self, points: np.ndarray) -> np.ndarray:
            return norm.ppf(points[:, 0])

    found, _ = shapley_effects(First(), np.array([[1.0, 0.8], [0.8, 1.0]]), 8192, seed=3)
    assert found == pytest.approx([1 - 0.8**2 / 2, 0.8**2 / 2], abs=0.02)


def test_nothing_is_shared_of_what_does_not_vary() -> None:
    class Constant:
        kind = "known"

        def predict(self, points: np.ndarray) -> np.ndarray:
            return np.ones(len(points))

    found, half = shapley_effects(Constant(), np.eye(2), 256, seed=1)
    assert (found == 0).all()
    assert (half == 0).all()
