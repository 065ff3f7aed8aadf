"""The choice of users who have no provider to be loyal to, or lose nothing by leaving theirs."""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from market.arrays import Floats, Integers
from market.users.choice.expected import as_floats, check_rho, diagonals, nest_of_offers


@dataclass(frozen=True, slots=True)
class FreeChoice:
    """What users are expected to choose who are all free, and how that answers to utility; see `Expected`."""

    users: Floats
    """[type, offer] users expected to choose an offer."""
    share: Floats
    """[type, offer] probability to choose an offer."""
    within: Floats
    """[type, offer] share of an offer within its nest."""
    nest: Integers
    rho: float

    def response(self, left: ArrayLike, right: ArrayLike) -> Floats:
        """Return [j, k] Σ_t left[t, j] right[t, k] ∂users[t, j]/∂utility[t, k]; see `Expected.response`."""
        shape = self.users.shape
        return self.responses(as_floats(left, shape)[:, None], as_floats(right, shape)[:, None])[0, :, 0]

    def responses(self, left: Floats, right: Floats) -> Floats:
        """Return [a, j, b, k] Σ_t left[t, a, j] right[t, b, k] ∂users[t, j]/∂utility[t, k]; see `Expected.responses`.

        With s = 1/(1−ρ), ∂P_j/∂V_k = P_j (s δ_jk − (s−1) [same nest] P_k|nest − P_k).
        """
        steep, bought = 1 / (1 - self.rho), left * self.users[:, None]
        result = over_types(bought, right * self.share[:, None])
        if self.rho > 0:
            same = self.nest[:, None, None] == self.nest
            result += (steep - 1) * same * over_types(bought, right * self.within[:, None])
        np.negative(result, out=result)
        diagonals(result)[:] += steep * np.einsum("taj,tbj->abj", bought, right)
        return result


def free_choice(utility: ArrayLike, nest: ArrayLike, rho: float, people: ArrayLike) -> FreeChoice:
    """Return the expected choice of people [type]; `expected` without loyalty gives the same, more slowly.

    Args:
        utility: [type, offer]; −∞ where an offer is not open to a type. The outside option has 0.
        nest: [offer] from 0.
        rho: Nest correlation in [0, 1).
        people: [type].

    Raises:
        ValueError: For a rho outside these bounds, or nests that do not fit the offers.
    """
    from market.users.choice import kernels

    types, offers = np.shape(utility)
    nests = nest_of_offers(nest, offers)
    within, share = kernels.free_shares(as_floats(utility, (types, offers)), nests, check_rho(rho))
    return FreeChoice(as_floats(people, (types,))[:, None] * share, share, within, nests, rho)


def over_types(left: Floats, right: Floats) -> Floats:
    """Return [a, j, b, k] Σ_t left[t, a, j] right[t, b, k]."""
    types, *rows = left.shape
    _, *columns = right.shape
    return (left.reshape(types, prod(rows)).T @ right.reshape(types, prod(columns))).reshape(*rows, *columns)
