"""AI labs: the token factory and its money."""

from collections import deque
from math import exp, inf, log2
from typing import TYPE_CHECKING, NamedTuple

from market.accounts import ledger
from market.accounts.finance import monthly_rate
from market.accounts.statement import Statement, Turnover
from market.conduct.training import Outlook, Prize, knowledge_after
from market.firms import investors
from market.firms.forecast import Forecast
from market.firms.operator import Operator
from market.firms.order import Order
from market.firms.producer import Producer
from market.firms.technology import quality
from market.parameters.labs import Labs

if TYPE_CHECKING:
    from market.model import TokenMarket


SMALLEST_RUN = 0.1
"""Of its servers: a lab may always train with so many next month, however little it trained before."""


class Plan(NamedTuple):
    """Reference accelerators to train with this month: what the rule asked for, and what money and time allow."""

    wanted: float
    planned: float


class Lab(Producer, Operator):
    """Trains a model, serves it with a fleet of its own, and sells tokens to users and to resellers.

    Attributes:
        knowledge: Reference accelerators for a month that it has trained with, less what has lost its use.
        size: Doublings of the compute that trained what it sells, over the best model of round 0.
        to_come: Whether it may yet enter.
    """

    kind = "lab"
    stream = 4
    seen: Outlook
    to_come: bool = False

    def __init__(self, model: "TokenMarket", index: int) -> None:
        super().__init__(model, index)
        self.fee = 0.0
        self._beyond = self._small_price = inf
        self.free_allowance = 0.0
        self.knowledge = 0.0
        self.size = 0.0
        self.training_wanted = 0.0
        self.this_month = Plan(0.0, 0.0)
        self.training_spent: deque[float] = deque(maxlen=model.parameters.training.model_life)
        self.expect(0.0, 0.0)
        self.take_notice()

    def take_notice(self) -> None:
        """Go by the parameters that are in force from now on."""
        self.lightness = self.own.efficiency

    @property
    def own(self) -> Labs:
        """Labs' parameters in force, as they hold for this one."""
        return self.model.parameters.labs.of(self.index)

    @property
    def beyond(self) -> float:
        """USD per Mtok beyond a subscription's allowance, never above the price cap; infinite where none is sold."""
        return self._beyond

    @beyond.setter
    def beyond(self, price: float) -> None:
        self._beyond = min(price, self.model.parameters.policy.price_cap)

    @property
    def small_price(self) -> float:
        """USD per Mtok of its small model, never above the price cap; infinite where none is sold."""
        return self._small_price

    @small_price.setter
    def small_price(self, price: float) -> None:
        self._small_price = min(price, self.model.parameters.policy.price_cap) if price < inf else inf

    @property
    def earns(self) -> float:
        """USD per Mtok that users pay for one at most: its price, or where it has none what a subscriber pays."""
        return self.retail_price if self.model.parameters.tariffs.metered else self.paid_per_token

    def reconsiders(self, undercut: bool) -> bool:
        """Draw whether it sets its prices anew this month: of its own, at a launch, or in answer to a deep cut."""
        settings = self.own
        launched = settings.reprice_at_launch and self.launches(self.model.round)
        answers = undercut and self.may_reprice(settings.answer_hazard)
        return self.may_reprice(settings.repricing_hazard) or launched or answers

    def expect(self, tokens: float, growth: float) -> None:
        """Start to forecast demand, and training by the pace of the frontier."""
        super().expect(tokens, growth)
        self.plans = Forecast(0.0, self.model.frontier_pace)

    @property
    def smoothing(self) -> float:
        """Months of demand whose mean is the level that is forecast: a new model every few months moves it in steps."""
        return float(self.model.parameters.training.launch_interval)

    @property
    def running(self) -> float:
        """Capacity that has power this month, in reference accelerators, rented servers included."""
        return self.reference * self.powered + self.rented

    # production -------------------------------------------------------------------------------------------------

    def assign(self, mtok: float) -> None:
        """Set aside servers for training, and note what was planned."""
        self.this_month = Plan(self.training_wanted, self.training_plan)
        super().assign(mtok)

    @property
    def training_cost(self) -> float:
        """USD a month of training with a reference accelerator, at the user cost, researchers paid."""
        return self.user_cost * (1 + self.own.research_staff)

    @property
    def training_share(self) -> float:
        """Share of the running fleet that trains."""
        running = self.running
        return self.trained / running if running > 0 else 0.0

    def sale(self) -> tuple[float, float, float]:
        """Return the price to users, on the mean over their plans, the marginal cost and Mtok served."""
        price, cost, served = super().sale()
        return price if self.model.parameters.tariffs.plain else self.paid_per_token, cost, served

    # investment -------------------------------------------------------------------------------------------------

    def needs(self, now: int, delay: int) -> tuple[float, float]:
        """Return the reference accelerators, to serve and to train, that it expects to need so many months from now.

        Until then training is taken to grow as its plans have.
        """
        training = max(self.training_plan, 0.0) * exp(self.plans.growth * (delay + 1))
        return super().needs(now, delay)[0], training

    def wants(self, now: int, price_after_costs: float) -> Order:
        """Return the servers to order: what is needed at delivery and not to be rented, less what will be there."""
        delay = self.model.parameters.fleet.lead_time + 1
        serving, training = self.needs(now, delay)
        needed = serving + training
        missing = max((1 - self.rented_share) * needed - self.expected_at(now + delay, now), 0.0)
        serving_share = serving / needed if needed > 0 else 0.0
        pays = price_after_costs >= self.marginal_cost(self.model.technology_of(now).mtok)
        return Order(missing * serving_share if pays else 0.0, missing * (1 - serving_share))

    @property
    def reserve(self) -> float:
        """USD kept back from investment: a month's bills, and months of what it loses."""
        statement = self.statement
        trained_with = statement.total_depreciation - statement.depreciation
        bills = statement.cost_of_goods + statement.staff + statement.training - trained_with
        return bills + self.own.lowest_runway * self.burn

    # training ---------------------------------------------------------------------------------------------------

    def outlook(self, frontier: float, prize: Prize) -> Outlook:
        """Return what the lab knows when it decides on training; ``frontier`` is the largest stock of all labs."""
        parameters = self.model.parameters
        training, statement = parameters.training, self.statement
        prospect, technology = self.model.prospect, self.model.technology
        return Outlook(
            knowledge=self.knowledge,
            frontier=frontier,
            pace=self.model.frontier_pace,
            keep=max(1 - training.decay - (training.imitation if len(self.model.open_labs) > 1 else 0.0), 0.0),
            decay=training.decay,
            interest=monthly_rate(parameters.fleet.cost_of_capital),
            profit_of_quality=prize.profit_of_quality,
            margin_gain=prize.margin_gain,
            unit_cost=self.training_cost,
            money=self.money,
            burn=self.loss - statement.training,
            revenue=self.revenues[-1],
            growth=prospect.now,
            prospect=prospect.ahead(training.horizon + 1),
            cheaper=1 - technology.performance / self.model.technology_of(self.model.round + 1).performance,
            picked_up=training.imitation * max(frontier - self.knowledge, 0.0),
        )

    def decide_training(self, outlook: Outlook) -> None:
        """Move the training plan towards what the rule wants, as far as the money carries it for the lowest runway."""
        parameters = self.model.parameters
        self.seen = outlook
        step, runway = parameters.training.largest_step, self.own.lowest_runway
        carried = inf
        if runway > 0:
            carried = self.trained + (outlook.money - self.reserve) / (runway * outlook.unit_cost)
        asked = max(parameters.training.budget.capacity(outlook), 0.0)
        wanted = max(min(asked, carried), 0.0)
        before = self.training_plan
        most = max(before, SMALLEST_RUN * self.reference) * (1 + step)
        self.training_plan = min(max(wanted, before / (1 + step)), most)
        interval = float(parameters.training.launch_interval)
        self.plans.update(self.training_plan, self.own.forecast_memory, interval)
        self.training_wanted = asked

    def pay_researchers(self) -> None:
        """Pay those who train, in proportion to the compute they train with."""
        pay = self.trained * self.user_cost * self.own.research_staff
        self.pay(ledger.OUTSIDE, ledger.RESEARCH, pay)

    @property
    def designs(self) -> bool:
        """Whether it designs chips of its own."""
        return self.index < self.model.parameters.own_chips.labs

    def pay_designers(self) -> None:
        """Pay those who design its own chips, if it has any."""
        if self.designs:
            self.pay(ledger.OUTSIDE, ledger.STAFF, self.model.parameters.own_chips.design)

    def learn(self, best: float) -> None:
        """Add what was trained to the stock of knowledge."""
        training = self.model.parameters.training
        self.knowledge = knowledge_after(self.knowledge, best, self.trained, training.decay, training.imitation)

    def launches(self, now: int) -> bool:
        """Whether a new model comes out this round; labs take turns."""
        return (now + self.index) % self.model.parameters.training.launch_interval == 0

    def launch(self, algorithms: float) -> None:
        """Publish a new model, unless the old one is better: what that was worth has aged like all knowledge."""
        if self.knowledge > 0 and self.model.first_knowledge > 0:
            compute = self.knowledge / self.model.first_knowledge
            new = quality(compute, algorithms) - self.model.commons.launch_penalty(compute)
            training = self.model.parameters.training
            aged = self.quality + training.launch_interval * log2(1 - training.decay)
            self.quality = max(aged, new)
            if new >= aged:
                self.size = log2(compute)

    def value(self) -> float:
        """Return what the lab is worth to investors, USD, at the margin that is foreseen.

        Servers that idle are left out: they will be needed. Rents go back to what clouds build for.
        """
        parameters, books = self.model.parameters, self.statement
        in_use = min(self.utilisation / parameters.fleet.target_utilisation, 1.0)
        before = books.revenue - books.staff - in_use * (books.cost_of_goods + books.depreciation)
        before += self.seen.margin_gain * books.revenue
        dear = in_use * (1 - self.training_share) * (self.rent - self.rented * self.renting)
        passing = investors.Passing(-dear, self.model.compute.lasts)
        return investors.value(before, self.seen, self.model.prospect, parameters.funding, passing)

    # money ------------------------------------------------------------------------------------------------------

    def state(self, turnover: Turnover) -> Statement:
        """Return the statement of the month: servers are investment, and what trained is training."""
        return Statement.of(turnover, self.depreciation, self.written_off, self.training_share, owns_servers=True)

    def close(self, turnover: Turnover) -> None:
        """Draw up the statement; before the first one, training grew to its level with demand."""
        super().close(turnover)
        spent = self.statement.training
        if not self.training_spent:
            months = range((self.training_spent.maxlen or 1) - 1, 0, -1)
            self.training_spent.extend([spent * exp(-self.forecast.growth * month) for month in months])
        self.training_spent.append(spent)

    @property
    def backing(self) -> float:
        """How generous investors are to the lab."""
        return self.own.backing

    @property
    def capitalised_profit(self) -> float:
        """Operating profit if training were written off over a model's life, USD."""
        spent = self.training_spent
        return self.statement.operating_profit + spent[-1] - sum(spent) / len(spent) if spent else 0.0

    def settle(self) -> None:
        """Meet investors, take what is needed to stay solvent, and pay out what is not needed."""
        self.court_investors(self.model.round)
        self.serve_debt()
        self.draw(max(-self.cash, 0.0))
        super().settle()

    def wind_up(self, now: int) -> None:
        """Leave the market; training that is not written off yet is forgotten."""
        super().wind_up(now)
        self.training_spent.clear()
