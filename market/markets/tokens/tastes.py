"""How users value offers, and how many tokens they buy of one."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from market.arrays import Integers, Matrix, Vector
from market.markets.tokens.offers import Offers
from market.markets.tokens.tariffs import Users
from market.parameters import Parameters
from market.users.types import Types


@dataclass(frozen=True)
class Tastes:
    """The users' side of the market: types, and the numbers all of them share."""

    types: Types
    reference_price: float
    elasticity: float
    obsolescence: float
    correlation: float
    nests: str
    plan_correlation: float
    satiation: float
    allowances: str

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
            population.nests,
            population.plan_correlation,
            population.satiation,
            parameters.tariffs.allowances,
        )

    def nest(self, offers: Offers) -> Integers:
        """[offer], the nest of the choice: those in one are the closer substitutes."""
        return offers.product if self.nests == "model" else offers.channel

    def utility(self, offers: Offers, progress: float) -> Matrix:
        """[type, offer], utility without loyalty; users expect a part of ``progress``, the frontier's.

        The sum of what an offer has, its price to a power (or the logarithm) among it, weighted by the type.
        """
        relative, power = offers.price / self.reference_price, 1 - self.elasticity
        has = np.empty((5, len(offers)))
        has[0] = 1.0
        has[1] = relative**power / power if power else np.log(relative)
        has[2] = offers.quality - self.obsolescence * progress
        has[3] = offers.resold
        has[4] = offers.resold * offers.added_value
        return self._weights @ has

    @cached_property
    def _weights(self) -> Matrix:
        """[type, what offers have], how much each type makes of it."""
        types, power = self.types, 1 - self.elasticity
        burden = -types.price_sensitivity * types.fertility**power
        at_reference = -1 / power if power else np.log(types.fertility)
        base = types.base_value - types.price_sensitivity * at_reference
        return np.column_stack([base, burden, types.quality_taste, types.reseller_taste, np.ones(base.size)])

    def worth(self, offers: Offers, progress: float) -> Matrix:
        """[type, offer], utility of an offer at the reference price, without loyalty: of what it has but its price."""
        types = self.types
        expected = np.multiply.outer(types.quality_taste, offers.quality - self.obsolescence * progress)
        resold = np.multiply.outer(types.reseller_taste, offers.resold) + offers.resold * offers.added_value
        return types.base_value[:, None] + expected + resold

    @property
    def plan_scale(self) -> float:
        """Scale of tastes among the plans of one seller, μ."""
        return 1 - self.plan_correlation

    def tariff_users(self, need_factor: float) -> Users:
        """Return what of the users matters for a tariff."""
        types, growth = self.types, need_factor if self.allowances == "tokens" else 1.0
        return Users(
            needs=types.need * need_factor * types.fertility,
            counted=types.need * growth * types.fertility,
            fertility=types.fertility,
            sensitivity=types.price_sensitivity,
            quality_taste=types.quality_taste,
            income=self.marginal_utility_of_income(need_factor),
            sees=types.sees,
            reference_price=self.reference_price,
            elasticity=self.elasticity,
            satiation=self.satiation,
        )

    def thrift(self, price: Vector) -> Vector:
        """[offer], English text bought at a price relative to what is bought at the reference price."""
        return (price / self.reference_price) ** -self.elasticity

    def tokens(self, thrift: Vector, need_factor: float) -> Matrix:
        """[type, offer], Mtok one user buys in a month."""
        return np.multiply.outer(self.types.need * self._texts * need_factor, thrift)

    def price_slope(self, thrift: Vector) -> Matrix:
        """[type, offer], ∂utility/∂price per USD/Mtok."""
        return np.multiply.outer(-self.types.price_sensitivity * self._texts / self.reference_price, thrift)

    @cached_property
    def _texts(self) -> Vector:
        """[type], tokens of texts in the type's language, of which fewer are bought for being dearer, over English."""
        return self.types.fertility ** (1 - self.elasticity)

    def marginal_utility_of_income(self, need_factor: float) -> Vector:
        """[type], utility per USD a month."""
        return self.types.price_sensitivity / (self.types.need * need_factor * self.reference_price)
