"""What sellers have on offer, as users see it: who sells whose model, by which plans, at which fees and prices."""

from collections.abc import Sequence
from math import inf

import numpy as np

from market.firms.lab import Lab
from market.firms.producer import Producer
from market.firms.reseller import Reseller
from market.markets.tokens.offers import Offers
from market.markets.tokens.tariffs import Menu, Models
from market.parameters import Parameters
from market.parameters.plans import FREE, METERED, SMALL, SUBSCRIPTION


def offers_of(labs: Sequence[Producer], resellers: list[Reseller], parameters: Parameters) -> Offers:
    """Return what these sellers offer, producers first, and of these labs."""
    position = {lab.index: place for place, lab in enumerate(labs) if isinstance(lab, Lab)}
    model_of = [*range(len(labs)), *(position[reseller.lab] for reseller in resellers)]
    return Offers(
        sellers=tuple([firm.name for firm in (*labs, *resellers)]),
        price=np.array([firm.price for firm in (*labs, *resellers)], dtype=np.float64),
        quality=np.array([labs[place].quality for place in model_of], dtype=np.float64),
        lab=np.array(model_of, dtype=np.int64),
        reseller=np.array([-1] * len(labs) + [*range(len(resellers))], dtype=np.int64),
        added_value=np.array([0.0] * len(labs) + [reseller.added_value for reseller in resellers]),
        at_list=np.array([False] * len(labs) + [reseller.at_list for reseller in resellers], dtype=np.bool_),
        closed=len(position),
        menu=None if parameters.plain_menus else menu_of(labs, resellers, parameters),
    )


def menu_of(labs: Sequence[Producer], resellers: list[Reseller], parameters: Parameters) -> Menu:
    """Return the plans of these sellers, [offer, plan]: fees and prices as posted."""
    tariffs, shape = parameters.tariffs, (len(labs) + len(resellers), parameters.plans)
    allowance, models = np.zeros(shape), models_of(parameters)
    menu = Menu(np.zeros(shape, dtype=np.bool_), np.zeros(shape), allowance, np.full(shape, inf), models)
    for place, lab in enumerate(labs):
        if not isinstance(lab, Lab):
            menu.offered[place, METERED], menu.price[place, METERED] = True, lab.retail_price
            continue
        menu.offered[place, :SMALL] = tariffs.free.gives, tariffs.subscription != "none", tariffs.metered
        menu.fee[place, SUBSCRIPTION] = lab.fee
        if tariffs.metered:
            menu.price[place, METERED] = lab.retail_price
        if tariffs.subscription == "two-part":
            menu.price[place, SUBSCRIPTION] = lab.beyond
        if SMALL in parameters.small:
            menu.offered[place, SMALL], menu.price[place, SMALL] = True, lab.small_price
        menu.allowance[place, [FREE, SUBSCRIPTION]] = lab.free_allowance, tariffs.subscription_allowance
    for place, reseller in enumerate(resellers, start=len(labs)):
        if reseller.flat:
            menu.offered[place, SUBSCRIPTION] = True
            menu.fee[place, SUBSCRIPTION] = reseller.price
            menu.allowance[place, SUBSCRIPTION] = parameters.resellers.wrapper_allowance
        else:
            menu.offered[place, METERED] = True
            menu.price[place, METERED] = reseller.price
            if SMALL in parameters.small:
                menu.offered[place, SMALL] = True
                menu.price[place, SMALL] = reseller.price / parameters.small_models.lightness
    return menu


def models_of(parameters: Parameters) -> Models | None:
    """Return what serves each plan; None where all are served with labs' best models."""
    small, served = parameters.small_models, np.isin(np.arange(parameters.plans), parameters.small)
    if not parameters.small:
        return None
    return Models(np.where(served, small.behind, 0.0), np.where(served, 1 / small.lightness, 1.0))


def post(lab: Producer, plan: int, is_fee: bool, value: float) -> None:
    """Set a fee or a price of a producer's menu."""
    if is_fee:
        lab.fee = value
    elif plan == SMALL:
        lab.small_price = value
    elif plan == SUBSCRIPTION:
        lab.beyond = value
    else:
        lab.retail_price = value


def candidates(reseller: Reseller, labs: list[Lab], wholesale: "np.typing.NDArray[np.float64]") -> Offers:
    """Return the offers a reseller could make, one for each lab, at its relative margin over these prices [lab]."""
    price, count = reseller.price_with(wholesale), len(labs)
    menu = None
    if not reseller.model.parameters.plain_menus:
        one = menu_of([], [reseller], reseller.model.parameters)
        posted = np.multiply.outer(price, one.posted / one.posted[0]).ravel()
        menu = one.of(np.zeros(count, dtype=np.int64)).at(posted)
    return Offers(
        sellers=(),
        price=price,
        quality=np.array([lab.quality for lab in labs]),
        lab=np.arange(count),
        reseller=np.zeros(count, dtype=np.int64),
        added_value=np.full(count, reseller.added_value),
        menu=menu,
    )
