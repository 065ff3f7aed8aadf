"""The token layers as price setters see them: labs with a retail and a wholesale price each, resellers with one price."""

import numpy as np
from numpy.typing import NDArray

from market.agents.lab import Lab
from market.agents.reseller import Reseller
from market.hardware import DerivedDemand
from market.pricing import JointProfit, Layer
from market.tokens import TokenDemand

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


def price_shift(demand: TokenDemand, labs: int, pass_through: float) -> Matrix:
    """[instrument, offer], ∂offer price/∂instrument: a lab moves its own offer, and through wholesale its resellers'.

    Instruments are the labs' retail prices, then their wholesale prices; resellers keep their margins in USD, so that their
    prices move by ``pass_through``.
    """
    offers = demand.offers
    shift = np.zeros((2 * labs, len(offers)))
    shift[np.where(offers.resold, labs + offers.lab, offers.lab), np.arange(len(offers))] = np.where(
        offers.resold, pass_through, 1.0
    )
    return shift


def lab_layer(demand: TokenDemand, labs: list[Lab], marginal_cost: Vector, pass_through: float) -> Layer:
    """Return the labs' layer: instruments are all retail prices, then all wholesale prices.

    Args:
        demand: At posted prices; its offers name labs by position in ``labs``.
        labs: Labs in business.
        marginal_cost: [lab], USD per Mtok before costs that follow revenue.
        pass_through: ∂reseller price/∂wholesale price.

    """
    parameters = labs[0].model.parameters
    count, overhead = len(labs), parameters.labs.overhead_share
    shift = price_shift(demand, count, pass_through)
    sold = shift > 0
    return Layer(
        price=np.array([lab.retail_price for lab in labs] + [lab.wholesale_price for lab in labs]),
        marginal_cost=np.concatenate(
            [marginal_cost / (1 - overhead - parameters.policy.token_tax), marginal_cost / (1 - overhead)]
        ),
        quantity=sold @ demand.quantity,
        response=sold @ demand.response @ shift.T,
        patient_response=sold @ demand.patient_response @ shift.T,
        seller=np.tile(np.arange(count), 2),
        channel=np.repeat([0, 1], count),
        capacity=np.array([lab.capacity for lab in labs]),
        colluding=np.full(count, isinstance(parameters.labs.pricing, JointProfit)),
    )


def reseller_layer(demand: TokenDemand, resellers: list[Reseller]) -> Layer:
    """Return the resellers' layer, one price each, given the wholesale prices they pay now."""
    resold = np.flatnonzero(demand.offers.resold)
    block = np.ix_(resold, resold)
    rule = resellers[0].model.parameters.resellers.pricing
    return Layer(
        price=np.array([reseller.price for reseller in resellers]),
        marginal_cost=np.array([reseller.marginal_cost(reseller.wholesale_price) for reseller in resellers]),
        quantity=demand.quantity[resold],
        response=demand.response[block],
        patient_response=demand.patient_response[block],
        seller=np.arange(len(resellers)),
        channel=np.zeros(len(resellers), dtype=np.int64),
        capacity=np.full(len(resellers), np.inf),
        colluding=np.full(len(resellers), isinstance(rule, JointProfit)),
    )


def derived_demand(
    demand: TokenDemand, labs: int, pass_through: float, keeps: tuple[float, float], mtok: float
) -> DerivedDemand:
    """Return how the tokens of each lab answer to all labs' marginal costs, margins in USD given.

    Args:
        demand: At posted prices.
        labs: Labs in business.
        pass_through: ∂reseller price/∂wholesale price.
        keeps: Share of retail and of wholesale revenue left after costs that follow revenue.
        mtok: Mtok a reference accelerator serves in a month at target utilisation.

    """
    shift = price_shift(demand, labs, pass_through)
    by_cost = shift[:labs] / keeps[0] + shift[labs:] / keeps[1]
    member = (shift[:labs] + shift[labs:]) > 0
    tokens = member @ demand.quantity
    response = member @ demand.patient_response @ by_cost.T
    relative = np.divide(response, tokens[:, None], out=np.zeros_like(response), where=tokens[:, None] > 0)
    return DerivedDemand(relative, mtok)


def profit_of_quality(demand: TokenDemand, layer: Layer, labs: int, keeps: tuple[float, float]) -> Vector:
    """[lab], USD a month of gross profit that one more doubling of quality would bring the lab, prices given."""
    margin = (layer.price - layer.marginal_cost) * np.repeat(keeps, labs)
    offers = demand.offers
    gain = margin[np.where(offers.resold, labs + offers.lab, offers.lab)]
    own = offers.lab[:, None] == offers.lab[None, :]
    return offers.by_lab((gain[:, None] * demand.quality_response * own).sum(axis=0), labs)
