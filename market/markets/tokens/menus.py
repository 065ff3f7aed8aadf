"""Demand where sellers have menus of tariffs.

Users choose a seller of a model, and a plan from its menu: a logit within the seller, whose inclusive value is the
seller's utility,

    V[o] = worth[o] + μ log Σ_plans exp(V[plan]/μ),  μ = 1 − ``plan_correlation``.

What sellers set are instruments: fees, of which subscribers are the quantity, and prices, of which tokens beyond the
allowance are. With Q the quantities, y the fees and prices and T the tokens metered, a seller's gross profit is
Σ yQ − cT, so that its first-order conditions need ∂Q/∂y and ∂T/∂y: exact, users' mix included.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from market.arrays import TINY, Floats, Matrix, Vector, diagonal
from market.markets.tokens.demand import TokenDemand
from market.markets.tokens.offers import Offers
from market.markets.tokens.tariffs import Instruments, Menu, Use
from market.users.choice import Expected, FreeChoice


@dataclass(frozen=True)
class Response:
    """How quantities answer to fees and prices.

    Attributes:
        billed: [instrument, instrument], ∂Q/∂y.
        metered: [offer, instrument], ∂T/∂y, Mtok.
    """

    billed: Matrix
    metered: Matrix

    def mixed(self, other: "Response", weight: float) -> "Response":
        """Return the response that is another's for a part."""
        return Response(
            (1 - weight) * self.billed + weight * other.billed, (1 - weight) * self.metered + weight * other.metered
        )


@dataclass(frozen=True)
class MenuDemand(TokenDemand):
    """Expected demand of given users at given menus; see `TokenDemand`."""

    @property
    def menu(self) -> Menu:
        """What offers may be bought by."""
        if self.offers.menu is None:
            raise TypeError("the offers have no menu")
        return self.offers.menu

    @property
    def instruments(self) -> Instruments:
        """What sellers set."""
        return self.menu.instruments

    @cached_property
    def use(self) -> Use:
        """How each plan would be used."""
        return Use(self.tastes.tariff_users(self.need_factor), self.menu)

    @cached_property
    def _best(self) -> Matrix:
        """[type, offer], value of the best plan; −∞ where none is open to the type."""
        return np.asarray(self.use.value.max(axis=2))

    @cached_property
    def _weights(self) -> Floats:
        """[type, offer, plan], weight of a plan in the choice among them, 1 of the best."""
        opens = np.where(np.isfinite(self._best), self._best, 0.0)
        return np.exp((self.use.value - opens[:, :, None]) / self.tastes.plan_scale)

    @cached_property
    def _weight(self) -> Matrix:
        """[type, offer], of all plans."""
        return np.asarray(self._weights.sum(axis=2))

    @cached_property
    def plans(self) -> Floats:
        """[type, offer, plan], share of a plan among those who choose the offer; 0 where none is open to the type."""
        return self._weights / np.where(self._weight > 0, self._weight, 1.0)[:, :, None]

    @cached_property
    def utility(self) -> Matrix:
        """[type, offer]; −∞ where no plan is open to the type."""
        inclusive = np.log(self._weight, out=np.zeros_like(self._weight), where=self._weight > 0)
        return self.tastes.worth(self.offers, self.progress) + self._best + self.tastes.plan_scale * inclusive

    @cached_property
    def tokens(self) -> Matrix:
        """[type, offer], Mtok per user, over the plans that users choose."""
        return np.asarray((self.plans * self.use.tokens).sum(axis=2))

    @cached_property
    def payments(self) -> Matrix:
        """[type, offer], USD a month per user, over the plans that users choose."""
        return np.asarray((self.plans * self.use.payment).sum(axis=2))

    # quantities -------------------------------------------------------------------------------------------------

    def _units(self, plan: int, is_fee: bool) -> Matrix:
        """[type, offer], units of an instrument's quantity per user of the offer."""
        share = self.plans[:, :, plan]
        return share if is_fee else share * self.use.billed[:, :, plan]

    @cached_property
    def quantity(self) -> Vector:
        """[instrument], subscribers or Mtok billed."""
        found = np.empty(len(self.instruments))
        for plan, is_fee, places in self.instruments.groups:
            of_offers = np.einsum("to,to->o", self.buyers.users, self._units(plan, is_fee))
            found[places] = of_offers[self.instruments.offer[places]]
        return found

    @cached_property
    def metered(self) -> Vector:
        """[offer], Mtok."""
        return self._bought(self.buyers)

    @cached_property
    def paid(self) -> Vector:
        """[offer], USD a month."""
        return np.einsum("to,to->o", self.buyers.users, self.payments)

    @cached_property
    def per_unit(self) -> Vector:
        """[instrument], Mtok metered for a unit billed: of a subscriber the use, of a Mtok beyond an allowance 1."""
        found = np.ones(len(self.instruments))
        for plan, is_fee, places in self.instruments.groups:
            if is_fee:
                subscribers = self.buyers.users * self.plans[:, :, plan]
                tokens = (subscribers * self.use.tokens[:, :, plan]).sum(axis=0)
                total = subscribers.sum(axis=0)
                usual = np.divide(tokens, total, out=self.open_use(plan), where=total > TINY)
                found[places] = usual[self.instruments.offer[places]]
        return found

    def open_use(self, plan: int) -> Vector:
        """[offer], Mtok that users would use on the mean to whom a plan is open; 1 where it is to none."""
        people = self.mass.sum(axis=1) * self.use.users.sees[:, plan]
        total = people.sum()
        return people @ self.use.tokens[:, :, plan] / total if total > 0 else np.ones(len(self.offers))

    # responses --------------------------------------------------------------------------------------------------

    @cached_property
    def today(self) -> Response:
        """The response of this month."""
        return self._answer(self.buyers, np.ones(()))

    @cached_property
    def patient(self) -> Response:
        """The response once everybody has reconsidered, of as many users of each type as there are today."""
        return self._answer(self.reconsidered, self._ratio) if self.bound else self.today

    def _answer(self, choice: Expected | FreeChoice, scale: Floats) -> Response:
        """Return how quantities answer where this is the choice; ``scale`` [type, offer] is that of an offer."""
        where = self.instruments
        billed, metered = np.zeros((len(where), len(where))), np.zeros((len(self.offers), len(where)))
        for plan, is_fee, columns in where.groups:
            offers, slope = where.offer[columns], self._slope(plan, is_fee)
            shift = self.plans[:, :, plan] * slope * scale
            for other, fees, rows in where.groups:
                units = self._units(other, fees)
                answer = choice.response(units, shift)
                diagonal(answer)[:] += self._within(units, other, plan, slope)
                if (other, fees) == (plan, is_fee) and not is_fee:
                    moved = self.buyers.users * self.plans[:, :, plan] * self.use.billed_slope[:, :, plan]
                    diagonal(answer)[:] += moved.sum(axis=0)
                billed[np.ix_(rows, columns)] = answer[np.ix_(where.offer[rows], offers)]
            answer = choice.response(self.tokens, shift)
            diagonal(answer)[:] += self._turning(plan, is_fee, slope)
            metered[:, columns] = answer[:, offers]
        return Response(billed, metered)

    def _slope(self, plan: int, is_fee: bool) -> Matrix:
        """[type, offer], ∂utility of the plan/∂its fee or price."""
        income = self.use.users.income[:, None]
        return -income * np.ones(len(self.offers)) if is_fee else -income * self.use.billed[:, :, plan]

    def _within(self, units: Matrix, other: int, plan: int, slope: Matrix) -> Vector:
        """[offer], change of an instrument's quantity as users of the offer turn to other plans of its menu."""
        own = units if other == plan else 0.0
        moved = self.buyers.users * (own - units * self.plans[:, :, plan]) * slope / self.tastes.plan_scale
        return np.asarray(moved.sum(axis=0))

    def _turning(self, plan: int, is_fee: bool, slope: Matrix) -> Vector:
        """[offer], change of tokens as users of the offer turn to other plans of its menu, or use more of theirs."""
        share = self.plans[:, :, plan]
        turned = share * (self.use.tokens[:, :, plan] - self.tokens) * slope / self.tastes.plan_scale
        used = 0.0 if is_fee else share * self.use.billed_slope[:, :, plan]
        return np.asarray((self.buyers.users * (turned + used)).sum(axis=0))

    @cached_property
    def own_slope(self) -> Vector:
        """[instrument], ∂quantity/∂fee or price as if inclusive values stood still; see `TokenDemand.own_slope`."""
        found = np.empty(len(self.instruments))
        for plan, is_fee, places in self.instruments.groups:
            choosing = self._units(plan, is_fee) * self._slope(plan, is_fee) / self.tastes.plan_scale
            using = 0.0 if is_fee else self.plans[:, :, plan] * self.use.billed_slope[:, :, plan]
            of_offers = (self.buyers.users * (choosing + using)).sum(axis=0)
            found[places] = of_offers[self.instruments.offer[places]]
        return found

    @cached_property
    def bend(self) -> Vector:
        """[instrument], Q ∂²Q/∂y² / (∂Q/∂y)² by itself, once everybody has reconsidered; see `TokenDemand.curvature`.

        With π a plan's share of its offer, q what is billed (1 of a fee), σ = ∂v/∂y of the plan, and P and a as there,

            Q = N P π q,  Q'/Q = B σ + e,  B = a π + (1 − π)/μ,  e = q'/q,  σ' = e σ,
            Q''/Q = (B σ)² + B' σ + 3 B σ e + q''/q,  B' = σ (π² ∂a/∂V + (a − 1/μ) π (1 − π)/μ).
        """
        choice, scale, found = self.reconsidered, 1 / self.tastes.plan_scale, np.empty(len(self.instruments))
        steep, within, share = 1 / (1 - choice.rho), choice.within, choice.share
        answer = steep - (steep - 1) * within - share
        turn = -(steep - 1) * steep * within * (1 - within) - share * answer
        for plan, is_fee, places in self.instruments.groups:
            part, slope = self.plans[:, :, plan], self._slope(plan, is_fee)
            bought = choice.users * self._units(plan, is_fee)
            moved = answer * part + scale * (1 - part)
            turned = slope**2 * (part**2 * turn + (answer - scale) * scale * part * (1 - part))
            used = used_up = np.zeros_like(part)
            if not is_fee:
                billed, price = self.use.billed[:, :, plan], self.menu.price[:, plan]
                np.divide(self.use.billed_slope[:, :, plan], billed, out=used, where=billed > 0)
                used_up = -(1 + self.use.users.elasticity) * used / price
            first = moved * slope + used
            second = (moved * slope) ** 2 + turned + 3 * moved * slope * used + used_up
            quantity, square = bought.sum(axis=0), (bought * first).sum(axis=0) ** 2
            bent = quantity * (bought * second).sum(axis=0)
            of_offers = np.divide(bent, square, out=np.zeros_like(square), where=square > 0)
            found[places] = of_offers[self.instruments.offer[places]]
        return found

    @property
    def posted(self) -> Vector:
        """[instrument], USD a month or per Mtok."""
        return self.menu.posted

    def at(self, posted: Vector) -> "MenuDemand":
        """Return the demand of the same users at other fees and prices, [instrument]."""
        return replace(self, offers=self.offers.at(menu=self.menu.at(posted)))

    def among(self, offers: Offers) -> "MenuDemand":
        """Return the demand of the same users for other offers of these sellers."""
        return replace(self, offers=offers)

    def bills(self, people: Matrix) -> Matrix:
        """[type, offer], USD that these people pay, [type, offer]."""
        return people * self.payments
