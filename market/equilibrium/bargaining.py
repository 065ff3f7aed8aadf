"""Wholesale prices by Nash-in-Nash bargaining, retail prices by Bertrand competition, both at once."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import root

from market.arrays import Matrix, Vector
from market.demand.checks import finite
from market.demand.logit import Logit

ITERATIONS = 5_000
ACCEPTED = 1e-10


@dataclass(frozen=True)
class Bargain:
    """Outcome of bargaining over links; a link is a supplier's product sold by a retailer.

    Attributes:
        wholesale, prices, quantities: [link].
        supplier_profits, retailer_profits: By firm, of its own tier.
        consumer_surplus: Of all consumers, in money.
        converged: Whether all conditions hold to 1e-10 of the price scale.
        residual: Largest distance from them.
    """

    wholesale: Vector
    prices: Vector
    quantities: Vector
    supplier_profits: dict[Hashable, float]
    retailer_profits: dict[Hashable, float]
    consumer_surplus: float
    converged: bool
    residual: float


def vertical_bargaining(
    demand: Logit,
    upstream_cost: ArrayLike,
    downstream_cost: ArrayLike,
    supplier: Sequence[Hashable],
    retailer: Sequence[Hashable],
    retailer_weight: ArrayLike,
    owner: Mapping[Hashable, Hashable] | None = None,
) -> Bargain:
    """Return Nash-in-Nash wholesale prices with retail Bertrand competition (Sheu and Taragin 2021).

    Retail prices are held fixed in a disagreement, and a lost product's share s_j goes to the others in proportion,
    s_k s_j/(1 − s_j). On each link the supplier's gain is (1 − b)/b times the retailer's, b the retailer's weight;
    gains count all margins of a firm's owner at any tier. A link within one owner trades at marginal cost, and its
    retailer counts the upstream margin on rivals' sales.

    Args:
        demand: A logit over the links.
        upstream_cost: [link].
        downstream_cost: [link], on top of the wholesale price.
        supplier: [link] names of firms.
        retailer: [link] names of firms.
        retailer_weight: b in (0, 1], a number or [link].
        owner: The owner of a firm where that is not itself; equal owners merge. A key is a firm's name, or
            ("supplier", name) or ("retailer", name) where both tiers use the same names.

    Raises:
        ValueError: For shapes that do not fit, weights outside (0, 1] or owners of unknown firms.
    """
    if not isinstance(demand, Logit):
        raise ValueError("demand must be a Logit: diversion is taken to be proportional to shares")
    links = demand.offers
    upstream = finite("upstream_cost", upstream_cost, (links,))
    downstream = finite("downstream_cost", downstream_cost, (links,))
    weight = finite("retailer_weight", retailer_weight, (links,))
    if not ((weight > 0) & (weight <= 1)).all():
        raise ValueError("retailer_weight must lie in (0, 1]")
    for name, firms in (("supplier", supplier), ("retailer", retailer)):
        if len(firms) != links:
            raise ValueError(f"{name} names {len(firms)} firms, but there are {links} links")
    above, below = _owners(list(supplier), list(retailer), owner or {})
    links_ = _Links(demand, upstream, downstream, weight, above, below)
    prices, wholesale, residual = links_.solve()
    quantities = demand.quantities(prices)
    return Bargain(
        wholesale=wholesale,
        prices=prices,
        quantities=quantities,
        supplier_profits=_by_firm(supplier, (wholesale - upstream) * quantities),
        retailer_profits=_by_firm(retailer, (prices - wholesale - downstream) * quantities),
        consumer_surplus=demand.consumer_surplus(prices),
        converged=bool(residual < ACCEPTED),
        residual=residual,
    )


def _by_firm(firms: Sequence[Hashable], profits: Vector) -> dict[Hashable, float]:
    total: dict[Hashable, float] = {}
    for firm, profit in zip(firms, profits, strict=True):
        key = firm.item() if isinstance(firm, np.generic) else firm
        total[key] = total.get(key, 0.0) + float(profit)
    return total


def _owners(
    suppliers: list[Hashable], retailers: list[Hashable], owner: Mapping[Hashable, Hashable]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the owner's number of each link's supplier and retailer, [link]."""
    ambiguous = set(suppliers) & set(retailers)
    firms = {("supplier", name) for name in suppliers} | {("retailer", name) for name in retailers}

    def firm(key: Hashable) -> Hashable:
        if key in firms:
            return key
        found = [tier for tier in ("supplier", "retailer") if (tier, key) in firms]
        if key in ambiguous:
            raise ValueError(f"owner: {key!r} is a supplier and a retailer; write ('supplier', {key!r})")
        return (found[0], key) if found else key

    owned = {firm(key): firm(value) for key, value in owner.items()}
    unknown = [key for key in owned if key not in firms]
    if unknown:
        raise ValueError(f"owner: no such firm {unknown[0]!r}")

    def holder(name: Hashable) -> Hashable:
        for _ in range(len(owned) + 1):
            if owned.get(name, name) == name:
                return name
            name = owned[name]
        raise ValueError(f"owner: {name!r} owns itself in a circle")

    above = [holder(("supplier", name)) for name in suppliers]
    below = [holder(("retailer", name)) for name in retailers]
    number = {name: place for place, name in enumerate(dict.fromkeys(above + below))}
    return np.array([number[name] for name in above]), np.array([number[name] for name in below])


@dataclass(frozen=True)
class _Links:
    """The conditions of all links; given shares they are linear in retail and wholesale prices."""

    demand: Logit
    upstream: Vector
    downstream: Vector
    weight: Vector
    above: NDArray[np.int64]
    below: NDArray[np.int64]

    def prices(self, share: Vector) -> tuple[Vector, Vector]:
        """Return retail and wholesale prices [link] that meet all conditions at given shares.

        With m_i,k = [i owns k's retailer] (p_k − w_k − d_k) + [i owns k's supplier] (w_k − c_k), p and w are unknown.
        """
        links = share.size
        retail_own = self.below[:, None] == self.below[None, :]
        retail_up = self.below[:, None] == self.above[None, :]
        supply_own = self.above[:, None] == self.above[None, :]
        supply_down = self.above[:, None] == self.below[None, :]
        alpha = float(self.demand.price_coefficient[0])
        response = -alpha * (np.diag(share) - np.outer(share, share))
        lost = np.diag(share) - np.outer(share, share) / (1 - share)[:, None]
        np.fill_diagonal(lost, share)
        ratio = (1 - self.weight) / self.weight
        integrated = self.above == self.below
        left, right = np.zeros((2 * links, 2 * links)), np.zeros(2 * links)
        self._add(left, right, slice(0, links), response, retail_own, retail_up)
        right[:links] -= share
        rows = slice(links, 2 * links)
        self._add(left, right, rows, lost, supply_down, supply_own)
        self._add(left, right, rows, -ratio[:, None] * lost, retail_own, retail_up)
        at_cost = np.flatnonzero(integrated)
        left[links + at_cost] = 0.0
        left[links + at_cost, links + at_cost] = 1.0
        right[links + at_cost] = self.upstream[at_cost]
        solution: Vector = np.asarray(np.linalg.solve(left, right), dtype=np.float64)
        return solution[:links], solution[links:]

    def _add(
        self, left: Matrix, right: Vector, rows: slice, factor: Matrix, downstream: Matrix, upstream: Matrix
    ) -> None:
        """Add Σ_k factor_jk m_k to the conditions, split into unknown prices (left) and known costs (right)."""
        links = self.upstream.size
        retail, wholesale = factor * downstream, factor * upstream
        left[rows, :links] += retail
        left[rows, links:] += wholesale - retail
        right[rows] += retail @ self.downstream + wholesale @ self.upstream

    def solve(self) -> tuple[Vector, Vector, float]:
        """Iterate between shares and prices, then polish; return prices, wholesale prices and the residual."""
        scale = 1 / float(self.demand.price_coefficient[0])

        def gap(prices: Vector) -> Vector:
            return (self.prices(self.demand.quantities(prices))[0] - prices) / scale

        prices = self.upstream + self.downstream + 2 * scale
        for _ in range(ITERATIONS):
            step = gap(prices)
            prices = prices + 0.3 * np.clip(step, -2, 2) * scale
            if np.abs(step).max() < 1e-6:
                break
        polished = root(gap, prices, method="hybr", options={"xtol": 1e-14}).x
        prices = min((prices, polished), key=lambda candidate: float(np.abs(gap(candidate)).max()))
        share = self.demand.quantities(prices)
        return np.asarray(prices, dtype=np.float64), self.prices(share)[1], float(np.abs(gap(prices)).max())
