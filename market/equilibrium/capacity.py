"""Price competition under capacity: Kreps and Scheinkman (1983), linear demand, efficient rationing, two sellers.

The cheaper seller serves the buyers who value the good most; the dearer one is left with D(p) − k of its rival.
"""

from dataclasses import dataclass

from scipy.optimize import brentq, minimize_scalar

from market.demand.linear import Linear

TINY = 1e-12


@dataclass(frozen=True)
class PriceGame:
    """Equilibrium of the price stage for two capacities, marginal cost 0 up to capacity.

    Attributes:
        lowest, highest: Ends of the support of prices; equal where the equilibrium is in pure strategies.
        profits: Of the first and the second seller, before the cost of capacity.
    """

    demand: Linear
    capacity: tuple[float, float]
    lowest: float
    highest: float
    profits: tuple[float, float]

    def undercut_probability(self, price: float) -> float:
        """Return the probability that a seller's rival asks less than ``price``, capacities alike and prices mixed.

        It is what leaves the seller indifferent over the support.
        """
        alone, residual = (
            price * min(self.capacity[0], max(_buyers(self.demand, price) - rival, 0.0))
            for rival in (0.0, self.capacity[1])
        )
        return (alone - self.profits[0]) / (alone - residual)


def price_game(demand: Linear, capacity: tuple[float, float]) -> PriceGame:
    """Solve the price stage.

    Raises:
        ValueError: If a capacity is not above 0.
    """
    if min(capacity) <= 0:
        raise ValueError(f"capacity must be above 0, not {capacity}")
    clearing = max(demand.intercept - demand.slope * sum(capacity), 0.0)
    small, large = sorted(capacity)
    dearest, most = _residual_monopoly(demand, large, small)
    if most <= clearing * large + TINY:
        return PriceGame(demand, capacity, clearing, clearing, (clearing * capacity[0], clearing * capacity[1]))

    def gain(price: float) -> float:
        return price * min(large, _buyers(demand, price)) - most

    lowest = float(brentq(gain, 0.0, dearest, xtol=1e-15))
    earned = {large: most, small: lowest * small}
    return PriceGame(demand, capacity, lowest, dearest, (earned[capacity[0]], earned[capacity[1]]))


def capacity_game(demand: Linear, cost: float, rounds: int = 200) -> tuple[float, float]:
    """Return each seller's capacity and the price when two sellers build capacity at ``cost`` a unit, then price.

    Best responses, halved so that they settle, are iterated until neither seller wants another capacity.

    Raises:
        ArithmeticError: If they do not settle.
    """
    own = demand.intercept / demand.slope / 4
    for _ in range(rounds):

        def loss(size: float, rival: float = own) -> float:
            return cost * size - price_game(demand, (size, rival)).profits[0]

        most = demand.intercept / demand.slope
        best = float(minimize_scalar(loss, bounds=(TINY, most), method="bounded", options={"xatol": 1e-12}).x)
        if abs(best - own) < 1e-9:
            return own, price_game(demand, (own, own)).highest
        own = (own + best) / 2
    raise ArithmeticError("capacities do not settle")


def _buyers(demand: Linear, price: float) -> float:
    return max((demand.intercept - price) / demand.slope, 0.0)


def _residual_monopoly(demand: Linear, own: float, rival: float) -> tuple[float, float]:
    """Return the best price, and its profit, of a seller who is undercut for sure."""

    def loss(price: float) -> float:
        return -price * min(own, max(_buyers(demand, price) - rival, 0.0))

    top = demand.intercept - demand.slope * rival
    if top <= 0:
        return 0.0, 0.0
    found = minimize_scalar(loss, bounds=(0.0, top), method="bounded", options={"xatol": 1e-14})
    return float(found.x), float(-found.fun)
