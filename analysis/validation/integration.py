"""Vertical integration: a two-part tariff does what owning resellers would, and ends double marginalisation.

In the stationary world a lab charges its resellers what a token costs it, sales that its other offers lose included,
and takes what they earn as a fee. A reseller that best responds then meets the first-order condition of one owner,

    Q_r + (p_r − c) ∂Q_r/∂p_r + Σ_{others of the firm} (p_o − c) ∂Q_o/∂p_r = 0,

as w − c is Σ (p_o − c) ∂Q_o/∂p_r over −∂Q_r/∂p_r (Spengler 1950; Tirole 1988, ch. 4). Who gets the fee moves profit.
"""

from functools import cache

import numpy as np

from analysis.validation.rung import Rung
from analysis.validation.stationary import free_to_switch, mixed_logit, opened, played
from market import TokenMarket
from market.equilibrium import bertrand_nash

MONTHS, LABS, RESELLERS = 60, 3, 6
CORRELATION = 0.3
"""Of tastes for the offers of a model: where they are closer, what a token costs the lab is above its own price."""


@cache
def settled(wholesale: str = "two-part", weight: float = 0.0) -> TokenMarket:
    """Return the stationary world after five years: nothing follows revenue but cost, and users switch freely."""
    changes: dict[str, object] = {"labs.count": LABS, "resellers.count": RESELLERS, "labs.wholesale": wholesale}
    changes |= {"labs.reseller_weight": weight, "labs.overhead_share": 0.0, "resellers.staff": 0.0}
    changes |= {"population.nest_correlation": CORRELATION}
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


def over_integrated(resold: bool) -> float:
    """Return the mean price of resellers, or of labs, over that of integrated firms."""
    return price(resold, settled()) / float(integrated()[settled().retail.offers.resold == resold].mean())


def kept() -> float:
    """Return what resellers keep of what they earn over staff, where half of it is theirs."""
    model = settled(weight=0.5)
    sellers, offers = model.open_resellers, model.retail.offers
    revenue = np.array(model.retail.revenue)[offers.resold]
    paid = np.array([seller.served * (seller.wholesale_price + seller.support_cost) for seller in sellers])
    return float(sum(seller.statement.operating_profit for seller in sellers) / (revenue - paid).sum())


RUNGS = (
    Rung("price of resellers on two-part tariffs over that of labs that own them", "market.equilibrium, one owner", 1.0,
         lambda: over_integrated(resold=True), 1e-5, slow=True),
    Rung("price of these labs over that of labs that own resellers", "market.equilibrium, one owner", 1.0,
         lambda: over_integrated(resold=False), 1e-5, slow=True),
    Rung("part that resellers keep of what they earn, of a weight of a half", "the fee moves profit only", 0.5,
         kept, 1e-9, slow=True),
)  # fmt: skip
