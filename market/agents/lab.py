"""AI labs: the token factory and its money."""

from collections import deque
from dataclasses import dataclass
from math import exp, inf, log
from typing import TYPE_CHECKING

from market import ledger
from market.agents.firm import Firm
from market.finance import monthly_rate
from market.statement import Statement, Turnover
from market.technology import quality
from market.training import Outlook, knowledge_after

if TYPE_CHECKING:
    from market.model import TokenMarket

YEAR = 12
FASTEST = 0.25  # monthly growth beyond this is noise, not a trend


class Forecast:
    """Demand as a lab sees it: a smoothed level and its smoothed monthly growth, in logarithms (Holt 1957).

    The level is smoothed because a new price every few months moves demand in steps.
    """

    def __init__(self, tokens: float, growth: float, memory: float, smoothing: float) -> None:
        self.level = tokens
        self.growth = growth
        self.memory = memory
        self.smoothing = smoothing

    def update(self, tokens: float) -> None:
        """Learn from a month's demand, Mtok."""
        if tokens <= 0 or self.level <= 0:
            self.level = tokens
            return
        surprise = min(max(log(tokens / self.level) - self.growth, -FASTEST), FASTEST)
        step = self.growth + surprise / self.smoothing
        self.level *= exp(step)
        self.growth += (step - self.growth) / self.memory

    def ahead(self, months: int) -> float:
        """Return Mtok a month expected some months after the last one."""
        return self.level * exp(self.growth * months)


@dataclass(frozen=True)
class Order:
    """Servers a lab wants, in reference accelerators, to serve and to train."""

    serving: float
    training: float

    @property
    def total(self) -> float:
        """Reference accelerators."""
        return self.serving + self.training


class Lab(Firm):
    """Trains a model, runs a fleet of dated servers, and sells tokens to users and to resellers."""

    kind = "lab"
    layer = "labs"
    stream = 4
    unit = "Mtok"

    def __init__(self, model: "TokenMarket", index: int) -> None:
        super().__init__(model, index)
        self.waiting = 0.0
        self.price = 0.0
        self.wholesale_price = 0.0
        self.user_cost = 0.0
        self.knowledge = 0.0
        self.quality = 0.0
        self.training_plan = 0.0
        self.trained = 0.0
        self.powered = 1.0
        self.full_capacity = 0.0
        self.capacity = 0.0
        self.demanded = 0.0
        self.served = 0.0
        self.written_off = 0.0
        self.credit = 0.0
        self.debt = 0.0
        self.training_spent: deque[float] = deque(maxlen=model.parameters.training.model_life)
        self.revenues: deque[float] = deque(maxlen=2 * YEAR)
        self.expect(0.0, 0.0)

    @property
    def retail_price(self) -> float:
        """USD per Mtok to users, never above the price cap."""
        return self.price

    @retail_price.setter
    def retail_price(self, price: float) -> None:
        self.price = min(price, self.model.parameters.policy.price_cap)

    def expect(self, tokens: float, growth: float) -> None:
        """Start to forecast from a month's demand, Mtok, and its monthly growth (logarithm)."""
        parameters = self.model.parameters
        smoothing = float(parameters.training.launch_interval)
        self.forecast = Forecast(tokens, growth, parameters.labs.forecast_memory, smoothing)

    # production -------------------------------------------------------------------------------------------------

    @property
    def accelerators(self) -> float:
        """Accelerators in service."""
        return self.model.assets.servers.quantity(self.index)

    @property
    def reference(self) -> float:
        """Capacity in service, in reference accelerators."""
        return self.model.assets.servers.reference(self.index)

    @property
    def kilowatts(self) -> float:
        """Power of the servers in service at full load."""
        return self.model.assets.servers.kilowatts(self.index)

    def assign(self, mtok: float) -> None:
        """Set aside servers for training: the plan, as far as the demand expected this month leaves room."""
        fleet = self.model.parameters.fleet
        running = self.reference * self.powered
        needed = self.forecast.ahead(1) / (fleet.target_utilisation * mtok)
        self.trained = min(max(self.training_plan, 0.0), max(running - needed, 0.0))
        self.full_capacity = (running - self.trained) * mtok
        self.capacity = self.full_capacity * fleet.highest_utilisation

    @property
    def training_share(self) -> float:
        """Share of the running fleet that trains."""
        running = self.reference * self.powered
        return self.trained / running if running > 0 else 0.0

    @property
    def utilisation(self) -> float:
        """Tokens served over what the serving servers could do."""
        return self.served / self.full_capacity if self.full_capacity > 0 else 0.0

    def marginal_cost(self, mtok: float) -> float:
        """USD per Mtok at the user cost of new servers and target utilisation, before costs that follow revenue."""
        return self.user_cost / (self.model.parameters.fleet.target_utilisation * mtok)

    def sale(self) -> tuple[float, float, float]:
        """Return the retail price, marginal cost and Mtok served."""
        cost = self.marginal_cost(self.model.technology.mtok) / self.model.retail.keeps_retail
        return self.price, cost, self.served

    # investment -------------------------------------------------------------------------------------------------

    def wants(self, now: int, price_after_costs: float) -> Order:
        """Return the servers to order: what demand needs at delivery, less what will be alive, under way or waiting."""
        parameters = self.model.parameters
        fleet = parameters.fleet
        delay = fleet.lead_time + 1
        then = self.model.technology_of(now + delay)
        needed = self.forecast.ahead(delay + 1) / (fleet.target_utilisation * then.mtok)
        assets, ready = self.model.assets, now + delay
        available = assets.servers.reference_at(self.index, ready, now, fleet.failure_hazard)
        available += assets.under_way.reference(self.index) + self.waiting
        plan = max(self.training_plan, 0.0)
        missing = max(needed + plan - available, 0.0)
        serving_share = needed / (needed + plan) if needed + plan > 0 else 0.0
        pays = price_after_costs >= self.marginal_cost(self.model.technology_of(now).mtok)
        return Order(missing * serving_share if pays else 0.0, missing * (1 - serving_share))

    @property
    def loss(self) -> float:
        """USD a month lost in cash before investment, interest and repayment included; below zero for a gain."""
        statement = self.statement
        interest = self.debt * monthly_rate(self.model.parameters.fleet.cost_of_capital)
        repaid = self.model.parameters.funding.loan_to_value * statement.worn
        return interest + repaid - statement.operating_profit - statement.worn

    @property
    def burn(self) -> float:
        """USD a month by which cash falls before investment; nothing for a lab that earns money."""
        return max(self.loss, 0.0)

    @property
    def runway(self) -> float:
        """Months the cash lasts at this burn."""
        burn = self.burn
        return self.cash / burn if burn > 0 else inf

    @property
    def reserve(self) -> float:
        """USD a lab keeps back from investment."""
        return self.model.parameters.labs.lowest_runway * self.burn

    def afford(self, order: Order, price: float) -> Order:
        """Draw on investors for an order, USD per reference accelerator, and cut it to the money there is."""
        bill = order.total * price * (1 - self.model.parameters.funding.loan_to_value)
        reserve = self.reserve
        missing = bill + reserve - self.cash
        if missing > 0:
            self.draw(missing)
        money = max(self.cash - reserve, 0.0)
        share = min(1.0, money / bill) if bill > 0 else 1.0
        return Order(order.serving * share, order.training * share)

    def borrow(self, value: float) -> None:
        """Take a loan against servers or buildings bought."""
        amount = value * self.model.parameters.funding.loan_to_value
        self.debt += amount
        self.model.ledger.pay(ledger.INVESTORS, self.name, ledger.LOANS, amount)

    def serve_debt(self) -> None:
        """Pay interest, and repay what the servers have lost in value."""
        fleet = self.model.parameters.fleet
        self.pay(ledger.INVESTORS, ledger.INTEREST, self.debt * monthly_rate(fleet.cost_of_capital))
        repaid = min(self.debt, self.model.parameters.funding.loan_to_value * self.statement.worn)
        self.pay(ledger.INVESTORS, ledger.REPAYMENT, repaid)
        self.debt -= repaid

    def draw(self, amount: float) -> None:
        """Take funding up to what investors offer."""
        taken = min(amount, self.credit)
        if taken > 0:
            self.credit -= taken
            self.raise_money(taken)

    def build(self, kilowatts: float) -> float:
        """Pay for buildings that new servers need beyond the room there is, and that replace worn-out ones; return kW.

        The market for servers puts them into service with those of all other labs.
        """
        assets, price = self.model.assets, self.model.parameters.fleet.facility_cost
        housed = self.kilowatts + assets.under_way.kilowatts(self.index)
        extra = max(kilowatts + housed - assets.buildings.quantity(self.index), 0.0)
        self.pay(ledger.OUTSIDE, ledger.FACILITY, extra * price)
        return extra

    def book_value(self, now: int) -> float:
        """USD of servers and buildings not yet depreciated, shipments included, at the start of a round."""
        return float(self.model.assets.book(now)[self.index])

    # training ---------------------------------------------------------------------------------------------------

    def outlook(self, frontier: float, profit_of_quality: float) -> Outlook:
        """Return what the lab knows when it decides on training; ``frontier`` is the largest stock of all labs."""
        parameters = self.model.parameters
        training, statement = parameters.training, self.statement
        return Outlook(
            knowledge=self.knowledge,
            frontier=frontier,
            pace=self.model.frontier_pace,
            keep=max(1 - training.decay - (training.imitation if self.knowledge < frontier else 0.0), 0.0),
            decay=training.decay,
            interest=monthly_rate(parameters.fleet.cost_of_capital),
            profit_of_quality=profit_of_quality,
            unit_cost=self.user_cost * (1 + parameters.labs.research_staff),
            money=self.cash + self.credit,
            burn=self.loss - statement.training,
            revenue=self.revenues[-1],
            growth=self.revenue_growth(),
        )

    def revenue_growth(self) -> float:
        """Return the monthly growth of revenue, the last half year against the one before."""
        half, revenues = YEAR // 2, list(self.revenues)
        recent, earlier = sum(revenues[-half:]), sum(revenues[-2 * half : -half])
        if len(revenues) < 2 * half or earlier <= 0 or recent <= 0:
            return self.forecast.growth
        return float((recent / earlier) ** (1 / half) - 1)

    def decide_training(self, outlook: Outlook) -> None:
        """Move the training plan towards what the rule wants, and down when money runs short."""
        parameters = self.model.parameters
        training = parameters.training
        wanted = max(training.budget.capacity(outlook), 0.0)
        step = training.largest_step
        before = max(self.training_plan, 1e-3 * self.reference)
        plan = min(max(wanted, before / (1 + step)), before * (1 + step))
        if outlook.money < self.reserve:
            plan = min(plan, before / (1 + step))
        self.training_plan = plan

    def learn(self, best: float) -> None:
        """Add what was trained to the stock of knowledge."""
        training = self.model.parameters.training
        self.knowledge = knowledge_after(self.knowledge, best, self.trained, training.decay, training.imitation)

    def launches(self, now: int) -> bool:
        """Whether a new model comes out this round; labs take turns."""
        return (now + self.index) % self.model.parameters.training.launch_interval == 0

    def launch(self, algorithms: float) -> None:
        """Publish a new model, unless the old one is better."""
        if self.knowledge > 0 and self.model.first_knowledge > 0:
            compute = self.knowledge / self.model.first_knowledge
            new = quality(compute, algorithms) - self.model.commons.launch_penalty(compute)
            self.quality = max(self.quality, new)

    # money ------------------------------------------------------------------------------------------------------

    def state(self, turnover: Turnover) -> Statement:
        """Return the statement of the month: servers are investment, and what trained is training."""
        assets = self.model.assets
        worn = assets.servers.depreciation(self.index) + assets.buildings.depreciation(self.index)
        return Statement.of(turnover, worn, self.written_off, self.training_share, owns_servers=True)

    def close(self, turnover: Turnover) -> None:
        """Draw up the statement; before the first one, training grew to its level with demand."""
        super().close(turnover)
        spent = self.statement.training
        if not self.training_spent:
            months = range((self.training_spent.maxlen or 1) - 1, 0, -1)
            self.training_spent.extend([spent * exp(-self.forecast.growth * month) for month in months])
        self.training_spent.append(spent)

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

    def court_investors(self, now: int) -> None:
        """Let investors offer money for growth: appetite × yearly revenue × yearly growth, a twelfth each month."""
        funding = self.model.parameters.funding
        self.revenues.append(self.statement.revenue)
        growth = min(max((1 + self.revenue_growth()) ** YEAR - 1, 0.0), funding.highest_growth)
        if now >= funding.dries_up:
            self.credit = 0.0
            return
        recent = list(self.revenues)[-YEAR // 2 :]
        offer = funding.appetite * (sum(recent) / len(recent)) * YEAR * growth
        self.credit = min(self.credit + offer / YEAR, offer)

    def wind_up(self, now: int) -> None:
        """Leave the market: the fleet is sold for what it fetches, and investors take what is left or bear the loss."""
        fetched = self.model.parameters.labs.salvage * self.book_value(now)
        self.model.ledger.pay(ledger.OUTSIDE, self.name, ledger.SALVAGE, fetched)
        self.model.assets.lose(self.index)
        self.debt = self.credit = 0.0
        self.model.servers.cancel(self)
        self.training_spent.clear()
        self.close_down()

    @property
    def bankrupt(self) -> bool:
        """Whether the money has run out."""
        return self.cash < 0
