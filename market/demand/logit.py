"""Logit and nested logit for people who are all alike and buy one unit."""

from numpy.typing import ArrayLike

from market.demand.mixed import MixedLogit, one_draw


class Logit(MixedLogit):
    """Logit demand with choice utility value − price_coefficient · price (McFadden 1974).

    Args:
        value: [offer] utility before the price.
        price_coefficient: Utility per unit of money, above zero.
        outside: Utility of the outside option.

    Raises:
        ValueError: Naming the argument that is impossible.
    """

    def __init__(self, value: ArrayLike, price_coefficient: float, outside: float = 0.0) -> None:
        table, coefficient = one_draw(value, price_coefficient)
        super().__init__(table, coefficient, outside=outside)


class NestedLogit(MixedLogit):
    """Nested logit demand; shares within a nest ∝ exp(δ/(1−ρ)), nests weigh D^(1−ρ) (Berry 1994).

    Args:
        value: [offer] utility before the price.
        price_coefficient: Utility per unit of money, above zero.
        nests: [offer] labels.
        rho: Correlation within nests, in [0, 1).
        outside: Utility of the outside option.

    Raises:
        ValueError: Naming the argument that is impossible.
    """

    def __init__(
        self, value: ArrayLike, price_coefficient: float, nests: ArrayLike, rho: float, outside: float = 0.0
    ) -> None:
        table, coefficient = one_draw(value, price_coefficient)
        super().__init__(table, coefficient, nests=nests, rho=rho, outside=outside)
