"""Trade in servers: prices are posted, operators order, vendors' capacity is shared out, and what is short waits."""

from dataclasses import replace
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from market.arrays import Matrix, Vector
from market.conduct.following import posted
from market.conduct.layer import Layer
from market.conduct.pricing import BestResponse
from market.conduct.rule import Rule
from market.firms.operator import Operator
from market.firms.order import Order
from market.markets.derived_demand import DerivedDemand
from market.markets.servers import shipping
from market.markets.servers.demand import ServerDemand, UserCost, all_in
from market.markets.servers.own_chips import Foundry
from market.markets.servers.products import Products
from market.markets.servers.rebates import Rebates

if TYPE_CHECKING:
    from market.model import TokenMarket


ROUNDS_OF_ANSWERS = 30
ALONE = 1.02
"""Price over cost of a maker's first servers before it has seen demand."""

MONTHS_OF_ORDERS = 6  # vendors price on orders averaged over half a year


class ServerMarket:
    """What stands between makers and operators of fleets from month to month.

    Attributes:
        products: Servers there are.
        price: [product], USD per accelerator.
        waiting: [operator, product], reference accelerators ordered and not yet shipped.
        serving, training: [operator], reference accelerators ordered a month, averaged.
        ordered, cancelled: [operator], reference accelerators ordered this month, and granted but not paid for.
        shipped: [product], accelerators shipped this month.
        could: [vendor], accelerators that could be made for that.
        foundry: What labs with chips of their own have made.
    """

    def __init__(self, model: "TokenMarket") -> None:
        self.model = model
        self.products = Products(len(model.vendors), len(model.makers))
        self.price = np.zeros(self.products.vendor.size)
        operators = len(model.operators)
        self.waiting = np.zeros((operators, self.price.size))
        self.serving = np.zeros(operators)
        self.training = np.zeros(operators)
        self.ordered = np.zeros(operators)
        self.shipped = np.zeros(self.price.size)
        self.could = np.zeros(self.products.vendors)
        self.cancelled = np.zeros(operators)
        self.foundry = Foundry(model)

    def admit(self) -> None:
        """Take note of an operator that has come; it is the last of all and has ordered nothing."""
        self.waiting = np.pad(self.waiting, ((0, 1), (0, 0)))
        self.serving, self.training, self.ordered, self.cancelled = (
            np.append(values, 0.0) for values in (self.serving, self.training, self.ordered, self.cancelled)
        )
        self.foundry.admit()

    def open(self, chip_price: float) -> None:
        """Post the first month's prices: every vendor's chip at ``chip_price``, servers a little above cost."""
        for vendor in self.model.vendors:
            vendor.price = chip_price
        self.price = self.maker_cost() * ALONE

    def settle(self) -> None:
        """Let makers find their best responses, unless there is only one.

        They answer to each other only, as the labs' demand is not known yet.
        """
        model, rule, pricing = self.model, BestResponse(), self.model.parameters.makers.pricing
        if len(model.makers) == 1:
            return
        operators = len(model.operators)
        no_answer = DerivedDemand(np.zeros((operators, operators)), model.technology.mtok)
        demand = self.demand(model.now.tariff, no_answer)
        for _ in range(ROUNDS_OF_ANSWERS):
            layer = self.maker_layer(replace(demand, price=self.price, serving=np.ones(operators)), pricing)
            self.price = rule.post(layer)

    def launch(self) -> None:
        """Let vendors bring chips of a new generation and sell those of the one before beside them.

        Orders for the latter stay, those for older ones, which are made no more, join them. A server around a new
        chip is at first as far above its maker's cost as that around the one before.
        """
        newest, before = self.model.now.generations
        for vendor in self.model.vendors:
            vendor.launch(newest.performance / before.performance)
        vendors, makers = self.products.vendors, self.products.makers
        asked, waiting = self.price[: vendors * makers], np.split(self.waiting, self.products.generations, axis=1)
        self.products = Products(vendors, makers, generations=2)
        self.waiting = np.concatenate([np.zeros_like(waiting[0]), sum(waiting)], axis=1)
        self.shipped = np.zeros(self.waiting.shape[1])
        of_newest, of_before = np.split(self.maker_cost(), 2)
        self.price = np.concatenate([asked * of_newest / of_before, asked])

    @property
    def chip_prices(self) -> Vector:
        """[chip], USD per accelerator."""
        asked = np.array([vendor.prices for vendor in self.model.vendors])
        return asked.T[: self.products.generations].ravel()

    @property
    def performance(self) -> Vector:
        """[product], reference accelerators in one accelerator sold this month."""
        return self.products.of_generations([technology.performance for technology in self.model.now.generations])

    def all_in(self) -> Vector:
        """[product], USD per accelerator with network and building."""
        power = self.products.of_generations([technology.power for technology in self.model.now.generations])
        return all_in(self.model.parameters, self.price, power)

    def maker_cost(self) -> Vector:
        """[product], the makers' marginal cost at the posted chip prices."""
        chips = self.chip_prices
        cost = np.array([maker.marginal_cost(chips) for maker in self.model.makers])
        return cost[self.products.maker, self.products.chip]

    def demand(self, tariff: float, derived: DerivedDemand) -> ServerDemand:
        """Return the operators' demand for servers at posted prices."""
        parameters, vendors = self.model.parameters, self.products.vendors
        fleets = self.model.assets.servers.vendor_shares(vendors + self.foundry.there)
        found = ServerDemand(
            parameters=parameters,
            products=self.products,
            price=self.net_price(),
            serving=self.serving,
            training=self.training,
            fleet_shares=fleets[:, :vendors],
            cost=UserCost.of_products(parameters, self.model.now.generations, self.products, tariff),
            performance=self.performance,
            derived=derived,
        )
        return self.foundry.beside(found, fleets[:, -1], tariff)

    @property
    def rebates(self) -> Rebates:
        """What vendors give back to those who order much."""
        return Rebates.of(self.model.parameters.vendors.volume_discount, self.serving + self.training)

    @property
    def chips(self) -> Vector:
        """[product], what rebates are reckoned on, USD: the list price of its chip, or its own where that is lower."""
        return np.minimum(self.chip_prices[self.products.chip], self.price)

    def net_price(self) -> Vector:
        """[product], USD per accelerator, less the rebate on its chip that buyers get on the mean."""
        return self.price - self.rebates.mean * self.chips

    def trade(self, orders: list[Order], derived: DerivedDemand) -> None:
        """Post prices, queue orders, ship; operators learn what capacity costs now."""
        model = self.model
        demand = self.demand(model.power.price, derived)
        self.post_chip_prices(demand)
        self.post_server_prices(demand)
        rebates = self.rebates
        demand = replace(demand, price=self.net_price())
        made, cost = self.order(orders, demand), demand.user_cost
        cost = cost - (rebates.share - rebates.mean) * (demand.shares @ (demand.cost.slope * self.chips))
        if demand.own is not None:
            cost = (1 - made) * cost + made * demand.own.cost
        for operator, of_all in zip(model.operators, cost.tolist(), strict=True):
            operator.user_cost = of_all
        self.ship(model.round)

    def post_chip_prices(self, demand: ServerDemand) -> None:
        """Let vendors set prices on the derived demand for chips, given the makers' margins."""
        vendors = self.model.vendors
        repricing = [vendor.may_reprice(vendor.own.repricing_hazard) for vendor in vendors]
        if not any(repricing):
            return
        rules = [vendor.own.pricing for vendor in vendors]
        wanted = posted(rules, lambda following: self.vendor_layer(demand, following.rule))
        of_vendors = wanted.reshape(-1, len(vendors)).T.tolist()
        for vendor, prices in compress(zip(vendors, of_vendors, strict=True), repricing):
            vendor.turn()
            vendor.post(*prices)

    def vendor_layer(self, demand: ServerDemand, rule: Rule) -> Layer:
        """Return the vendors' layer, the price of each of their chips, for those who follow a rule."""
        model, products = self.model, self.products
        by_chip, net_share = products.by_chip, self.rebates.net_share
        pass_through = net_share / (1 - model.parameters.makers.staff_share)
        waiting = by_chip(self.waiting.sum(axis=0)) / demand.chip_performance
        could, several = np.array([vendor.capacity for vendor in model.vendors]), products.generations > 1
        limit = None
        if several:
            limit = np.concatenate([could * model.now.ramp - waiting[: could.size], np.full(could.size, np.inf)])
        cost = np.array([vendor.marginal_cost for vendor in model.vendors])
        return Layer(
            price=self.chip_prices,
            marginal_cost=cost[products.vendor_of_chip] / net_share,
            quantity=by_chip(demand.quantity),
            response=demand.chip_response * pass_through,
            seller=products.vendor_of_chip if several else None,
            channel=np.repeat(np.arange(products.generations), products.vendors) if several else 0,
            capacity=could - products.chips_by_vendor(waiting),
            limit=limit,
            own_slope=by_chip(demand.quantity * demand.utility_slope) * pass_through if rule.leaps else None,
            **rule.of_firms(model.vendors),
        )

    def post_server_prices(self, demand: ServerDemand) -> None:
        """Let makers set the price of each of their servers, after passing on the new chip prices."""
        makers = self.model.makers
        repricing = [maker.may_reprice(maker.own.repricing_hazard) for maker in makers]
        if not any(repricing):
            return
        rules = [maker.own.pricing for maker in makers]
        wanted = posted(rules, lambda following: self.maker_layer(demand, following.rule))
        for maker in compress(makers, repricing):
            maker.turn()
        self.price = np.where(np.array(repricing)[self.products.maker], wanted, self.price)

    def maker_layer(self, demand: ServerDemand, rule: Rule) -> Layer:
        """Return the makers' layer, one price for each of their servers, given the chip prices they pay now.

        It is that for those who follow a rule.
        """
        return Layer(
            price=self.price,
            marginal_cost=self.maker_cost(),
            quantity=demand.quantity,
            response=demand.response,
            seller=self.products.maker,
            channel=self.products.chip,
            own_slope=demand.stiffness * demand.quantity * demand.utility_slope if rule.leaps else None,
            **rule.of_firms(self.model.makers),
        )

    def order(self, orders: list[Order], demand: ServerDemand) -> Vector:
        """Queue orders, split over products by their choice; return the part of each that its lab makes, [operator]."""
        serving = np.array([order.serving for order in orders])
        training = np.array([order.training for order in orders])
        self.serving += (serving - self.serving) / MONTHS_OF_ORDERS
        self.training += (training - self.training) / MONTHS_OF_ORDERS
        self.ordered = serving + training
        made = self.foundry.take(demand, self.ordered)
        self.waiting += ((1 - made) * self.ordered)[:, None] * demand.shares
        return made

    def expect(self, owner: int, serving: float, training: float) -> None:
        """Take an operator to have ordered so many reference accelerators a month so far, to serve and to train."""
        self.serving[owner], self.training[owner] = serving, training

    def cancel(self, operator: Operator) -> None:
        """Strike an operator that leaves from the order book."""
        self.waiting[operator.owner] = self.serving[operator.owner] = self.training[operator.owner] = 0.0

    def ship(self, now: int) -> Matrix:
        """Share out vendors' capacity among waiting orders; return accelerators sent [operator, product]."""
        model, products = self.model, self.products
        self.could = np.array([vendor.capacity for vendor in model.vendors])
        queue = self.waiting / self.performance
        granted = shipping.granted(self, queue)
        units = queue * granted
        own_money = 1 - model.parameters.funding.loan_to_value
        made = self.foundry.made
        bills = ((units @ self.all_in() + made * self.foundry.all_in(model.technology)) * own_money).tolist()
        paid = np.array([[shipping.solvent(buyer, bill)] for buyer, bill in zip(model.operators, bills, strict=True)])
        unpaid = products.by_generation(units * (1 - paid))
        unpaid[:, 0] += made * (1 - paid[:, 0])
        self.cancelled = (unpaid * [technology.performance for technology in model.now.generations]).sum(axis=1)
        units *= paid
        self.foundry.made = made * paid[:, 0]
        self.waiting = self.waiting * (1 - granted)
        self.shipped = units.sum(axis=0)
        shipping.settle(self, units, now)
        for operator, waiting in zip(model.operators, self.waiting.sum(axis=1).tolist(), strict=True):
            operator.waiting = waiting
        return units
