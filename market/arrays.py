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


def diagonal(matrix: Matrix) -> Vector:
    """Return the diagonal, to be changed in place."""
    return np.einsum("ii->i", matrix)
