"""What labs with menus would earn by other fees and prices, reckoned from bills apart from the code under test."""

import numpy as np
from scipy.optimize import minimize

from market import TokenMarket
from market.markets.tokens.menus import MenuDemand
from market.parameters.plans import SMALL


def look(model: TokenMarket) -> MenuDemand:
    model.retail.publish_demand()
    return model.retail.posted_demand


def earned(model: TokenMarket, demand: MenuDemand, wholesale: np.ndarray) -> np.ndarray:
    """Return gross profit [lab] from who buys what, each bill by its plan, reckoned apart from the code."""
    costs, offers = model.retail.costs(), demand.offers
    users = demand.buyers.users[:, :, None] * demand.plans
    price = np.where(np.isfinite(demand.menu.price), demand.menu.price, 0.0)
    bills = (users * (demand.menu.fee + price * demand.use.billed)).sum(axis=(0, 2))
    load = 1.0 if demand.menu.models is None else demand.menu.models.load
    tokens = (users * demand.use.tokens * load).sum(axis=(0, 2))
    found = np.zeros(len(model.labs))
    for offer, lab in enumerate(offers.lab):
        if not offers.resold[offer]:
            income = bills[offer] * costs.net_share_retail
        elif offers.at_list[offer]:
            income = tokens[offer] * demand.menu.price[lab, 2] * costs.net_share_wholesale
        else:
            income = tokens[offer] * wholesale[lab] * costs.net_share_wholesale
        found[lab] += income - tokens[offer] * costs.marginal_cost[lab]
    return found


def asked(model: TokenMarket) -> np.ndarray:
    return np.array([lab.wholesale_price for lab in model.labs])


class Moves:
    """What would be earned where labs set other fees and prices, and resellers keep their margins in USD.

    A wrapper keeps that on a subscriber of its usual use.
    """

    def __init__(self, model: TokenMarket) -> None:
        self.model, self.demand, self.wholesale = model, look(model), asked(model)
        self.where, self.count = self.demand.instruments, len(model.labs)
        self.own = np.flatnonzero(self.where.offer < self.count)
        self.chosen = model.parameters.labs.wholesale == "chosen"
        own = [self.demand.posted[self.own], self.wholesale] if self.chosen else [self.demand.posted[self.own]]
        self.posted = np.concatenate(own)
        self.seller = np.concatenate([self.where.offer[self.own], *([np.arange(self.count)] if self.chosen else [])])

    def at(self, prices: np.ndarray) -> tuple[MenuDemand, np.ndarray]:
        """Return demand, and what labs ask of resellers."""
        posted, listed = self.demand.posted.copy(), {}
        posted[self.own] = prices[: self.own.size]
        wholesale = prices[self.own.size :] if self.chosen else self.wholesale
        for place in self.own:
            if self.where.plan[place] == 2:
                listed[int(self.where.offer[place])] = posted[place] - self.demand.posted[place]
        for number, reseller in enumerate(self.model.resellers):
            place = np.flatnonzero(self.where.offer == self.count + number)[0]
            moved = listed[reseller.lab] if reseller.at_list else (wholesale - self.wholesale)[reseller.lab]
            posted[place] += moved / reseller.net_share * reseller.per_unit
            for small in np.flatnonzero((self.where.offer == self.count + number) & (self.where.plan == SMALL)):
                posted[small] = posted[place] * self.demand.menu.load[SMALL]
        return self.demand.at(posted), wholesale

    def sells(self) -> np.ndarray:
        """[instrument], what is sold of it now; of a wholesale price, to resellers who pay it."""
        offers, own = self.demand.offers, self.demand.quantity[self.own]
        bought = np.where(offers.resold & ~offers.at_list, self.demand.metered, 0.0)
        return np.concatenate([own, np.bincount(offers.lab, bought)]) if self.chosen else own

    def profits(self, prices: np.ndarray) -> np.ndarray:
        return earned(self.model, *self.at(prices))


def best(
    moves: Moves, decides: np.ndarray, counted: np.ndarray, start: float, at_rest: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return fees and prices at rest, and those that maximise the profit of some labs, found from elsewhere.

    Args:
        moves: Of the labs.
        decides: [instrument], which of them move; of these, those that sell something do.
        counted: [lab], whose profit is maximised.
        start: Logarithm of how far from rest the search begins.
        at_rest: [instrument], what is posted if omitted.
    """
    posted = moves.posted if at_rest is None else at_rest
    sold = np.flatnonzero(decides & (moves.sells() > 0))
    scale = moves.profits(posted)[counted].sum()

    def loss(logs: np.ndarray) -> float:
        prices = posted.copy()
        prices[sold] *= np.exp(logs)
        return -moves.profits(prices)[counted].sum() / scale

    def slope(logs: np.ndarray) -> np.ndarray:
        steps = 1e-5 * np.eye(sold.size)
        return np.array([(loss(logs + step) - loss(logs - step)) / 2e-5 for step in steps])

    found = minimize(loss, np.full(sold.size, start), jac=slope, method="BFGS", options={"gtol": 1e-11})
    return posted[sold], posted[sold] * np.exp(found.x)
