"""What every pricing rule is."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from market.arrays import Vector
from market.conduct.layer import Layer
from market.conduct.own_rules import Named
from market.fields import quantity

LONGEST_SURE_MOVE = 1.0
"""Largest relative move in one repricing that may rest on a straight line through today's demand."""


class Rule(Named):
    """A way to set prices. One from outside is a subclass with fields of its own and a `target`."""

    largest_move: float = quantity(
        0.25, "1", "Largest relative change of a posted price in one repricing", gt=0, le=1e9
    )

    sees: ClassVar[tuple[str, ...]] = ()
    """What the rule looks at in a `Layer` that is a property of its firms."""

    in_quantities: ClassVar[bool] = False
    """Whether sellers of a good that is all alike can follow it: they choose quantities, or add a markup to cost."""

    colludes: ClassVar[bool] = False
    """Whether all who follow it decide as one."""

    @property
    def constant_markup(self) -> float | None:
        """Markup over marginal cost of a rule that looks at nothing else; None for rules that look at demand."""
        return None

    @property
    def looks_ahead(self) -> float:
        """Weight on the demand response after all buyers have reconsidered; rules that look at none have 0."""
        return 0.0

    @property
    def leaps(self) -> bool:
        """Whether a price may move so far at once that best responses must know where demand bends."""
        return self.largest_move > LONGEST_SURE_MOVE

    def of_firms(self, firms: Sequence[Any]) -> dict[str, Any]:
        """Return the parts of a `Layer` that the rule looks at and firms know by themselves, each [seller]."""
        return {name: np.array([getattr(firm, name) for firm in firms]) for name in self.sees}

    def target(self, layer: Layer) -> Vector:
        """Return the prices the rule wants, [instrument]."""
        raise NotImplementedError

    def post(self, layer: Layer) -> Vector:
        """Return the prices to post, [instrument]: the target, reached in steps of at most ``largest_move``."""
        step = 1 + self.largest_move
        return np.minimum(np.maximum(self.target(layer), layer.price / step), layer.price * step)
