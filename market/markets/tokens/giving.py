"""How labs decide what they give away: what an allowance brings today, and once those who come for it pay."""

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from market.accounts.finance import monthly_rate
from market.arrays import TINY
from market.conduct.generosity import Lifetime
from market.firms.lab import Lab
from market.markets.tokens.foresight import Foresight
from market.markets.tokens.menu_prices import gross_profit
from market.markets.tokens.menus import MenuDemand
from market.markets.tokens.prices import LabCosts
from market.parameters.plans import FREE

if TYPE_CHECKING:
    from market.model import TokenMarket


class Giving:
    """What an allowance of a lab is worth to it, rivals' menus as published.

    Args:
        model: The market.
        demand: Of today's users at published menus.
        costs: Of labs now.
        months: How far ahead a lab looks.
        weight: On that time, against this month.
    """

    def __init__(self, model: "TokenMarket", demand: MenuDemand, costs: LabCosts, months: int, weight: float) -> None:
        self.labs, self.weight = model.open_producers, weight
        self.demand, self.costs = demand, costs
        now, fleet = model.now, model.parameters.fleet
        self.ahead = Foresight(model, costs, months)
        self.discount = (1 + monthly_rate(fleet.cost_of_capital)) ** -months
        more = [
            model.calendar.adopted(s.name, now.round, months) / max(model.calendar.adopted(s.name, now.round), TINY)
            for s in model.segments
        ]
        self.more = np.repeat(more, [segment.weight.size for segment in model.segments])[:, None]
        bound = demand.mass[:, :-1].sum()
        self.stays = (1 - demand.choice.churn / bound) ** months if bound > 0 else 0.0

    def worth(self, place: int, plan: int, allowance: float) -> float:
        """Return what the lab at a place would earn, USD a month, if it gave this allowance, Mtok a month.

        Of gross profit, this month's and that at the end of the time, when those who have come or changed sellers in
        between chose by today's menus, and are as loyal as all are.
        """
        menu = self.demand.menu
        given = menu.allowance.copy()
        given[place, plan] = allowance
        offers = self.demand.offers.at(menu=menu.giving(given))
        today = self.demand.among(offers)
        come = today.reconsidered.users
        people = today.mass.sum(axis=1, keepdims=True)
        stayed = self.stays * today.mass[:, :-1]
        # Of as many people as there will be, those who stayed keep their provider; the others chose freely.
        free = np.maximum(people * self.more - stayed.sum(axis=1, keepdims=True), 0.0)
        users = stayed + free * np.divide(come, people, out=np.zeros_like(come), where=people > 0)
        outside = np.maximum(people * self.more - users.sum(axis=1, keepdims=True), 0.0)
        then = self.ahead.of(replace(today, mass=np.concatenate([users, outside], axis=1)))
        earned_today = gross_profit(today, self.labs, self.costs)[place] if self.weight < 1 else 0.0
        earned_then = gross_profit(then, self.labs, self.ahead.costs)[place]
        return float((1 - self.weight) * earned_today + self.weight * self.discount * earned_then)


def give(model: "TokenMarket", repricing: list[Lab], demand: MenuDemand, costs: LabCosts) -> None:
    """Let labs that reprice decide how generous their free plans are from now on."""
    rule = model.parameters.tariffs.free
    if not rule.gives:
        return
    labs, ahead = model.open_labs, rule if isinstance(rule, Lifetime) else Lifetime()
    giving = cache(partial(Giving, model, demand, costs, ahead.months, ahead.weight))  # where a rule asks

    def worth(place: int, allowance: float) -> float:
        return giving().worth(place, FREE, allowance)

    before = np.array([lab.free_allowance for lab in labs])
    for lab in repricing:
        place = labs.index(lab)
        rivals = np.delete(before, place).tolist()
        lab.free_allowance = rule.allowance(float(before[place]), rivals, partial(worth, place))
