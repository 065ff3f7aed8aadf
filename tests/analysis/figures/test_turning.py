import numpy as np
import pytest

from analysis.figures.turning import sign_changes, zero_lines_of_grid, zero_lines_of_points


def test_a_sign_change_lies_where_straight_lines_cross_zero():
    assert sign_changes([1, 2, 4], [3.0, 1.0, -1.0]) == [(2.0, 4.0, 3.0)]
    assert sign_changes([0, 1, 2, 3], [-1.0, 1.0, 1.0, -3.0]) == [(0.0, 1.0, 0.5), (2.0, 3.0, 2.25)]


def test_zeros_and_gaps_between_two_signs():
    assert sign_changes([0, 1, 2], [-1.0, 0.0, 2.0]) == [(0.0, 2.0, 1.0)]
    assert sign_changes([0, 1, 2], [-1.0, np.nan, 1.0]) == [(0.0, 2.0, 1.0)]
    assert sign_changes([0, 1, 2], [1.0, 0.0, 2.0]) == []
    assert sign_changes([], []) == []


def test_the_zero_line_of_a_plane_on_an_uneven_grid():
    x, y = np.array([0.0, 1.0, 4.0, 5.0]), np.array([-2.0, 0.0, 3.0])
    (line,) = zero_lines_of_grid(x, y, x[None, :] + 2 * y[:, None] - 3)
    assert line[:, 0] + 2 * line[:, 1] == pytest.approx(3)
    assert np.ptp(line[:, 0]) == pytest.approx(5.0)


def test_the_zero_line_of_a_circle_is_round():
    axis = np.linspace(-2, 2, 81)
    (line,) = zero_lines_of_grid(axis, axis, axis[None, :] ** 2 + axis[:, None] ** 2 - 1)
    assert np.hypot(*line.T) == pytest.approx(1, abs=1e-3)


def test_a_point_without_a_value_leaves_a_gap():
    x, y = np.arange(5.0), np.arange(5.0)
    z = np.repeat([x - 1.5], 5, axis=0)
    z[2, 1] = np.nan
    lines = zero_lines_of_grid(x, y, z)
    assert len(lines) == 2
    assert all(line[:, 0] == pytest.approx(1.5) for line in lines)


def test_nothing_turns_where_the_sign_is_the_same():
    assert zero_lines_of_grid([0, 1], [0, 1], np.ones((2, 2))) == []
    assert zero_lines_of_points([0, 1, 1], [0, 1, 0], [1, 2, 3]) == []


def test_the_zero_line_through_scattered_points_of_unlike_scales():
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 1e-3, 60), rng.uniform(0, 1e6, 60)
    (line,) = zero_lines_of_points(x, y, 1e3 * x - 1e-6 * y)
    assert line[:, 1] == pytest.approx(1e9 * line[:, 0], rel=1e-9)
    assert np.ptp(line[:, 0]) > 0.7e-3


def test_points_on_one_line_have_no_area_to_draw_over():
    assert zero_lines_of_points([0, 1, 2], [0, 1, 2], [-1, 1, 2]) == []
    assert zero_lines_of_points([1, 1, 1], [0, 1, 2], [-1, 1, 2]) == []
    assert len(zero_lines_of_points([0, 1, 0, 0], [0, 0, 1, 1], [-1, 1, 1, 1])) == 1
