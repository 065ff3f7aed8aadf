"""Mergers: two of four firms set prices as one from now on, with savings or without.

A merged firm counts what its other product wins of what one loses: with D the diversion ratios and M the margins in
USD before the merger, it would leave prices as they were if its margins were

    M₁' = M₁ + D₁₂ M₂',  M₂' = M₂ + D₂₁ M₁',

that is, if costs fell by M' − M: the compensating reductions of Werden (1996), whose logit case is
(1/(1 − s₁ − s₂) − 1/(1 − s))/α for a firm of share s, α being the price coefficient.
"""

from functools import cache, partial

import numpy as np

from analysis.validation.asymmetric import COSTS, DEMAND, PRICE_COEFFICIENT, TOLERANCE, cartel, competing, settled
from analysis.validation.rung import Rung
from market.arrays import Vector
from market.conduct.pricing import BestResponse, JointProfit
from market.conduct.rule import Rule

MERGED = 2


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


RUNGS = (
    *(
        Rung(f"price of firm {firm + 1} of four after a merger of the first two with compensating savings",
             "the price before the merger (Werden 1996)", float(competing()[firm]),
             partial(price, firm), TOLERANCE)
        for firm in range(len(COSTS))
    ),
    *(
        Rung(f"compensating reduction of the cost of firm {firm + 1}", "margins and diversion (Werden 1996)",
             general(firm), partial(reduction, firm), TOLERANCE)
        for firm in range(MERGED)
    ),
    Rung("sign of what a merger without savings does to its prices", "Deneckere and Davidson (1985)", 1.0,
         lambda: float(np.sign((cartel(MERGED) - competing())[:MERGED].min())), 0.0),
    Rung("sign of what it does to those of rivals, beside its own", "Deneckere and Davidson (1985)", 1.0,
         lambda: float(0 < (cartel(MERGED) - competing())[MERGED:].max() < (cartel(MERGED) - competing())[0]), 0.0),
    Rung("sign of what half the savings do to prices", "below those without savings, above those before", 1.0,
         lambda: float((competing() < with_savings(0.5)).all() and (with_savings(0.5) < cartel(MERGED)).all()), 0.0),
)  # fmt: skip
