"""What sellers and investors foresee: what quality will be worth, and what menus will earn.

Where all is sold by the token, margins are taken to stay as they are. Where there are menus, need that grows turns
those who use a free plan into subscribers: labs look at their users as they will be.
"""

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from market.arrays import Vector
from market.conduct.training import Prize
from market.markets.tokens import menu_prices, setters
from market.markets.tokens.menus import MenuDemand
from market.markets.tokens.prices import LabCosts

if TYPE_CHECKING:
    from market.model import TokenMarket

SOME_REVENUE = 1e-9
"""Part of a gain or a loss from which on it is one of what is sold."""


class Foresight:
    """A market with menus some months ahead, if nothing happens.

    Args:
        model: The market.
        costs: Of labs now.
        months: How far ahead.
    """

    def __init__(self, model: "TokenMarket", costs: LabCosts, months: int) -> None:
        now = model.now.round
        self.cheaper = model.technology.mtok / model.technology_of(now + months).mtok
        self.need = model.calendar.need(now, months)
        cost, net_share = costs.marginal_cost * self.cheaper, costs.net_share_wholesale * self.cheaper
        self.costs = replace(costs, marginal_cost=cost, net_share_wholesale=net_share)  # resellers pay less like others

    def of(self, users: MenuDemand) -> MenuDemand:
        """Return the demand of these users then: fees and prices follow what a unit costs, as relative margins stay."""
        then = replace(users, need_factor=self.need)
        return then.at(users.posted * self.cheaper * then.per_unit / users.per_unit)


def prizes(model: "TokenMarket") -> list[Prize]:
    """Return what each lab in business may win; not numbers where neither training nor investors ask."""
    labs, training, users = model.open_producers, model.parameters.training, model.retail.posted_demand
    count = len(model.open_labs)
    if not (training.budget.values_quality or model.parameters.funding.valued == "profit"):
        return [Prize(nan)] * count
    costs = model.retail.costs()
    if not isinstance(users, MenuDemand):
        return [Prize(gain) for gain in setters.profit_of_quality(users, labs, costs)[:count].tolist()]
    ahead = Foresight(model, costs, training.horizon)
    then = ahead.of(users)
    now, later = (setters.revenue_of_labs(demand, labs, costs) for demand in (users, then))
    gain = menu_prices.profit_of_quality(then, labs, ahead.costs)
    margin = _over(menu_prices.gross_profit(then, labs, ahead.costs), later)
    turn = margin - _over(menu_prices.gross_profit(users, labs, costs), now)
    wins = now * _over(gain, later)
    return [Prize(*both) for both in zip(wins[:count].tolist(), turn[:count].tolist(), strict=True)]


def _over(amount: Vector, revenue: Vector) -> Vector:
    """Return shares of revenue; zero where revenue is a mere rounding of the amount."""
    return np.divide(amount, revenue, out=np.zeros_like(amount), where=revenue > SOME_REVENUE * np.abs(amount))
