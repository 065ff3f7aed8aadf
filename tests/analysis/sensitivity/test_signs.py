import numpy as np
import pytest

from analysis.sensitivity.signs import signs
from scenarios.batches.sampling import design


def test_what_decides_the_sign_is_told_from_what_does_not() -> None:
    points = design("sobol", 3, 512, seed=1).points
    found = signs(points, points[:, 0] - 0.5, block=1, seed=1)
    assert (found.low[0], found.high[0]) == (1.0, 0.0)
    assert found.decides.tolist() == [True, False, False]
    assert found.low[1:] == pytest.approx([0.5, 0.5], abs=0.06)


def test_chance_seldom_passes_for_a_decision() -> None:
    rng = np.random.default_rng(1)
    points = rng.random((100, 10))
    wrong = sum(signs(points, rng.normal(size=100), block=1, seed=1).decides.any() for _ in range(100))
    assert wrong < 15


def test_runs_of_a_trajectory_are_no_evidence_of_their_own() -> None:
    points = np.repeat(np.random.default_rng(2).random((20, 2)), 10, axis=0)
    outputs = np.repeat(np.random.default_rng(3).normal(size=20), 10)
    alone, together = signs(points, outputs, 1, 1), signs(points, outputs, 10, 1)
    assert alone.low.tolist() == together.low.tolist()
    assert (together.half_width > 2 * alone.half_width).all()


def test_runs_without_a_value_are_left_out() -> None:
    points = np.array([[0.1], [0.2], [0.9], [0.95]])
    found = signs(points, np.array([-1.0, np.nan, 1.0, -1.0]), 1, 1)
    assert (found.low[0], found.high[0]) == (1.0, 0.5)
