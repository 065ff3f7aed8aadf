from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.arrays import Floats, Integers

FLOAT, INTEGER = np.dtype(np.float64), np.dtype(np.int64)


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Choice probabilities of every (type, last provider) in O(types × offers) numbers; see `kernels`."""

    within: Floats
    """[type, offer] share of an offer within its nest, loyalty left out."""
    stay: Floats
    """[type, last] probability to choose within the last provider's nest."""
    leave: Floats
    """[type, last] 1 − stay, to full precision."""
    captive: Floats
    """[type, last] of those who stay, the share that loyalty alone keeps with the last provider."""
    free: Floats
    """[type, last] 1 − captive, to full precision: they draw from `within`."""
    elsewhere: Floats
    """[type, nest left, nest chosen or outside (last column)] choice of those who leave a nest."""
    fresh: Floats
    """[type, nest chosen or outside (last column)] choice of those without a last provider."""
    log_sum: Floats
    """[type, last provider or outside (last column)] inclusive value, in units of utility."""

    def of_types(self, rows: slice) -> "Probabilities":
        """Return those of some types."""
        return Probabilities(*(getattr(self, name)[rows] for name in self.__slots__))

    def dense(self, nest: ArrayLike) -> Floats:
        """[type, last or outside, chosen or outside] in full: O(types × offers²), to look at and to test against."""
        nests = np.asarray(nest, dtype=np.int64)
        types, offers = self.within.shape
        table = np.zeros((types, offers + 1, offers + 1))
        pool = np.concatenate([self.leave[:, :, None] * self.elsewhere[:, nests], self.fresh[:, None]], axis=1)
        rows = np.arange(offers)
        pool[:, rows, nests] += self.stay * self.free
        table[:, :, :offers] = pool[:, :, nests] * self.within[:, None]
        table[:, :, offers] = pool[:, :, -1]
        table[:, rows, rows] += self.stay * self.captive
        return table


@dataclass(frozen=True, slots=True)
class Expected:
    """What users are expected to choose, and how that answers to utility."""

    users: Floats
    """[type, offer] users expected to choose an offer."""
    outside: Floats
    """[type] users expected to choose nothing."""
    log_sum: Floats
    """[type] inclusive value summed over users; divided by the price coefficient it is consumer surplus."""
    churn: float
    """Users with a provider who are expected to choose something else."""
    probabilities: Probabilities
    mass: Floats
    nest: Integers
    rho: float

    def of(self, mass: ArrayLike) -> "Expected":
        """Return what other people, [type, last provider or outside], are expected to choose at the same utilities."""
        return _expected(self.probabilities, self.nest, self.rho, mass)

    def response(self, left: ArrayLike, right: ArrayLike) -> Floats:
        """Return [j, k] Σ_t left[t, j] right[t, k] ∂users[t, j]/∂utility[t, k]; left, right broadcast to [type, offer].

        With left the tokens a user of t buys at j and right ∂V[t, k]/∂p_k it is the part of ∂demand_j/∂p_k that
        comes from users changing their choice.
        """
        shape = self.users.shape
        return self.responses(as_floats(left, shape)[:, None], as_floats(right, shape)[:, None])[0, :, 0]

    def responses(self, left: Floats, right: Floats) -> Floats:
        """Return [a, j, b, k], the `response` of each left[:, a] and right[:, b], [type, a or b, offer]."""
        from market.users.choice import kernels

        table, offers = self.probabilities, self.users.shape[1]
        result = np.zeros((left.shape[1], offers, right.shape[1], offers))
        kernels.respond(
            table.stay, table.leave, table.captive, table.free, table.elsewhere, table.fresh, table.within,
            self.nest, self.rho, self.mass, self.users, left, right, result,
        )  # fmt: skip
        return result


def diagonals(responses: Floats) -> Floats:
    """Return [a, b, offer], how each offer answers to itself, of [a, offer, b, offer], to be changed in place."""
    return np.einsum("ajbj->abj", responses)


def check_rho(rho: float) -> float:
    """Give the nest correlation as kernels take it; ValueError outside [0, 1)."""
    if not 0.0 <= rho < 1.0:
        raise ValueError(f"rho must lie in [0, 1), not {rho}")
    return float(rho)


def as_floats(values: ArrayLike, shape: Sequence[int]) -> Floats:
    """Give values in this shape as the one kind of array that kernels are compiled for."""
    if _is_plain(values, FLOAT) and values.shape == shape:
        return values
    array = np.empty(shape)
    array[...] = values
    return array


def _is_plain(values: ArrayLike, dtype: np.dtype[Any]) -> TypeGuard[NDArray[Any]]:
    """Whether these are an array that kernels take as it is."""
    return isinstance(values, np.ndarray) and values.dtype is dtype and values.flags.carray


def nest_of_offers(nest: ArrayLike, offers: int) -> Integers:
    """Give the nests of the offers as int64 [offer]; ValueError where they do not fit the number of offers."""
    nests = nest if _is_plain(nest, INTEGER) else np.require(nest, dtype=np.int64, requirements=("C", "W"))
    if nests.shape != (offers,) or (offers and nests.min() < 0):
        raise ValueError(f"nest must hold one number ≥ 0 for each of {offers} offers, not {nest!r}")
    return nests


def probabilities(utility: ArrayLike, loyalty: ArrayLike, nest: ArrayLike, rho: float) -> Probabilities:
    """Nested logit probabilities by type and last provider.

    utility: [type, offer], without loyalty; −∞ where an offer is not open to a type. The outside option has 0.
    loyalty: [type] or a number ≥ 0, added to the utility of the last provider. nest: [offer] from 0.
    rho: nest correlation in [0, 1). ValueError for shapes or a rho or loyalty outside these bounds.
    """
    return _probabilities(utility, loyalty, nest_of_offers(nest, np.shape(utility)[1]), rho)


def _probabilities(utility: ArrayLike, loyalty: ArrayLike, nests: Integers, rho: float) -> Probabilities:
    from market.users.choice import kernels

    types, offers = np.shape(utility)
    loyal = as_floats(loyalty, (types,))
    if not ((loyal >= 0.0) & (loyal < np.inf)).all():
        raise ValueError(f"loyalty must be finite and ≥ 0, not {loyalty!r}")
    count = int(nests.max()) + 1 if offers else 1
    value = as_floats(utility, (types, offers))
    return Probabilities(*kernels.probabilities(value, loyal, nests, count, check_rho(rho)))


def expected(utility: ArrayLike, loyalty: ArrayLike, nest: ArrayLike, rho: float, mass: ArrayLike) -> Expected:
    """Return the expected choice of mass [type, last provider or outside (last column)] users; see `probabilities`.

    Takes O(types × offers), as given the last provider only one offer's weight changes.
    """
    nests = nest_of_offers(nest, np.shape(utility)[1])
    return _expected(_probabilities(utility, loyalty, nests, rho), nests, float(rho), mass)


def _expected(table: Probabilities, nests: Integers, rho: float, mass: ArrayLike) -> Expected:
    from market.users.choice import kernels

    types, offers = table.within.shape
    users = as_floats(mass, (types, offers + 1))
    found = kernels.expect(
        table.within, table.stay, table.leave, table.captive, table.free, table.elsewhere, table.fresh,
        table.log_sum, nests, users,
    )  # fmt: skip
    return Expected(*found, probabilities=table, mass=users, nest=nests, rho=rho)
