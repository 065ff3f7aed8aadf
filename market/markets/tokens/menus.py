"""Demand where sellers have menus of tariffs.

Users choose a seller of a model, and a plan from its menu: a logit within the seller, whose inclusive value is the
seller's utility,

    V[o] = worth[o] + μ log Σ_plans exp(V[plan]/μ),  μ = 1 − ``plan_correlation``.

What sellers set are instruments: fees, of which subscribers are the quantity, and prices, of which tokens beyond the
allowance are. With Q the quantities, y the fees and prices and T the tokens metered, those of a small model counted by
what they take, a seller's gross profit is Σ yQ − cT, so that its first-order conditions need ∂Q/∂y and ∂T/∂y: exact,
users' mix included.
"""

from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np

from market.arrays import TINY, Floats, Matrix, Vector
from market.markets.tokens.demand import TokenDemand
from market.markets.tokens.offers import Offers
from market.markets.tokens.tariffs import Instruments, Menu, Use
from market.users.choice import Expected, FreeChoice
from market.users.choice.expected import diagonals


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
        return over_plans(np.maximum, self.use.value)

    @cached_property
    def _weights(self) -> Floats:
        """[type, offer, plan], weight of a plan in the choice among them, 1 of the best."""
        opens = np.where(np.isfinite(self._best), self._best, 0.0)
        return np.exp((self.use.value - opens[:, :, None]) / self.tastes.plan_scale)

    @cached_property
    def _weight(self) -> Matrix:
        """[type, offer], of all plans."""
        return over_plans(np.add, self._weights)

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
        return over_plans(np.add, self.plans * self.use.tokens)

    @cached_property
    def load(self) -> Matrix:
        """[type, offer], Mtok per user, over the plans that users choose, as capacity counts them."""
        return self.tokens if self.menu.models is None else over_plans(np.add, self.plans * self.use.load)

    @cached_property
    def payments(self) -> Matrix:
        """[type, offer], USD a month per user, over the plans that users choose."""
        return over_plans(np.add, self.plans * self.use.payment)

    # by kind of instrument: fees of subscriptions, prices of each plan ------------------------------------------------

    @cached_property
    def _load_of_kinds(self) -> Matrix:
        """[kind, 1], Mtok as capacity counts them of a Mtok of the kind's plan."""
        return self.menu.load[self.instruments.plans, None]

    def _by_kind(self, of_plans: Floats) -> Floats:
        """[type, kind, offer], what of [type, offer, plan] is of each kind's plan."""
        return of_plans.transpose(0, 2, 1).take(self.instruments.plans, axis=1)

    @cached_property
    def _share(self) -> Floats:
        """[type, kind, offer], of those who choose the offer on the kind's plan."""
        return self._by_kind(self.plans)

    @cached_property
    def _billed(self) -> Floats:
        """[type, kind, offer], units that a user of the plan is billed: a subscription, or Mtok."""
        return np.where(self.instruments.fees, 1.0, self._by_kind(self.use.billed))

    @cached_property
    def _slope(self) -> Floats:
        """[type, kind, offer], ∂utility of the plan/∂its fee or price."""
        return -self.use.users.income[:, None, None] * self._billed

    @cached_property
    def _billed_slope(self) -> Floats:
        """[type, kind, offer], ∂units billed/∂price: one subscribes once."""
        return np.where(self.instruments.fees, 0.0, self._by_kind(self.use.billed_slope))

    # quantities -------------------------------------------------------------------------------------------------

    @cached_property
    def quantity(self) -> Vector:
        """[instrument], subscribers or Mtok billed."""
        units = np.einsum("to,tko->ko", self.buyers.users, self._share * self._billed)
        return units[self.instruments.places]

    @cached_property
    def metered(self) -> Vector:
        """[offer], Mtok, as capacity counts them."""
        return self._bought(self.buyers)

    @cached_property
    def paid(self) -> Vector:
        """[offer], USD a month."""
        return np.einsum("to,to->o", self.buyers.users, self.payments)

    @cached_property
    def per_unit(self) -> Vector:
        """[instrument], Mtok metered for a unit billed: of a subscriber the use, of a Mtok its load."""
        found = np.repeat(self._load_of_kinds, len(self.offers), axis=1)
        for place, (plan, is_fee) in enumerate(self.instruments.kinds):
            if is_fee:
                subscribers = self.buyers.users * self.plans[:, :, plan]
                tokens = (subscribers * self.use.load[:, :, plan]).sum(axis=0)
                total = subscribers.sum(axis=0)
                found[place] = np.divide(tokens, total, out=self.open_use(plan), where=total > TINY)
        return found[self.instruments.places]

    def open_use(self, plan: int) -> Vector:
        """[offer], Mtok that users would use on the mean to whom a plan is open; 1 where it is to none."""
        people = self.mass.sum(axis=1) * self.use.users.sees[:, plan]
        total = people.sum()
        return people @ self.use.tokens[:, :, plan] / total if total > 0 else np.ones(len(self.offers))

    # responses --------------------------------------------------------------------------------------------------

    @cached_property
    def today(self) -> Response:
        """The response of this month."""
        return self._answer(self.buyers, 1.0)

    @cached_property
    def patient(self) -> Response:
        """The response once everybody has reconsidered, of as many users of each type as there are today."""
        return self._answer(self.reconsidered, self._ratio[:, None]) if self.bound else self.today

    def _answer(self, choice: Expected | FreeChoice, scale: Floats | float) -> Response:
        """Return how quantities answer where this is the choice; ``scale`` [type, 1, offer] is that of an offer.

        Users change their offer, turn to another plan of its menu, or use more or less of what is billed by the token.
        """
        instruments, share, users = self.instruments, self._share, self.buyers.users[:, None]
        per_user = np.concatenate([share * self._billed, self.load[:, None]], axis=1)
        answer = choice.responses(per_user, share * self._slope * scale)
        own, turned = diagonals(answer), users * self._slope / self.tastes.plan_scale
        one_plan = instruments.plans[:, None] == instruments.plans
        own[:-1] += one_plan[:, :, None] * np.einsum("tao,tbo->abo", per_user[:, :-1], turned)
        own[-1] += (share * self._by_kind(self.use.load) * turned).sum(axis=0)
        own -= np.einsum("tao,tbo->abo", per_user, share * turned)
        used = (users * share * self._billed_slope).sum(axis=0)
        own[-1] += used * self._load_of_kinds
        np.einsum("kko->ko", own[:-1])[:] += used
        kind, offer = instruments.places
        return Response(answer[kind[:, None], offer[:, None], kind, offer], answer[-1][:, kind, offer])

    @cached_property
    def own_slope(self) -> Vector:
        """[instrument], ∂quantity/∂fee or price as if inclusive values stood still; see `TokenDemand.own_slope`."""
        choosing = self._billed * self._slope / self.tastes.plan_scale
        users = self.buyers.users[:, None] * self._share
        return (users * (choosing + self._billed_slope)).sum(axis=0)[self.instruments.places]

    @cached_property
    def bend(self) -> Vector:
        """[instrument], Q ∂²Q/∂y² / (∂Q/∂y)² by itself, once everybody has reconsidered; see `TokenDemand.curvature`.

        With π a plan's share of its offer, q what is billed (1 of a fee), σ = ∂v/∂y of the plan, and P and a as there,

            Q = N P π q,  Q'/Q = B σ + e,  B = a π + (1 − π)/μ,  e = q'/q,  σ' = e σ,
            Q''/Q = (B σ)² + B' σ + 3 B σ e + q''/q,  B' = σ (π² ∂a/∂V + (a − 1/μ) π (1 − π)/μ).
        """
        choice, scale, part, slope = self.reconsidered, 1 / self.tastes.plan_scale, self._share, self._slope
        answer, turn = (of_offers[:, None] for of_offers in self._answer_to_value)
        bought = choice.users[:, None] * part * self._billed
        moved = answer * part + scale * (1 - part)
        turned = slope**2 * (part**2 * turn + (answer - scale) * scale * part * (1 - part))
        used = np.divide(self._billed_slope, self._billed, out=np.zeros_like(part), where=self._billed > 0)
        used_up = -(1 + self.use.users.elasticity) * used / np.where(self.instruments.fees, 1.0, self._price)
        first = moved * slope + used
        second = (moved * slope) ** 2 + turned + 3 * moved * slope * used + used_up
        quantity, square = bought.sum(axis=0), (bought * first).sum(axis=0) ** 2
        bent = quantity * (bought * second).sum(axis=0)
        return np.divide(bent, square, out=np.zeros_like(square), where=square > 0)[self.instruments.places]

    @cached_property
    def joint_bend(self) -> Vector:
        """[offer], the same of its users if each pays a USD more for any plan: Q'/Q = −a α, Q''/Q = α² (a² + ∂a/∂V)."""
        users, felt = self.reconsidered.users, self.use.users.income[:, None]
        answer, turn = self._answer_to_value
        square = (users * felt * answer).sum(axis=0) ** 2
        bent = users.sum(axis=0) * (users * felt**2 * (answer**2 + turn)).sum(axis=0)
        return np.divide(bent, square, out=np.zeros_like(square), where=square > 0)

    @cached_property
    def _answer_to_value(self) -> tuple[Matrix, Matrix]:
        """[type, offer], a = ∂ln P/∂V once everybody has reconsidered, and ∂a/∂V."""
        choice = self.reconsidered
        steep, within, share = 1 / (1 - choice.rho), choice.within, choice.share
        answer = steep - (steep - 1) * within - share
        return answer, -(steep - 1) * steep * within * (1 - within) - share * answer

    @property
    def _price(self) -> Matrix:
        """[kind, offer], USD per Mtok beyond the allowance of the plan."""
        return self.menu.price[:, self.instruments.plans].T

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


def over_plans(of_both: np.ufunc, values: Floats) -> Matrix:
    """Return [type, offer] what comes of [type, offer, plan]; numpy is slow where sums are many and short."""
    return np.asarray(reduce(of_both, values.transpose(2, 0, 1)))
