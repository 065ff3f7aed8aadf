"""The market for tokens: offers, how users value them, how many tokens they buy, and how demand answers to prices.

Conditional indirect utility of a user of type t who buys offer j, with price p and token fertility f,

    V = base + θ (quality − φ progress) + added value − b ((p f / p₀)^(1−ε) − 1) / (1−ε) + loyalty,

gives by Roy's identity the quantity k f (p f / p₀)^(−ε) tokens and the marginal utility of income b / (k p₀): choice,
quantity and consumer surplus belong to one demand system (Hanemann 1984; Dubin and McFadden 1984).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import expit

from market.arrays import Floats, Integers, Matrix, Vector, diagonal
from market.markets.tokens.offers import Offers
from market.markets.tokens.tastes import Tastes
from market.users.choice import Expected, FreeChoice, expected, free_choice

KEPT_BY_NOBODY = 1e-150
"""Of the users an offer has today: if fewer would have it in the long run, nobody would."""


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

    @cached_property
    def nest(self) -> Integers:
        """[offer], the nest of the choice."""
        return self.tastes.nest(self.offers)

    @cached_property
    def choice(self) -> Expected:
        """This month's choice, loyal as users are."""
        loyalty = self.tastes.types.loyalty
        return expected(self.utility, loyalty, self.nest, self.tastes.correlation, self.mass)

    @cached_property
    def reconsidered(self) -> FreeChoice:
        """The choice if every user forgot the last provider."""
        return free_choice(self.utility, self.nest, self.tastes.correlation, self.mass.sum(axis=1))

    @cached_property
    def bound(self) -> bool:
        """Whether somebody has a provider and loses something by leaving it."""
        return bool(self.tastes.types.loyalty.any() and self.mass[:, :-1].any())

    @property
    def buyers(self) -> Expected | FreeChoice:
        """This month's choice: who buys what, and how that answers to utility."""
        return self.choice if self.bound else self.reconsidered

    @cached_property
    def _thrift(self) -> Vector:
        return self.tastes.thrift(self.offers.price)

    @cached_property
    def tokens(self) -> Matrix:
        """[type, offer], Mtok per user."""
        return self.tastes.tokens(self._thrift, self.need_factor)

    @property
    def load(self) -> Matrix:
        """[type, offer], Mtok per user, as capacity counts them."""
        return self.tokens

    @cached_property
    def payments(self) -> Matrix:
        """[type, offer], USD a month per user."""
        return self.tokens * self.offers.price

    def bills(self, people: Matrix) -> Matrix:
        """[type, offer], USD that these people pay, [type, offer]."""
        return people * self.tokens * self.offers.price

    @cached_property
    def price_slope(self) -> Matrix:
        """[type, offer], ∂utility/∂price per USD/Mtok."""
        return self.tastes.price_slope(self._thrift)

    @cached_property
    def quantity(self) -> Vector:
        """[offer], Mtok."""
        return self._bought(self.buyers)

    @property
    def metered(self) -> Vector:
        """[offer], Mtok, as capacity counts them."""
        return self.quantity

    @cached_property
    def paid(self) -> Vector:
        """[offer], USD a month."""
        return self.quantity * self.offers.price

    @cached_property
    def response(self) -> Matrix:
        """[offer, offer], ∂quantity/∂price this month."""
        return self._price_response(self.buyers, np.ones(()))

    @cached_property
    def patient_response(self) -> Matrix:
        """[offer, offer], ∂quantity/∂price once everybody has reconsidered, of as many users as there are today.

        Of each type, of the offer whose price it is: with r users today over those of the long run a column is r times
        that of the long run. So as many come to others, or do without, as leave it, and a seller's first-order
        condition is that of the long run.
        """
        return self._price_response(self.reconsidered, self._ratio) if self.bound else self.response

    @cached_property
    def quality_response(self) -> Matrix:
        """[offer, offer], ∂quantity/∂quality per doubling once everybody has reconsidered."""
        return self.answer_to_quality(self.tokens)

    def answer_to_quality(self, left: Matrix) -> Matrix:
        """[offer, offer], ∂(Σ users left)/∂quality per doubling once everybody has reconsidered, left [type, offer].

        Of as many users of each offer as there are today: a model that is better wherever it is sold wins what its
        users' tastes say, however they are spread over sellers of it.
        """
        return self.reconsidered.response(left * self._ratio, self.tastes.types.quality_taste[:, None])

    @cached_property
    def _ratio(self) -> Matrix:
        """[type, offer], users today over those once everybody has reconsidered."""
        ratio, long_run = np.zeros_like(self.utility), self.reconsidered.users
        today = self.buyers.users
        np.divide(today, long_run, out=ratio, where=long_run > KEPT_BY_NOBODY * today)
        return ratio

    def _bought(self, choice: Expected | FreeChoice) -> Vector:
        return np.einsum("to,to->o", choice.users, self.load)

    @cached_property
    def own_slope(self) -> Vector:
        """[offer], ∂quantity/∂price this month as if inclusive values stood still (nobody changes sellers for it)."""
        among = np.bincount(self.nest)[self.nest] > 1  # an offer alone in its nest is all of it at any price
        slope = self.price_slope * np.where(among, 1 / (1 - self.tastes.correlation), 1.0)
        choosing = np.einsum("to,to,to->o", self.buyers.users, self.tokens, slope)
        return choosing - self.tastes.elasticity * self.quantity / self.offers.price

    def curvature(self, sold: Matrix) -> Vector:
        """Return q ∂²q/∂p² / (∂q/∂p)² by the own price, [instrument], once everybody has reconsidered.

        With s = 1/(1−ρ), w the share of the nest and P that of all, ∂P/∂V = P a for a = s − (s−1) w − P, and
        ∂²P/∂V² = P (a² − s (s−1) w (1−w) − P a). Where prices move together, those of a few like offers, it is near.

        Args:
            sold: [instrument, offer], 1 for the offers, all of one nest, that one price moves.
        """
        choice, elasticity = self.reconsidered, self.tastes.elasticity
        bought, steep, within = choice.users * self.tokens, 1 / (1 - choice.rho), choice.within @ sold.T
        of_price, share = bought @ sold.T, choice.share @ sold.T
        slope = (bought * self.price_slope) @ sold.T
        slope = np.divide(slope, of_price, out=np.zeros_like(slope), where=of_price > 0)
        answer = steep - (steep - 1) * within - share
        bend = answer**2 - steep * (steep - 1) * within * (1 - within) - share * answer
        quantity, leaving = of_price.sum(axis=0), (of_price * answer * slope).sum(axis=0)
        dear = sold @ (bought.sum(axis=0) / self.offers.price)
        first = leaving - elasticity * dear
        price = np.divide(quantity, dear, out=np.ones_like(dear), where=dear > 0)
        second = (of_price * bend * slope**2).sum(axis=0)
        second += elasticity * ((1 + elasticity) * dear - 3 * leaving) / price
        square = first**2
        return np.divide(quantity * second, square, out=np.zeros_like(first), where=(first < 0) & (square > 0))

    @property
    def posted(self) -> Vector:
        """[offer], USD per Mtok."""
        return self.offers.price

    def at(self, price: Vector) -> "TokenDemand":
        """Return the demand of the same users at other prices, [offer] USD/Mtok."""
        return replace(self, offers=self.offers.at(price=price))

    def without_loyalty(self) -> "TokenDemand":
        """Return the demand of the same users if leaving the last provider cost them nothing."""
        types = replace(self.tastes.types, loyalty=np.zeros_like(self.tastes.types.loyalty))
        return replace(self, tastes=replace(self.tastes, types=types))

    def _price_response(self, choice: Expected | FreeChoice, scale: Floats) -> Matrix:
        """[offer, offer], ∂quantity/∂price of a choice; ``scale`` [type, offer] is that of answers to an offer."""
        response = choice.response(self.tokens, self.price_slope * scale)
        diagonal(response)[:] -= self.tastes.elasticity * self.quantity / self.offers.price
        return response

    def profit_of_carrying(self, candidates: Offers, cost: Vector, instead_of: int) -> Vector:
        """Return a reseller's expected profit, USD a month before costs that follow revenue, with each candidate.

        Users are taken as free to choose again.

        Args:
            candidates: The offers it could make, one for each lab, [lab].
            cost: [lab], its marginal cost, USD per Mtok.
            instead_of: Its present offer, which it gives up for another.
        """
        nobody = np.zeros((len(self.mass), len(candidates) + 1))
        made, nest = replace(self, offers=candidates, mass=nobody), self.tastes.nest(candidates)
        dissimilarity, rivals = 1 - self.tastes.correlation, self._inside_nests.copy()
        rivals[:, self.nest[instead_of]] = self._inside(self.nest[instead_of], but=instead_of)
        utility = made.utility / dissimilarity
        inside = np.logaddexp(rivals[:, nest], utility)
        others = np.logaddexp(0.0, but_each(dissimilarity * rivals)[:, nest])
        within = np.exp(np.subtract(utility, inside, out=np.full_like(utility, -np.inf), where=np.isfinite(utility)))
        share = within * expit(dissimilarity * inside - others)
        earned = made.payments - cost * made.load
        return (self.mass.sum(axis=1, keepdims=True) * share * earned).sum(axis=0)

    @cached_property
    def _inside_nests(self) -> Matrix:
        """[type, nest], the logarithm of the weights of its offers; −∞ where it has none."""
        return np.stack([self._inside(nest) for nest in range(int(self.nest.max()) + 1)], axis=1)

    def _inside(self, nest: int, but: int = -1) -> Vector:
        """[type], the logarithm of the weights of a nest's offers, but for one of them."""
        members = (self.nest == nest) & (np.arange(self.nest.size) != but)
        weight = self.utility[:, members] / (1 - self.tastes.correlation)
        return np.asarray(np.logaddexp.reduce(weight, axis=1))

    @property
    def consumer_surplus(self) -> float:
        """USD a month over having no AI at all."""
        income = self.tastes.marginal_utility_of_income(self.need_factor)
        return float(self.choice.log_sum @ (1 / income))


def but_each(logs: Matrix) -> Matrix:
    """Return the logarithm of the sum of exponentials of all others in the row, from the left and from the right."""
    nothing = np.full((len(logs), 1), -np.inf)
    left = np.concatenate([nothing, np.logaddexp.accumulate(logs[:, :-1], axis=1)], axis=1)
    right = np.concatenate([np.logaddexp.accumulate(logs[:, :0:-1], axis=1)[:, ::-1], nothing], axis=1)
    return np.asarray(np.logaddexp(left, right))
