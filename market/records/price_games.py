"""The three layers' price games at the end of a month: chips, labs' tokens, resold tokens.

Users are free to choose anew, and neither capacity nor policy binds: the benchmark is what firms could earn in the long
run from today's demand and costs.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from market.arrays import Vector
from market.conduct.markup import turning_slope
from market.markets.tokens import setters
from market.markets.tokens.demand import TokenDemand
from market.markets.tokens.menus import MenuDemand
from market.markets.tokens.prices import price_shift
from market.records.menu_games import lab_game_of_menus, reseller_game_of_menus
from market.records.profit_gain import PriceGame, Sales

if TYPE_CHECKING:
    from market.model import TokenMarket


LEAST_PRICE = 1e-12
"""Of the price posted."""

LEAST_SHARE = 1e-9
"""Of all tokens: a lab that users choosing anew would buy less of orders nothing in the long run."""


def profit_gains(model: "TokenMarket") -> dict[str, float]:
    """Return the profit gain of each layer with firms in it; hardware stands for its chip vendors."""
    if not model.open_producers:
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
    orders = servers.demand(model.power.price, model.derived)
    labs, clouds = ([firm.owner for firm in firms] for firms in (model.open_labs, model.compute.clouds))
    lightness = np.array([producer.lightness for producer in model.open_producers])
    raised_by_cost = setters.cost_shift(users, model.open_producers, costs)
    tokens = users.offers.by_lab(users.metered)
    lasts = tokens > LEAST_SHARE * tokens.sum()
    posted, products, kept = servers.chip_prices, servers.products, servers.rebates.net_share
    pass_through = kept / (1 - model.parameters.makers.staff_share)
    least = LEAST_PRICE * users.posted

    def sales(price: Vector) -> Sales:
        passed_on = orders.price + pass_through * (price - posted)[products.chip]
        moved = replace(
            orders, price=np.maximum(passed_on, LEAST_PRICE * orders.price)
        )  # nobody is paid to take a server
        # Bennet's (1920) indicator: what turning to cheaper servers saves is lost again in what made others preferred.
        mix = (orders.shares + moved.shares) / 2
        dearer = orders.felt * (mix @ (moved.cost(moved.price) - orders.cost(orders.price)))
        of_hosts = np.full(lightness.size - len(labs), dearer[clouds].mean() if clouds else 0.0)  # who rent from clouds
        of_all = np.concatenate([dearer[labs], of_hosts]) / lightness
        raised = (of_all / orders.derived.mtok) @ raised_by_cost
        buyers = users.at(np.maximum(users.posted + raised, least))
        serving = orders.serving.copy()
        bought = buyers.offers.by_lab(buyers.metered)
        fewer = np.divide(bought, tokens, out=np.zeros_like(bought), where=lasts)
        serving[labs] *= fewer[: len(labs)]
        training = orders.training / (1 + dearer / orders.user_cost)
        moved = replace(moved, serving=serving, training=training, derived=model.retail.derived_demand(buyers))
        return Sales(
            quantity=products.by_chip(moved.quantity),
            response=moved.chip_response * pass_through,
            own_slope=products.by_chip(moved.quantity * moved.utility_slope) * pass_through,
        )

    return PriceGame(
        price=posted,
        marginal_cost=np.array([vendor.marginal_cost for vendor in vendors])[products.vendor_of_chip] / kept,
        net_share=np.array([1 - vendor.own.research_share for vendor in vendors])[products.vendor_of_chip] * kept,
        seller=products.vendor_of_chip,
        chosen=np.ones(posted.size, dtype=np.bool_),
        sales=sales,
    )


def lab_game(model: "TokenMarket", users: TokenDemand) -> PriceGame:
    """Return the labs' game in retail and wholesale prices; resellers keep their margins, in USD.

    Wholesale prices that are bargained or tied stay as agreed, which is how labs take them when they price.
    """
    labs, costs = model.open_producers, model.retail.costs()
    if isinstance(users, MenuDemand):
        return lab_game_of_menus(users, labs, costs, model.parameters.labs.wholesale == "chosen")
    count = len(labs)
    sold, shift = users.offers.sold_at, price_shift(users.offers, costs)
    posted = np.array([lab.retail_price for lab in labs] + [lab.wholesale_price for lab in labs])
    net_share, least = (
        np.repeat([costs.net_share_retail, costs.net_share_wholesale], count),
        LEAST_PRICE * users.offers.price,
    )

    def sales(price: Vector) -> Sales:
        moved = users.at(np.maximum(users.offers.price + (price - posted) @ shift, least))
        response = sold @ moved.response @ shift.T
        return Sales(sold @ moved.quantity, response, turning_slope(response.diagonal(), moved.curvature(sold)))

    return PriceGame(
        price=posted,
        marginal_cost=np.tile(costs.marginal_cost, 2) / net_share,
        net_share=net_share,
        seller=np.tile(np.arange(count), 2),
        chosen=np.repeat([True, model.parameters.labs.wholesale == "chosen"], count),
        sales=sales,
    )


def reseller_game(model: "TokenMarket", users: TokenDemand) -> PriceGame:
    """Return the resellers' game at the wholesale prices they pay."""
    if isinstance(users, MenuDemand):
        return reseller_game_of_menus(users, model.open_resellers)
    resellers, resold = model.open_resellers, np.flatnonzero(users.offers.resold)

    def sales(price: Vector) -> Sales:
        prices = users.offers.price.copy()
        prices[resold] = price
        moved = users.at(prices)
        response = moved.response[np.ix_(resold, resold)]
        slope = turning_slope(response.diagonal(), moved.curvature(np.eye(prices.size)[resold]))
        return Sales(moved.quantity[resold], response, slope)

    return PriceGame(
        price=users.offers.price[resold],
        marginal_cost=np.array([reseller.marginal_cost(reseller.wholesale_price) for reseller in resellers]),
        net_share=np.array([reseller.net_share for reseller in resellers]),
        seller=np.arange(resold.size),
        chosen=np.ones(resold.size, dtype=np.bool_),
        sales=sales,
    )
