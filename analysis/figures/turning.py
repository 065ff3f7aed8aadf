"""Where a quantity changes its sign: along one factor, and as a line over two."""

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.tri import Triangulation
from numpy.typing import ArrayLike, NDArray

Line = NDArray[np.float64]
"""Points [point, axis] of a line."""


def sign_changes(x: ArrayLike, y: ArrayLike) -> list[tuple[float, float, float]]:
    """Return where values change their sign: the points before and after, and the place between by straight lines.

    Values of exactly zero between two signs are the place themselves; undefined values are passed over.

    Args:
        x: Places, rising.
        y: Values at them.
    """
    places, values = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    known = np.flatnonzero(np.isfinite(values) & (values != 0))
    found = []
    for i, j in pairwise(known):
        if values[i] * values[j] < 0:
            zeros = places[i + 1 : j][values[i + 1 : j] == 0]
            share = values[i] / (values[i] - values[j])
            at = float(zeros.mean()) if zeros.size else float(places[i] + share * (places[j] - places[i]))
            found.append((float(places[i]), float(places[j]), at))
    return found


def zero_lines_of_grid(x: ArrayLike, y: ArrayLike, z: ArrayLike) -> list[Line]:
    """Return the lines on which a quantity is zero, by straight lines between the points of a grid.

    Args:
        x: Places of the columns, rising.
        y: Places of the rows, rising.
        z: Values [row, column]; undefined ones leave a gap.
    """
    values = np.ma.masked_invalid(np.asarray(z, dtype=float))
    if not _has_both_signs(values.compressed()):
        return []
    return _lines(Figure().subplots().contour(x, y, values, levels=[0.0]))


def zero_lines_of_points(x: ArrayLike, y: ArrayLike, z: ArrayLike) -> list[Line]:
    """Return the lines on which a quantity is zero, by straight lines on the triangles between scattered points.

    Args:
        x: First coordinate of each point.
        y: Second coordinate.
        z: Value at each; points without one are passed over.
    """
    points = np.column_stack([np.asarray(values, dtype=float) for values in (x, y, z)])
    points = points[np.isfinite(points).all(axis=1)]
    _, first = np.unique(points[:, :2], axis=0, return_index=True)
    points = points[np.sort(first)]
    if not _has_both_signs(points[:, 2]) or not _spans_an_area(points[:, :2]):
        return []
    low, size = points[:, :2].min(axis=0), np.ptp(points[:, :2], axis=0)
    even = (points[:, :2] - low) / size
    triangles = Triangulation(even[:, 0], even[:, 1])
    return [low + line * size for line in _lines(Figure().subplots().tricontour(triangles, points[:, 2], levels=[0.0]))]


def _has_both_signs(values: NDArray[np.float64]) -> bool:
    return bool((values > 0).any() and (values < 0).any())


def _spans_an_area(points: NDArray[np.float64]) -> bool:
    """Whether the points do not lie on one line, of which no triangle can be made."""
    away = points - points.mean(axis=0)
    size = np.abs(away).max(axis=0)
    return bool((size > 0).all() and np.linalg.matrix_rank(away / size, tol=1e-6) == 2)


def _lines(contours: Any) -> list[Line]:
    return [np.asarray(line, dtype=float) for line in contours.allsegs[0] if len(line) > 1]
