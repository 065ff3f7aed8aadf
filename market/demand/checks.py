"""Refusing impossible input with a message that names it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.arrays import Vector


def finite(name: str, values: ArrayLike, shape: tuple[int, ...] | None = None) -> Vector:
    """Return values as float64, broadcast to ``shape``; ValueError where they do not fit or are not finite."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers, not {values!r}") from None
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite")
    if shape is None:
        return array
    try:
        return np.array(np.broadcast_to(array, shape))
    except ValueError:
        raise ValueError(f"{name} has shape {array.shape}, which does not fit {shape}") from None


def positive(name: str, values: ArrayLike, shape: tuple[int, ...] | None = None) -> Vector:
    """Return values that are above zero; ValueError otherwise."""
    array = finite(name, values, shape)
    if not (array > 0).all():
        raise ValueError(f"{name} must be above 0")
    return array


def goods(name: str, values: ArrayLike) -> Vector:
    """Return a vector with at least one good; ValueError otherwise."""
    array = np.atleast_1d(finite(name, values))
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must hold at least one inside good in one dimension, not shape {array.shape}")
    return array


def correlation(rho: float) -> float:
    """Return a nest correlation in [0, 1); ValueError otherwise."""
    if not 0.0 <= rho < 1.0:
        raise ValueError(f"rho must lie in [0, 1), not {rho}")
    return float(rho)


def nest_numbers(nests: ArrayLike, offers: int) -> NDArray[np.int64]:
    """Return nests numbered from 0, [offer]; ValueError where there is not one label for each offer."""
    labels = np.asarray(nests)
    if labels.shape != (offers,):
        raise ValueError(f"nests has shape {labels.shape}, but there are {offers} offers")
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
