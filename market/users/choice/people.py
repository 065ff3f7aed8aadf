"""What both user engines have in common: who is active, with which provider, and what users go through in a round."""

from abc import ABC, abstractmethod
from enum import IntEnum
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from market.arrays import Floats, Integers
from market.users.choice.expected import Probabilities, nest_of_offers


class Stage(IntEnum):
    """What a stream of random numbers is for; (seed, round, stage) fixes the stream."""

    CHOICE = 0
    SERVICE = 1


def apportion(totals: ArrayLike, shares: ArrayLike) -> Integers:
    """Split whole totals [row] by shares [row, part] into whole numbers by largest remainder, ties to the first part.

    A row's shares sum to 1, but for rows with total 0.
    """
    whole = np.asarray(totals, dtype=np.int64)
    quotas = whole[:, None] * np.asarray(shares, dtype=np.float64)
    parts = np.floor(quotas).astype(np.int64)
    missing = whole - parts.sum(axis=1)
    order = np.argsort(parts - quotas, axis=1, kind="stable")
    first = np.arange(parts.shape[1]) < missing[:, None]
    np.put_along_axis(parts, order, np.take_along_axis(parts, order, axis=1) + first, axis=1)
    return parts


class People(ABC):
    """Users of some types, each with a last provider or none; the state of both engines as others see it.

    Users of one type and one last provider are alike, so `counts` says all there is to know about what they will
    do next. Everything random depends only on (seed, round, stage): a round asked for twice is the same round.
    """

    name: ClassVar[str]

    def __init__(self, users_per_type: ArrayLike, offers: int, seed: int) -> None:
        """users_per_type: whole numbers [type], active or not yet. seed: one for each People of a model, ≥ 0."""
        self.users_per_type = _whole(users_per_type, "users_per_type")
        self.seed = seed
        self.counts: Integers = np.zeros((self.users_per_type.size, offers + 1), dtype=np.int64)
        """[type, last provider or none (last column)] active users."""

    @property
    def offers(self) -> int:
        """Number of offers there are."""
        return int(self.counts.shape[1]) - 1

    @property
    def active(self) -> Integers:
        """Active users [type]."""
        return np.asarray(self.counts.sum(axis=1))

    def mass(self) -> Floats:
        """Active users [type, last provider or none (last column)]."""
        return self.counts.astype(np.float64)

    def adopt(self, active_per_type: ArrayLike) -> None:
        """Set how many users of each type are active; who joins has no provider.

        Who leaves comes from all providers in proportion to their users of the type (largest remainder, nothing
        random). ValueError for more than there are users.
        """
        wanted = _whole(active_per_type, "active_per_type")
        if wanted.shape != self.users_per_type.shape or (wanted > self.users_per_type).any():
            raise ValueError(f"active users {wanted} do not fit into users per type {self.users_per_type}")
        present = self.active
        joining = wanted - present
        if (joining < 0).any():
            share = self.counts / np.maximum(present, 1)[:, None]
            self.counts -= apportion(np.maximum(-joining, 0), share)
            joining = np.maximum(joining, 0)
        self.counts[:, -1] += joining

    def settle(self, shares: ArrayLike) -> None:
        """Give the active users providers by shares [type, offer] (largest remainder); the rest has none.

        For the start of a run: what users had before is forgotten. ValueError for shares below 0 or summing above 1.
        """
        wanted = np.broadcast_to(np.asarray(shares, dtype=np.float64), (self.active.size, self.offers))
        rest = 1.0 - wanted.sum(axis=1, keepdims=True)
        if (wanted < 0.0).any() or (rest < -1e-9).any():
            raise ValueError("shares must be ≥ 0 and sum to at most 1 for each type")
        shares_of_all = np.concatenate([wanted, np.maximum(rest, 0.0)], axis=1)
        self.counts = apportion(self.active, shares_of_all / shares_of_all.sum(axis=1, keepdims=True))

    @abstractmethod
    def choose(self, table: Probabilities, nest: ArrayLike, round: int) -> Integers:
        """Let every active user choose; returns users [type, offer or nothing (last column)], their new last provider.

        table: of these types and offers, as `market.users.choice.probabilities` gives them for nest [offer];
        ValueError for others.
        """

    @abstractmethod
    def turn_away(self, served_share: ArrayLike, round: int) -> Integers:
        """Serve each user of an offer with this probability ([offer] or [type, offer]); returns served [type, offer].

        Who is turned away has no provider from then on. ValueError for a probability outside [0, 1].
        """

    def reindex(self, mapping: ArrayLike, offers: int) -> None:
        """Renumber the offers: mapping [old offer] is the new number, or −1 for an offer that is gone.

        Users of an offer that is gone have no provider; offers given the same number become one.
        """
        new = renumbering(mapping, self.offers, offers)
        moved = np.zeros((self.users_per_type.size, offers + 1), dtype=np.int64)
        np.add.at(moved.T, new, self.counts.T)
        self.counts = moved

    def _nests(self, table: Probabilities, nest: ArrayLike) -> Integers:
        """Give the nests [offer]; ValueError where the probabilities are not those of these users."""
        shape = (self.users_per_type.size, self.offers)
        if table.within.shape != shape:
            raise ValueError(f"probabilities must be of types and offers {shape}, not {table.within.shape}")
        return nest_of_offers(nest, self.offers)

    def _served(self, served_share: ArrayLike) -> Floats | None:
        """Give the probabilities to be served as [type, offer]; None where everybody is."""
        share = np.asarray(served_share, dtype=np.float64)
        if not ((share >= 0.0) & (share <= 1.0)).all():
            raise ValueError(f"served_share must lie in [0, 1], not {served_share!r}")
        of_all = np.broadcast_to(share, (self.users_per_type.size, self.offers))
        return of_all if (share < 1.0).any() else None


def _whole(values: ArrayLike, name: str) -> Integers:
    """Give whole numbers ≥ 0 as a new int64 [type]; ValueError for anything else."""
    array = np.asarray(values)
    if array.ndim != 1 or array.dtype.kind not in "iu" or (array < 0).any():
        raise ValueError(f"{name} must hold one whole number ≥ 0 for each type, not {values!r}")
    return array.astype(np.int64)


def renumbering(mapping: ArrayLike, old: int, new: int) -> Integers:
    """Give the new number of each old offer and of no provider; ValueError where they do not fit."""
    numbers = np.asarray(mapping, dtype=np.int64)
    if numbers.shape != (old,) or (numbers >= new).any() or (numbers < -1).any():
        raise ValueError(f"mapping must give a number from −1 to {new - 1} for each of {old} offers, not {mapping!r}")
    return np.append(np.where(numbers < 0, new, numbers), new)
