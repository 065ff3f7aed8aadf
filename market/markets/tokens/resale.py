"""Resellers come, go, and change the lab whose model they carry."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from market.arrays import Vector
from market.firms.firm import Firm
from market.firms.lab import Lab
from market.firms.reseller import Reseller
from market.markets.tokens.listing import candidates
from market.parameters.hosts import Hosts
from market.parameters.resellers import Resellers

if TYPE_CHECKING:
    from market.model import TokenMarket


def reconsider(model: "TokenMarket", reseller: Reseller, labs: list[Lab]) -> None:
    """Let a reseller change the lab it sells for: now and then by expected profit, at once if its lab is gone.

    One that belongs to its lab stays; when its owner is gone it goes to the lab whose model it takes up.
    """
    settings = reseller.own
    stranded = not model.labs[reseller.lab].alive
    chance, pick = reseller.draws.random(), reseller.draws.random()
    if not stranded and (reseller.owned or chance >= settings.switching_hazard):
        return
    profits = profits_of_carrying(model, reseller, labs)
    scale = max(float(np.abs(profits).max()), 1e-300)
    weights = np.exp(settings.choice_sharpness * (profits - profits.max()) / scale).tolist()
    chosen = bisect_left(list(accumulate(weights)), pick * sum(weights))
    reseller.carry(labs[min(chosen, len(labs) - 1)])


def profits_of_carrying(model: "TokenMarket", reseller: Reseller, labs: list[Lab]) -> Vector:
    """Return the profit a reseller expects with the model of each lab in business, [lab], USD a month."""
    asked, demand = np.array([reseller.asked_by(lab) for lab in labs]), model.retail.posted_demand
    place = {seller: offer for offer, seller in enumerate(demand.offers.sellers)}
    carried = candidates(reseller, labs, asked).at(lab=np.array([place[lab.name] for lab in labs]))
    return demand.profit_of_carrying(carried, reseller.token_cost(asked), instead_of=place[reseller.name])


def pays_to_enter(settings: Resellers | Hosts, incumbents: Sequence[Firm]) -> bool:
    """Whether one more may enter, and incumbents' margin of last month is above what that needs."""
    revenue = sum(firm.statement.revenue for firm in incumbents)
    profit = sum(firm.statement.operating_profit for firm in incumbents)
    return settings.entry and revenue > 0 and profit > settings.entry_return * revenue


def admit_reseller(model: "TokenMarket") -> None:
    """Let one reseller enter where incumbents' margins are above what entry needs."""
    settings, incumbents = model.parameters.resellers, [one for one in model.open_resellers if not one.owned]
    if not pays_to_enter(settings, incumbents):
        return
    newcomer = Reseller(model, len(model.resellers))
    model.resellers.append(newcomer)
    newcomer.added_value = settings.added_value_spread * (newcomer.draws.random() - 0.5)
    newcomer.raise_money(settings.staff * settings.opening_months)
    pattern = incumbents[int(newcomer.draws.integers(len(incumbents)))]
    newcomer.form, newcomer.per_unit, newcomer.lab = pattern.form, pattern.per_unit, pattern.lab
    newcomer.price, newcomer.wholesale_price, newcomer.terms = pattern.price, pattern.wholesale_price, pattern.terms
