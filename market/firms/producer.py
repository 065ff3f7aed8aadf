"""Firms that make tokens: labs with models of their own, and hosts with models whose weights are open."""

from math import inf
from typing import TYPE_CHECKING

from market.firms.firm import Firm
from market.firms.forecast import Forecast
from market.parameters.exceptions import OfProducers

if TYPE_CHECKING:
    from market.model import TokenMarket


class Producer(Firm):
    """Serves a model with the servers it has, and sells tokens.

    Attributes:
        quality: Of the model it serves, doublings over the best model of round 0.
        fee: USD a month of a subscription; infinite where none is sold.
        beyond: USD per Mtok beyond its allowance; infinite where none is sold.
        small_price: USD per Mtok of a small model; infinite where none is sold.
        wholesale_price: USD per Mtok to resellers.
        user_cost: USD a month of a reference accelerator that is got now.
        lightness: Tokens that a server serves of its model, over those of the frontier's.
        rented, rent: Reference accelerators rented this month, and USD paid for them.
        renting: USD a month of a reference accelerator that is rented to it, once clouds have built what is wanted.
        rented_share: Part of its compute that it means to rent.
        training_plan, trained: Reference accelerators it means to train with, and trained with this month.
        full_capacity, capacity: Mtok its serving servers could do, and what can be sold of that.
        demanded, taken_in, served: Mtok asked for, asked for by those whom others left, and served, this month.
        load: Of these a Mtok that it sold took so many: less than one where some are of a small model.
        paid, metered: USD that its own users paid and Mtok they used last month.
        forecast: Of demand, Mtok.

    Capacity, what is asked of it and the forecast are in tokens of its best model: those of a small one count as so
    many of these as could be served in their time.
    """

    layer = "labs"
    unit = "Mtok"

    model: "TokenMarket"
    forecast: Forecast
    fee: float = inf
    beyond: float = inf
    small_price: float = inf
    lightness: float = 1.0
    rented_share: float = 0.0
    training_plan: float = 0.0
    trained: float = 0.0

    def __init__(self, model: "TokenMarket", index: int) -> None:
        super().__init__(model, index)
        self.price = 0.0
        self.wholesale_price = 0.0
        self.quality = 0.0
        self.user_cost = 0.0
        self.rented = self.rent = self.renting = 0.0
        self.full_capacity = self.capacity = 0.0
        self.demanded = self.taken_in = self.served = 0.0
        self.load = 1.0
        self.paid = self.metered = 0.0

    @property
    def own(self) -> OfProducers:
        """Parameters in force, as they hold for this one."""
        raise NotImplementedError

    # prices -----------------------------------------------------------------------------------------------------

    @property
    def retail_price(self) -> float:
        """USD per Mtok to users, never above the price cap."""
        return self.price

    @retail_price.setter
    def retail_price(self, price: float) -> None:
        self.price = min(price, self.model.parameters.policy.price_cap)

    @property
    def earns(self) -> float:
        """USD per Mtok that users pay for one at most."""
        return self.retail_price

    @property
    def paid_per_token(self) -> float:
        """USD per Mtok that its own users paid on the mean last month; before there are any its price."""
        return self.paid / self.metered if self.metered > 0 else self.retail_price

    def reconsiders(self, undercut: bool) -> bool:
        """Draw whether it sets its prices anew this month; ``undercut`` by a rival last month."""
        return self.may_reprice(self.own.repricing_hazard)

    def marginal_cost(self, mtok: float) -> float:
        """USD per Mtok at the user cost of new servers and target utilisation, before costs that follow revenue."""
        return self.user_cost / (self.model.parameters.fleet.target_utilisation * mtok * self.lightness)

    def sale(self) -> tuple[float, float, float]:
        """Return the price to users, the marginal cost and Mtok served, of a small model too."""
        cost = self.load * self.marginal_cost(self.model.technology.mtok) / self.model.retail.net_share_retail
        return self.price, cost, self.served / self.load

    # production -------------------------------------------------------------------------------------------------

    @property
    def running(self) -> float:
        """Capacity that has power this month, in reference accelerators."""
        return self.rented

    @property
    def utilisation(self) -> float:
        """Tokens served over what the serving servers could do."""
        return self.served / self.full_capacity if self.full_capacity > 0 else 0.0

    def assign(self, mtok: float) -> None:
        """Set aside servers for training: the plan, as far as the demand expected this month leaves room.

        Serving gives way down to its highest utilisation: up to there a server less costs no sale.
        """
        fleet = self.model.parameters.fleet
        running, mtok = self.running, mtok * self.lightness
        needed = self.forecast.ahead(1) / (fleet.highest_utilisation * mtok)
        self.trained = min(max(self.training_plan, 0.0), max(running - needed, 0.0))
        self.full_capacity = (running - self.trained) * mtok
        self.capacity = self.full_capacity * fleet.highest_utilisation

    def to_serve(self, mtok: float, months: int = 1) -> float:
        """Return the reference accelerators, of so many Mtok each, that expected demand needs at target utilisation."""
        return self.forecast.ahead(months) / (self.model.parameters.fleet.target_utilisation * mtok * self.lightness)

    def needs(self, now: int, delay: int) -> tuple[float, float]:
        """Return the reference accelerators, to serve and to train, that it expects to need so many months from now."""
        return self.to_serve(self.model.technology_of(now + delay).mtok, delay + 1), 0.0

    def expect(self, tokens: float, growth: float) -> None:
        """Start to forecast from a month's demand, Mtok, and its monthly growth (logarithm)."""
        self.forecast = Forecast(tokens, growth)

    def learn_demand(self, tokens: float) -> None:
        """Take a month's demand, Mtok, into the forecast."""
        self.forecast.update(tokens, self.own.forecast_memory, self.smoothing)

    @property
    def smoothing(self) -> float:
        """Months of demand whose mean is the level that is forecast: who rents by the month follows demand."""
        return 2.0
