"""What decides among worlds whose inputs go together: shares of variance from the runs that there are."""

import numpy as np
import pytest

from analysis.sensitivity.indices import known_share, world_indices

FIRST = [0.3139, 0.4424, 0.0]
"""Of Ishigami and Homma's function with a = 7 and b = 0.1."""


def ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_of_inputs_that_are_apart_it_is_the_index_of_first_order() -> None:
    points = np.random.default_rng(1).random((20_000, 3))
    assert known_share(points, ishigami(points)) == pytest.approx(FIRST, abs=0.02)


def test_what_goes_along_with_an_input_is_credited_to_both() -> None:
    """Of y = x₁ + x₂ and a correlation of r, Var(E[y|x₁])/Var(y) = (1 + r)²/(2 + 2r) = (1 + r)/2."""
    draw = np.random.default_rng(2).multivariate_normal([0, 0, 0], [[1, 0.6, 0], [0.6, 1, 0], [0, 0, 1]], 20_000)
    found = known_share(draw, draw[:, 0] + draw[:, 1])
    assert found == pytest.approx([0.8, 0.8, 0.0], abs=0.02)


def test_chance_alone_gives_nothing_on_the_mean() -> None:
    rng = np.random.default_rng(3)
    raw = [known_share(rng.random((200, 10)), rng.random(200)) for _ in range(50)]
    assert np.mean(raw) < 0.02  # without the correction it is 19/199


@pytest.mark.parametrize("outputs", [np.ones(40), np.full(40, -3.0)])
def test_what_is_the_same_everywhere_depends_on_nothing(outputs: np.ndarray) -> None:
    assert known_share(np.random.default_rng(4).random((40, 2)), outputs).tolist() == [0.0, 0.0]


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng, hits = np.random.default_rng(5), 0
    for number in range(60):
        points = rng.random((200, 1))
        outputs = points[:, 0] + rng.normal(0, np.sqrt(1 / 12), 200)  # half of the variance
        found = world_indices(points, outputs, number)
        hits += abs(found.index[0] - 0.5) < found.half_width[0]
    assert hits >= 52
