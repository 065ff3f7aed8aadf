"""Markups that satisfy the first-order conditions of profit."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from market.arrays import Floats, Matrix, Vector


def markup(quantities: Vector, response: Matrix, ownership: Matrix | NDArray[np.bool_] | None = None) -> Vector:
    """Return the markups that satisfy the first-order conditions of profit.

    Solves (H ∘ ∂q/∂p)ᵀ m = −q (Morrow and Skerlos 2011): the profit-maximising p − c at the given quantities.

    Args:
        quantities: [instrument], units sold at the posted prices.
        response: [instrument, instrument], ∂quantity/∂price, price along the second axis.
        ownership: [instrument, instrument], 1 where one decision-maker owns both; everything if omitted.
    """
    owned, lost = response if ownership is None else response * ownership, lost_by(response)
    left, right = owned.T / lost[:, None], -quantities / lost
    try:
        return np.asarray(np.linalg.solve(left, right), dtype=np.float64)
    except np.linalg.LinAlgError:  # where some prices that move together lose no buyer: the smallest markups that do
        return np.asarray(np.linalg.lstsq(left, right, rcond=None)[0], dtype=np.float64)


def lost_by(response: Matrix) -> Vector:
    """Return the units that a price loses for being a USD higher, [instrument]; 1 where it loses none.

    A first-order condition over them is in USD, and as precise where next to nobody buys at a price as where all do:
    next to quantities 10³⁰ times its own, solvers take it for rounding.
    """
    lost = np.abs(response.diagonal())
    return np.where(lost > 0, lost, 1.0)


def markups_of_deciders(quantities: Vector, response: Matrix, decider: NDArray[np.int64]) -> Vector:
    """Return the markups that satisfy the first-order conditions of profit where each price has one decision-maker.

    The same as `markup`, but that each solves for its own prices alone: those with as many prices at once. Zero where
    there are none: next to no buyer of all a seller's goods would do without, and any markup can be exceeded.

    Args:
        quantities: [instrument], units sold at the posted prices.
        response: [instrument, instrument], ∂quantity/∂price, price along the second axis.
        decider: [instrument], a number for whoever decides on it.
    """
    found, lost = np.zeros(quantities.size), lost_by(response)
    for prices in alike(decider):
        owned = response[prices[:, None, :], prices[:, :, None]]
        found[prices] = _solved(owned / lost[prices][:, :, None], -quantities[prices] / lost[prices])
    return found


def _solved(owned: Floats, right: Matrix) -> Matrix:
    """[decider, price], the solution of each decision-maker's equations; zeros where there is none."""
    try:
        return np.asarray(np.linalg.solve(owned, right[:, :, None])[:, :, 0])
    except np.linalg.LinAlgError:
        if len(owned) == 1:
            return np.zeros_like(right)
        each = [_solved(one[None], of_one[None]) for one, of_one in zip(owned, right, strict=True)]
        return np.concatenate(each)


def alike(decider: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the places of each decision-maker's prices, those with as many together: arrays [decider, price].

    Args:
        decider: [instrument], a number for whoever decides on it.
    """
    of_decider: defaultdict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(decider.tolist()):
        of_decider[number].append(place)
    of_size: defaultdict[int, list[list[int]]] = defaultdict(list)
    for places in of_decider.values():
        of_size[len(places)].append(places)
    return [np.array(places) for places in of_size.values()]


def settled_markup(quantities: Vector, response: Matrix, own_slope: Vector, margins: Vector) -> Vector:
    """Return the next markups on the way to those that satisfy the first-order conditions.

    The ζ map of Morrow and Skerlos (2011), m ← Λ⁻¹(Γᵀm − q) with Γ = Λ − ∂q/∂p; unlike `markup` it draws nearer to
    the solution where a seller's share is large.

    Args:
        quantities: [instrument], units sold at the posted prices.
        response: [instrument, instrument], ∂quantity/∂price, price along the second axis.
        own_slope: [instrument], Λ, below zero: ∂quantity/∂price as if no buyer changed sellers.
        margins: [instrument], price less cost now.
    """
    with np.errstate(over="ignore"):  # where next to nobody answers any markup may be wanted: steps are limited
        return margins - (response.T @ margins + quantities) / own_slope


def part_of_the_way(curvature: Vector) -> Vector:
    """Return the part of the way to `markup` that Newton's step for a price by itself goes, [instrument].

    Newton's step on p − c + q/(∂q/∂p) = 0 goes the part 1/(2 − curvature), the pass-through of a cost (Weyl and
    Fabinger 2013), of the way to where the condition would hold if demand were a line; here never more than all of
    it. The whole way leads to and fro where the closest substitutes' buyers are mostly one seller's.

    Args:
        curvature: [instrument], q ∂²q/∂p² / (∂q/∂p)².
    """
    return 1 / np.maximum(2 - curvature, 1.0)


def turning_slope(slope: Vector, curvature: Vector) -> Vector:
    """Return the Λ with which `settled_markup` takes Newton's step for a price by itself, [instrument].

    Args:
        slope: [instrument], ∂quantity/∂price.
        curvature: [instrument], q ∂²q/∂p² / (∂q/∂p)².
    """
    return slope / part_of_the_way(curvature)
