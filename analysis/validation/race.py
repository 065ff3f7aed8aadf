"""The race: labs that train against each other settle where a contest has its equilibrium.

With logit choice over quality θ log₂ K, shares are K^r/ΣK^r with r = θ/ln 2 (Tullock 1980). Of n alike labs that share
a gross profit G a month, with knowledge that loses δ a month, interest i and a market growing by g a month,

    training ÷ gross profit = r (n−1)/n · (δ + g)(1 + i)/(δ + i)          (pure equilibrium for r ≤ n/(n−1)).

The labs looked at are those of the market: they sell to users, price, order servers and pay for them. A leader whom
users like better and its follower are held to the prices and stocks from which neither gains by moving.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from math import exp, expm1, log

import numpy as np
from scipy.optimize import minimize

from analysis.validation import stationary
from analysis.validation.check import Check
from analysis.validation.stationary import Vector, mixed_logit
from market import TokenMarket
from market.accounts.finance import monthly_rate

MONTHS, TO_SETTLE = 36, 120
CONSUMERS = "population.segments.consumers"
TASTE = f"{CONSUMERS}.quality_taste"
WORLD: dict[str, object] = {
    "population.types": 1,
    "population.nest_correlation": 0.0,
    f"{CONSUMERS}.taste_spread": 0.0,
    f"{CONSUMERS}.need_spread": 0.0,
    f"{CONSUMERS}.loyalty": 0.0,
    f"{CONSUMERS}.base_value": 40.0,
    "population.segments.students.people": 0.0,
    "population.segments.developers.people": 0.0,
    "population.segments.enterprises.people": 0.0,
    "resellers.count": 0,
    "labs.repricing_hazard": 1.0,
    "labs.research_staff": 0.0,
    "vendors.capacity": 1e7,
    "training.imitation": 0.0,
    "training.launch_interval": 1,
    "training.opening_ratio": 10.0,
    "training.horizon": 0,
    "training.budget.months_to_adjust": 6.0,
    "funding.appetite": 100.0,
    "funding.opening_months": 240.0,
}
"""One kind of user with nothing else to choose, labs alike and with money, knowledge that is used a month later."""

ALIKE = ((2, 0.6, 0.08, 0.01), (3, 0.4, 0.15, 0.05), (5, 0.6, 0.08, 0.0), (5, 0.6, 0.08, 0.05), (5, 0.6, 0.08, 0.13),
         (8, 0.5, 0.04, 0.03))  # fmt: skip
"""Labs, taste for quality, loss of knowledge and growth, both a month."""
LIKED = 0.8
"""Doublings by which users take the leader's model to be better than it is."""


def played(changes: dict[str, object], months: int = MONTHS) -> TokenMarket:
    """Return a market of alike labs some months after it opened, with changes by dotted name."""
    return stationary.played(stationary.opened(WORLD | changes), months)


def growth_of(rate: float) -> dict[str, object]:
    """Return what makes need, power and chips grow by so much a month (logarithm), as labs have seen it before."""
    return {
        "population.need_growth": rate,
        "population.need_growth_later": rate,
        "training.frontier_pace": expm1(12 * rate),
        "vendors.capacity_growth": rate,
        "power.expansion": rate,
    }


@cache
def growing(labs: int, taste: float, decay: float, growth: float) -> TokenMarket:
    """Return alike labs in a market whose need, power and chips have grown at one pace for three years."""
    return played(growth_of(growth) | {"labs.count": labs, TASTE: taste, "training.decay": decay})


def of_gross_profit(model: TokenMarket) -> float:
    """Return training, at the user cost of the servers, over labs' gross profit of the month."""
    labs, retail = model.open_labs, model.retail
    margin = retail.costs().margin_of_offers(labs, retail.offers)
    return sum(lab.trained * lab.user_cost for lab in labs) / float(margin @ retail.sold.sum(axis=0))


def contest(labs: int, taste: float, decay: float, growth: float) -> float:
    """Return training over gross profit in the contest's equilibrium."""
    interest, grows = monthly_rate(0.10), expm1(growth)
    return taste / log(2) * (labs - 1) / labs * (decay + grows) * (1 + interest) / (decay + interest)


# a leader and a follower --------------------------------------------------------------------------------------------


@cache
def unlike() -> TokenMarket:
    """Return two labs, one of which users like better, ten years after it became so."""
    model = played(
        {"labs.count": 2, TASTE: 0.6, "training.algorithmic_growth": 0.02}, 0
    )  # what is learned anew is never worth less
    draw_up = model.retail.list_offers

    def list_offers() -> None:
        draw_up()
        offers = model.retail.offers
        model.retail.offers = replace(offers, quality=offers.quality + np.array([LIKED, 0.0]))

    model.retail.list_offers = list_offers  # type: ignore[method-assign]
    return stationary.played(model, TO_SETTLE)


class Duel:
    """Two labs as theory writes them down, in a market of the agents' costs and users' tastes.

    Attributes:
        cost: USD per Mtok, of revenue kept.
        holding: USD a month that a unit of knowledge loses of its price and in interest, as it could be bought later.
    """

    def __init__(self, model: TokenMarket) -> None:
        parameters, costs = model.parameters, model.retail.costs()
        interest = monthly_rate(parameters.fleet.cost_of_capital)
        self.users = mixed_logit(model)
        self.taste = parameters.population.segments["consumers"].quality_taste
        self.net_share, self.cost = costs.net_share_retail, float(costs.marginal_cost[0])
        self.holding = model.labs[0].user_cost * (1 - (1 - parameters.training.decay) / (1 + interest))
        self.type = int(self.users.weights.argmax())
        self.liked = np.array([LIKED, 0.0])

    def profit(self, lab: int, price: Vector, stock: Vector) -> float:
        """Return a lab's profit a month, USD, from Mtok sold by a logit without an outside option."""
        users = self.users
        relative, curve = price / users.reference_price, 1 - users.elasticity
        value = self.taste * (np.log2(stock) + self.liked)
        value -= users.price_coefficient[self.type] * (relative**curve - 1) / curve
        share = np.exp(value - value.max())
        sold = share / share.sum() * users.weights.sum() * users.need[self.type] * relative**-users.elasticity
        return float((self.net_share * price[lab] - self.cost) * sold[lab] - self.holding * stock[lab])

    def reply(self, lab: int, price: Vector, stock: Vector) -> None:
        """Move a lab's price and stock to its best reply to the other's."""

        def loss(moved: Vector) -> float:
            tried, known = price.copy(), stock.copy()
            tried[lab], known[lab] = np.exp(moved)
            return -self.profit(lab, tried, known) / 1e6

        found = minimize(loss, np.log([price[lab], stock[lab]]), method="Nelder-Mead", options=EXACTLY)
        price[lab], stock[lab] = np.exp(found.x)


@cache
def nash() -> tuple[Vector, Vector]:
    """Return prices, USD per Mtok, and stocks of knowledge, [lab], from which neither gains by moving."""
    duel = Duel(unlike())
    price = np.full(2, 2 * duel.cost / duel.net_share)
    stock = np.full(2, float(np.mean([lab.knowledge for lab in unlike().labs])))
    for _ in range(200):
        before = np.concatenate([price, stock])
        for lab in range(2):
            duel.reply(lab, price, stock)
        if np.abs(np.concatenate([price, stock]) / before - 1).max() < 1e-7:
            break
    return price, stock


EXACTLY = {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 2000}


# claims -------------------------------------------------------------------------------------------------------------


def price_of(lab: int) -> float:
    return unlike().labs[lab].price / nash()[0][lab]


def stock_of(lab: int) -> float:
    return unlike().labs[lab].knowledge / nash()[1][lab]


FAST, SLOW, AHEAD, AGREED = 0.13, 0.02, 12, 0.1
FIVE: dict[str, object] = {"labs.count": 5, TASTE: 0.6}


def standing(**changes: object) -> float:
    """Return training over gross profit of five labs where nothing grows; of keys, ``__`` stands for a dot."""
    return of_gross_profit(played(FIVE | {name.replace("__", "."): value for name, value in changes.items()}))


def poorer() -> float:
    """Return training of labs whom investors give nothing over that of others, where the market grows fast."""
    poor: dict[str, object] = {"funding.appetite": 0.0, "funding.opening_months": 3.0}
    spent = [of_gross_profit(played(FIVE | growth_of(FAST) | changes, 24)) for changes in (poor, {})]
    return spent[0] / spent[1]


def ahead() -> float:
    """Return training over gross profit of labs that train for the market a year ahead, which grows steadily."""
    return of_gross_profit(played(FIVE | growth_of(SLOW) | {"training.horizon": AHEAD}))


def truce_kept() -> float:
    """Return training over revenue, relative to what labs agreed on."""
    model = played(FIVE | {"training.budget.rule": "truce", "training.budget.share": AGREED})
    spent = sum(lab.trained * lab.user_cost for lab in model.labs)
    return spent / sum(lab.statement.revenue for lab in model.labs) / AGREED


def lasting(imitated: float) -> float:
    """Return what a contest's training falls to where a lead is lost to imitators too."""
    decay, interest = 0.08, monthly_rate(0.10)
    return contest(5, 0.6, decay, 0.0) * (decay + interest) / (decay + imitated + interest)


def of_alike(labs: int, taste: float, decay: float, growth: float) -> float:
    return of_gross_profit(growing(labs, taste, decay, growth))


def _alike() -> Iterator[Check]:
    for case in ALIKE:
        labs, taste, decay, growth = case
        yield Check(
            f"training over gross profit, {labs} alike labs, taste {taste}, decay {decay}, growth {growth}",
            "Tullock contest (Tullock 1980)", contest(*case), partial(of_alike, *case), 0.01,
            slow=True,
        )  # fmt: skip


def _unlike() -> Iterator[Check]:
    for lab, name in enumerate(("leader", "follower")):
        yield Check(f"price of a {name} over the equilibrium's", "numerical Nash equilibrium", 1.0,
                    partial(price_of, lab), 1e-4, slow=True)  # fmt: skip
        yield Check(f"knowledge of a {name} over the equilibrium's", "numerical Nash equilibrium", 1.0,
                    partial(stock_of, lab), 1e-4, slow=True)  # fmt: skip


CHECKS = (
    *_alike(),
    *_unlike(),
    Check("training where 5 % of a lead is imitated a month", "imitation is decay of a lead",
          lasting(0.05), partial(standing, training__imitation=0.05), 0.01, slow=True),
    Check("training of labs with loyal users over that without", "everybody reconsiders in the long run", 1.0,
          lambda: standing(population__segments__consumers__loyalty=2.0) / standing(), 1e-3, slow=True),
    Check("training for the market a year ahead, growth 2 % a month", "contest for a prize exp(g h) as large",
          contest(5, 0.6, 0.08, SLOW) * exp(SLOW * AHEAD), ahead, 0.01, slow=True),
    Check("training is below the contest's where investors give nothing and growth is fast", "money binds", 1.0,
          lambda: float(poorer() < 0.9), 0.0, slow=True),
    Check("training under a truce at a tenth of revenue, over the truce", "cap agreed on", 1.0,
          truce_kept, 1e-3, slow=True),
)  # fmt: skip
