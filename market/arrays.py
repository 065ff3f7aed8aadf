"""Arrays of numbers by name; what their axes are is said where they are used, as in [user, offer]."""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
"""One axis, or the last of several."""
Matrix = NDArray[np.float64]
"""Two axes."""
Floats = NDArray[np.float64]
"""Any axes."""
Integers = NDArray[np.int64]
Shorts = NDArray[np.uint16]
Words = NDArray[np.uint32]

TINY = 1e-300
"""Below this a number is what rounding has left of nothing: it has lost digits, and is not divided by."""


def diagonal(matrix: Matrix) -> Vector:
    """Return the diagonal, to be changed in place."""
    return np.einsum("ii->i", matrix)


def covered(available: Vector, asked: Vector) -> Vector:
    """Return the share of what is asked for that there is: at most all, and all of nothing."""
    return np.divide(available, asked, out=np.ones_like(available), where=(available < asked) & (asked > 0))
