"""Tariffs: a fee a month, an allowance of tokens in it, and a price for tokens beyond.

A user of type t whose use is x times its need at the reference price has the gross value, in utility,

    b s(x),  s(x) = (ε x^(1−1/ε) − 1)/(ε − 1),

the integral of the inverse of its demand per token: at a price p without fee it is maximised, less the payment, by
x = (p f/p₀)^(−ε), and what is left is the utility of `market.markets.tokens.tastes`. With an allowance of A the tokens
in it are free at the margin, so that x is the larger of that and what fits into A, up to ``satiation``, beyond which
use has no value.
"""

from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from market.arrays import Floats, Integers, Matrix, Vector
from market.parameters.plans import SUBSCRIPTION


@dataclass(frozen=True)
class Instruments:
    """The fees and prices that sellers set; every array is [instrument], offers in their order.

    Attributes:
        offer: Whose it is.
        plan: Of which plan.
        is_fee: True for a fee, USD a month; False for a price, USD per Mtok.
    """

    offer: Integers
    plan: Integers
    is_fee: NDArray[np.bool_]

    def __len__(self) -> int:
        return self.offer.size

    @cached_property
    def kinds(self) -> list[tuple[int, bool]]:
        """Plan, and whether fees, of each kind there is; an offer has at most one instrument of a kind."""
        return sorted(set(zip(self.plan.tolist(), self.is_fee.tolist(), strict=True)))

    @cached_property
    def places(self) -> tuple[Integers, Integers]:
        """Where the instruments are in an array [kind, offer]."""
        number = {kind: place for place, kind in enumerate(self.kinds)}
        of = [number[kind] for kind in zip(self.plan.tolist(), self.is_fee.tolist(), strict=True)]
        return np.array(of, dtype=np.int64), self.offer

    @cached_property
    def plans(self) -> Integers:
        """[kind], its plan."""
        return np.array([plan for plan, _ in self.kinds], dtype=np.int64)

    @cached_property
    def fees(self) -> NDArray[np.bool_]:
        """[kind, 1], whether it is of fees."""
        return np.array([fee for _, fee in self.kinds], dtype=np.bool_)[:, None]


@dataclass(frozen=True)
class Models:
    """What serves each plan; every array is [plan].

    Attributes:
        behind: Doublings by which its model is worse than the best of its lab.
        load: Tokens of the best model that a server could serve in the time of one of this.
    """

    behind: Vector
    load: Vector


@dataclass(frozen=True)
class Menu:
    """What each offer may be bought by; every array is [offer, plan].

    Attributes:
        offered: Whether the plan is on the menu.
        fee: USD a month.
        allowance: Mtok a month in the fee, at the need of the first month where allowances count messages.
        price: USD per Mtok beyond the allowance; infinite where nothing can be bought beyond.
        models: What serves each plan; None where all are served with labs' best models.
    """

    offered: NDArray[np.bool_]
    fee: Matrix
    allowance: Matrix
    price: Matrix
    models: Models | None = None

    @cached_property
    def load(self) -> Vector:
        """[plan], tokens of the best model that a server could serve in the time of one of the plan's."""
        return np.ones(self.offered.shape[1]) if self.models is None else self.models.load

    @cached_property
    def behind(self) -> Vector:
        """[plan], doublings by which its model is worse than the best of its lab."""
        return np.zeros(self.offered.shape[1]) if self.models is None else self.models.behind

    @cached_property
    def instruments(self) -> Instruments:
        """What sellers set: the fees of subscriptions, and prices beyond an allowance where there are any."""
        fees = self.offered & (np.arange(self.offered.shape[1]) == SUBSCRIPTION)
        prices = self.offered & np.isfinite(self.price)
        offer, plan, kind = np.nonzero(np.stack([fees, prices], axis=2))
        return Instruments(offer, plan, kind == 0)

    @property
    def posted(self) -> Vector:
        """[instrument], the fees and prices."""
        where = self.instruments
        return np.where(where.is_fee, self.fee[where.offer, where.plan], self.price[where.offer, where.plan])

    def at(self, posted: Vector) -> "Menu":
        """Return the menu at other fees and prices [instrument]."""
        where, fee, price = self.instruments, self.fee.copy(), self.price.copy()
        fees, prices = where.is_fee, ~where.is_fee
        fee[where.offer[fees], where.plan[fees]] = posted[fees]
        price[where.offer[prices], where.plan[prices]] = posted[prices]
        return self._but(fee=fee, price=price)

    def giving(self, allowance: Matrix) -> "Menu":
        """Return the menu with other allowances [offer, plan]."""
        return self._but(allowance=allowance)

    def _but(self, **values: Matrix) -> "Menu":
        """Return the menu with other numbers of the same plans: what sellers set is kept."""
        other = copy(self)
        vars(other).update(values)
        return other

    def of(self, offers: Integers | slice) -> "Menu":
        """Return the menu of some offers."""
        return Menu(self.offered[offers], self.fee[offers], self.allowance[offers], self.price[offers], self.models)


@dataclass(frozen=True)
class Users:
    """What of the users matters for a tariff; every array is [type].

    Attributes:
        needs: Tokens used at the reference price, Mtok a month.
        counted: The same as allowances count it: needs, or those of the first month where a message counts as one
            however long it is.
        fertility: Tokens per token of English.
        sensitivity: Utility per relative change of the price at the reference price.
        quality_taste: Utility per doubling of effective training compute.
        income: Marginal utility, per USD a month.
        sees: [type, plan], whether the plan is open to the type.
        reference_price: USD per Mtok.
        elasticity: Of use in its price.
        satiation: Most use, relative to that at the reference price.
    """

    needs: Vector
    counted: Vector
    fertility: Vector
    sensitivity: Vector
    quality_taste: Vector
    income: Vector
    sees: NDArray[np.bool_]
    reference_price: float
    elasticity: float
    satiation: float

    def wanted(self, price: Matrix) -> Floats:
        """[type, offer, plan], use relative to need that a price per token leads to; 0 where nothing is sold."""
        sold, use = np.isfinite(price), np.zeros((self.needs.size, *price.shape))
        relative = price[sold] * (self.fertility / self.reference_price)[:, None]
        with np.errstate(divide="ignore"):
            use[:, sold] = np.minimum(relative**-self.elasticity, self.satiation)
        return use

    def worth(self, use: Floats) -> Floats:
        """Return what using so much, relative to need, is worth; −∞ for nothing where that is unbearable.

        In units of utility per relative change of the price at the reference price, of any shape.
        """
        power, nothing = self.elasticity, use <= 0
        safe = np.where(nothing, 1.0, use)
        if power == 0:
            value = np.where(safe >= 1, 1.0, -np.inf)
        elif power == 1:
            value = 1 + np.log(safe)
        else:
            with np.errstate(over="ignore"):
                value = (power * safe ** (1 - 1 / power) - 1) / (power - 1)
        at_nothing = -1 / (power - 1) if power > 1 else -np.inf
        return np.where(nothing, at_nothing, value)


@dataclass(frozen=True)
class Use:
    """How users would use each plan of some offers; every array is [type, offer, plan].

    Attributes:
        users: Who they are.
        menu: The plans.
    """

    users: Users
    menu: Menu

    @cached_property
    def _wanted(self) -> Floats:
        return self.users.wanted(self.menu.price)

    @cached_property
    def _allowed(self) -> Floats:
        return self.menu.allowance / self.users.counted[:, None, None]

    @cached_property
    def relative(self) -> Floats:
        """Use relative to need."""
        return np.maximum(self._wanted, np.minimum(self._allowed, self.users.satiation))

    @cached_property
    def tokens(self) -> Floats:
        """Mtok a month."""
        return self.users.needs[:, None, None] * self.relative

    @cached_property
    def load(self) -> Floats:
        """Mtok a month of the lab's best model that a server could serve in the time of these."""
        return self.tokens if self.menu.models is None else self.tokens * self.menu.load

    @cached_property
    def billed(self) -> Floats:
        """Mtok a month beyond the allowance."""
        return self.users.needs[:, None, None] * np.maximum(self._wanted - self._allowed, 0.0)

    @cached_property
    def payment(self) -> Floats:
        """USD a month."""
        price = np.where(np.isfinite(self.menu.price), self.menu.price, 0.0)
        return self.menu.fee + price * self.billed

    @cached_property
    def value(self) -> Floats:
        """Utility of using the plan less that of its payment; −∞ where it is not open to the type."""
        value, users = np.full(self.relative.shape, -np.inf), self.users
        offered, sees = self.menu.offered.ravel(), np.tile(users.sees, len(self.menu.offered))
        opens = np.flatnonzero(offered & sees)  # few are: what is not is not worked out
        kind = opens // offered.size
        worth = users.sensitivity[kind] * users.worth(self.relative.take(opens))
        value.put(opens, worth - users.income[kind] * self.payment.take(opens))
        if self.menu.models is not None:
            value -= np.multiply.outer(users.quality_taste, self.menu.models.behind)[:, None]
        return value

    @cached_property
    def billed_slope(self) -> Floats:
        """∂billed/∂price; 0 where nothing is bought beyond the allowance, or all that is of use."""
        marginal = (self._wanted > self._allowed) & (self._wanted < self.users.satiation)
        price = np.where(np.isfinite(self.menu.price), self.menu.price, np.inf)
        return np.where(marginal, -self.users.elasticity * self.users.needs[:, None, None] * self._wanted / price, 0.0)
