"""The price games of labs and resellers that have menus: fees and prices; see `market.records.price_games`."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from market.arrays import Matrix, Vector
from market.conduct.markup import markup, turning_slope
from market.equilibrium.path import Approach
from market.firms.producer import Producer
from market.firms.reseller import Reseller
from market.markets.tokens.lab_menus import LabMenus
from market.markets.tokens.menus import MenuDemand
from market.markets.tokens.prices import LabCosts
from market.markets.tokens.reseller_menus import ResellerMenus
from market.records.profit_gain import LARGEST_STEP, PriceGame, Sales

LEAST_PRICE = 1e-12
"""Of what is posted."""
ONWARD = 1.1
"""By how much more of its way a price goes where it goes on: by little, as it may be best where demand has a kink."""


class MenuGame(PriceGame):
    """Firms that set several fees and prices each, close substitutes of each other.

    A price by itself goes to the best one, all others given, as far as its demand bends.
    """

    def way(self) -> Approach:
        """Return how prices go to their answers: each a part of its way."""
        return Approach(ONWARD)

    def _answer(self, price: Vector, weight: Matrix, owned: Matrix) -> Vector:
        """Return the prices the firms turn to from these, [instrument]; see `turning_slope`."""
        sales = self.sales(price)
        response = sales.response * weight
        sold = (sales.quantity > 0) & (response.diagonal() < 0)
        gained, wanted = sales.quantity - sales.taken(owned, self.seller) / self.net_share, price.copy()
        best = markup((gained + price @ (response * ~sold[:, None]))[sold], response[np.ix_(sold, sold)])
        wanted[sold] += (best - price[sold]) * response.diagonal()[sold] / sales.own_slope[sold]
        return np.clip(wanted, price / LARGEST_STEP, price * LARGEST_STEP)


def lab_game_of_menus(users: MenuDemand, labs: Sequence[Producer], costs: LabCosts, chosen: bool) -> MenuGame:
    """Return the labs' game in all their fees and prices; wholesale prices that are not chosen stay as agreed."""
    here = LabMenus(users, labs, costs, chosen)
    posted, shift, least = here.posted, here.shift, LEAST_PRICE * users.posted
    members = np.arange(len(labs))[:, None] == users.offers.lab

    def sales(price: Vector) -> Sales:
        moved = users.at(np.maximum(users.posted + (price - posted) @ shift, least))
        there = replace(here, demand=moved)
        response = there.response(moved.today)
        return Sales(
            there.quantity(),
            response,
            turning_slope(response.diagonal(), there.curvature()),
            float(there.margin @ moved.metered),
            members @ (moved.today.metered @ there.shift.T * there.margin[:, None]),
        )

    return MenuGame(
        price=posted,
        marginal_cost=np.zeros(posted.size),
        net_share=here.net_share,
        seller=here.seller,
        chosen=np.ones(posted.size, dtype=np.bool_),
        sales=sales,
    )


def reseller_game_of_menus(users: MenuDemand, resellers: list[Reseller]) -> MenuGame:
    """Return the resellers' game in prices and fees at the wholesale prices they pay."""
    here = ResellerMenus(users)
    net_share = np.array([reseller.net_share for reseller in resellers])
    cost = net_share * np.array([reseller.token_cost(reseller.wholesale_price) for reseller in resellers])

    def sales(price: Vector) -> Sales:
        there = ResellerMenus(users.at(here.posted(price)))
        found = there.response(there.demand.today)
        return Sales(
            there.of_instruments(there.demand.quantity),
            found.billed,
            turning_slope(found.billed.diagonal(), there.curvature()),
            float(cost @ there.demand.metered[there.offer]),
            found.metered * cost[:, None],
        )

    return MenuGame(
        price=users.posted[here.own],
        marginal_cost=np.zeros(cost.size),
        net_share=net_share,
        seller=np.arange(cost.size),
        chosen=np.ones(cost.size, dtype=np.bool_),
        sales=sales,
    )
