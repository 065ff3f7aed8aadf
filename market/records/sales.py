"""What each offer sold by each plan in a month: people, tokens and money, as they were served and billed."""

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from market.arrays import TINY, Floats, Matrix
from market.markets.tokens.demand import TokenDemand
from market.markets.tokens.menus import MenuDemand
from market.markets.tokens.offers import among
from market.parameters.plans import FREE, METERED, SMALL
from market.records.measures import NAN, ratio

if TYPE_CHECKING:
    from market.model import TokenMarket


class Sales:
    """The month just played, by offer and plan; where all is sold by the token, all is metered.

    Attributes:
        sellers: Names, [offer].
        producers: In business, whose own offers come first.
        offered: [offer, plan], whether the plan is on the menu.
        users: [offer, plan], people served.
        payers: People served who pay anything.
        tokens: [offer, plan], Mtok.
        load: [offer, plan], Mtok, as capacity counts them.
        revenue: [offer, plan], USD.
        cost: [offer, plan], USD that the tokens cost their seller: serving, or what a reseller pays for them.
        serving: [offer, plan], USD that serving the tokens costs the producer.
        conversion: Share of last month's free users who are expected to pay this month; NaN where there were none.

    Args:
        model: The market; statements of the month are drawn up.
        before: The month before, if one was played.
    """

    def __init__(self, model: "TokenMarket", before: "Sales | None" = None) -> None:
        retail = model.retail
        demand, served = retail.demand, retail.served
        shares, tokens, load, payment = use_of_plans(demand)
        self.sellers, self.producers = demand.offers.sellers, model.open_producers
        self.offered = plans_offered(demand)
        self.users = np.einsum("to,top->op", served, shares)
        self.tokens = np.einsum("to,top->op", served, shares * tokens)
        self.load = self.tokens if load is tokens else np.einsum("to,top->op", served, shares * load)
        self.revenue = np.einsum("to,top->op", served, shares * payment)
        pays = shares * (payment > 0)
        self.payers = float(np.einsum("to,top->op", served, pays).sum())
        self._free = served * shares[:, :, FREE]
        self.conversion = NAN if before is None else before.converted(demand, pays.sum(axis=2))
        self._cost_per_token(model, demand)

    def _cost_per_token(self, model: "TokenMarket", demand: TokenDemand) -> None:
        """Share what labs spent on serving by tokens, those of small models by what they took."""
        lab, own = demand.offers.lab, len(self.producers)
        sold = demand.offers.by_lab(self.load.sum(axis=1))[lab][:, None]
        spent = np.array([maker.statement.serving + maker.statement.depreciation for maker in self.producers])
        part = np.divide(self.load, sold, out=np.zeros_like(self.load), where=sold > TINY)
        self.serving = part * spent[lab][:, None]
        paid = np.array([reseller.wholesale_price + reseller.support_cost for reseller in model.open_resellers])
        self.cost = np.concatenate([self.serving[:own], self.load[own:] * paid[:, None]])

    def converted(self, demand: TokenDemand, paying: Matrix) -> float:
        """Return the share of this month's free users who are expected to pay a month later.

        Args:
            demand: Of that month.
            paying: [type, offer], share of the offer's users who pay then.
        """
        mass = among(demand.offers.sellers, self.sellers, self._free)
        free = float(mass.sum())
        return ratio(float((demand.choice.of(mass).users * paying).sum()), free) if free > 0 else NAN

    @cached_property
    def cost_of_free(self) -> list[float]:
        """[producer in business], USD that serving its free tokens cost it."""
        return list(map(float, self.cost[: len(self.producers), FREE]))

    @cached_property
    def users_of_producers(self) -> list[float]:
        """[producer in business], people whom it serves itself."""
        return list(map(float, self.users[: len(self.producers)].sum(axis=1)))


def use_of_plans(demand: TokenDemand) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the share of each plan among those who choose an offer, and Mtok, load and USD a month of a user of it.

    Each is [type, offer, plan], or fits such an array.
    """
    if isinstance(demand, MenuDemand):
        return demand.plans, demand.use.tokens, demand.use.load, demand.use.payment
    shares, tokens = np.zeros((*demand.tokens.shape, SMALL)), demand.tokens[:, :, None]
    shares[:, :, METERED] = 1.0
    return shares, tokens, tokens, demand.payments[:, :, None]


def plans_offered(demand: TokenDemand) -> NDArray[np.bool_]:
    """Return whether a plan is on the menu, [offer, plan]."""
    if demand.offers.menu is not None:
        return demand.offers.menu.offered
    return np.broadcast_to(np.arange(SMALL) == METERED, (len(demand.offers), SMALL))
