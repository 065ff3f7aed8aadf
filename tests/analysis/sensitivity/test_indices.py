import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from analysis.sensitivity.emulator import emulated
from analysis.sensitivity.indices import emulated_indices, morris_indices
from scenarios.batches.sampling import design

FIRST, TOTAL = np.array([0.3139, 0.4424, 0.0]), np.array([0.5576, 0.4424, 0.2437])
SHAPLEY = np.array([0.4358, 0.4424, 0.1218])
"""Of Ishigami and Homma's function with a = 7 and b = 0.1; Shapley's halve what two inputs do together."""


def ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def runs():
    points = design("sobol", 3, 512, seed=1).points
    return points, ishigami(points), emulated(points, ishigami(points), seed=1)


def test_the_emulator_says_how_well_it_foretells(runs) -> None:
    _, outputs, trusted = runs
    assert trusted.kind == "Gaussian process"
    assert trusted.r2 == pytest.approx(1 - trusted.error**2 / outputs.var())
    others = np.random.default_rng(7).random((2000, 3))
    missed = np.sqrt(np.mean((trusted.emulator.predict(others) - ishigami(others)) ** 2))
    assert 0.2 * trusted.error < missed < 1.2 * trusted.error
    assert trusted.r2 > 0.97


def test_sobol_indices_of_ishigami_to_two_hundredths(runs) -> None:
    points, outputs, trusted = runs
    found = emulated_indices("sobol", trusted, points, outputs, seed=1)
    assert found.index == pytest.approx(TOTAL, abs=0.02)
    assert found.first_order == pytest.approx(FIRST, abs=0.02)
    assert (np.abs(found.index - TOTAL) < found.half_width).all()
    assert (found.half_width < 0.06).all()


def test_shapley_effects_of_ishigami(runs) -> None:
    points, outputs, trusted = runs
    found = emulated_indices("shapley", trusted, points, outputs, seed=1)
    assert found.index == pytest.approx(SHAPLEY, abs=0.02)
    assert found.index.sum() == pytest.approx(1.0)
    assert (np.abs(found.index - SHAPLEY) < found.half_width).all()


def test_elementary_effects_of_a_line_are_its_slopes() -> None:
    points = design("morris", 4, 50, seed=3).points
    assert len(points) == 50
    found = morris_indices(points, points @ [3.0, -2.0, 0.5, 0.0] + 1, seed=3)
    assert found.index == pytest.approx([3.0, 2.0, 0.5, 0.0])
    assert found.direction == pytest.approx([1.0, -1.0, 1.0, 0.0])
    assert found.sigma == pytest.approx(np.zeros(4), abs=1e-12)
    assert found.half_width == pytest.approx(np.zeros(4), abs=1e-12)


def test_what_two_inputs_do_together_spreads_their_effects() -> None:
    points = design("morris", 3, 400, seed=3).points
    found = morris_indices(points, points[:, 0] * points[:, 1], seed=3)
    assert found.index[:2] == pytest.approx([0.5, 0.5], abs=0.1)
    assert (found.sigma[:2] > 0.2).all()
    assert found.index[2] == 0


def test_noise_cannot_be_foretold() -> None:
    points = design("sobol", 2, 64, seed=1).points
    assert emulated(points, np.random.default_rng(5).normal(size=64), seed=1).r2 < 0.3


def test_steps_are_foretold_by_trees_where_they_are_better() -> None:
    points = design("sobol", 4, 300, seed=1).points
    found = emulated(points, np.sum(np.floor(points * [7, 5, 3, 1]), axis=1), seed=1)
    assert (found.kind, found.r2 > 0.9) == ("gradient boosting", True)
