"""Mergers: two of four firms set prices as one from now on, with savings or without.

A merged firm counts what its other product wins of what one loses: with D the diversion ratios and M the margins in
USD before the merger, it would leave prices as they were if its margins were

    M₁' = M₁ + D₁₂ M₂',  M₂' = M₂ + D₂₁ M₁',

that is, if costs fell by M' − M: the compensating reductions of Werden (1996), whose logit case is
(1/(1 − s₁ − s₂) − 1/(1 − s))/α for a firm of share s, α being the price coefficient.

Where firms choose quantities of one good, a firm's margin is its share over the elasticity, (p − c)/p = s/ε, and the
price stays if the cost of the merged firm is p (1 − (s₁ + s₂)/ε): less than the mean cost of the two before, weighted
by output, by the part 2 s₁ s₂/(ε (s₁ + s₂) − s₁² − s₂²) of it (Froeb and Werden 1998).
"""

from functools import cache, partial

import numpy as np

from analysis.validation.asymmetric import COSTS, DEMAND, PRICE_COEFFICIENT, TOLERANCE, cartel, competing, settled
from analysis.validation.check import Check
from market.arrays import Vector
from market.conduct.pricing import BestResponse, JointProfit
from market.conduct.rule import Rule
from market.textbook.model import TextbookMarket
from market.textbook.parameters import Labs, TextbookParameters
from market.textbook.tiers import Facing, Tier

MERGED = 2

COURNOT_COSTS = (2.0, 2.5, 3.0, 3.5)
"""USD/Mtok of sellers of one good, by quantity; the first two merge."""
FACED = Facing(choke=10.0, steep=0.5)
MONTHS = 400
"""In which sellers' outputs come to rest, each going half of its way in a month."""


def shares(prices: Vector) -> Vector:
    """Return the firms' shares of all users."""
    return DEMAND.quantities(prices)


@cache
def compensating() -> Vector:
    """Return by how much the cost of each firm must fall for the merger to leave prices as they were, USD."""
    share, fall = shares(competing()), np.zeros(len(COSTS))
    together = 1 / (1 - share[:MERGED].sum())
    fall[:MERGED] = (together - 1 / (1 - share[:MERGED])) / PRICE_COEFFICIENT
    return fall


@cache
def with_savings(part: float) -> Vector:
    """Return the prices after the merger where costs fall by a part of the compensating reductions."""
    rules: list[Rule] = [JointProfit() if firm < MERGED else BestResponse() for firm in range(len(COSTS))]
    return settled(rules, (np.array(COSTS) - part * compensating()).tolist())


def price(firm: int) -> float:
    """Return the price of a firm after the merger with all of the compensating savings, USD."""
    return float(with_savings(1.0)[firm])


def reduction(firm: int) -> float:
    """Return the compensating reduction of a merging firm's cost, USD."""
    return float(compensating()[firm])


def diverted(first: int, other: int) -> float:
    """Return what a firm loses by a rise of its price that another gains: s₂/(1 − s₁) of a logit."""
    share = shares(competing())
    return float(share[other] / (1 - share[first]))


def general(firm: int) -> float:
    """Return the compensating reduction by margins and diversion alone (Werden 1996), whatever the demand."""
    margin, other = competing() - np.array(COSTS), 1 - firm
    there, back = diverted(firm, other), diverted(other, firm)
    return float((there * back * margin[firm] + there * margin[other]) / (1 - there * back))


@cache
def by_quantity(costs: tuple[float, ...]) -> Tier:
    """Return sellers of these costs, USD/Mtok, once none of them wants to sell more or less."""
    tier = Tier(TextbookMarket(TextbookParameters(labs=Labs(count=len(costs)))).labs, BestResponse(), cost=0.0)
    tier.paid = np.array(costs)
    tier.output, tier.price = np.ones(len(costs)), np.full(len(costs), FACED.price(len(costs)))
    for _ in range(MONTHS):
        tier.choose_quantities(FACED, largest_move=np.inf)
    return tier


def price_by_quantity(part: float) -> float:
    """Return the price after the merger, USD/Mtok, with this part of Froeb and Werden's saving."""
    before = by_quantity(COURNOT_COSTS)
    first, other = before.parts[:MERGED]
    elasticity = before.mean_price / (FACED.steep * before.sold)
    saving = 2 * first * other / (elasticity * (first + other) - first**2 - other**2)
    mean = float(before.output[:MERGED] @ before.paid[:MERGED] / before.output[:MERGED].sum())
    return by_quantity((mean * (1 - part * saving), *COURNOT_COSTS[MERGED:])).mean_price


CHECKS = (
    *(
        Check(f"price of firm {firm + 1} of four after a merger of the first two with compensating savings",
              "the price before the merger (Werden 1996)", float(competing()[firm]),
              partial(price, firm), TOLERANCE)
        for firm in range(len(COSTS))
    ),
    *(
        Check(f"compensating reduction of the cost of firm {firm + 1}", "margins and diversion (Werden 1996)",
              general(firm), partial(reduction, firm), TOLERANCE)
        for firm in range(MERGED)
    ),
    Check("sign of what a merger without savings does to its prices", "Deneckere and Davidson (1985)", 1.0,
          lambda: float(np.sign((cartel(MERGED) - competing())[:MERGED].min())), 0.0),
    Check("sign of what it does to those of rivals, beside its own", "Deneckere and Davidson (1985)", 1.0,
          lambda: float(0 < (cartel(MERGED) - competing())[MERGED:].max() < (cartel(MERGED) - competing())[0]), 0.0),
    Check("sign of what half the savings do to prices", "below those without savings, above those before", 1.0,
          lambda: float((competing() < with_savings(0.5)).all() and (with_savings(0.5) < cartel(MERGED)).all()), 0.0),
    Check("price after two of four who choose quantities merge and save what compensates for it",
          "the price before the merger (Froeb and Werden 1998)", by_quantity(COURNOT_COSTS).mean_price,
          lambda: price_by_quantity(1.0), 1e-9),
    Check("sign of what their merger does to the price with half the saving", "Froeb and Werden (1998)", 1.0,
          lambda: float(np.sign(price_by_quantity(0.5) - by_quantity(COURNOT_COSTS).mean_price)), 0.0),
    Check("price of four who choose quantities", "Cournot: (choke + sum of costs)/(n + 1)",
          (FACED.choke + sum(COURNOT_COSTS)) / (len(COURNOT_COSTS) + 1),
          lambda: by_quantity(COURNOT_COSTS).mean_price, 1e-9),
)  # fmt: skip
