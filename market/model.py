"""The token market: one round is one month."""

from math import log
from typing import Any

import numpy as np

from market.accounts.ledger import OUTSIDE, WINDFALL
from market.arrays import Matrix
from market.commons import in_market, state
from market.conduct.expectations import Prospect
from market.firms.firm import Firm
from market.firms.fleet import Assets
from market.firms.forecast import FASTEST
from market.firms.order import Order
from market.firms.technology import Technology
from market.founding import found
from market.keywords import FIRST_SEED
from market.markets.compute.market import ComputeMarket
from market.markets.power.market import PowerMarket
from market.markets.servers.market import ServerMarket
from market.markets.tokens.entering import admit_lab
from market.markets.tokens.foresight import prizes
from market.markets.tokens.hosting import OpenWeights, admit_host
from market.markets.tokens.market import RetailMarket
from market.markets.tokens.resale import admit_reseller, reconsider
from market.month import Calendar
from market.opening import open_market
from market.outlook import growth_seen, past_sales, prospect_of
from market.parameters import Parameters
from market.parameters.run import RunParameters
from market.parameters.spells import Spell
from market.records.identities import Audit
from market.records.recorder import MarketRecorder
from market.roster import Roster
from market.threads import one_thread
from market.users.choice import pick_engine

MONTHS_OF_PACE = 12


class TokenMarket(Roster):
    """The AI token economy.

    A run ends with its horizon: ``running`` is False from then on. Months beyond it can be played step by step.

    Args:
        parameters: The scenario; everything sold by the token if omitted (the preset ``by-the-token``).
        rng: Seed. The same seed and parameters give the same bytes.
        collect: Whether ``datacollector`` collects every month; False leaves that to the caller.
        **kwargs: Parameters by dotted name, on top of ``parameters``: ``TokenMarket(**{"labs.count": 3})``; and what
            Mesa passes: ``seed``, another word for ``rng``, and an empty ``scenario``.

    Attributes:
        datacollector: The market's month, money by layer and firms, as Mesa's tools read them.

    Raises:
        TypeError: If the parameters are of another model, ``rng`` is not an integer ≥ 0, or a keyword is no parameter.
        ValueError: If a parameter's value is not allowed.
    """

    told = Parameters
    given: Parameters
    spells: tuple[Spell[Parameters], ...]
    prospect: Prospect

    @one_thread
    def __init__(
        self, parameters: RunParameters | None = None, rng: int = FIRST_SEED, *, collect: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(parameters, rng, collect=collect, **kwargs)
        self.calendar = Calendar(self.given, self.spells)
        self.now = self.calendar.month(0)
        self.engine = pick_engine(self.parameters.population.engine, self.parameters.population.users)
        self.first_knowledge = 1.0
        self.commons = state.Commons(self.parameters)
        owners = self.parameters.labs.count + self.parameters.labs.entrants + self.parameters.clouds.count
        self.assets = Assets(owners, self.parameters.fleet)
        self.frontier_pace = float(np.log1p(self.parameters.training.frontier_pace)) / MONTHS_OF_PACE
        found(self)
        self.open_weights = OpenWeights(self)
        self.power = PowerMarket(self)
        self.servers = ServerMarket(self)
        self.compute = ComputeMarket(self)
        self.retail = RetailMarket(self)
        open_market(self)
        self.sales = past_sales(self.open_labs)
        self.recorder = MarketRecorder(self)

    @property
    def reserve(self) -> float:
        """Months of spending that firms keep in cash before they pay dividends."""
        return self.parameters.funding.buffer

    @property
    def parameters(self) -> Parameters:
        """The parameters in force this month."""
        return self.now.parameters

    @property
    def technology(self) -> Technology:
        """The state of the art this month."""
        return self.now.technology

    def technology_of(self, round_: int) -> Technology:
        """Return the state of the art in a later round, as everybody foresees it."""
        return self.calendar.technology(self.now.round, round_)

    @property
    def progress(self) -> float:
        """Quality of the frontier, in doublings over the best model of round 0."""
        return max((lab.quality for lab in self.open_labs), default=0.0)

    def amend(self, parameters: RunParameters) -> None:
        """See `Economy.amend`."""
        super().amend(parameters)
        self.calendar = Calendar(self.given, self.spells)

    # a round ----------------------------------------------------------------------------------------------------

    @one_thread
    def step(self) -> None:
        """Play one month."""
        self.turn_the_page()
        self.enter_and_exit()
        self.adopt()
        self.deliver_servers()
        self.age_fleets()
        self.clear_power()
        self.rent_compute()
        self.trade_servers(self.plan_investment())
        self.post_prices()
        served = self.serve(self.choose())
        self.bill(served)
        self.tend_commons(served)
        self.train()
        self.close_books()
        self.take_down()

    def turn_the_page(self) -> None:
        """Start a month: technology and outside prices move on, parameters where an event says so; old models open."""
        self.ledger.start_round()
        if self.round > 0:
            self.sales.append(sum(lab.statement.revenue for lab in self.labs))
        self.assets.handed_over.clear()
        before, self.now = self.now.parameters, self.calendar.month(self.round)
        if self.parameters is not before:
            self.commons.settings = self.parameters.commons
            self.retail.take_notice()
            for lab in self.labs:
                lab.take_notice()
            self._resize(before)
        if self.now.launches:
            self.servers.launch()
        if self.hosts and self.round > 0:
            self.open_weights.publish()

    def _resize(self, before: Parameters) -> None:
        """Let capacities follow where an event says that all vendors or suppliers can do more or less."""
        if self.parameters.vendors.capacity != before.vendors.capacity:
            for vendor in self.vendors:
                vendor.resize(before.vendors)
            self.servers.foundry.resize(before.vendors)
        if self.parameters.power.capacity != before.power.capacity:
            for supplier in self.suppliers:
                supplier.resize(before.power)

    def enter_and_exit(self) -> None:
        """Close firms whose money has run out, let resellers change labs and new ones enter."""
        for operator in (*self.open_labs, *self.compute.clouds):
            if operator.bankrupt:
                operator.wind_up(self.round)
        labs = self.open_labs
        for host in self.open_hosts:
            if host.bankrupt:
                host.close_down()
        for reseller in self.open_resellers:
            if reseller.bankrupt or not labs:
                reseller.wind_up()
            else:
                reconsider(self, reseller, labs)
        admit_lab(self)
        admit_host(self)
        admit_reseller(self)

    def adopt(self) -> None:
        """Let people adopt AI, and publish demand at the posted prices."""
        for segment in self.segments:
            segment.adopt(self.round)
        self.retail.publish_demand()

    def deliver_servers(self) -> None:
        """Put what was shipped a lead time ago into service."""
        self.assets.deliver(self.round)

    def age_fleets(self) -> None:
        """Retire and lose servers."""
        lost = self.assets.age(self.round, self.parameters.fleet.failure_hazard)
        for operator, written_off in zip(self.operators, lost.tolist(), strict=True):
            operator.written_off = written_off

    def clear_power(self) -> None:
        """Clear the power market."""
        self.power.clear()

    def rent_compute(self) -> None:
        """Let producers rent what they lack, and divide the servers that have power between serving and training."""
        self.compute.let()
        for producer in self.open_producers:
            producer.assign(self.technology.mtok)

    def plan_investment(self) -> list[Order]:
        """Ask every operator what servers it wants and can pay for, [operator]."""
        net_share, price = self.retail.net_share_retail, float((self.servers.all_in() / self.servers.performance).min())
        return [
            lab.afford(lab.wants(self.round, lab.earns * net_share), price) if lab.alive else Order(0.0, 0.0)
            for lab in self.labs
        ] + self.compute.orders()

    def trade_servers(self, orders: list[Order]) -> None:
        """Post chip and server prices, queue orders, and ship what vendors can make."""
        self.derived = self.retail.derived_demand(self.retail.posted_demand)
        self.servers.trade(orders, self.derived)
        self.compute.price_in()
        for vendor in self.vendors:
            vendor.capacity *= 1 + vendor.own.capacity_growth
        self.servers.foundry.grow(self.round)

    def post_prices(self) -> None:
        """Let those who make tokens and those who resell them set prices."""
        self.retail.post_prices()

    def choose(self) -> Matrix:
        """Let users choose; return people [type, offer]."""
        return self.retail.choose()

    def serve(self, chosen: Matrix) -> Matrix:
        """Serve users as far as capacity goes; return people served [type, offer]."""
        return self.retail.serve(chosen)

    def bill(self, served: Matrix) -> None:
        """Bill tokens, electricity and operation."""
        self.retail.bill(served)
        self.power.bill()
        self.power.post_bids(self.derived)
        for operator in self.open_operators:
            operator.operate()

    def tend_commons(self, served: Matrix) -> None:
        """Let people and AI write, and labs pay creators."""
        in_market.tend(self, served)

    def train(self) -> None:
        """Pay researchers and designers, add to knowledge, launch models that are due, plan next month's training."""
        labs = self.open_labs
        best = max((lab.knowledge for lab in labs), default=0.0)
        for lab in labs:
            lab.pay_researchers()
            lab.pay_designers()
            lab.learn(best)
        frontier = max((lab.knowledge for lab in labs), default=0.0)
        if best > 0:
            reached = min(max(log(frontier / best), -FASTEST), FASTEST)
            self.frontier_pace += (reached - self.frontier_pace) / MONTHS_OF_PACE
        self.prospect = prospect_of(self, growth_seen(self))
        for lab, prize in zip(labs, prizes(self), strict=True):
            lab.decide_training(lab.outlook(frontier, prize))
            if lab.launches(self.round + 1):
                lab.launch(self.technology.algorithms)

    def tax_profit(self, firm: Firm) -> None:
        """Let a firm pay the windfall tax."""
        books = firm.statement
        firm.pay(OUTSIDE, WINDFALL, self.parameters.policy.windfall(firm.layer, books.revenue, books.operating_profit))

    def audit(self) -> Audit:
        """Return what plays the market and checks that all of it adds up."""
        return Audit(self)
