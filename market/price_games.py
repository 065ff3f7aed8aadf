"""The three layers' price games at the end of a month: chips, labs' tokens, resold tokens.

Users are free to choose anew, and neither capacity nor policy binds: the benchmark is what firms could earn in the long
run from today's demand and costs.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from market.profit_gain import PriceGame, Sales
from market.token_prices import cost_shift, price_shift
from market.tokens import TokenDemand

if TYPE_CHECKING:
    from market.model import TokenMarket

Vector = NDArray[np.float64]

LEAST_PRICE, LEAST_TOKENS = 1e-12, 1e-300


def profit_gains(model: "TokenMarket") -> dict[str, float]:
    """Return the profit gain of each layer with firms in it; hardware stands for its chip vendors."""
    if not model.open_labs:
        return {}
    users = model.retail.demand.without_loyalty()
    games = {"hardware": chip_game(model, users), "labs": lab_game(model, users)}
    if model.open_resellers:
        games["resellers"] = reseller_game(model, users)
    return {layer: game.gain() for layer, game in games.items()}


def chip_game(model: "TokenMarket", users: TokenDemand) -> PriceGame:
    """Return the vendors' game.

    Makers, labs and resellers keep their margins, in USD, and labs spend on training what they do now.
    """
    vendors, servers, costs = model.vendors, model.servers, model.retail.costs()
    orders = servers.demand(model.technology, model.power.price, model.derived)
    labs = [lab.index for lab in model.open_labs]
    raised_by_cost = cost_shift(users.offers, costs)
    tokens = np.maximum(users.offers.by_lab(users.quantity), LEAST_TOKENS)
    posted = np.array([vendor.price for vendor in vendors])
    by_vendor, pass_through = servers.products.by_vendor, 1 / (1 - model.parameters.makers.staff_share)

    def sales(price: Vector) -> Sales:
        passed_on = orders.price + pass_through * (price - posted)[servers.products.vendor]
        moved = replace(orders, price=np.maximum(passed_on, LEAST_PRICE))  # nobody is paid to take a server
        # Bennet's (1920) indicator: what turning to cheaper servers saves is lost again in what made others preferred.
        mix = (orders.shares + moved.shares) / 2
        dearer = mix @ (moved.cost(moved.price) - orders.cost(orders.price))
        raised = (dearer[labs] / orders.derived.mtok) @ raised_by_cost
        buyers = users.at(np.maximum(users.offers.price + raised, LEAST_PRICE))
        serving = orders.serving.copy()
        serving[labs] *= buyers.offers.by_lab(buyers.quantity) / tokens
        training = orders.training / (1 + dearer / orders.user_cost)
        moved = replace(moved, serving=serving, training=training, derived=model.derived_demand(buyers))
        return Sales(
            quantity=by_vendor(moved.quantity),
            response=servers.products.between_vendors(moved.response) * pass_through,
            own_slope=by_vendor(moved.quantity * moved.utility_slope) * pass_through,
        )

    return PriceGame(
        price=posted,
        marginal_cost=np.array([vendor.marginal_cost for vendor in vendors]),
        keeps=np.full(posted.size, 1 - model.parameters.vendors.research_share),
        seller=np.arange(posted.size),
        chosen=np.ones(posted.size, dtype=np.bool_),
        sales=sales,
    )


def lab_game(model: "TokenMarket", users: TokenDemand) -> PriceGame:
    """Return the labs' game in retail and wholesale prices; resellers keep their margins, in USD.

    Wholesale prices that are bargained or tied stay as agreed, which is how labs take them when they price.
    """
    labs, costs = model.open_labs, model.retail.costs()
    count = len(labs)
    sold, shift = users.offers.sold_at, price_shift(users.offers, costs.pass_through)
    posted = np.array([lab.retail_price for lab in labs] + [lab.wholesale_price for lab in labs])
    keeps = np.repeat([costs.keeps_retail, costs.keeps_wholesale], count)

    def sales(price: Vector) -> Sales:
        moved = users.at(np.maximum(users.offers.price + (price - posted) @ shift, LEAST_PRICE))
        return Sales(sold @ moved.quantity, sold @ moved.response @ shift.T, shift @ moved.own_slope)

    return PriceGame(
        price=posted,
        marginal_cost=np.tile(costs.marginal_cost, 2) / keeps,
        keeps=keeps,
        seller=np.tile(np.arange(count), 2),
        chosen=np.repeat([True, model.parameters.labs.wholesale == "chosen"], count),
        sales=sales,
    )


def reseller_game(model: "TokenMarket", users: TokenDemand) -> PriceGame:
    """Return the resellers' game at the wholesale prices they pay."""
    resellers, resold = model.open_resellers, np.flatnonzero(users.offers.resold)

    def sales(price: Vector) -> Sales:
        prices = users.offers.price.copy()
        prices[resold] = price
        moved = users.at(prices)
        return Sales(moved.quantity[resold], moved.response[np.ix_(resold, resold)], moved.own_slope[resold])

    return PriceGame(
        price=users.offers.price[resold],
        marginal_cost=np.array([reseller.marginal_cost(reseller.wholesale_price) for reseller in resellers]),
        keeps=np.array([reseller.keeps for reseller in resellers]),
        seller=np.arange(resold.size),
        chosen=np.ones(resold.size, dtype=np.bool_),
        sales=sales,
    )
