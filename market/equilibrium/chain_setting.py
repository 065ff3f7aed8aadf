"""What a chain of layers is: demand at the end, firms and costs on the way, and how consumers are served."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from market.arrays import Vector
from market.demand.checks import finite
from market.demand.linear import Linear
from market.demand.logit import Logit
from market.equilibrium.bertrand import bertrand_nash

CONDUCT = ("cournot", "bertrand")
TIMING = ("sequential", "simultaneous")
CONTRACT = ("linear", "two-part", "cost")


@dataclass(frozen=True)
class Setting:
    """A chain to solve, checked; attributes as the arguments of `chain_equilibrium`, one way to compete per layer."""

    demand: Linear | Logit
    firms: tuple[int, ...]
    cost: Vector
    conduct: tuple[str, ...]
    timing: str
    integrated: int

    def consumers(self, input_price: float) -> tuple[float, float, float, float]:
        """Return quantity, mean price, profit and consumer surplus of the last layer at its input price."""
        if isinstance(self.demand, Linear):
            return self._linear(self.demand, input_price)
        result = bertrand_nash(self.demand, np.full(self.demand.offers, input_price + self.cost[-1]))
        if not result.converged:
            raise ArithmeticError("the last layer's price equilibrium did not converge")
        quantity = float(result.quantities.sum())
        price = float(result.prices @ result.quantities) / quantity
        return quantity, price, float(result.profits.sum()), result.consumer_surplus

    def _linear(self, demand: Linear, input_price: float) -> tuple[float, float, float, float]:
        """Homogeneous good: Cournot sellers, beside integrated rivals that need no input; or price competition."""
        firms = self.firms[-1]
        room = demand.intercept - input_price - self.cost[-1]
        if self.integrated:
            rival = demand.intercept - self.cost.sum()
            own = (room * (self.integrated + 1) - self.integrated * rival) / (firms + self.integrated + 1)
            output = firms * max(own, 0.0) / demand.slope
            sold = output + self.integrated_output(output)
        else:
            competing = self.conduct[-1] == "bertrand" and firms > 1
            output = max(room, 0.0) / demand.slope * (1.0 if competing else firms / (firms + 1))
            sold = output
        price = demand.price(sold)
        profit = (price - input_price - self.cost[-1]) * output
        return output, price, profit, demand.slope * sold**2 / 2

    def integrated_output(self, others: float) -> float:
        """Return what integrated firms sell together beside a given output of the others."""
        assert isinstance(self.demand, Linear)
        room = self.demand.intercept - self.cost.sum() - self.demand.slope * others
        return self.integrated / (self.integrated + 1) * max(room, 0.0) / self.demand.slope

    def highest(self) -> float:
        """Return the input price of the last layer at which nothing is sold any more."""
        if isinstance(self.demand, Linear):
            top = self.demand.intercept - self.cost[-1]
            if self.integrated:
                top = (top + self.integrated * self.cost[:-1].sum()) / (self.integrated + 1)
            return float(top)
        return float("inf")

    def given_margin(self, input_price: float) -> float:
        """Return −Q over the fall of Q when all consumer prices rise together: the margin of a layer of one firm."""
        if isinstance(self.demand, Linear):
            return self.demand.slope * self.consumers(input_price)[0]
        cost = np.full(self.demand.offers, input_price + self.cost[-1])
        prices = bertrand_nash(self.demand, cost).prices
        return -float(self.demand.quantities(prices).sum() / self.demand.jacobian(prices).sum())

    @property
    def scale(self) -> float:
        """Return a price difference that matters."""
        if isinstance(self.demand, Linear):
            return float(self.demand.intercept - self.cost.sum())
        return 1 / float(self.demand.price_coefficient[0])


def checked(
    demand: Linear | Logit,
    firms: Sequence[int],
    marginal_cost: ArrayLike,
    conduct: str | Sequence[str],
    timing: str,
    contract: str,
    integrated: int,
) -> Setting:
    """Return the chain that arguments of `chain_equilibrium` describe; ValueError naming what is impossible."""
    if not isinstance(demand, Linear | Logit):
        raise ValueError("demand must be Linear or Logit")
    counts = tuple(firms)
    if not counts or any(int(count) != count or count < 1 for count in counts):
        raise ValueError(f"firms must hold a whole number ≥ 1 for each layer, not {firms!r}")
    cost = finite("marginal_cost", marginal_cost)
    if cost.shape != (len(counts),):
        raise ValueError(f"marginal_cost has shape {cost.shape}, but there are {len(counts)} layers")
    ways = (conduct,) * len(counts) if isinstance(conduct, str) else tuple(conduct)
    if len(ways) != len(counts):
        raise ValueError(f"conduct names {len(ways)} ways, but there are {len(counts)} layers")
    for name, given, known in (
        ("conduct", ways, CONDUCT),
        ("timing", (timing,), TIMING),
        ("contract", (contract,), CONTRACT),
    ):
        if not set(given) <= set(known):
            raise ValueError(f"{name} must be one of {known}, not {given!r}")
    setting = Setting(demand, tuple(map(int, counts)), cost, ways, timing, int(integrated))
    _check_demand(setting)
    return setting


def _check_demand(setting: Setting) -> None:
    demand, counts = setting.demand, setting.firms
    if isinstance(demand, Logit) and demand.offers != counts[-1]:
        raise ValueError(f"firms says {counts[-1]} sellers in the last layer, but demand has {demand.offers} offers")
    if isinstance(demand, Linear) and setting.cost.sum() >= demand.intercept:
        raise ValueError("marginal_cost adds up to more than anybody pays")
    plain = len(counts) == 2 and isinstance(demand, Linear) and setting.timing == "sequential"
    if setting.integrated < 0 or (setting.integrated and not (plain and set(setting.conduct) == {"cournot"})):
        raise ValueError(
            "integrated must be ≥ 0, and needs a sequential cournot chain of two layers with linear demand"
        )
