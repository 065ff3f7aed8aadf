"""The price games of labs and resellers that have menus: fees and prices; see `market.records.price_games`."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from market.arrays import Vector
from market.firms.producer import Producer
from market.firms.reseller import Reseller
from market.markets.tokens.lab_menus import LabMenus
from market.markets.tokens.menus import MenuDemand
from market.markets.tokens.prices import LabCosts
from market.markets.tokens.reseller_menus import ResellerMenus
from market.records.profit_gain import PriceGame, Sales

LEAST_PRICE = 1e-12
"""Of what is posted."""


def lab_game_of_menus(users: MenuDemand, labs: Sequence[Producer], costs: LabCosts, chosen: bool) -> PriceGame:
    """Return the labs' game in all their fees and prices; wholesale prices that are not chosen stay as agreed."""
    here = LabMenus(users, labs, costs, chosen)
    posted, shift, least = here.posted, here.shift, LEAST_PRICE * users.posted
    members = np.arange(len(labs))[:, None] == users.offers.lab

    def sales(price: Vector) -> Sales:
        moved = users.at(np.maximum(users.posted + (price - posted) @ shift, least))
        there = replace(here, demand=moved)
        response = there.response(moved.today)
        slope = np.minimum(response.diagonal(), 0.0)
        slope[: there.own.size] = moved.own_slope[there.own]
        return Sales(
            there.quantity(),
            response,
            slope,
            float(there.margin @ moved.metered),
            members @ (moved.today.metered @ there.shift.T * there.margin[:, None]),
        )

    return PriceGame(
        price=posted,
        marginal_cost=np.zeros(posted.size),
        keeps=here.keeps,
        seller=here.seller,
        chosen=np.ones(posted.size, dtype=np.bool_),
        sales=sales,
    )


def reseller_game_of_menus(users: MenuDemand, resellers: list[Reseller]) -> PriceGame:
    """Return the resellers' game in prices and fees at the wholesale prices they pay."""
    here = ResellerMenus(users)
    keeps = np.array([reseller.keeps for reseller in resellers])
    cost = keeps * np.array([reseller.token_cost(reseller.wholesale_price) for reseller in resellers])

    def sales(price: Vector) -> Sales:
        there = ResellerMenus(users.at(here.posted(price)))
        found = there.response(there.demand.today)
        return Sales(
            there.of_instruments(there.demand.quantity),
            found.billed,
            there.own_slope(),
            float(cost @ there.demand.metered[there.offer]),
            found.metered * cost[:, None],
        )

    return PriceGame(
        price=users.posted[here.own],
        marginal_cost=np.zeros(cost.size),
        keeps=keeps,
        seller=np.arange(cost.size),
        chosen=np.ones(cost.size, dtype=np.bool_),
        sales=sales,
    )
