"""Inputs that go together: a Gaussian copula over the places in their ranges."""

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import BadInput, did_you_mean, quoted
from scenarios.files.study import Correlation, Input

_FORM = re.compile(r"\s*([^~=\s]+)\s*~\s*([^~=\s]+)\s*=\s*(\S+)\s*")
STRONGEST = 0.99
"""Beyond it two inputs are one."""
LEAST_EIGENVALUE = 1e-6
_INSIDE = 1e-12

Matrix = NDArray[np.float64]


def correlations_of(given: Sequence[str], inputs: Sequence[Input]) -> tuple[Correlation, ...]:
    """Read which inputs go together.

    Args:
        given: As ``labs.overhead_share~resellers.staff_share=0.6``: two inputs and the correlation of their places in
            their ranges, each turned into a normal score.
        inputs: Of the study.

    Raises:
        BadInput: If one cannot be read, names an input that is not spread, comes twice, or is beyond ±0.99; or if no
            distribution has all of them.
    """
    found = tuple(_read(text, [item.name for item in inputs]) for text in given)
    pairs = [frozenset((item.first, item.second)) for item in found]
    for place, pair in enumerate(pairs):
        if pair in pairs[:place]:
            raise BadInput(f"--correlation {given[place]}: {' and '.join(sorted(pair))} have one already")
    lowest = float(np.linalg.eigvalsh(copula(inputs, found))[0])
    if lowest < LEAST_EIGENVALUE:
        raise BadInput(
            f"--correlation: no distribution has all of {', '.join(given)}: what goes with one must go together"
        )
    return found


def copula(inputs: Sequence[Input], correlations: Sequence[Correlation]) -> Matrix:
    """Return the correlations of the normal scores of all inputs, [input, input]."""
    place = {item.name: number for number, item in enumerate(inputs)}
    matrix = np.eye(len(inputs))
    for one in correlations:
        matrix[place[one.first], place[one.second]] = matrix[place[one.second], place[one.first]] = one.value
    return matrix


def scores(points: Matrix) -> Matrix:
    """Return the normal scores of places between 0 and 1; those at the ends are next to them."""
    from scipy.special import ndtri

    found: Matrix = ndtri(np.clip(points, _INSIDE, 1 - _INSIDE))
    return found


def together(points: Matrix, matrix: Matrix) -> Matrix:
    """Return points of independent inputs as points of inputs that go together, [point, input], 0 to 1.

    Normal scores are multiplied by the lower triangular root of their correlations (Cholesky).
    """
    from scipy.special import ndtr

    found: Matrix = ndtr(scores(points) @ np.linalg.cholesky(matrix).T)
    return found


def _read(text: str, names: Sequence[str]) -> Correlation:
    parts = _FORM.fullmatch(text)
    if parts is None:
        raise BadInput(f"--correlation {quoted(text)} must be as labs.overhead_share~resellers.staff_share=0.6")
    first, second, number = parts.groups()
    for name in (first, second):
        if name not in names:
            raise BadInput(f"--correlation {text}: {name} is not spread in this study{did_you_mean(name, names)}")
    if first == second:
        raise BadInput(f"--correlation {text}: an input goes with itself anyway")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not -STRONGEST <= value <= STRONGEST:
        raise BadInput(f"--correlation {text}: {number} must be a number from -{STRONGEST} to {STRONGEST}")
    return Correlation(first=first, second=second, value=value)
