"""Trade in servers: prices are posted, labs order, vendors' capacity is shared out, and what is short waits."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from market import ledger
from market.agents.lab import Lab, Order
from market.hardware import DerivedDemand, Products, ServerDemand, UserCost
from market.pricing import Layer
from market.technology import Technology

if TYPE_CHECKING:
    from market.model import TokenMarket

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

MONTHS_OF_ORDERS = 6  # vendors price on orders averaged over half a year


class ServerMarket:
    """What stands between makers and labs from month to month.

    Attributes:
        products: Servers there are.
        price: [product], USD per accelerator.
        waiting: [lab, product], reference accelerators ordered and not yet shipped.
        serving, training: [lab], reference accelerators ordered a month, averaged.
    """

    def __init__(self, model: "TokenMarket") -> None:
        self.model = model
        self.products = Products(len(model.vendors), len(model.makers))
        self.price = np.zeros(self.products.vendor.size)
        labs = len(model.labs)
        self.waiting = np.zeros((labs, self.price.size))
        self.serving = np.zeros(labs)
        self.training = np.zeros(labs)
        self.shipped = np.zeros(self.price.size)

    def open(self, chip_price: float) -> None:
        """Post the prices of the first month: every vendor's chip at ``chip_price``, servers a little above cost."""
        for vendor in self.model.vendors:
            vendor.price = chip_price
        self.price = self.maker_cost() * 1.02

    def maker_cost(self) -> Vector:
        """[product], the makers' marginal cost at the posted chip prices; all makers have the same."""
        chips = np.array([vendor.price for vendor in self.model.vendors])
        return self.model.makers[0].marginal_cost(chips)[self.products.vendor]

    def demand(self, technology: Technology, tariff: float, derived: DerivedDemand) -> ServerDemand:
        """Return the labs' demand for servers at posted prices."""
        parameters = self.model.parameters
        return ServerDemand(
            parameters=parameters,
            products=self.products,
            price=self.price,
            serving=self.serving,
            training=self.training,
            fleet_shares=self.model.assets.servers.vendor_shares(self.products.vendors),
            cost=UserCost.of(parameters, technology, tariff),
            performance=technology.performance,
            derived=derived,
        )

    def trade(self, orders: list[Order], derived: DerivedDemand) -> None:
        """Post prices, queue orders, ship; labs learn what capacity costs now."""
        model = self.model
        demand = self.demand(model.technology, model.power.price, derived)
        self.post_chip_prices(demand)
        self.post_server_prices(demand)
        demand = replace(demand, price=self.price)
        for lab, cost in zip(model.labs, demand.user_cost, strict=True):
            lab.user_cost = float(cost)
        self.order(orders, demand)
        self.ship(model.round, model.technology)

    def post_chip_prices(self, demand: ServerDemand) -> None:
        """Let vendors set prices on the derived demand for chips, given the makers' margins."""
        model, settings = self.model, self.model.parameters.vendors
        by_vendor = self.products.by_vendor
        pass_through = 1 / (1 - model.parameters.makers.staff_share)
        response = self.products.between_vendors(demand.response) * pass_through
        waiting = by_vendor(self.waiting.sum(axis=0)) / demand.performance
        layer = Layer(
            price=np.array([vendor.price for vendor in model.vendors]),
            marginal_cost=np.array([vendor.marginal_cost for vendor in model.vendors]),
            quantity=by_vendor(demand.quantity),
            response=response,
            capacity=np.array([vendor.capacity for vendor in model.vendors]) - waiting,
            **settings.pricing.of_firms(model.vendors),
        )
        for vendor, price in zip(model.vendors, settings.pricing.post(layer).tolist(), strict=True):
            if vendor.may_reprice(settings.repricing_hazard):
                vendor.turn()
                vendor.price = price

    def post_server_prices(self, demand: ServerDemand) -> None:
        """Let makers set the price of each of their servers, after passing on the new chip prices."""
        model, settings = self.model, self.model.parameters.makers
        layer = Layer(
            price=self.price,
            marginal_cost=self.maker_cost(),
            quantity=demand.quantity,
            response=demand.response,
            seller=self.products.maker,
            channel=self.products.vendor,
            **settings.pricing.of_firms(model.makers),
        )
        moving = np.zeros(len(model.makers), dtype=bool)
        for maker in model.makers:
            if maker.may_reprice(settings.repricing_hazard):
                maker.turn()
                moving[maker.index] = True
        self.price = np.where(moving[self.products.maker], settings.pricing.post(layer), self.price)

    def order(self, orders: list[Order], demand: ServerDemand) -> None:
        """Queue the labs' orders, split over products by their choice."""
        serving = np.array([order.serving for order in orders])
        training = np.array([order.training for order in orders])
        self.serving += (serving - self.serving) / MONTHS_OF_ORDERS
        self.training += (training - self.training) / MONTHS_OF_ORDERS
        self.waiting += (serving + training)[:, None] * demand.shares

    def cancel(self, lab: Lab) -> None:
        """Strike a lab that leaves from the order book."""
        self.waiting[lab.index] = self.serving[lab.index] = self.training[lab.index] = 0.0

    def ship(self, now: int, technology: Technology) -> Matrix:
        """Share out vendors' capacity pro rata among waiting orders; labs pay; return accelerators [lab, product]."""
        model, products = self.model, self.products
        queue = self.waiting / technology.performance
        wanted = products.by_vendor(queue.sum(axis=0))
        capacity = np.array([vendor.capacity for vendor in model.vendors])
        granted = np.minimum(1.0, np.divide(capacity, wanted, out=np.ones_like(wanted), where=wanted > 0))
        units = queue * granted[products.vendor]
        all_in = self.price + model.parameters.fleet.network_cost
        all_in = all_in + model.parameters.fleet.facility_cost * technology.power
        own_money = 1 - model.parameters.funding.loan_to_value
        bills = (units @ all_in * own_money).tolist()
        units *= np.array([[self._solvent(lab, bill)] for lab, bill in zip(model.labs, bills, strict=True)])
        self.waiting -= queue * granted[products.vendor] * technology.performance
        self.waiting = np.maximum(self.waiting, 0.0)
        self.shipped = units.sum(axis=0)
        self._settle(units, technology, now)
        for lab, waiting in zip(model.labs, self.waiting.sum(axis=1).tolist(), strict=True):
            lab.waiting = waiting
        return units

    @staticmethod
    def _solvent(lab: Lab, bill: float) -> float:
        """Return the share of a bill the lab can pay; the rest of the shipment is cancelled."""
        if bill > lab.cash:
            lab.draw(bill - lab.cash)
        return min(1.0, max(lab.cash, 0.0) / bill) if bill > 0 else 1.0

    def _settle(self, units: Matrix, technology: Technology, now: int) -> None:
        """Pay for servers, chips, network and buildings, and send the servers on their way."""
        model, products = self.model, self.products
        fleet = model.parameters.fleet
        shape = len(model.labs), products.vendors, products.makers
        revenue, accelerators = (units * self.price).reshape(shape), units.reshape(shape)
        built = []
        for lab, total, due in zip(model.labs, units.sum(axis=1).tolist(), revenue.sum(axis=1).tolist(), strict=True):
            for maker, amount in zip(model.makers, due, strict=True):
                lab.pay(maker.name, ledger.SERVERS, amount)
            lab.pay(ledger.OUTSIDE, ledger.NETWORK, total * fleet.network_cost)
            built.append(lab.build(total * technology.power))
            lab.borrow(sum(due) + total * fleet.network_cost + built[-1] * fleet.facility_cost)
        model.assets.buildings.add(owner=np.arange(len(built)), since=now, units=built, cost=fleet.facility_cost)
        self._send(accelerators.sum(axis=2), revenue.sum(axis=2), technology, now)
        chips, price = accelerators.sum(axis=0), self.price.reshape(shape[1:])
        for maker, made, asked in zip(model.makers, chips.T.tolist(), price.T.tolist(), strict=True):
            maker.deliver(made, asked)
        for vendor, sold in zip(model.vendors, chips.sum(axis=1).tolist(), strict=True):
            vendor.deliver(sold)

    def _send(self, units: Matrix, paid: Matrix, technology: Technology, now: int) -> None:
        """Send servers to labs: accelerators and USD [lab, vendor]."""
        lab, vendor = np.nonzero(units)
        sent = units[lab, vendor]
        self.model.assets.under_way.add(
            owner=lab,
            since=now + self.model.parameters.fleet.lead_time + 1,
            units=sent,
            cost=paid[lab, vendor] / sent + self.model.parameters.fleet.network_cost,
            performance=technology.performance,
            power=technology.power,
            vendor=vendor,
        )
