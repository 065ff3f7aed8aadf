"""Vertical integration: labs that own resellers, and contracts that do what owning them would.

In the stationary world a lab charges its resellers what a token costs it, sales that its other offers lose included,
and takes what they earn as a fee. A reseller that best responds then meets the first-order condition of one owner,

    Q_r + (p_r − c) ∂Q_r/∂p_r + Σ_{others of the firm} (p_o − c) ∂Q_o/∂p_r = 0,

as w − c is Σ (p_o − c) ∂Q_o/∂p_r over −∂Q_r/∂p_r (Spengler 1950; Tirole 1988, ch. 4). Who gets the fee moves profit.
Within a firm it is the same. With a share of revenue a lab does not get all of what its other resellers earn, so that
it asks each for what is best for the two of them, its other margins as they are (Cachon and Lariviere 2005).
"""

from functools import cache, partial

import numpy as np
from scipy.optimize import minimize_scalar

from analysis.validation.check import Check
from analysis.validation.stationary import free_to_switch, mixed_logit, opened, played
from market import TokenMarket
from market.equilibrium import bertrand_nash

MONTHS, LABS, RESELLERS = 60, 3, 6
CORRELATION = 0.3
"""Of tastes for the offers of a model: where they are closer, what a token costs the lab is above its own price."""


@cache
def settled(wholesale: str = "two-part", weight: float = 0.0, owned: int = 0) -> TokenMarket:
    """Return the stationary world after five years: nothing follows revenue but cost, and users switch freely."""
    changes: dict[str, object] = {"labs.count": LABS, "resellers.count": RESELLERS, "labs.wholesale": wholesale}
    changes |= {"labs.reseller_weight": weight, "labs.overhead_share": 0.0, "resellers.staff": 0.0}
    changes |= {"population.nest_correlation": CORRELATION, "labs.own_resellers": owned}
    changes |= {"resellers.fee_share": 0.0, "resellers.staff_share": 0.0}
    changes |= free_to_switch()
    return played(opened(changes), MONTHS)


@cache
def integrated() -> "np.ndarray":
    """Return Bertrand-Nash prices, [offer], of labs that own their resellers."""
    model = settled()
    offers = model.retail.offers
    support = model.now.support_cost * offers.resold
    cost = np.array(model.retail.marginal_costs())[offers.lab] + support
    return bertrand_nash(mixed_logit(model), cost, offers.lab[:, None] == offers.lab).prices


def price(resold: bool, model: TokenMarket) -> float:
    """Return the mean price of resellers, or of labs, USD/Mtok."""
    offers = model.retail.offers
    return float(offers.price[offers.resold == resold].mean())


def over_integrated(resold: bool, *, owned: bool = False) -> float:
    """Return the mean price of resellers, or of labs, over that of integrated firms."""
    model = settled("bargained", owned=RESELLERS) if owned else settled()
    return price(resold, model) / float(integrated()[model.retail.offers.resold == resold].mean())


def over_joint(model: TokenMarket, number: int) -> float:
    """Return a reseller's price over the one at which it and its lab earn most together, all else as it is."""
    demand, offers, costs = mixed_logit(model), model.retail.offers, model.retail.costs()
    place = int(np.flatnonzero(offers.resold)[number])
    mine = offers.lab == offers.lab[place]
    margin = costs.margin_of_offers(model.labs, offers)

    def lost(asked: float) -> float:
        prices, earned = offers.price.copy(), margin.copy()
        prices[place] = asked
        earned[place] = asked - costs.marginal_cost[offers.lab[place]] - model.now.support_cost
        return -float((earned * demand.quantities(prices))[mine].sum())

    posted = float(offers.price[place])
    return posted / float(minimize_scalar(lost, bounds=(0.5 * posted, 2 * posted), options={"xatol": 1e-10}).x)


def kept_of_revenue() -> float:
    """Return what labs get of their resellers' revenue beside the price of tokens, where it is a fifth."""
    sellers = settled("revenue-share").open_resellers
    paid = [seller.statement.revenue - seller.statement.operating_profit for seller in sellers]
    tokens = [seller.served * (seller.wholesale_price + seller.support_cost) for seller in sellers]
    return (sum(paid) - sum(tokens)) / sum(seller.statement.revenue for seller in sellers)


def foreclosed() -> float:
    """Return what labs ask of a reseller of others' over what they did, where each now owns one of its two."""
    before, after = settled("bargained", weight=0.5), settled("bargained", weight=0.5, owned=LABS)
    return after.resellers[-1].wholesale_price / before.resellers[-1].wholesale_price


def kept() -> float:
    """Return what resellers keep of what they earn over staff, where half of it is theirs."""
    model = settled(weight=0.5)
    sellers, offers = model.open_resellers, model.retail.offers
    revenue = np.array(model.retail.revenue)[offers.resold]
    paid = np.array([seller.served * (seller.wholesale_price + seller.support_cost) for seller in sellers])
    return float(sum(seller.statement.operating_profit for seller in sellers) / (revenue - paid).sum())


def _of_settled(given: tuple[str, float, int], number: int) -> float:
    return over_joint(settled(*given), number)


CHECKS = (
    Check("price of resellers on two-part tariffs over that of labs that own them", "market.equilibrium, one owner",
          1.0, lambda: over_integrated(resold=True), 1e-5, slow=True),
    Check("price of these labs over that of labs that own resellers", "market.equilibrium, one owner", 1.0,
          lambda: over_integrated(resold=False), 1e-5, slow=True),
    Check("part that resellers keep of what they earn, of a weight of a half", "the fee moves profit only", 0.5,
          kept, 1e-9, slow=True),
    Check("price of resellers that belong to labs over that of one owner", "market.equilibrium, one owner", 1.0,
          lambda: over_integrated(resold=True, owned=True), 1e-5, slow=True),
    Check("price of their labs over that of one owner", "market.equilibrium, one owner", 1.0,
          lambda: over_integrated(resold=False, owned=True), 1e-5, slow=True),
    *(
        Check(f"price of a reseller over what is best for it and its lab{what}", "numerical maximum", 1.0,
              partial(_of_settled, given, number), 1e-5, slow=True)
        for what, number, given in (
            (", which gets a share of its revenue", 0, ("revenue-share", 0.0, 0)),
            (", which owns it and sells to another", 0, ("bargained", 0.5, LABS)),
        )
    ),
    Check("part of resellers' revenue that labs get, of a share of a fifth", "an identity of accounts", 0.2,
          kept_of_revenue, 1e-9, slow=True),
    Check("sign of what a lab asks of others once it owns a reseller",
          "raising rivals' costs (Salop and Scheffman 1983)", 1.0,
          lambda: float(np.sign(foreclosed() - 1)), 0.0, slow=True),
)  # fmt: skip
