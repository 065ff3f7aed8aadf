"""The market for tokens: offers, how users value them, how many tokens they buy, and how demand answers to prices.

Conditional indirect utility of a user of type t who buys offer j, with price p and token fertility f,

    V = base + θ (quality − φ progress) + added value − b ((p f / p₀)^(1−ε) − 1) / (1−ε) + loyalty,

gives by Roy's identity the quantity k f (p f / p₀)^(−ε) tokens and the marginal utility of income b / (k p₀): choice,
quantity and consumer surplus belong to one demand system (Hanemann 1984; Dubin and McFadden 1984).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from market.choice import Expected, expected
from market.parameters import Parameters
from market.population import Types

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Indices = NDArray[np.int64]

DIRECT, RESOLD = 0, 1


@dataclass(frozen=True)
class Offers:
    """What users can buy in a round, labs' own offers first; every array is [offer].

    Attributes:
        sellers: Names.
        price: USD per Mtok paid.
        quality: Doublings of effective training compute over the best model of round 0.
        lab: Index of the lab whose model it is.
        reseller: Index of the reseller, −1 where the lab sells itself.
        added_value: Utility a reseller adds.
    """

    sellers: tuple[str, ...]
    price: Vector
    quality: Vector
    lab: Indices
    reseller: Indices
    added_value: Vector

    @classmethod
    def none(cls) -> "Offers":
        """Return a market without sellers."""
        whole = np.zeros(0, dtype=np.int64)
        return cls((), np.zeros(0), np.zeros(0), whole, whole, np.zeros(0))

    def __len__(self) -> int:
        return self.price.size

    @cached_property
    def resold(self) -> NDArray[np.bool_]:
        """[offer], True where a reseller sells."""
        return self.reseller >= 0

    @cached_property
    def nest(self) -> Indices:
        """[offer], the nest of the choice."""
        return np.where(self.resold, RESOLD, DIRECT)

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


@dataclass(frozen=True)
class Tastes:
    """The users' side of the market: types, and the numbers all of them share."""

    types: Types
    reference_price: float
    elasticity: float
    obsolescence: float
    correlation: float

    @classmethod
    def of(cls, types: Types, parameters: Parameters) -> "Tastes":
        """Return the tastes of these types under a scenario's population."""
        population = parameters.population
        return cls(
            types,
            population.reference_price,
            population.quantity_elasticity,
            population.obsolescence,
            population.nest_correlation,
        )

    def relative_price(self, price: Vector) -> Matrix:
        """[type, offer], price of a text relative to the reference price."""
        return np.multiply.outer(self.types.fertility, price / self.reference_price)

    def utility(self, offers: Offers, progress: float) -> Matrix:
        """[type, offer], utility without loyalty; users expect a part of ``progress``, the frontier's."""
        types = self.types
        relative = self.relative_price(offers.price)
        power = 1 - self.elasticity
        burden = np.log(relative) if power == 0 else (relative**power - 1) / power
        value = np.multiply.outer(types.quality_taste, offers.quality - self.obsolescence * progress)
        value += types.base_value[:, None] - types.price_sensitivity[:, None] * burden
        extra = types.reseller_taste[:, None] + offers.added_value
        return np.where(offers.resold, value + extra, value)

    def tokens(self, price: Vector, need_factor: float) -> Matrix:
        """[type, offer], Mtok one user buys in a month."""
        scale = self.types.need * self.types.fertility * need_factor
        return scale[:, None] * self.relative_price(price) ** -self.elasticity

    def price_slope(self, price: Vector) -> Matrix:
        """[type, offer], ∂utility/∂price per USD/Mtok."""
        scale = self.types.price_sensitivity * self.types.fertility / self.reference_price
        return -scale[:, None] * self.relative_price(price) ** -self.elasticity

    def marginal_utility_of_income(self, need_factor: float) -> Vector:
        """[type], utility per USD a month."""
        return self.types.price_sensitivity / (self.types.need * need_factor * self.reference_price)


@dataclass(frozen=True)
class TokenDemand:
    """Expected demand of given users at given offers.

    Attributes:
        tastes: Of the users.
        offers: At these prices.
        mass: [type, last provider or none], people.
        need_factor: Need per user relative to round 0.
        progress: Quality of the frontier.
    """

    tastes: Tastes
    offers: Offers
    mass: Matrix
    need_factor: float
    progress: float

    @cached_property
    def utility(self) -> Matrix:
        """[type, offer]."""
        return self.tastes.utility(self.offers, self.progress)

    def _choice(self, loyalty: Vector | float) -> Expected:
        return expected(self.utility, loyalty, self.offers.nest, self.tastes.correlation, self.mass)

    @cached_property
    def choice(self) -> Expected:
        """This month's choice, loyal as users are."""
        return self._choice(self.tastes.types.loyalty)

    @cached_property
    def reconsidered(self) -> Expected:
        """The choice if every user forgot the last provider."""
        return self._choice(0.0) if self.tastes.types.loyalty.any() else self.choice

    @cached_property
    def tokens(self) -> Matrix:
        """[type, offer], Mtok per user."""
        return self.tastes.tokens(self.offers.price, self.need_factor)

    @cached_property
    def quantity(self) -> Vector:
        """[offer], Mtok."""
        return np.einsum("to,to->o", self.choice.users, self.tokens)

    @cached_property
    def response(self) -> Matrix:
        """[offer, offer], ∂quantity/∂price this month."""
        return self._price_response(self.choice)

    @cached_property
    def patient_response(self) -> Matrix:
        """[offer, offer], ∂quantity/∂price once everybody has reconsidered, scaled to this month's quantities."""
        return self._price_response(self.reconsidered) * self._today

    @cached_property
    def quality_response(self) -> Matrix:
        """[offer, offer], ∂quantity/∂quality per doubling once everybody has reconsidered."""
        taste = np.broadcast_to(self.tastes.types.quality_taste[:, None], self.tokens.shape)
        return self._answer(self.reconsidered, taste) * self._today

    @cached_property
    def _today(self) -> Matrix:
        """[offer, offer], factor that scales a response of the long run to this month's quantities."""
        long_run = np.einsum("to,to->o", self.reconsidered.users, self.tokens)
        scale = np.divide(self.quantity, long_run, out=np.zeros_like(long_run), where=long_run > 0)
        return np.sqrt(np.multiply.outer(scale, scale))

    @cached_property
    def own_slope(self) -> Vector:
        """[offer], ∂quantity/∂price this month as if inclusive values stood still (nobody changes sellers for it)."""
        slope = self.tastes.price_slope(self.offers.price) / (1 - self.tastes.correlation)
        choosing = np.einsum("to,to,to->o", self.choice.users, self.tokens, slope)
        return choosing - self.tastes.elasticity * self.quantity / self.offers.price

    def at(self, price: Vector) -> "TokenDemand":
        """Return the demand of the same users at other prices, [offer] USD/Mtok."""
        return replace(self, offers=replace(self.offers, price=price))

    def without_loyalty(self) -> "TokenDemand":
        """Return the demand of the same users if leaving the last provider cost them nothing."""
        types = replace(self.tastes.types, loyalty=np.zeros_like(self.tastes.types.loyalty))
        return replace(self, tastes=replace(self.tastes, types=types))

    def _answer(self, choice: Expected, slope: Matrix) -> Matrix:
        """[offer, offer], ∂quantity/∂x where ∂utility/∂x is ``slope`` [type, offer], tokens per user given."""
        return choice.response(self.tokens, slope)

    def _price_response(self, choice: Expected) -> Matrix:
        response = self._answer(choice, self.tastes.price_slope(self.offers.price))
        quantity = np.einsum("to,to->o", choice.users, self.tokens)
        response[np.diag_indices(len(self.offers))] -= self.tastes.elasticity * quantity / self.offers.price
        return response

    def profit_of_carrying(self, price: Vector, cost: Vector, quality: Vector, added_value: float) -> Vector:
        """Return a reseller's expected profit, USD a month, with each of several models [model] it could carry.

        Users are taken as free to choose again; the reseller's own present offer stays in the market, for it is small.

        Args:
            price: [model], USD per Mtok the reseller would ask.
            cost: [model], its marginal cost, USD per Mtok.
            quality: [model].
            added_value: The reseller's.
        """
        one = np.zeros(price.size, dtype=np.int64)
        candidates = Offers((), price, quality, one, one, np.full(price.size, added_value))
        utility = self.tastes.utility(candidates, self.progress) / (1 - self.tastes.correlation)
        share = expit(utility - self._resold_inclusive[:, None])
        tokens = self.tastes.tokens(price, self.need_factor)
        return ((price - cost) * self._resold_users[:, None] * share * tokens).sum(axis=0)

    @cached_property
    def _resold_inclusive(self) -> Vector:
        """[type], logarithm of the weights of all resold offers within their nest."""
        utility = self.utility[:, self.offers.resold] / (1 - self.tastes.correlation)
        highest = utility.max(axis=1)
        return highest + np.log(np.exp(utility - highest[:, None]).sum(axis=1))

    @cached_property
    def _resold_users(self) -> Vector:
        """[type], people who would buy from resellers if everybody reconsidered."""
        return self.reconsidered.users[:, self.offers.resold].sum(axis=1)

    @property
    def consumer_surplus(self) -> float:
        """USD a month over having no AI at all."""
        income = self.tastes.marginal_utility_of_income(self.need_factor)
        return float(self.choice.log_sum @ (1 / income))
