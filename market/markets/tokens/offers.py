"""What users can choose from: tokens of those who make them, sold by them or by resellers."""

import sys
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from market.arrays import Integers, Matrix, Vector
from market.markets.tokens.tariffs import Menu

DIRECT, RESOLD = 0, 1


@dataclass(frozen=True)
class Offers:
    """What users can buy in a round, producers' own offers first; every array is [offer].

    Attributes:
        sellers: Names.
        price: USD per Mtok paid.
        quality: Doublings of effective training compute over the best model of round 0.
        lab: Place of the lab or the host that makes the tokens among those in business.
        reseller: Index of the reseller, −1 where the lab sells itself.
        added_value: Utility a reseller adds.
        at_list: Whether a reseller pays the lab's list price; nobody does if omitted.
        menu: The plans by which each may be bought; None where all is bought by the token.
        closed: How many sellers have a model of their own; those producers after them all serve the open one.
    """

    sellers: tuple[str, ...]
    price: Vector
    quality: Vector
    lab: Integers
    reseller: Integers
    added_value: Vector
    at_list: NDArray[np.bool_] | bool = False
    menu: Menu | None = None
    closed: int = sys.maxsize

    @classmethod
    def none(cls) -> "Offers":
        """Return a market without sellers."""
        whole = np.zeros(0, dtype=np.int64)
        return cls((), np.zeros(0), np.zeros(0), whole, whole, np.zeros(0))

    def __len__(self) -> int:
        return self.price.size

    def at(self, **values: Any) -> "Offers":
        """Return the same offers with other prices, menus, qualities or added values; who sells is kept."""
        other = copy(self)
        vars(other).update(values)
        return other

    @cached_property
    def resold(self) -> NDArray[np.bool_]:
        """[offer], True where a reseller sells."""
        return self.reseller >= 0

    @cached_property
    def channel(self) -> Integers:
        """[offer], sold by the lab itself or by a reseller."""
        return np.where(self.resold, RESOLD, DIRECT)

    @property
    def product(self) -> Integers:
        """[offer], the model that is sold, whoever sells it."""
        return np.minimum(self.lab, self.closed)

    @cached_property
    def sold_at(self) -> Matrix:
        """[instrument, offer], 1 where a lab's price decides what is paid for tokens: retail, then wholesale prices."""
        labs = len(self) - int(np.count_nonzero(self.resold))
        sold = np.zeros((2 * labs, len(self)))
        sold[self.lab + labs * self.resold, np.arange(len(self))] = 1.0
        return sold

    @cached_property
    def of_lab(self) -> Matrix:
        """[lab, offer], 1 where the model is the lab's."""
        labs = len(self.sold_at) // 2
        return self.sold_at[:labs] + self.sold_at[labs:]

    def by_lab(self, values: Vector) -> Vector:
        """Add up values [offer] over each lab's offers, [lab]."""
        return self.of_lab @ values


def among(sellers: Sequence[str], before: Sequence[str], people: Matrix) -> Matrix:
    """Return people among these sellers, [type, offer], the last column with none, from people [type, offer] of others.

    Those whose seller is not among them have none.

    Args:
        sellers: Now.
        before: [offer], whose users the people are.
        people: Of each type, with a last column or without.
    """
    place = {name: number for number, name in enumerate(sellers)}
    found = np.zeros((len(people), len(sellers) + 1))
    for column, name in zip(people.T, (*before, ""), strict=False):
        found[:, place.get(name, -1)] += column
    return found
