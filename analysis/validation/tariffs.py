"""Tariffs: fees, allowances and prices of labs and wrappers settle where theory has them.

With choice by a logit of coefficient α per USD of net surplus over n alike sellers and nothing else, a fee that is set
beside a price is 1/(α(1 − 1/n)) and the price is the marginal cost (Armstrong and Vickers 2001); a fee alone adds what
its users use, q tokens on the mean: F = cq + 1/(α(1 − 1/n)), so that light users pay for heavy ones. A monopolist
whose users differ sets its price above cost (Oi 1971).

The sellers looked at are those of the market: they sell to users, order servers and pay for them.
"""

from collections.abc import Iterator
from functools import cache, partial

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from analysis.validation import stationary
from analysis.validation.check import Check
from analysis.validation.stationary import Vector
from market import TokenMarket

SEGMENTS = ("students", "consumers", "developers", "enterprises")
REFERENCE_PRICE, SATIATION, ELASTICITY = 4.0, 4.0, 0.9
ANY = 1e6
"""An allowance, Mtok a month, that nobody uses up."""

WORLD: dict[str, object] = {
    "population.types": 1,
    "population.nest_correlation": 0.0,
    "population.satiation": SATIATION,
    "population.reference_price": REFERENCE_PRICE,
    "population.quantity_elasticity": ELASTICITY,
    "resellers.count": 0,
    "labs.repricing_hazard": 1.0,
    "labs.pricing.patience": 0.0,
    "labs.pricing.largest_move": 1.0,
    "vendors.capacity": 1e7,
    "tariffs.metered": False,
}
FLAT: dict[str, object] = {"tariffs.subscription": "flat", "tariffs.subscription_allowance": ANY}
TWO_PART: dict[str, object] = {"tariffs.subscription": "two-part", "tariffs.subscription_allowance": 0.0}
MONTHS = 48


def people(name: str, count: float, need: float, alpha: float, base: float = 40.0) -> dict[str, object]:
    """Return a segment of alike people to whom sellers are alike; ``alpha`` is their utility per USD a month."""
    traits = {
        "people": count,
        "need": need,
        "price_sensitivity": alpha * need * REFERENCE_PRICE,
        "base_value": base,
        "quality_taste": 0.0,
        "taste_spread": 0.0,
        "need_spread": 0.0,
        "reseller_taste": 0.0,
        "loyalty": 0.0,
    }
    return {f"population.segments.{name}.{trait}": value for trait, value in traits.items()}


NOBODY = {f"population.segments.{name}.people": 0.0 for name in SEGMENTS}


def cost(model: TokenMarket) -> float:
    """Return what a Mtok cost a lab this month over what it keeps of revenue, USD."""
    costs = model.retail.costs()
    return float(costs.marginal_cost[0]) / costs.net_share_retail


# competition --------------------------------------------------------------------------------------------------------

CASES = ((2, 0.25), (3, 0.5), (3, 2.0), (8, 0.5))
"""Labs, and utility per USD a month."""


def markup(labs: int, alpha: float) -> float:
    """Return what alike sellers earn with a user, USD a month."""
    return 1 / (alpha * (1 - 1 / labs))


@cache
def competing(labs: int, alpha: float, flat: bool) -> TokenMarket:
    """Return labs that sell to alike users for a fee, with or without a price."""
    tariff = FLAT if flat else TWO_PART
    kind = people("consumers", 1e7, 1.0, alpha)
    return stationary.played(stationary.opened(WORLD | NOBODY | kind | tariff | {"labs.count": labs}), MONTHS)


def fee_of(labs: int, alpha: float) -> float:
    return competing(labs, alpha, False).labs[-1].fee


def price_over_cost(labs: int, alpha: float) -> float:
    model = competing(labs, alpha, False)
    return model.labs[-1].beyond / cost(model)


def flat_fee_less_cost(labs: int, alpha: float) -> float:
    model = competing(labs, alpha, True)
    return model.labs[-1].fee - cost(model) * SATIATION


# light and heavy users ----------------------------------------------------------------------------------------------

LIGHT, HEAVY, LIGHT_SHARE, ALPHA, LABS = 4.0, 10.0, 0.7, 0.5, 3
"""Mtok a month, share of people, utility per USD a month."""


@cache
def mixed() -> TokenMarket:
    """Return labs with flat rates whose users differ in how much they use."""
    light = people("students", 1e7 * LIGHT_SHARE, LIGHT / SATIATION, ALPHA)
    heavy = people("consumers", 1e7 * (1 - LIGHT_SHARE), HEAVY / SATIATION, ALPHA)
    return stationary.played(stationary.opened(WORLD | NOBODY | light | heavy | FLAT | {"labs.count": LABS}), MONTHS)


def used(model: TokenMarket, segment: str) -> float:
    """Return Mtok a month that a user of a segment was served."""
    rows = model.retail.rows[SEGMENTS.index(segment)]
    return float(model.retail.sold[rows].sum() / model.retail.served[rows].sum())


def of_mixed_users() -> float:
    """Return the fee less the usual markup, in Mtok at cost."""
    model = mixed()
    return (model.labs[0].fee - markup(LABS, ALPHA)) / cost(model)


def pays_for_others(segment: str) -> float:
    """Return what a user of a segment pays beyond its own tokens and the usual markup, in Mtok at cost."""
    return of_mixed_users() - used(mixed(), segment)


# a monopolist's users -----------------------------------------------------------------------------------------------

Kind = tuple[str, float, float, float, float]
"""Segment, people, need, utility per USD a month, value of AI at the reference price."""

DIFFERENT: tuple[Kind, ...] = (("students", 7e6, 0.4, 0.5, 3.0), ("consumers", 3e6, 1.0, 0.5, 8.0))
ALIKE: tuple[Kind, ...] = (("consumers", 1e7, 1.0, 0.5, -1.0),)
TO_SETTLE = 30


@cache
def monopoly(kinds: tuple[Kind, ...]) -> TokenMarket:
    """Return a lab with a two-part tariff for users who might do without."""
    segments: dict[str, object] = dict(NOBODY)
    for kind in kinds:
        segments |= people(*kind)
    return stationary.played(stationary.opened(WORLD | segments | TWO_PART | {"labs.count": 1}), TO_SETTLE)


@cache
def best_tariff(kinds: tuple[Kind, ...]) -> tuple[float, float]:
    """Return the fee, USD a month, and the price, USD per Mtok, that earn a monopolist of the agent's cost most."""
    unit_cost, curve = cost(monopoly(kinds)), 1 - ELASTICITY

    def loss(logs: Vector) -> float:
        fee, price = np.exp(logs)
        relative, earned = price / REFERENCE_PRICE, 0.0
        for _, count, need, alpha, base in kinds:
            value = base - alpha * (need * REFERENCE_PRICE * (relative**curve - 1) / curve + fee)
            earned += count * float(expit(value)) * (fee + (price - unit_cost) * need * relative**-ELASTICITY)
        return -earned / 1e7

    exactly = {"xatol": 1e-10, "fatol": 1e-14, "maxiter": 5000}
    found = minimize(loss, np.log([10.0, unit_cost]), method="Nelder-Mead", options=exactly)
    fee, price = np.exp(found.x).tolist()
    return fee, price


def fee_over_best(kinds: tuple[Kind, ...]) -> float:
    return monopoly(kinds).labs[0].fee / best_tariff(kinds)[0]


def price_over_best(kinds: tuple[Kind, ...]) -> float:
    return monopoly(kinds).labs[0].beyond / best_tariff(kinds)[1]


def sold_above_cost(kinds: tuple[Kind, ...]) -> float:
    """Return the price of a token over what it costs."""
    model = monopoly(kinds)
    return model.labs[0].beyond / cost(model)


# claims -------------------------------------------------------------------------------------------------------------


def _competing() -> Iterator[Check]:
    source = "two-part tariffs in a logit (Armstrong and Vickers 2001)"
    for labs, alpha in CASES:
        case, fee = f"{labs} labs, utility per USD {alpha}", markup(labs, alpha)
        yield Check(f"fee beside a price, {case}", source, fee, partial(fee_of, labs, alpha), 1e-6)
        yield Check(f"price beside a fee over cost, {case}", source, 1.0, partial(price_over_cost, labs, alpha), 1e-6)
        yield Check(f"flat rate less the cost of what is used, {case}", "first-order condition of a logit", fee,
                    partial(flat_fee_less_cost, labs, alpha), 1e-5)  # fmt: skip


def _mixed() -> Iterator[Check]:
    mean = LIGHT_SHARE * LIGHT + (1 - LIGHT_SHARE) * HEAVY
    source = "F = c q̄ + 1/(α(1 − 1/n))"
    yield Check("Mtok at cost in a flat rate, light and heavy users", source, mean, of_mixed_users, 1e-6)
    for name, own in (("students", LIGHT), ("consumers", HEAVY)):
        yield Check(f"Mtok at cost that a user of {own:g} pays for others", source, mean - own,
                    partial(pays_for_others, name), 1e-6)  # fmt: skip


def _monopoly() -> Iterator[Check]:
    for kinds, who in ((DIFFERENT, "two kinds of users"), (ALIKE, "alike users")):
        yield Check(f"a monopolist's fee over the best, {who}", "numerical optimum", 1.0,
                    partial(fee_over_best, kinds), 1e-4, slow=True)  # fmt: skip
        yield Check(f"a monopolist's price over the best, {who}", "numerical optimum", 1.0,
                    partial(price_over_best, kinds), 1e-4, slow=True)  # fmt: skip
    yield Check("price over cost of a monopolist with alike users", "Oi 1971", 1.0,
                partial(sold_above_cost, ALIKE), 1e-4, slow=True)  # fmt: skip
    yield Check("a monopolist's price is above cost where users differ", "Oi 1971", 1.0,
                lambda: float(sold_above_cost(DIFFERENT) > 1.5), 0.0, slow=True)  # fmt: skip


CHECKS = (*_competing(), *_mixed(), *_monopoly())
