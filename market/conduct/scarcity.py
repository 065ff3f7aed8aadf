"""What a price must rise by, or may fall, for a seller's sales to fit its capacity."""

import numpy as np

from market.arrays import Vector
from market.conduct.layer import Layer


def scarcity(layer: Layer) -> Vector:
    """Return the price change, USD per unit, that brings a seller's quantity to its capacity (negative with slack).

    [instrument], the same for all of a seller's but where what is sold at one has a limit of its own; −∞ where capacity
    is infinite or demand does not answer to price.
    """
    if layer.load is not None and layer.load_slope is not None:
        return _scarcity_of_load(layer, layer.load, layer.load_slope)
    missing = layer.of_sellers_prices(layer.quantity) - layer.of_seller(layer.capacity)
    alone = layer.response.diagonal() if layer.own_slope is None else layer.own_slope
    slope = alone
    if layer.own_slope is not None:
        slope = layer.of_sellers_prices(alone)  # nobody leaves faster than that: the price stops short
    elif layer.seller is not None:
        slope = layer.of_sellers_prices((layer.response * layer.own).sum(axis=1))
    of_all = _to_fit(missing, slope)
    return of_all if layer.limit is None else np.maximum(of_all, _to_fit(layer.quantity - layer.limit, alone))


def _to_fit(missing: Vector, slope: Vector) -> Vector:
    """Return the rise of a price, USD, by which a quantity that answers to it by a slope loses what is missing."""
    nothing = np.full(missing.size, -np.inf)
    return np.divide(missing, -slope, out=nothing, where=(slope < 0) & (missing > -np.inf))


def _scarcity_of_load(layer: Layer, load: Vector, slope: Vector) -> Vector:
    """Return the price change, in proportion to the prices of a seller, that brings what it uses to its capacity."""
    missing = layer.of_seller(load) - layer.of_seller(layer.capacity)
    falls = layer.of_sellers_prices(-slope * layer.price)
    nothing = np.full(layer.price.size, -np.inf)
    with np.errstate(over="ignore"):  # who answers next to nothing may be asked for anything: steps are limited
        moved = np.divide(missing, falls, out=nothing, where=(falls > 0) & (missing > -np.inf))
        return np.asarray(moved * layer.price)
