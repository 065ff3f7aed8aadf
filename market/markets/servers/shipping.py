"""Servers on their way: who gets what is short, and who pays whom."""

from typing import TYPE_CHECKING

import numpy as np

from market.accounts import ledger
from market.arrays import Matrix, covered
from market.firms.operator import Operator
from market.firms.technology import Technology

if TYPE_CHECKING:
    from market.markets.servers.market import ServerMarket


def granted(market: "ServerMarket", queue: Matrix) -> Matrix:
    """[operator, product], share of what it waits for that each gets, accelerators: see ``vendors.allocation``."""
    model, products, capacity = market.model, market.products, market.could
    if model.parameters.vendors.allocation == "pro-rata":
        of_all = covered(capacity, products.by_vendor(queue.sum(axis=0)))
        return np.broadcast_to(of_all[products.vendor], queue.shape)
    wanted = products.by_vendor(queue)
    richest_first = np.argsort([-operator.money for operator in model.operators], kind="stable")
    in_turn = wanted[richest_first]
    left = np.maximum(capacity - (np.cumsum(in_turn, axis=0) - in_turn), 0.0)
    found = np.empty_like(wanted)
    found[richest_first] = covered(left, in_turn)
    return found[:, products.vendor]


def solvent(buyer: Operator, bill: float) -> float:
    """Return the share of a bill that the buyer can pay; the rest of the shipment is cancelled."""
    if bill > buyer.cash:
        buyer.draw(bill - buyer.cash)
    return min(1.0, max(buyer.cash, 0.0) / bill) if bill > 0 else 1.0


def settle(market: "ServerMarket", units: Matrix, technology: Technology, now: int) -> None:
    """Pay for servers, chips, network and buildings, and send the servers on their way."""
    model, products = market.model, market.products
    fleet = model.parameters.fleet
    shape = len(model.operators), products.vendors, products.makers
    revenue, accelerators = (units * market.price).reshape(shape), units.reshape(shape)
    built = []
    makers = [maker.name for maker in model.makers]
    own, price = market.foundry.made.tolist(), market.foundry.price
    chips_bought, paid_for_chips = accelerators.sum(axis=2), (units * market.chips).reshape(shape).sum(axis=2)
    back = market.rebates.share[:, None] * paid_for_chips
    bought, bills = units.sum(axis=1).tolist(), revenue.sum(axis=1).tolist()
    for buyer, of_others, made, due, less in zip(
        model.operators, bought, own, bills, back.sum(axis=1).tolist(), strict=True
    ):
        total = of_others + made
        model.ledger.pay_each(buyer.name, makers, ledger.SERVERS, due)
        buyer.pay(ledger.OUTSIDE, ledger.SERVERS, made * price)
        buyer.pay(ledger.OUTSIDE, ledger.NETWORK, total * fleet.network_cost)
        built.append(buyer.build(total * technology.power))
        paid = sum(due) - less + made * price
        buyer.borrow(paid + total * fleet.network_cost + built[-1] * fleet.facility_cost)
    model.assets.buildings.add(owner=np.arange(len(built)), since=now, units=built, cost=fleet.facility_cost)
    sent, cost = chips_bought, revenue.sum(axis=2) - back
    if market.foundry.capacity:
        sent, cost = (
            np.column_stack([of_others, made])
            for of_others, made in ((sent, market.foundry.made), (cost, market.foundry.made * price))
        )
    _send(market, sent, cost, technology, now)
    chips, asked = accelerators.sum(axis=0), market.price.reshape(shape[1:])
    for maker, units_made, prices in zip(model.makers, chips.T.tolist(), asked.T.tolist(), strict=True):
        maker.deliver(units_made, prices)
    names = [operator.name for operator in model.operators]
    for vendor, sold, given in zip(model.vendors, chips.sum(axis=1).tolist(), back.T.tolist(), strict=True):
        vendor.deliver(sold, dict(zip(names, given, strict=True)))


def _send(market: "ServerMarket", units: Matrix, paid: Matrix, technology: Technology, now: int) -> None:
    """Send servers to those who paid for them: accelerators and USD [operator, vendor], own chips last."""
    owner, vendor = np.nonzero(units)
    sent = units[owner, vendor]
    market.model.assets.under_way.add(
        owner=owner,
        since=now + market.model.parameters.fleet.lead_time + 1,
        units=sent,
        cost=paid[owner, vendor] / sent + market.model.parameters.fleet.network_cost,
        performance=technology.performance,
        power=technology.power,
        vendor=vendor,
    )
