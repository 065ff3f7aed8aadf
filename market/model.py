"""The token market: one round is one month."""

from collections.abc import Callable
from functools import partial
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from market import ledger
from market.agents import ChipVendor, Firm, Lab, PowerSupplier, Reseller, Segment, ServerMaker
from market.agents.lab import Order
from market.agents.power_supplier import merit_order
from market.choice import pick_engine
from market.choice.people import apportion
from market.hardware import DerivedDemand
from market.measures import Recorder, Results
from market.opening import open_market
from market.parameters import Parameters, month_of, value_at
from market.population import Types, need_factor
from market.pricing import JointProfit, Layer
from market.server_market import ServerMarket
from market.statement import Statement
from market.technology import technology
from market.token_prices import derived_demand, lab_layer, profit_of_quality, reseller_layer
from market.tokens import Offers, Tastes, TokenDemand

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class TokenMarket(mesa.Model):
    """The AI token economy.

    Args:
        parameters: The scenario; the baseline if omitted.
        rng: Seed. The same seed and parameters give the same bytes.

    Raises:
        TypeError: If ``rng`` is not an integer ≥ 0.

    """

    def __init__(self, parameters: Parameters | None = None, rng: int = 1) -> None:
        if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or rng < 0:
            raise TypeError(f"rng must be an integer ≥ 0, not {rng!r}")
        super().__init__(rng=int(rng))
        self.seed = int(rng)
        self.parameters = parameters or Parameters()
        self.round = 0
        self.ledger = ledger.Ledger()
        self.engine = pick_engine(self.parameters.population.engine, self.parameters.population.users)
        self.technology = technology(self.parameters, 0)
        self.tariff = self._series("electricity")
        self.first_knowledge = 1.0
        self.offers = Offers.none()
        self._found()
        self.tastes = Tastes.of(Types.stack([segment.types for segment in self.segments]), self.parameters)
        self.servers = ServerMarket(self)
        open_market(self, self.technology)
        self.standing = self.token_demand()
        self.demand = self.standing
        self.recorder = Recorder(self)

    # the firms and people ---------------------------------------------------------------------------------------

    def _found(self) -> None:
        """Create all agents. Lists are ordered by index, so that the order of creation is of no consequence."""
        parameters = self.parameters
        segments = parameters.population.segments
        users = apportion([parameters.population.users], np.full((1, len(segments)), 1 / len(segments)))[0]
        plans: list[Callable[[], Any]] = []
        for kind, count in (
            (ChipVendor, parameters.vendors.count),
            (ServerMaker, parameters.makers.count),
            (PowerSupplier, parameters.power.count),
            (Lab, parameters.labs.count),
            (Reseller, parameters.resellers.count),
        ):
            plans += [partial(kind, self, index) for index in range(count)]
        for index, (name, traits) in enumerate(segments.items()):
            plans.append(partial(Segment, self, index, name, traits, int(users[index])))
        agents = [plan() for plan in self.creation_order(plans)]
        agents.sort(key=lambda agent: agent.index)
        self.vendors = [agent for agent in agents if isinstance(agent, ChipVendor)]
        self.makers = [agent for agent in agents if isinstance(agent, ServerMaker)]
        self.suppliers = [agent for agent in agents if isinstance(agent, PowerSupplier)]
        self.labs = [agent for agent in agents if isinstance(agent, Lab)]
        self.resellers = [agent for agent in agents if isinstance(agent, Reseller)]
        self.segments = [agent for agent in agents if isinstance(agent, Segment)]
        opening = np.exp(-parameters.vendors.lead * np.arange(len(self.vendors)))
        for vendor, share in zip(self.vendors, opening / opening.sum(), strict=True):
            vendor.capacity = parameters.vendors.capacity * float(share)
        for supplier in self.suppliers:
            supplier.capacity = parameters.power.capacity * 1e3 / len(self.suppliers)

    def creation_order(self, plans: list[Callable[[], Any]]) -> list[Callable[[], Any]]:
        """Return the plans to create agents in the order in which they are carried out."""
        return plans

    @property
    def firms(self) -> list[Firm]:
        """All firms there have ever been, by kind and index."""
        return [*self.vendors, *self.makers, *self.suppliers, *self.labs, *self.resellers]

    @property
    def open_labs(self) -> list[Lab]:
        """Labs in business."""
        return [lab for lab in self.labs if lab.alive]

    @property
    def open_resellers(self) -> list[Reseller]:
        """Resellers in business."""
        return [reseller for reseller in self.resellers if reseller.alive]

    # what everybody can see -------------------------------------------------------------------------------------

    def _series(self, name: str) -> float:
        """Return the value of a data series this round."""
        return value_at(getattr(self.parameters.data, name), self.parameters.horizon.start, self.round)

    @property
    def month(self) -> str:
        """The calendar month of this round, YYYY-MM."""
        return month_of(self.parameters.horizon.start, self.round)

    @property
    def support_cost(self) -> float:
        """USD per Mtok a reseller spends on support; it falls as software gets better."""
        growth = self.parameters.fleet.software_growth
        return self.parameters.resellers.support_cost / (1 + growth) ** self.round

    @property
    def pass_through(self) -> float:
        """∂retail price/∂wholesale price of a reseller that keeps its margin in USD."""
        resellers = self.parameters.resellers
        return 1 / (1 - resellers.fee_share - resellers.staff_share - self.parameters.policy.token_tax)

    @property
    def keeps(self) -> tuple[float, float]:
        """Share of a lab's retail and wholesale revenue left after costs that follow revenue."""
        overhead = self.parameters.labs.overhead_share
        return 1 - overhead - self.parameters.policy.token_tax, 1 - overhead

    @property
    def mtok_at_target(self) -> float:
        """Mtok a reference accelerator serves in a month at target utilisation."""
        return self.technology.mtok * self.parameters.fleet.target_utilisation

    def marginal_costs(self) -> Vector:
        """[open lab], USD per Mtok before costs that follow revenue."""
        return np.array([lab.marginal_cost(self.technology.mtok) for lab in self.open_labs])

    @property
    def progress(self) -> float:
        """Quality of the frontier, in doublings over the best model of round 0."""
        return max((lab.quality for lab in self.open_labs), default=0.0)

    def list_offers(self) -> None:
        """Draw up this round's offers at posted prices; users of an offer that is gone lose their provider."""
        labs, resellers = self.open_labs, self.open_resellers
        position = {lab.index: place for place, lab in enumerate(labs)}
        sold_by = [position[reseller.lab] for reseller in resellers]
        names = [lab.name for lab in labs] + [reseller.name for reseller in resellers]
        place = {name: number for number, name in enumerate(names)}
        mapping = [place.get(name, -1) for name in self.offers.sellers]
        self.offers = Offers(
            sellers=tuple(names),
            price=np.array([firm.price for firm in (*labs, *resellers)], dtype=np.float64),
            quality=np.array([labs[place].quality for place in (*range(len(labs)), *sold_by)], dtype=np.float64),
            lab=np.array([*range(len(labs)), *sold_by], dtype=np.int64),
            reseller=np.array([-1] * len(labs) + [*range(len(resellers))], dtype=np.int64),
            added_value=np.array([0.0] * len(labs) + [reseller.added_value for reseller in resellers]),
        )
        for segment in self.segments:
            segment.people.reindex(mapping, len(names))

    def token_demand(self) -> TokenDemand:
        """Return the expected demand of today's users at today's offers."""
        mass = np.concatenate([segment.mass() for segment in self.segments])
        factor = need_factor(self.parameters.population, self.round)
        return TokenDemand(self.tastes, self.offers, mass, factor, self.progress)

    def regulated(self, prices: Vector, marginal_cost: float) -> Vector:
        """Return a lab's retail and wholesale price within what contracts and policy allow."""
        policy, labs = self.parameters.policy, self.parameters.labs
        retail = min(float(prices[0]), policy.price_cap)
        wholesale = float(prices[1])
        if labs.wholesale == "discount":
            wholesale = retail * (1 - labs.wholesale_discount)
        return np.array([retail, min(wholesale, marginal_cost * policy.wholesale_cap)])

    # a round ----------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Play one month."""
        self.turn_the_page()
        self.enter_and_exit()
        self.take_up()
        self.deliver_servers()
        self.age_fleets()
        self.clear_power()
        self.trade_servers(self.plan_investment())
        self.post_prices()
        served = self.serve(self.choose())
        self.bill(served)
        self.train()
        self.close_books()
        self.recorder.record()
        self.round += 1

    def turn_the_page(self) -> None:
        """Start a month: technology and outside prices move on."""
        self.ledger.start_round()
        self.technology = technology(self.parameters, self.round)
        self.tariff = self._series("electricity")

    def take_up(self) -> None:
        """Let people take up AI, and publish demand at the posted prices: what every decision of the month rests on."""
        for segment in self.segments:
            segment.adopt(self.round)
        self.list_offers()
        self.standing = self.token_demand()

    def deliver_servers(self) -> None:
        """Put what was ordered a lead time ago into service."""
        for lab in self.open_labs:
            lab.receive(self.round)

    def age_fleets(self) -> None:
        """Retire and lose servers."""
        for lab in self.open_labs:
            lab.age(self.round)

    def clear_power(self) -> None:
        """Clear the power market by merit order; what is short is shared out in proportion."""
        power, suppliers = self.parameters.power, self.suppliers
        load = sum(lab.servers.kilowatts() for lab in self.open_labs) * self.parameters.fleet.load_factor
        capacity = np.array([supplier.capacity for supplier in suppliers])
        first = np.full(capacity.size, power.fuel_share * self.tariff)
        rise = power.cost_rise * self.tariff
        bids = np.array([supplier.bid for supplier in suppliers])
        self.kwh_price, dispatch = merit_order(capacity, first, rise, bids, load, power.price_cap)
        for supplier, kilowatts in zip(suppliers, dispatch, strict=True):
            supplier.dispatched = float(kilowatts)
        self.load = load
        powered = min(1.0, float(dispatch.sum()) / load) if load > 0 else 1.0
        for lab in self.open_labs:
            lab.powered = powered
            lab.assign(self.technology.mtok)

    def plan_investment(self) -> list[Order]:
        """Ask every lab what servers it wants and can pay for, [lab]."""
        fleet = self.parameters.fleet
        keeps = self.keeps[0]
        all_in = float(self.servers.price.min()) + fleet.network_cost + fleet.facility_cost * self.technology.power
        orders = []
        for lab in self.labs:
            order = Order(0.0, 0.0)
            if lab.alive:
                order = lab.wants(self.round, lab.retail_price * keeps)
                order = lab.afford(order, all_in / self.technology.performance)
            orders.append(order)
        return orders

    def trade_servers(self, orders: list[Order]) -> None:
        """Post chip and server prices, queue orders, and ship what vendors can make."""
        demand = self.servers.demand(self.technology, self.kwh_price, self._derived_demand())
        self.servers.post_chip_prices(demand)
        self.servers.post_server_prices(demand)
        demand = self.servers.demand(self.technology, self.kwh_price, demand.derived)
        for lab, cost in zip(self.labs, demand.user_cost, strict=True):
            lab.user_cost = float(cost)
        self.servers.order(orders, demand)
        self.servers.ship(self.round, self.technology)
        for vendor in self.vendors:
            vendor.capacity *= 1 + self.parameters.vendors.capacity_growth

    def _derived_demand(self) -> DerivedDemand:
        """Return how tokens answer to the marginal cost of each lab, [lab, lab] over all labs."""
        labs = self.open_labs
        semi = np.zeros((len(self.labs), len(self.labs)))
        found = derived_demand(self.standing, len(labs), self.pass_through, self.keeps, self.mtok_at_target)
        places = [lab.index for lab in labs]
        semi[np.ix_(places, places)] = found.semi_elasticity
        return DerivedDemand(semi, found.mtok)

    def post_prices(self) -> None:
        """Let labs, then resellers, set token prices on last month's published prices and the true demand derivative."""
        labs, resellers = self.open_labs, self.open_resellers
        settings = self.parameters.labs
        if labs:
            cost = self.marginal_costs()
            layer = lab_layer(self.standing, labs, cost, self.pass_through)
            tokens = self.standing.offers.by_lab(self.standing.quantity, len(labs))
            for position, lab in enumerate(labs):
                launched = settings.reprice_at_launch and lab.launches(self.round)
                if lab.may_reprice(settings.repricing_hazard) or launched:
                    posted = lab.post(
                        settings.pricing,
                        layer,
                        position,
                        utilisation=lab.utilisation,
                        market_share=float(tokens[position] / tokens.sum()) if tokens.sum() > 0 else 0.0,
                        runway=lab.cash / lab.burn if lab.burn > 0 else np.inf,
                    )
                    lab.retail_price, lab.wholesale_price = map(float, self.regulated(posted, cost[position]))
        for reseller in resellers:
            reseller.pass_on(self.labs[reseller.lab].wholesale_price)
        if resellers:
            self._post_reseller_prices(reseller_layer(self.standing, resellers), resellers)
        self.list_offers()

    def _post_reseller_prices(self, layer: Layer, resellers: list[Reseller]) -> None:
        settings = self.parameters.resellers
        total = layer.quantity.sum()
        for position, reseller in enumerate(resellers):
            if reseller.may_reprice(settings.repricing_hazard):
                share = float(layer.quantity[position] / total) if total > 0 else 0.0
                price = reseller.post(settings.pricing, layer, position, market_share=share)[0]
                reseller.price = min(float(price), self.parameters.policy.price_cap)

    def choose(self) -> Matrix:
        """Let users choose; return people [type, offer]."""
        self.demand = self.token_demand()
        chosen = [segment.choose(self.offers, self.progress, self.round) for segment in self.segments]
        return np.concatenate(chosen)[:, :-1]

    def serve(self, chosen: Matrix) -> Matrix:
        """Ration each lab's capacity in proportion among all its users, direct or resold; return people served."""
        labs = self.open_labs
        tokens = self.demand.tokens
        wanted = self.offers.by_lab((chosen * tokens).sum(axis=0), len(labs))
        served_share = np.ones(len(labs))
        for position, lab in enumerate(labs):
            lab.demanded = float(wanted[position])
            if lab.demanded > lab.capacity:
                served_share[position] = lab.capacity / lab.demanded
        share = served_share[self.offers.lab]
        served = np.concatenate([segment.accept(share, self.round) for segment in self.segments])
        for position, amount in enumerate(self.offers.by_lab((served * tokens).sum(axis=0), len(labs))):
            labs[position].served = float(amount)
            labs[position].forecast.update(labs[position].demanded)
        return served

    def bill(self, served: Matrix) -> None:
        """Meter the tokens, bill users and resellers, and pay for what follows revenue, for power and for operation."""
        self.sold = served * self.demand.tokens
        revenue = self.sold * self.offers.price
        types = np.cumsum([0] + [segment.types.people.size for segment in self.segments])
        for segment, first, last in zip(self.segments, types, types[1:], strict=False):
            for seller, amount in zip(self.offers.sellers, revenue[first:last].sum(axis=0), strict=True):
                self.ledger.pay(segment.account, seller, ledger.RETAIL, float(amount))
        tokens = self.sold.sum(axis=0)
        for lab, amount in zip(self.open_labs, revenue.sum(axis=0), strict=False):
            lab.pay(ledger.OUTSIDE, ledger.TAX, float(amount) * self.parameters.policy.token_tax)
        for reseller, amount in zip(self.open_resellers, tokens[len(self.open_labs) :], strict=True):
            reseller.sell(float(amount), self.labs[reseller.lab].name)
        self._bill_overhead()
        self._bill_power()

    def _bill_overhead(self) -> None:
        turnover = self.ledger.turnover()
        for lab in self.open_labs:
            received = turnover[lab.name][0]
            revenue = received.get(ledger.RETAIL, 0.0) + received.get(ledger.WHOLESALE, 0.0)
            lab.pay(ledger.OUTSIDE, ledger.STAFF, revenue * self.parameters.labs.overhead_share)
            yearly = self.parameters.fleet.operation * (lab.servers.purchase_cost() + lab.buildings.purchase_cost())
            lab.pay(ledger.OUTSIDE, ledger.OPERATION, yearly / 12)

    def _bill_power(self) -> None:
        power, hours = self.parameters.power, self.parameters.horizon.hours
        total = sum(supplier.dispatched for supplier in self.suppliers)
        for lab in self.open_labs:
            used = lab.servers.kilowatts() * self.parameters.fleet.load_factor * lab.powered * hours
            for supplier in self.suppliers:
                share = supplier.dispatched / total if total > 0 else 0.0
                lab.pay(supplier.name, ledger.ELECTRICITY, used * share * self.kwh_price)
        first, rise = power.fuel_share * self.tariff, power.cost_rise * self.tariff
        capacity = sum(supplier.capacity for supplier in self.suppliers)
        for supplier in self.suppliers:
            supplier.deliver(supplier.dispatched * hours, supplier.fuel_cost(first, rise))
        self._bid_for_power(first, rise)
        for supplier in self.suppliers:
            supplier.expand(self.load, capacity)

    def _bid_for_power(self, first: float, rise: float) -> None:
        """Let suppliers set next month's bids on the residual demand that rivals' supply and the labs leave them."""
        settings = self.parameters.power
        capacity = np.array([supplier.capacity for supplier in self.suppliers])
        supply_slope = capacity / rise
        derived = self._derived_demand().semi_elasticity
        served = np.array([lab.served for lab in self.labs])
        energy = self.load / served.sum() * self.parameters.horizon.hours if served.sum() > 0 else 0.0
        demand_slope = float(min((served / max(served.sum(), 1e-300)) @ derived.sum(axis=1), 0.0)) * energy * self.load
        response = np.diag(-(supply_slope.sum() - supply_slope) + demand_slope)
        quantity = np.array([supplier.dispatched for supplier in self.suppliers])
        cost = first + rise * np.divide(quantity, capacity, out=np.zeros_like(quantity), where=capacity > 0)
        layer = Layer(
            price=cost * np.array([supplier.bid for supplier in self.suppliers]),
            marginal_cost=cost,
            quantity=quantity,
            response=response,
            patient_response=response,
            seller=np.arange(capacity.size),
            channel=np.zeros(capacity.size, dtype=np.int64),
            capacity=np.full(capacity.size, np.inf),
            colluding=np.full(capacity.size, isinstance(settings.pricing, JointProfit)),
        )
        for supplier in self.suppliers:
            posted = supplier.post(settings.pricing, layer, supplier.index)
            supplier.bid = float(posted[0] / cost[supplier.index]) if cost[supplier.index] > 0 else 1.0

    def train(self) -> None:
        """Pay researchers, add to knowledge, launch models that are due, and decide on next month's training."""
        labs = self.open_labs
        if not labs:
            return
        best = max(lab.knowledge for lab in labs)
        for lab in labs:
            pay = lab.trained * lab.user_cost * self.parameters.labs.research_staff
            lab.pay(ledger.OUTSIDE, ledger.RESEARCH, pay)
            lab.learn(best)
        layer = lab_layer(self.standing, labs, self.marginal_costs(), self.pass_through)
        gains = profit_of_quality(self.standing, layer, len(labs), self.keeps)
        for position, lab in enumerate(labs):
            rivals = [other.knowledge for other in labs if other is not lab]
            lab.decide_training(lab.outlook(max(rivals, default=lab.knowledge), float(gains[position])))
            if lab.launches(self.round + 1):
                lab.launch(self.technology.algorithms)

    def close_books(self) -> None:
        """Draw up statements; owners of hardware firms settle, labs meet investors and pay dividends."""
        turnover = self.ledger.turnover()
        buffer = self.parameters.funding.buffer
        for firm in self.firms:
            if not firm.alive:
                continue
            if isinstance(firm, Lab):
                worn = firm.servers.depreciation() + firm.buildings.depreciation()
                firm.close(
                    Statement.of(turnover[firm.name], worn, firm.written_off, firm.training_share, owns_servers=True)
                )
                firm.court_investors(self.round)
                firm.draw(max(-firm.cash, 0.0))
                firm.pay_dividends(buffer)
            else:
                firm.close(Statement.of(turnover[firm.name]))
                if firm.layer == "hardware":
                    firm.cover_losses()
                firm.pay_dividends(buffer)

    def enter_and_exit(self) -> None:
        """Close firms whose money has run out, let resellers change labs and new ones enter."""
        for lab in self.open_labs:
            if lab.bankrupt:
                lab.wind_up(self.round)
        if self.open_labs:
            for reseller in self.open_resellers:
                self._reconsider(reseller)
            self._admit_reseller()
        for reseller in self.open_resellers:
            if reseller.cash < 0 or not self.open_labs:
                reseller.wind_up()

    def _reconsider(self, reseller: Reseller) -> None:
        """Let a reseller change the lab it sells for: now and then by expected profit, at once if its lab is gone."""
        settings = self.parameters.resellers
        stranded = not self.labs[reseller.lab].alive
        chance, pick = reseller.draws.random(2)
        if not stranded and chance >= settings.switching_hazard:
            return
        labs = self.open_labs
        profits = self.standing.profit_of_carrying(
            np.array([reseller.price_with(lab.wholesale_price) for lab in labs]),
            np.array([reseller.marginal_cost(lab.wholesale_price) for lab in labs]),
            np.array([lab.quality for lab in labs]),
            reseller.added_value,
        )
        scale = max(float(np.abs(profits).max()), 1e-300)
        weights = np.exp(settings.choice_sharpness * (profits - profits.max()) / scale)
        chosen = int(np.searchsorted(np.cumsum(weights / weights.sum()), pick))
        reseller.carry(labs[min(chosen, len(labs) - 1)])

    def _admit_reseller(self) -> None:
        """Let one reseller enter where incumbents' margins are above what entry needs."""
        settings, incumbents = self.parameters.resellers, self.open_resellers
        if not settings.entry or not incumbents:
            return
        revenue = sum(reseller.statement.revenue for reseller in incumbents)
        profit = sum(reseller.statement.operating_profit for reseller in incumbents)
        if revenue <= 0 or profit <= settings.entry_return * revenue:
            return
        newcomer = Reseller(self, len(self.resellers))
        self.resellers.append(newcomer)
        newcomer.added_value = settings.added_value_spread * (newcomer.draws.random() - 0.5)
        newcomer.raise_money(settings.staff * settings.opening_months)
        model = incumbents[int(newcomer.draws.integers(len(incumbents)))]
        newcomer.price, newcomer.wholesale_price, newcomer.lab = model.price, model.wholesale_price, model.lab

    def results(self) -> Results:
        """Return the tidy tables of all rounds played so far."""
        return self.recorder.results()
