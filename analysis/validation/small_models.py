"""Small models: what labs ask for two models settles where the theory of firms with several products has it.

In a logit of coefficient α per USD a firm earns the same with each user, whatever it sells him: n alike firms whose
products are each other's nearest substitutes earn 1/(α(1 − 1/n)), as if each sold one (Anderson and de Palma 1992).
Prices of two models differ by what they cost then, and users divide between them by taste and cost alone. A monopolist
whose users differ in their taste for quality asks more for the better model than it costs more (Mussa and Rosen 1978).
"""

from collections.abc import Iterator
from functools import cache, partial
from math import log

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from analysis.validation import stationary
from analysis.validation.check import Check
from analysis.validation.stationary import Vector
from analysis.validation.tariffs import NOBODY, WORLD, cost, markup, people
from market import TokenMarket
from market.parameters.plans import METERED, PLANS, SMALL

BEHIND, TASTE, MONTHS = 3.0, 0.4, 72
"""Doublings, utility per doubling, months: what tokens cost still moves a little then."""

TWO_MODELS: dict[str, object] = {
    "population.quantity_elasticity": 0.0,
    "population.obsolescence": 1.0,
    "tariffs.metered": True,
    "small_models.plans": "metered",
    "small_models.behind": BEHIND,
}
"""Everybody uses as many tokens as he needs, whatever they cost."""

CASES = ((2, 0.25, 10.0, 0.0), (3, 0.5, 10.0, 0.6), (3, 2.0, 3.0, 0.9), (8, 0.5, 30.0, 0.6))
"""Labs, utility per USD a month, lightness of the small model, correlation of tastes for a lab's plans."""


@cache
def competing(labs: int, alpha: float, lightness: float, correlation: float) -> TokenMarket:
    """Return labs that sell two models to alike users, who need a Mtok a month each."""
    taste = {"population.segments.consumers.quality_taste": TASTE}
    sold = {"small_models.lightness": lightness, "population.plan_correlation": correlation, "labs.count": labs}
    kind = people("consumers", 1e7, 1.0, alpha) | taste
    return stationary.played(stationary.opened(WORLD | NOBODY | kind | TWO_MODELS | sold), MONTHS)


def earned_with_a_user(labs: int, alpha: float, lightness: float, correlation: float, small: bool) -> float:
    """Return what a lab earns with a user of a model, USD a month."""
    model = competing(labs, alpha, lightness, correlation)
    lab = model.labs[-1]
    return lab.small_price - cost(model) / lightness if small else lab.retail_price - cost(model)


def users_of_both(labs: int, alpha: float, lightness: float, correlation: float) -> float:
    """Return the logarithm of labs' users of their small models over those of their best ones."""
    users = competing(labs, alpha, lightness, correlation).recorder.latest()["plans"]
    of_plan = {row["plan"]: row["users"] for row in users}
    return log(of_plan[PLANS[SMALL]] / of_plan[PLANS[METERED]])


def divided(labs: int, alpha: float, lightness: float, correlation: float) -> float:
    """Return the same as taste and cost have it."""
    cheaper = cost(competing(labs, alpha, lightness, correlation)) * (1 - 1 / lightness)
    return (alpha * cheaper - TASTE * BEHIND) / (1 - correlation)


# a monopolist's users -----------------------------------------------------------------------------------------------

Kind = tuple[str, float, float, float, float]
"""Segment, people, utility per USD a month, value of the best model at the reference price, utility per doubling."""

KINDS: tuple[Kind, ...] = (("students", 7e6, 1.0, 3.0, 0.3), ("consumers", 3e6, 1.0, 7.0, 1.8))
LIGHTNESS, CORRELATION, TO_SETTLE = 4.0, 0.6, 40


@cache
def monopoly() -> TokenMarket:
    """Return a lab that sells two models to users who might do without, and differ in their taste for quality."""
    segments: dict[str, object] = dict(NOBODY)
    for name, count, alpha, base, taste in KINDS:
        segments |= people(name, count, 1.0, alpha, base) | {f"population.segments.{name}.quality_taste": taste}
    sold = {"small_models.lightness": LIGHTNESS, "population.plan_correlation": CORRELATION, "labs.count": 1}
    return stationary.played(stationary.opened(WORLD | segments | TWO_MODELS | sold), TO_SETTLE)


@cache
def best_prices() -> tuple[float, float]:
    """Return the prices of the best and of the small model, USD per Mtok, that earn a lab of the agent's cost most."""
    model = monopoly()
    dear, scale = cost(model), 1 - CORRELATION
    costs = np.array([dear, dear / LIGHTNESS])
    reference = model.parameters.population.reference_price

    def loss(logs: Vector) -> float:
        price, earned = np.exp(logs), 0.0
        for _, count, alpha, base, taste in KINDS:
            value = base + alpha * (reference - price) - taste * np.array([0.0, BEHIND])
            best = value.max()
            weights = np.exp((value - best) / scale)
            buys = expit(best + scale * log(weights.sum()))
            earned += count * float(buys * (weights / weights.sum()) @ (price - costs))
        return -earned / 1e7

    exactly = {"xatol": 1e-10, "fatol": 1e-14, "maxiter": 5000}
    found = minimize(loss, np.log(2 * costs), method="Nelder-Mead", options=exactly)
    best, small = np.exp(found.x).tolist()
    return best, small


def price_over_best(small: bool) -> float:
    lab = monopoly().labs[0]
    return lab.small_price / best_prices()[1] if small else lab.retail_price / best_prices()[0]


def dearer_than_it_costs() -> float:
    """Return by how much a user of the best model pays more than one of the small, over what he costs more."""
    model = monopoly()
    lab, dear = model.labs[0], cost(model)
    return (lab.retail_price - lab.small_price) / (dear * (1 - 1 / LIGHTNESS))


# claims -------------------------------------------------------------------------------------------------------------


def _competing() -> Iterator[Check]:
    source = "firms with several products in a logit (Anderson and de Palma 1992)"
    for case in CASES:
        labs, alpha, lightness, correlation = case
        said = f"{labs} labs, utility per USD {alpha:g}, {lightness:g} times lighter, correlation {correlation:g}"
        for small in (False, True):
            what = "a small" if small else "the best"
            yield Check(f"earned with a user of {what} model, {said}", source, markup(labs, alpha),
                        partial(earned_with_a_user, *case, small), 1e-4)  # fmt: skip
        yield Check(f"users of the small over the best model (logarithm), {said}", "taste and cost alone",
                    1.0, partial(lambda *case: users_of_both(*case) / divided(*case), *case), 2e-3)  # fmt: skip


def _monopoly() -> Iterator[Check]:
    for small in (False, True):
        what = "small" if small else "best"
        yield Check(f"a monopolist's price of its {what} model over that which earns most", "numerical optimum", 1.0,
                    partial(price_over_best, small), 1e-4, slow=True)  # fmt: skip
    yield Check("a monopolist's best model is dearer by more than it costs more", "Mussa and Rosen 1978", 1.0,
                lambda: float(dearer_than_it_costs() > 1.05), 0.0, slow=True)  # fmt: skip


CHECKS = (*_competing(), *_monopoly())
