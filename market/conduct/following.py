"""Who follows which rule: a layer whose firms differ in conduct posts rule by rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from market.arrays import Integers, Vector
from market.conduct.layer import Layer
from market.conduct.rule import Rule

Members = NDArray[np.bool_] | bool
"""[seller], who is one of them; True or False where it is the same for all."""


@dataclass(frozen=True)
class Following:
    """A rule and those who follow it.

    Attributes:
        rule: What they follow.
        members: [seller], True for those who do; True where all do.
    """

    rule: Rule
    members: Members = True

    @property
    def colluding(self) -> Members:
        """[seller], who decides as one with the others."""
        return self.members if self.rule.colludes else False


def deciders(seller: Integers, colluding: Members) -> Integers:
    """Return a number for whoever decides on each price, [instrument]: its seller, or its seller's cartel."""
    member = colluding[seller] if isinstance(colluding, np.ndarray) else colluding
    return np.where(member, -1, seller)


def followings(rules: Sequence[Rule]) -> list[Following]:
    """Return each rule that some follow once, from rules [seller]; rules are alike where all their values are."""
    different: list[Rule] = []
    for rule in rules:
        if rule not in different:
            different.append(rule)
    if len(different) == 1:
        return [Following(different[0])]
    return [Following(rule, np.array([other == rule for other in rules])) for rule in different]


def posted(rules: Sequence[Rule], layer_of: Callable[[Following], Layer]) -> Vector:
    """Return the prices to post, [instrument]: each rule's for its own sellers, given what the others last posted.

    Sellers on ``joint-profit`` are one cartel, of which the others are no part.

    Args:
        rules: [seller], in the order of the layer's sellers.
        layer_of: Gives the layer as those who follow a rule see it.
    """
    first, *others = followings(rules)
    found = _post(first, layer_of)[1]
    for following in others:
        layer, prices = _post(following, layer_of)
        found = np.where(layer.of_seller(following.members), prices, found)
    return found


def _post(following: Following, layer_of: Callable[[Following], Layer]) -> tuple[Layer, Vector]:
    layer = layer_of(following)
    if isinstance(following.members, np.ndarray):
        layer = replace(layer, colluding=following.members)
    return layer, following.rule.post(layer)
