"""The token market: one round is one month."""

from collections.abc import Callable
from functools import partial
from math import log
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from market import ledger
from market.agents import ChipVendor, Firm, Lab, PowerSupplier, Reseller, Segment, ServerMaker
from market.agents.lab import Order
from market.choice import pick_engine
from market.choice.people import apportion
from market.collecting import collector
from market.commons import Commons, in_market
from market.fleet import Assets
from market.hardware import DerivedDemand
from market.keywords import FIRST_SEED, settings
from market.measures import Recorder, Results
from market.opening import open_market
from market.parameters import Parameters, month_of, value_at
from market.power_market import PowerMarket
from market.rental_market import RentalMarket
from market.rental_measures import RentalRecorder
from market.retail_market import RetailMarket
from market.server_market import ServerMarket
from market.technology import Technology, technology
from market.threads import one_thread
from market.token_prices import derived_demand, profit_of_quality
from market.tokens import TokenDemand
from market.wording import printable

Matrix = NDArray[np.float64]

MONTHS_OF_PACE = 12


class TokenMarket(mesa.Model):
    """The AI token economy.

    A run ends with its horizon: ``running`` is False from then on. Months beyond it can be played step by step.

    Args:
        parameters: The scenario; the baseline if omitted.
        rng: Seed. The same seed and parameters give the same bytes.
        collect: Whether ``datacollector`` collects every month; False leaves that to the caller.
        **kwargs: Parameters by dotted name, on top of ``parameters``: ``TokenMarket(**{"labs.count": 3})``; and what
            Mesa passes: ``seed``, another word for ``rng``, and an empty ``scenario``.

    Attributes:
        datacollector: The market's month, money by layer and firms, as Mesa's tools read them.

    Raises:
        TypeError: If ``rng`` is not an integer ≥ 0, or a keyword is no parameter.
        ValueError: If a parameter's value is not allowed.
    """

    @one_thread
    def __init__(
        self, parameters: Parameters | None = None, rng: int = FIRST_SEED, *, collect: bool = True, **kwargs: Any
    ) -> None:
        self.parameters, self.seed = settings(parameters, rng, kwargs)
        super().__init__(rng=self.seed)
        self.collect = collect
        self.datacollector = collector()
        self.round = 0
        self.ledger = ledger.Ledger()
        self.engine = pick_engine(self.parameters.population.engine, self.parameters.population.users)
        self._technology: dict[int, Technology] = {}
        self.technology = self.technology_of(0)
        self.tariff = self._series("electricity")
        self.first_knowledge = 1.0
        self.commons = Commons(self.parameters)
        self.assets = Assets(self.parameters.labs.count, self.parameters.fleet)
        self.frontier_pace = float(np.log1p(self.parameters.training.frontier_pace)) / MONTHS_OF_PACE
        self._found()
        if self.rented:
            self.rental = RentalMarket(self)
            self.recorder: Recorder = RentalRecorder(self)
            return
        self.power = PowerMarket(self)
        self.servers = ServerMarket(self)
        self.retail = RetailMarket(self)
        open_market(self)
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
            (ServerMaker, 0 if self.rented else parameters.makers.count),
            (PowerSupplier, 0 if self.rented else parameters.power.count),
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

    @property
    def rented(self) -> bool:
        """Whether labs rent compute by the token instead of buying servers."""
        return self.parameters.fleet.compute == "rented"

    # what everybody can see -------------------------------------------------------------------------------------

    def _series(self, name: str) -> float:
        """Return the value of a data series this round."""
        return value_at(getattr(self.parameters.data, name), self.parameters.horizon.start, self.round)

    def technology_of(self, round_: int) -> Technology:
        """Return the state of the art in a round, which everybody foresees."""
        if round_ not in self._technology:
            self._technology[round_] = technology(self.parameters, round_)
        return self._technology[round_]

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
    def progress(self) -> float:
        """Quality of the frontier, in doublings over the best model of round 0."""
        return max((lab.quality for lab in self.open_labs), default=0.0)

    # a round ----------------------------------------------------------------------------------------------------

    @one_thread
    def step(self) -> None:
        """Play one month."""
        if self.rented:
            self.step_rented()
            return
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
        self.tend_commons(served)
        self.train()
        self.close_books()
        self.take_down()

    def step_rented(self) -> None:
        """Play one month of a chain that owns nothing: trade, pay, and leave all profit to the owners."""
        self.turn_the_page()
        self.rental.trade()
        self.rental.bill()
        self.rental.close_books()
        self.take_down()

    def turn_the_page(self) -> None:
        """Start a month: technology and outside prices move on."""
        self.ledger.start_round()
        self.technology = self.technology_of(self.round)
        self.tariff = self._series("electricity")

    def enter_and_exit(self) -> None:
        """Close firms whose money has run out, let resellers change labs and new ones enter."""
        for lab in self.open_labs:
            if lab.bankrupt:
                lab.wind_up(self.round)
        labs = self.open_labs
        for reseller in self.open_resellers:
            if reseller.cash < 0 or not labs:
                reseller.wind_up()
            else:
                self.retail.reconsider(reseller, labs)
        self.retail.admit_reseller()

    def take_up(self) -> None:
        """Let people take up AI, and publish demand at the posted prices."""
        for segment in self.segments:
            segment.adopt(self.round)
        self.retail.look()

    def deliver_servers(self) -> None:
        """Put what was shipped a lead time ago into service."""
        self.assets.deliver(self.round)

    def age_fleets(self) -> None:
        """Retire and lose servers."""
        lost = self.assets.age(self.round, self.parameters.fleet.failure_hazard)
        for lab, written_off in zip(self.labs, lost.tolist(), strict=True):
            lab.written_off = written_off

    def clear_power(self) -> None:
        """Clear the power market, and let labs divide the servers that have power between serving and training."""
        self.power.clear()
        for lab in self.open_labs:
            lab.assign(self.technology.mtok)

    def plan_investment(self) -> list[Order]:
        """Ask every lab what servers it wants and can pay for, [lab]."""
        fleet, keeps = self.parameters.fleet, self.retail.keeps_retail
        all_in = float(self.servers.price.min()) + fleet.network_cost + fleet.facility_cost * self.technology.power
        price = all_in / self.technology.performance
        return [
            lab.afford(lab.wants(self.round, lab.retail_price * keeps), price) if lab.alive else Order(0.0, 0.0)
            for lab in self.labs
        ]

    def trade_servers(self, orders: list[Order]) -> None:
        """Post chip and server prices, queue orders, and ship what vendors can make."""
        self.derived = self.derived_demand(self.retail.standing)
        self.servers.trade(orders, self.derived)
        for vendor in self.vendors:
            vendor.capacity *= 1 + self.parameters.vendors.capacity_growth

    def derived_demand(self, users: TokenDemand) -> DerivedDemand:
        """Return how tokens answer to the marginal cost of each lab, [lab, lab] over all labs there have been."""
        places = [lab.index for lab in self.open_labs]
        mtok = self.technology.mtok * self.parameters.fleet.target_utilisation
        found = derived_demand(users, self.retail.costs(), mtok)
        if len(places) == len(self.labs):
            return found
        semi = np.zeros((len(self.labs), len(self.labs)))
        semi[np.ix_(places, places)] = found.semi_elasticity
        return DerivedDemand(semi, mtok)

    def post_prices(self) -> None:
        """Let labs and resellers set token prices."""
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
        for lab in self.open_labs:
            value = self.assets.servers.purchase_cost(lab.index) + self.assets.buildings.purchase_cost(lab.index)
            lab.pay(ledger.OUTSIDE, ledger.OPERATION, value * self.parameters.fleet.operation / 12)

    def tend_commons(self, served: Matrix) -> None:
        """Let people and AI write, and labs pay creators."""
        in_market.tend(self, served)

    def train(self) -> None:
        """Pay researchers, add to knowledge, launch models that are due, and decide on next month's training."""
        labs = self.open_labs
        best = max((lab.knowledge for lab in labs), default=0.0)
        for lab in labs:
            pay = lab.trained * lab.user_cost * self.parameters.labs.research_staff
            lab.pay(ledger.OUTSIDE, ledger.RESEARCH, pay)
            lab.learn(best)
        frontier = max((lab.knowledge for lab in labs), default=0.0)
        if best > 0:
            reached = log(frontier / best)
            self.frontier_pace += (reached - self.frontier_pace) / MONTHS_OF_PACE
        gains = profit_of_quality(self.retail.standing, labs, self.retail.costs())
        for lab, gain in zip(labs, gains.tolist(), strict=True):
            lab.decide_training(lab.outlook(frontier, gain))
            if lab.launches(self.round + 1):
                lab.launch(self.technology.algorithms)

    def close_books(self) -> None:
        """Draw up every firm's statement, and settle with its owners."""
        turnover = self.ledger.turnover()
        for firm in self.firms:
            if firm.alive:
                firm.close(turnover[firm.name])
                firm.settle()

    def take_down(self) -> None:
        """Record the month and move on to the next; the last one of the horizon ends the run."""
        self.recorder.record()
        if self.collect:
            self.datacollector.collect(self)
        self.round += 1
        if self.round >= self.parameters.horizon.rounds:
            self.running = False

    def __repr__(self) -> str:
        name, rounds = printable(self.parameters.name), self.parameters.horizon.rounds
        last = month_of(self.parameters.horizon.start, self.round - 1) if self.round else f"before {self.month}"
        return f"{type(self).__name__}({name}, rng={self.seed}, month {self.round} of {rounds}, {last})"

    def results(self) -> Results:
        """Return the tidy tables of all rounds played so far."""
        return self.recorder.results()
