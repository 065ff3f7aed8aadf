"""Servers on their way: who gets what is short, and who pays whom."""

from typing import TYPE_CHECKING

import numpy as np

from market.accounts import ledger
from market.arrays import Floats, Matrix, Vector, covered
from market.firms.operator import Operator

if TYPE_CHECKING:
    from market.markets.servers.market import ServerMarket


def granted(market: "ServerMarket", queue: Matrix) -> Matrix:
    """[operator, product], share of what it waits for that each gets, accelerators: see ``vendors.allocation``.

    The newest chips are made first, as far as that can be done; what is left makes older ones.
    """
    products, left = market.products, market.could
    shares: list[Matrix] = []
    for waiting in np.split(queue, products.generations, axis=1):
        wanted = waiting.reshape(-1, products.vendors, products.makers)
        shares.append(_shared(market, left if shares else left * market.model.now.ramp, wanted))
        left = np.maximum(left - (shares[-1] * wanted.sum(axis=2)).sum(axis=0), 0.0)
    return np.repeat(np.concatenate(shares, axis=1), products.makers, axis=1)


def _shared(market: "ServerMarket", room: Vector, wanted: Floats) -> Matrix:
    """[operator, vendor], share of wanted servers [operator, vendor, maker] with chips of a generation that each gets.

    Args:
        market: In which they are traded.
        room: [vendor], accelerators that can be made.
        wanted: Accelerators.
    """
    if market.model.parameters.vendors.allocation == "pro-rata":
        return np.broadcast_to(covered(room, wanted.sum(axis=0).sum(axis=1)), wanted.shape[:2])
    by_vendor = wanted.sum(axis=2)
    richest_first = np.argsort([-operator.money for operator in market.model.operators], kind="stable")
    in_turn = by_vendor[richest_first]
    left = np.maximum(room - (np.cumsum(in_turn, axis=0) - in_turn), 0.0)
    found = np.empty_like(by_vendor)
    found[richest_first] = covered(left, in_turn)
    return found


def solvent(buyer: Operator, bill: float) -> float:
    """Return the share of a bill that the buyer can pay; the rest of the shipment is cancelled."""
    if bill > buyer.cash:
        buyer.draw(bill - buyer.cash)
    return min(1.0, max(buyer.cash, 0.0) / bill) if bill > 0 else 1.0


def settle(market: "ServerMarket", units: Matrix, now: int) -> None:
    """Pay for servers, chips, network and buildings, and send the servers on their way."""
    model, products = market.model, market.products
    fleet = model.parameters.fleet
    shape = len(model.operators), products.chips, products.makers
    revenue, accelerators = (units * market.price).reshape(shape), units.reshape(shape)
    built = []
    makers = [maker.name for maker in model.makers]
    own, price = market.foundry.made.tolist(), market.foundry.price
    chips_bought, paid_for_chips = accelerators.sum(axis=2), (units * market.chips).reshape(shape).sum(axis=2)
    back = market.rebates.share[:, None] * paid_for_chips
    bought, bills = products.by_generation(units), revenue.sum(axis=1).tolist()
    bought[:, 0] += market.foundry.made
    kilowatts = (bought * [technology.power for technology in model.now.generations]).sum(axis=1).tolist()
    for buyer, total, drawn, made, due, less in zip(
        model.operators, bought.sum(axis=1).tolist(), kilowatts, own, bills, back.sum(axis=1).tolist(), strict=True
    ):
        model.ledger.pay_each(buyer.name, makers, ledger.SERVERS, due)
        buyer.pay(ledger.OUTSIDE, ledger.SERVERS, made * price)
        buyer.pay(ledger.OUTSIDE, ledger.NETWORK, total * fleet.network_cost)
        built.append(buyer.build(drawn))
        paid = sum(due) - less + made * price
        buyer.borrow(paid + total * fleet.network_cost + built[-1] * fleet.facility_cost)
    model.assets.buildings.add(owner=np.arange(len(built)), since=now, units=built, cost=fleet.facility_cost)
    sent, cost = chips_bought, revenue.sum(axis=2) - back
    if market.foundry.capacity:
        sent, cost = (
            np.column_stack([of_others, made])
            for of_others, made in ((sent, market.foundry.made), (cost, market.foundry.made * price))
        )
    _send(market, sent, cost, now)
    chips, asked = accelerators.sum(axis=0), market.price.reshape(shape[1:])
    sellers = [model.vendors[place].name for place in products.vendor_of_chip]
    listed = list(zip(sellers, market.chip_prices.tolist(), strict=True))
    for maker, units_made, prices in zip(model.makers, chips.T.tolist(), asked.T.tolist(), strict=True):
        maker.deliver(units_made, prices, listed)
    names = [operator.name for operator in model.operators]
    sold, given = chips.sum(axis=1).reshape(-1, products.vendors), products.chips_by_vendor(back)
    for vendor, of_generations, rebates in zip(model.vendors, sold.T.tolist(), given.T.tolist(), strict=True):
        vendor.deliver(tuple(of_generations), dict(zip(names, rebates, strict=True)))


def _send(market: "ServerMarket", units: Matrix, paid: Matrix, now: int) -> None:
    """Send servers to those who paid for them: accelerators and USD [operator, chip], own chips last."""
    model, products = market.model, market.products
    newest, *_ = generations = model.now.generations
    technology = [each for each in generations for _ in range(products.vendors)] + [newest]
    vendor = [*products.vendor_of_chip, products.vendors]
    owner, chip = np.nonzero(units)
    sent = units[owner, chip]
    model.assets.under_way.add(
        owner=owner,
        since=now + model.parameters.fleet.lead_time + 1,
        units=sent,
        cost=paid[owner, chip] / sent + model.parameters.fleet.network_cost,
        performance=np.array([each.performance for each in technology])[chip],
        power=np.array([each.power for each in technology])[chip],
        vendor=np.array(vendor)[chip],
    )
