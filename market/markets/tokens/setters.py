"""What those who set prices look at, whether all is sold by the token or by menus of plans."""

from collections.abc import Sequence

import numpy as np

from market.arrays import Matrix, Vector
from market.conduct.following import Following
from market.conduct.layer import Layer
from market.firms.lab import Lab
from market.firms.producer import Producer
from market.firms.reseller import Reseller
from market.markets.derived_demand import DerivedDemand
from market.markets.tokens import menu_prices, prices
from market.markets.tokens.demand import TokenDemand
from market.markets.tokens.listing import post
from market.markets.tokens.menus import MenuDemand
from market.markets.tokens.prices import LabCosts
from market.markets.tokens.reseller_menus import ResellerMenus
from market.parameters.plans import SUBSCRIPTION

NEXT_TO_NOTHING = 1e-6
"""Of its retail price a lab asks at least: where resellers must sell below cost it may give tokens away, not pay."""


def lab_layer(
    demand: TokenDemand, labs: Sequence[Producer], costs: LabCosts, patience: float, following: Following | None = None
) -> Layer:
    """Return the labs' layer; ``patience`` is that of the rule that will read it, and ``following`` who follows it."""
    if isinstance(demand, MenuDemand):
        return menu_prices.lab_layer(demand, labs, costs, patience, following)
    return prices.lab_layer(demand, labs, costs, patience, following)


def reseller_layer(
    demand: TokenDemand, resellers: list[Reseller], patience: float, following: Following | None = None
) -> Layer:
    """Return the resellers' layer; ``patience`` and ``following`` as in `lab_layer`."""
    if isinstance(demand, MenuDemand):
        return menu_prices.reseller_layer(demand, resellers, patience, following)
    return prices.reseller_layer(demand, resellers, following)


def set_retail(demand: TokenDemand, labs: Sequence[Producer], wanted: Vector, repricing: list[int]) -> None:
    """Let the labs at these places set the fees and prices that a rule wants of all, [instrument of labs]."""
    if not isinstance(demand, MenuDemand):
        for place in repricing:
            labs[place].retail_price = float(wanted[place])
        return
    where = demand.instruments
    own = np.flatnonzero(~demand.offers.resold[where.offer])
    for value, at in zip(wanted[: own.size].tolist(), own.tolist(), strict=True):
        place = int(demand.offers.lab[where.offer[at]])
        if place in repricing:
            post(labs[place], int(where.plan[at]), bool(where.is_fee[at]), value)
    if not labs[0].model.parameters.tariffs.metered:
        for lab in (labs[place] for place in repricing if isinstance(labs[place], Lab)):
            lab.retail_price = max(lab.paid_per_token, NEXT_TO_NOTHING * lab.retail_price)


def derived_demand(demand: TokenDemand, labs: Sequence[Producer], costs: LabCosts, mtok: float) -> DerivedDemand:
    """Return how the tokens of each lab answer to all labs' marginal costs; see `prices.derived_demand`."""
    if isinstance(demand, MenuDemand):
        return menu_prices.derived_demand(demand, labs, costs, mtok)
    return prices.derived_demand(demand, costs, mtok)


def cost_shift(demand: TokenDemand, labs: Sequence[Producer], costs: LabCosts) -> Matrix:
    """[lab, instrument], ∂what is posted/∂marginal cost where labs and resellers keep their margins in USD."""
    if isinstance(demand, MenuDemand):
        return menu_prices.cost_shift(demand, labs, costs)
    return prices.cost_shift(demand.offers, costs)


def profit_of_quality(demand: TokenDemand, labs: Sequence[Producer], costs: LabCosts) -> Vector:
    """[lab], USD a month of gross profit that one more doubling of quality would bring the lab."""
    if isinstance(demand, MenuDemand):
        return menu_prices.profit_of_quality(demand, labs, costs)
    return prices.profit_of_quality(demand, labs, costs)


def gross_profit(demand: TokenDemand, labs: Sequence[Producer], costs: LabCosts) -> Vector:
    """[lab], USD a month at user cost, before fixed costs."""
    if isinstance(demand, MenuDemand):
        return menu_prices.gross_profit(demand, labs, costs)
    return demand.offers.by_lab(costs.margin_of_offers(labs, demand.offers) * demand.quantity)


def revenue_of_labs(demand: TokenDemand, labs: Sequence[Producer], costs: LabCosts) -> Vector:
    """[lab], USD a month from users and resellers."""
    offers = demand.offers
    bought = prices.asked_of_resellers(offers, labs, costs) * demand.metered
    return offers.by_lab(np.where(offers.resold, bought, demand.paid))


def use_per_unit(demand: TokenDemand) -> list[float]:
    """Return the Mtok used for a unit sold, [reseller]: by a subscriber of a wrapper, else 1."""
    if not isinstance(demand, MenuDemand):
        return [1.0] * int(np.count_nonzero(demand.offers.resold))
    return demand.per_unit[ResellerMenus(demand).own].tolist()


def use_per_subscriber(demand: TokenDemand) -> list[float]:
    """Return the Mtok that users to whom subscriptions are open would use of one, [offer]; nothing without menus."""
    return demand.open_use(SUBSCRIPTION).tolist() if isinstance(demand, MenuDemand) else []
