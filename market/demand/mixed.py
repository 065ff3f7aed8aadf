"""Mixed nested logit with a discrete choice and a continuous quantity; logit and nested logit are special cases."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from market.arrays import Matrix, Vector
from market.demand.checks import correlation, finite, goods, nest_numbers, positive


@dataclass(frozen=True)
class Choice:
    """Choice probabilities of each draw.

    Attributes:
        share: [draw, offer].
        within: [draw, offer], share within the offer's nest.
        outside: [draw], share of the outside option.
        log_sum: [draw], inclusive value, utility.
    """

    share: Matrix
    within: Matrix
    outside: Vector
    log_sum: Vector


class MixedLogit:
    """Random-coefficients nested logit over offers and an outside option.

    A draw's conditional indirect utility of offer j at price p is

        V = value − b ((p/p₀)^(1−ε) − 1) / (1−ε)        (b ln(p/p₀) at ε = 1; value − b p/p₀ at ε = 0),

    and by Roy's identity it buys k (p/p₀)^(−ε) units; the marginal utility of income is b/(k p₀) (Hanemann 1984).
    Shares within a nest are proportional to exp(V/(1−ρ)), nests weigh D^(1−ρ) (Cardell 1997; Berry 1994).

    Args:
        value: [draw, offer] utility before the price.
        price_coefficient: [draw] b, above zero.
        weights: [draw] people per draw, ≥ 0; equal and adding up to one if omitted.
        nests: [offer] labels; one nest if omitted.
        rho: Correlation within nests, in [0, 1).
        outside: Utility of the outside option.
        elasticity: ε ≥ 0.
        reference_price: p₀ > 0.
        need: [draw] k > 0, units at the reference price.

    Raises:
        ValueError: Naming the argument that is impossible.
    """

    def __init__(
        self,
        value: ArrayLike,
        price_coefficient: ArrayLike,
        weights: ArrayLike | None = None,
        nests: ArrayLike | None = None,
        rho: float = 0.0,
        outside: float = 0.0,
        elasticity: float = 0.0,
        reference_price: float = 1.0,
        need: ArrayLike = 1.0,
    ) -> None:
        table = finite("value", value)
        if table.ndim != 2 or 0 in table.shape:
            raise ValueError(f"value must hold at least one draw and one inside good, not shape {table.shape}")
        draws, offers = table.shape
        self.value = table
        self.price_coefficient = positive("price_coefficient", price_coefficient, (draws,))
        self.weights = finite("weights", np.full(draws, 1 / draws) if weights is None else weights, (draws,))
        if not (self.weights >= 0).all() or self.weights.sum() == 0:
            raise ValueError("weights must be ≥ 0 and not all 0")
        self.nests = nest_numbers(np.zeros(offers) if nests is None else nests, offers)
        self.rho = correlation(rho)
        self.outside = float(finite("outside", outside, ()))
        self.elasticity = float(finite("elasticity", elasticity, ()))
        if self.elasticity < 0:
            raise ValueError(f"elasticity must be ≥ 0, not {elasticity}")
        self.reference_price = float(positive("reference_price", reference_price, ()))
        self.need = positive("need", need, (draws,))

    @property
    def offers(self) -> int:
        """Number of inside offers."""
        return self.value.shape[1]

    def _prices(self, prices: ArrayLike) -> Vector:
        vector = finite("prices", prices, (self.offers,))
        if self.elasticity > 0 and not (vector > 0).all():
            raise ValueError("prices must be above 0 where quantity has an elasticity")
        return vector

    def utility(self, prices: ArrayLike) -> Matrix:
        """Return V, [draw, offer]."""
        relative = self._prices(prices) / self.reference_price
        power = 1 - self.elasticity
        if self.elasticity == 0:
            burden = relative
        else:
            burden = np.log(relative) if power == 0 else (relative**power - 1) / power
        return self.value - np.multiply.outer(self.price_coefficient, burden)

    def units(self, prices: ArrayLike) -> Matrix:
        """Return what a draw buys of each offer it chooses, [draw, offer]."""
        relative = self._prices(prices) / self.reference_price
        return np.multiply.outer(self.need, relative**-self.elasticity)

    def choice(self, prices: ArrayLike) -> Choice:
        """Return choice probabilities; safe for utilities of any size."""
        scaled = self.utility(prices) / (1 - self.rho)
        count = int(self.nests.max()) + 1
        member = [self.nests == nest for nest in range(count)]
        top = np.stack([scaled[:, rows].max(axis=1) for rows in member], axis=1)
        weight = np.exp(scaled - top[:, self.nests])
        total = np.stack([weight[:, rows].sum(axis=1) for rows in member], axis=1)
        inclusive = (1 - self.rho) * (top + np.log(total))
        highest = np.maximum(inclusive.max(axis=1), self.outside)
        nest = np.exp(inclusive - highest[:, None])
        none = np.exp(self.outside - highest)
        sum_ = nest.sum(axis=1) + none
        within = weight / total[:, self.nests]
        share = within * (nest / sum_[:, None])[:, self.nests]
        return Choice(share, within, none / sum_, highest + np.log(sum_))

    def quantities(self, prices: ArrayLike) -> Vector:
        """Return units bought of each offer, [offer]."""
        return self.weights @ (self.choice(prices).share * self.units(prices))

    def split(self, prices: ArrayLike) -> tuple[Vector, Matrix]:
        """Return Λ [offer] and Γ [offer, offer] with ∂q_j/∂p_k = Λ_j δ_jk − Γ_jk (Morrow and Skerlos 2011)."""
        vector = self._prices(prices)
        choice, units = self.choice(vector), self.units(vector)
        scale = self.weights * self.price_coefficient / (self.need * self.reference_price)
        slope = scale[:, None] * units
        bought = choice.share * units
        steep = 1 / (1 - self.rho)
        own = -steep * (bought * slope).sum(axis=0)
        if self.elasticity > 0:
            own = own - self.elasticity * (self.weights @ bought) / vector
        same = self.nests[:, None] == self.nests[None, :]
        pull = choice.share * slope
        cross = -(bought.T @ pull)
        if self.rho > 0:
            cross -= (steep - 1) * same * (bought.T @ (choice.within * slope))
        return own, cross

    def jacobian(self, prices: ArrayLike) -> Matrix:
        """Return ∂q_j/∂p_k, [offer, offer]."""
        own, cross = self.split(prices)
        return np.diag(own) - cross

    def consumer_surplus(self, prices: ArrayLike) -> float:
        """Return the inclusive value over the marginal utility of income; by a price it falls by the quantity."""
        income = self.price_coefficient / (self.need * self.reference_price)
        return float(self.weights @ (self.choice(prices).log_sum / income))


def one_draw(value: ArrayLike, price_coefficient: float) -> tuple[Matrix, Vector]:
    """Return value [1, offer] and coefficient [1] of a population that is all alike; ValueError for what cannot be."""
    return goods("value", value)[None, :], positive("price_coefficient", price_coefficient, (1,))
