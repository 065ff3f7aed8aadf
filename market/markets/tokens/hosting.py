"""Open weights: which model anyone may serve, and who comes to serve it."""

from dataclasses import replace
from math import inf, log, log1p, log2
from typing import TYPE_CHECKING, NamedTuple

from scipy.optimize import minimize_scalar

from market.firms.host import Host
from market.firms.lab import Lab
from market.markets.tokens.entering import MonthWith, month_with, offers_with
from market.markets.tokens.offers import among
from market.markets.tokens.resale import pays_to_enter

if TYPE_CHECKING:
    from market.model import TokenMarket


LIGHTEST = 10.0
"""Doublings of the tokens a server serves, over the frontier's model, that no model exceeds."""
DEAREST = 20.0
"""Times its cost, beyond which the first host looks for no price."""


class Weights(NamedTuple):
    """A model: its quality, and the compute that trained it, both in doublings over the best of round 0."""

    quality: float
    size: float

    def later(self, quality: float, size: float) -> "Weights":
        """Return a model that is so much better and was trained with so much more."""
        return Weights(self.quality + quality, self.size + size)


NONE = Weights(-inf, 0.0)


class OpenWeights:
    """The best model whose weights are open: what labs had sold some months ago, ``labs.opens_after`` of each.

    It has aged since, as what a lab knows does: to stay as good as it was a lab has to train. Before the first month
    all models got better at the pace at which the frontier did. As a model that makes the most of its compute C has
    C^½ weights (Hoffmann et al. 2022), an older one is smaller, and a server serves more tokens of it. Where labs make
    small models, what is as good as one of these can be had as light: an open model then lies, in logarithms, on the
    line through the best model and a small one.

    Attributes:
        best: The model that hosts serve.
    """

    def __init__(self, model: "TokenMarket") -> None:
        self.model = model
        self.best = NONE
        self._sold: list[list[Weights]] = []

    def publish(self) -> None:
        """Note what labs sell from now on, open what they have sold for long enough, and let hosts serve the best."""
        model, aged = self.model, log2(1 - self.model.parameters.training.decay)
        self._sold.append([Weights(lab.quality, lab.size) if lab.alive else NONE for lab in model.labs])
        opened = [self._was(lab).later(lab.own.opens_after * aged, 0.0) for lab in model.labs]
        before = self.best.later(aged, 0.0)
        self.best = max(before, *opened)
        for host in model.open_hosts:
            host.serve(self.best.quality, self.lightness, another=self.best.size != before.size)

    def _was(self, lab: Lab) -> Weights:
        """Return what a lab opens now: what it sold so many months ago."""
        round_ = len(self._sold) - 1 - lab.own.opens_after
        past, before = self._sold[max(round_, 0)][lab.index], max(-round_, 0)
        grown, smarter = self.model.frontier_pace, log1p(self.model.parameters.training.algorithmic_growth)
        return past.later(-before * (grown + smarter) / log(2), -before * grown / log(2)) if before else past

    @property
    def lightness(self) -> float:
        """Tokens that a server serves of the open model, over those of the frontier's."""
        labs, parameters = self.model.open_labs, self.model.parameters
        largest = max((lab.size for lab in labs), default=self.best.size)
        doublings = parameters.hosts.size_exponent * max(largest - self.best.size, 0.0)
        if parameters.small:
            small, best = parameters.small_models, max((lab.quality for lab in labs), default=self.best.quality)
            small_ones = max(best - self.best.quality, 0.0) / small.behind if small.behind > 0 else 1.0
            doublings = max(doublings, small_ones * log2(small.lightness))
        return float(2.0 ** min(doublings, LIGHTEST))


def admit_host(model: "TokenMarket") -> None:
    """Let one host enter where incumbents' margins are above what entry needs; it expects what one of them does.

    Where none is left it enters if it would earn what entry needs at the best price against what others ask.
    """
    settings, incumbents = model.parameters.hosts, model.open_hosts
    if pays_to_enter(settings, incumbents):
        newcomer = Host(model, len(model.hosts))
        pattern = incumbents[int(newcomer.draws.integers(len(incumbents)))]
        newcomer.expect(pattern.forecast.level, pattern.forecast.growth)
        _open(newcomer, pattern, pattern.usual_spending)
    elif settings.entry and model.hosts and not incumbents and model.open_labs and model.compute.clouds:
        _admit_the_first(model)


def _admit_the_first(model: "TokenMarket") -> None:
    """Let a host like the last that was enter if that pays; it expects those who would come to it at once."""
    last, settings, labs = model.hosts[-1], model.parameters.hosts, model.open_labs
    last.serve(model.open_weights.best.quality, model.open_weights.lightness, another=False)
    last.user_cost = model.compute.long_run
    cost = last.marginal_cost(model.technology.mtok) / model.retail.net_share_retail

    def month_at(price: float) -> MonthWith:
        last.retail_price = price
        return month_with(model, [*labs, last], last)

    best = minimize_scalar(lambda price: -month_at(price).profit, bounds=(cost, DEAREST * cost), method="bounded")
    profit, revenue = month_at(float(best.x))
    if profit - last.own.staff > settings.entry_return * revenue > 0:
        posted_demand, offers = model.retail.posted_demand, offers_with(model, [*labs, last])
        people = among(offers.sellers, posted_demand.offers.sellers, posted_demand.mass)
        newcomer = Host(model, len(model.hosts))
        newcomer.expect(float(replace(posted_demand, offers=offers, mass=people).metered[len(labs)]), 0.0)
        _open(newcomer, last, revenue - profit + last.own.staff)


def _open(newcomer: Host, pattern: Host, costs: float) -> None:
    """Let a host enter with the model and the price of another, and money for some months of so much, USD."""
    newcomer.model.hosts.append(newcomer)
    newcomer.model.compute.admit()
    newcomer.raise_money(costs * newcomer.own.opening_months)
    newcomer.quality, newcomer.lightness, newcomer.user_cost = pattern.quality, pattern.lightness, pattern.user_cost
    newcomer.price, newcomer.wholesale_price = pattern.price, pattern.wholesale_price
