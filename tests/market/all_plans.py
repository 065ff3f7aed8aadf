"""Two labs with every plan on their menus and a reseller of each form; users who see some plans or all."""

import numpy as np

from market import Parameters, TokenMarket
from market.markets.tokens.menus import MenuDemand
from market.markets.tokens.offers import Offers
from market.markets.tokens.tariffs import Menu, Models, Users
from market.markets.tokens.tastes import Tastes
from market.parameters.overriding import overridden
from market.parameters.plans import FREE, METERED, SMALL, SUBSCRIPTION
from market.users.types import Types

INF = np.inf
LAB_1, LAB_2, CHANNEL, AGGREGATOR, WRAPPER = range(5)
SEES = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 1], [0, 0, 1], [1, 1, 1], [1, 0, 1], [0, 1, 0], [1, 1, 1]], dtype=bool)
SERVED_SMALL = np.array([True, False, False, True])
"""[plan], free ones too."""


def menu(small: bool = False) -> Menu:
    """Free and metered plans of both labs, a two-part subscription of the first and a flat one of the second.

    Small models serve the free plans, and are sold by the token too, if asked for.
    """
    shape = (5, 3 + small)
    offered, fee, allowance, price = np.zeros(shape, bool), np.zeros(shape), np.zeros(shape), np.full(shape, INF)
    offered[:2] = True
    offered[[CHANNEL, AGGREGATOR], METERED] = True
    offered[WRAPPER, SUBSCRIPTION] = True
    fee[[LAB_1, LAB_2, WRAPPER], SUBSCRIPTION] = 4.0, 7.0, 8.5
    allowance[:2, FREE] = 0.3, 0.2
    allowance[[LAB_1, LAB_2, WRAPPER], SUBSCRIPTION] = 1.1, 3.0, 1e6
    price[:4, METERED] = 3.0, 5.0, 3.3, 3.2
    price[LAB_1, SUBSCRIPTION] = 2.4
    if not small:
        return Menu(offered, fee, allowance, price)
    offered[[CHANNEL, AGGREGATOR], SMALL] = True
    price[:4, SMALL] = 1.9, 2.1, 0.66, 0.64
    models = Models(np.where(SERVED_SMALL, 0.6, 0.0), np.where(SERVED_SMALL, 0.2, 1.0))
    return Menu(offered, fee, allowance, price, models)


def demand(
    loyalty=0.0, elasticity=0.9, correlation=0.5, plan_correlation=0.8, satiation=2.5, seed=2, small=False
) -> MenuDemand:
    """Eight types, four of whom see every plan or nearly so, with or without a provider."""
    random = np.random.default_rng(seed)
    types = len(SEES)
    people = Types(
        people=np.ones(types),
        need=random.uniform(0.1, 3.0, types),
        price_sensitivity=random.uniform(1.0, 4.0, types),
        quality_taste=random.uniform(0.2, 1.0, types),
        base_value=random.uniform(0.5, 2.0, types),
        reseller_taste=random.uniform(-1.0, 1.0, types),
        loyalty=loyalty * random.uniform(0.5, 1.5, types),
        fertility=random.uniform(1.0, 1.7, types),
        sees=SEES[:, [0, 1, 2, 2]] if small else SEES,
    )
    tastes = Tastes(
        people,
        reference_price=4.0,
        elasticity=elasticity,
        obsolescence=0.9,
        correlation=correlation,
        nests="model",
        plan_correlation=plan_correlation,
        satiation=satiation,
        allowances="tokens",
    )
    offers = Offers(
        sellers=("lab 1", "lab 2", "channel", "aggregator", "wrapper"),
        price=np.array([3.0, 5.0, 3.3, 3.2, 8.5]),
        quality=np.array([1.0, 0.2, 1.0, 1.0, 0.2]),
        lab=np.array([0, 1, 0, 0, 1]),
        reseller=np.array([-1, -1, 0, 1, 2]),
        added_value=np.array([0.0, 0.0, 0.4, -0.1, 0.2]),
        at_list=np.array([False, False, False, True, False]),
        menu=menu(small),
    )
    return MenuDemand(tastes, offers, random.uniform(0, 1e6, (types, 6)), need_factor=1.3, progress=1.0)


def users(elasticity=0.9, satiation=1e9, fertility=1.0, need=1.0, sensitivity=2.0, reference_price=4.0) -> Users:
    """One type to whom all is open."""
    return Users(
        needs=np.array([need * fertility]),
        counted=np.array([need * fertility]),
        fertility=np.array([fertility]),
        sensitivity=np.array([sensitivity]),
        quality_taste=np.zeros(1),
        income=np.array([sensitivity / (need * reference_price)]),
        sees=np.ones((1, 3), dtype=bool),
        reference_price=reference_price,
        elasticity=elasticity,
        satiation=satiation,
    )


def market(
    wholesale="chosen", pricing="best-response", loyalty=0.0, leap=0.3, small=False, **more: object
) -> TokenMarket:
    """Two labs with every plan, an aggregator, a wrapper and a channel reseller, all of whom somebody buys from.

    Where labs have small models too, no user has enough of them.
    """
    people = {"need_spread": 0.5, "loyalty": loyalty, "quality_taste": 0.3}
    segments = {
        "students": {"people": 3e8, "need": 0.4, "price_sensitivity": 3.0, "sees_metered": False} | people,
        "developers": {"people": 3e7, "need": 3.0, "price_sensitivity": 3.0, "sees_free": False} | people,
        "enterprises": {"people": 7e7, "need": 1.5, "price_sensitivity": 1.8, "reseller_taste": 0.4} | people,
    }
    parameters = Parameters(
        population={
            "segments": segments,
            "types": 8,
            "nest_correlation": 0.6,
            "plan_correlation": 0.8,
            "satiation": 50.0 if small else 2.0,
        }
        | more,
        labs={"count": 2, "wholesale": wholesale, "pricing": {"rule": pricing, "largest_move": leap}},
        resellers={"count": 3, "aggregator_share": 0.33, "wrapper_share": 0.33},
        tariffs={"subscription": "two-part", "free": {"rule": "fixed"}, "free_allowance": 0.1},
        small_models={"plans": "both" if small else "none", "behind": 6.0, "lightness": 3.0},
        policy={"token_tax": 0.05},
    )
    model = TokenMarket(parameters, rng=1)
    for reseller in model.resellers:
        reseller.carry(model.labs[0 if reseller.at_list else 1])
    model.retail.publish_demand()
    return model


def still(model: TokenMarket) -> TokenMarket:
    """Return the model in a world in which need, people and technology stand still."""
    changes: dict[str, float] = {
        f"population.segments.{segment.name}.adoption_speed": 0.0 for segment in model.segments
    } | dict.fromkeys(("population.need_growth", "population.need_growth_later"), 0.0)
    changes |= dict.fromkeys(("fleet.software_growth", "fleet.hardware_growth", "fleet.power_growth"), 0.0)
    parameters = overridden(model.parameters, changes)
    found = TokenMarket(parameters, rng=1)
    found.retail.publish_demand()
    return found
