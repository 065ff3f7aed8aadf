"""A layer of the market as every seller in it sees it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from market.arrays import Matrix, Vector


@dataclass(frozen=True)
class Layer:
    """The price instruments of one layer, as every seller in it sees them.

    Attributes:
        price: [instrument], posted last round, USD per unit.
        marginal_cost: [instrument], USD per unit, grossed up for costs that are a share of revenue.
        quantity: [instrument], expected units at the posted prices.
        response: [instrument, instrument], ∂quantity/∂price this month.
        patient_response: [instrument, instrument], the same once every buyer has reconsidered; the same as this
            month if omitted.
        seller: [instrument], index of the firm that sets the price; each has one price, in their order, if omitted.
        channel: [instrument], a number for each kind of price, so that rivals compare like with like (retail and
            wholesale, fees and prices by the token of each plan); 0 in layers with one.
        capacity: [seller], units a firm can supply; infinite where nothing binds.
        limit: [instrument], units sold at it alone that the firm can supply, where it is not the capacity alone that
            binds.
        opportunity_cost: [instrument], USD per unit of profit that a unit sold takes from the seller's other channels.
        colluding: [seller], True for members of the cartel, if there is one; everybody if omitted.
        net_share: [instrument], share of the price left after costs that follow it; needed where it differs between the
            instruments of one seller.
        own_slope: [instrument], ∂quantity/∂price as if the sum over which a logit share is taken stood still (Λ of
            Morrow and Skerlos 2011); where known, best responses settle whatever the shares are.
        curvature: [instrument], q ∂²q/∂p² / (∂q/∂p)² by the own price; where known, best responses settle though most
            of the closest substitutes' buyers are one seller's.
        utilisation: [seller], part of the capacity in use.
        market_share: [seller]; shares of ``quantity`` if omitted.
        runway: [seller], months the money lasts.
        heading: [seller], 1 or −1: up or down, what hill climbing does next.
        trial: [seller], markup over marginal cost that a bandit tries next.
        load: [seller], units of capacity that all its sales take up, where that is not the sum of ``quantity``: what
            resellers sell takes up capacity too, and subscribers who pay fees use tokens.
        load_slope: [instrument], ∂load of its seller/∂price.
        with_fees: Whether some are fees, beside which a price may be at cost.
    """

    price: Vector
    marginal_cost: Vector
    quantity: Vector
    response: Matrix
    patient_response: Matrix | None = None
    seller: NDArray[np.int64] | None = None
    channel: NDArray[np.int64] | int = 0
    capacity: Vector | float = np.inf
    limit: Vector | None = None
    opportunity_cost: Vector | float = 0.0
    colluding: NDArray[np.bool_] | bool = True
    net_share: Vector | None = None
    own_slope: Vector | None = None
    curvature: Vector | None = None
    utilisation: Vector | float = 0.0
    market_share: Vector | None = None
    runway: Vector | float = np.inf
    heading: Vector | float = 1.0
    trial: Vector | float = 0.0
    load: Vector | None = None
    load_slope: Vector | None = None
    with_fees: bool = False

    def of_seller(self, values: Vector | NDArray[np.bool_] | float) -> Any:
        """Return what holds for the seller of each instrument, [instrument], from values [seller] or one for all."""
        return values[self.seller] if isinstance(values, np.ndarray) and self.seller is not None else values

    def of_sellers_prices(self, values: Vector) -> Vector:
        """Add up values [instrument] over the seller's instruments, for the seller of each instrument."""
        if self.seller is None:
            return values
        return np.asarray(np.bincount(self.seller, values)[self.seller], dtype=np.float64)

    @property
    def share(self) -> Vector:
        """[instrument], the seller's market share."""
        if self.market_share is not None:
            return np.asarray(self.of_seller(self.market_share))
        total = self.quantity.sum()
        return self.of_sellers_prices(self.quantity) / total if total > 0 else np.zeros(self.price.size)

    @cached_property
    def own(self) -> NDArray[np.bool_]:
        """[instrument, instrument], whether one seller sets both prices."""
        seller = np.arange(self.price.size) if self.seller is None else self.seller
        return seller[:, None] == seller
