"""The market for tokens from the labs' posted prices to the users' bills."""

from bisect import bisect_left
from dataclasses import replace
from itertools import accumulate, pairwise
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from market import ledger
from market.agents.lab import Lab
from market.agents.reseller import Reseller
from market.population import Types, need_factor
from market.token_prices import LabCosts, bargained_wholesale, lab_layer, reseller_layer
from market.tokens import Offers, Tastes, TokenDemand

if TYPE_CHECKING:
    from market.model import TokenMarket

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

NEXT_TO_NOTHING = 1e-6
"""USD/Mtok: labs may give tokens away where resellers must sell below cost, and do not pay for it as well."""


class RetailMarket:
    """Offers, the users' demand for them, and what is sold.

    Attributes:
        offers: This month's.
        standing: Demand at the prices posted last month: what every decision of this month rests on.
        demand: Demand at this month's prices.
        sold: [type, offer], Mtok served this month.
        rows: [segment], where its types are among all types.
        keeps_retail, keeps_wholesale: Share of revenue that labs keep after costs that follow it.
        pass_through: ∂reseller price/∂wholesale price where resellers keep their margins in USD.
    """

    def __init__(self, model: "TokenMarket") -> None:
        self.model = model
        self.tastes = Tastes.of(Types.stack([segment.types for segment in model.segments]), model.parameters)
        ends = np.cumsum([0, *(segment.types.people.size for segment in model.segments)]).tolist()
        self.rows = [slice(*between) for between in pairwise(ends)]
        resellers, tax = model.parameters.resellers, model.parameters.policy.token_tax
        self.keeps_wholesale = 1 - model.parameters.labs.overhead_share - model.commons.licence_share
        self.keeps_retail = self.keeps_wholesale - tax
        self.pass_through = 1 / (1 - resellers.fee_share - resellers.staff_share - tax)
        self.offers = Offers.none()
        self.sold: Matrix = np.zeros((self.tastes.types.people.size, 0))

    def list_offers(self) -> None:
        """Draw up offers at posted prices; users of an offer that is gone lose their provider."""
        labs, resellers = self.model.open_labs, self.model.open_resellers
        position = {lab.index: place for place, lab in enumerate(labs)}
        model_of = [*range(len(labs)), *(position[reseller.lab] for reseller in resellers)]
        names = tuple(firm.name for firm in (*labs, *resellers))
        if names != self.offers.sellers:
            place = {name: number for number, name in enumerate(names)}
            mapping = [place.get(name, -1) for name in self.offers.sellers]
            for segment in self.model.segments:
                segment.people.reindex(mapping, len(names))
        self.offers = Offers(
            sellers=names,
            price=self._prices(labs, resellers),
            quality=np.array([labs[place].quality for place in model_of], dtype=np.float64),
            lab=np.array(model_of, dtype=np.int64),
            reseller=np.array([-1] * len(labs) + [*range(len(resellers))], dtype=np.int64),
            added_value=np.array([0.0] * len(labs) + [reseller.added_value for reseller in resellers]),
        )

    @staticmethod
    def _prices(labs: list[Lab], resellers: list[Reseller]) -> Vector:
        """[offer], USD per Mtok."""
        return np.array([firm.price for firm in (*labs, *resellers)], dtype=np.float64)

    def expected(self) -> TokenDemand:
        """Return the expected demand of today's users at today's offers."""
        mass = np.concatenate([segment.mass() for segment in self.model.segments])
        factor = need_factor(self.model.parameters.population, self.model.round)
        return TokenDemand(self.tastes, self.offers, mass, factor, self.model.progress)

    def look(self) -> None:
        """Publish demand at the posted prices."""
        self.list_offers()
        self.standing = self.demand = self.expected()

    def costs(self) -> LabCosts:
        """Return what labs pay to sell a token."""
        mtok = self.model.technology.mtok
        return LabCosts(
            marginal_cost=np.array([lab.marginal_cost(mtok) for lab in self.model.open_labs]),
            keeps_retail=self.keeps_retail,
            keeps_wholesale=self.keeps_wholesale,
            pass_through=self.pass_through,
        )

    # prices -----------------------------------------------------------------------------------------------------

    def post_prices(self) -> None:
        """Let labs, then resellers, set prices on the published demand and its true derivative."""
        labs, resellers = self.model.open_labs, self.model.open_resellers
        if labs:
            self._post_lab_prices(labs)
        for reseller in resellers:
            reseller.pass_on(self.model.labs[reseller.lab].wholesale_price)
        if resellers:
            self._post_reseller_prices(resellers)
        self.offers = replace(self.offers, price=self._prices(labs, resellers))

    def _post_lab_prices(self, labs: list[Lab]) -> None:
        settings, costs = self.model.parameters.labs, self.costs()
        layer = lab_layer(self.standing, labs, costs)
        posted = settings.pricing.post(layer).reshape(-1, len(labs)).T
        repricing = []
        for lab, prices in zip(labs, posted, strict=True):
            launched = settings.reprice_at_launch and lab.launches(self.model.round)
            if lab.may_reprice(settings.repricing_hazard) or launched:
                lab.turn()
                repricing.append((lab, prices))
        self.contract(repricing, labs, costs)

    def contract(self, repricing: list[tuple[Lab, Vector]], labs: list[Lab], costs: LabCosts) -> None:
        """Set the retail and wholesale prices of labs that reprice, within what contracts and policy allow."""
        if not repricing:
            return
        policy, settings = self.model.parameters.policy, self.model.parameters.labs
        resellers = self.model.open_resellers
        if settings.wholesale == "bargained" and resellers:
            agreed = bargained_wholesale(self.standing, labs, resellers, costs)
            ratio = (agreed / np.array([lab.retail_price for lab in labs])).tolist()
            known = [value for value in ratio if isfinite(value)]
            usual = sum(known) / len(known)
        for lab, posted in repricing:
            lab.retail_price = float(posted[0])
            position = labs.index(lab)
            if settings.wholesale == "chosen":
                wholesale = float(posted[1])
            elif settings.wholesale == "discount":
                wholesale = lab.retail_price * (1 - settings.wholesale_discount)
            elif resellers:
                wholesale = lab.retail_price * (ratio[position] if isfinite(ratio[position]) else usual)
            else:
                wholesale = lab.retail_price
            ceiling = float(costs.marginal_cost[position]) * policy.wholesale_cap
            lab.wholesale_price = max(min(wholesale, lab.retail_price, ceiling), NEXT_TO_NOTHING)

    def _post_reseller_prices(self, resellers: list[Reseller]) -> None:
        settings = self.model.parameters.resellers
        posted = settings.pricing.post(reseller_layer(self.standing, resellers))
        for reseller, price in zip(resellers, posted.tolist(), strict=True):
            if reseller.may_reprice(settings.repricing_hazard):
                reseller.turn()
                reseller.price = price

    # sales ------------------------------------------------------------------------------------------------------

    def choose(self) -> Matrix:
        """Let users choose; return people [type, offer]."""
        self.demand = self.expected()
        table, nest, now = self.demand.choice.probabilities, self.offers.nest, self.model.round
        chosen = [
            segment.choose(table.of_types(rows), nest, now)
            for segment, rows in zip(self.model.segments, self.rows, strict=True)
        ]
        return np.concatenate(chosen)[:, :-1]

    def serve(self, chosen: Matrix) -> Matrix:
        """Ration each lab's capacity among all its users, direct or resold; return people served, [type, offer].

        Where tokens are short everybody gets the same share of what he wants: a person counts as served in proportion.
        Some leave for it, as many as that share leaves unserved, and have no provider next month.
        """
        labs = self.model.open_labs
        wanted = self.offers.by_lab((chosen * self.demand.tokens).sum(axis=0)).tolist()
        share = np.ones(len(labs))
        for position, (lab, demanded) in enumerate(zip(labs, wanted, strict=True)):
            lab.demanded, lab.served = demanded, min(demanded, lab.capacity)
            share[position] = lab.served / demanded if demanded > 0 else 1.0
            lab.forecast.update(demanded)
        per_offer = share[self.offers.lab]
        for segment in self.model.segments:
            segment.remember(per_offer, self.model.round)
        return chosen * per_offer

    def bill(self, served: Matrix) -> None:
        """Meter tokens and bill users for them, then resellers; sellers pay what follows revenue."""
        model = self.model
        labs, resellers = model.open_labs, model.open_resellers
        self.sold = served * self.demand.tokens
        revenue = self.sold * self.offers.price
        for segment, rows in zip(model.segments, self.rows, strict=True):
            for seller, amount in zip(self.offers.sellers, revenue[rows].sum(axis=0).tolist(), strict=True):
                model.ledger.pay(segment.account, seller, ledger.RETAIL, amount)
        tokens, paid = self.sold.sum(axis=0).tolist(), revenue.sum(axis=0).tolist()
        overhead, tax = model.parameters.labs.overhead_share, model.parameters.policy.token_tax
        wholesale = dict.fromkeys((lab.index for lab in labs), 0.0)
        for reseller, amount in zip(resellers, tokens[len(labs) :], strict=True):
            reseller.sell(amount, model.labs[reseller.lab].name)
            wholesale[reseller.lab] += amount * reseller.wholesale_price
        for lab, amount in zip(labs, paid[: len(labs)], strict=True):
            lab.pay(ledger.OUTSIDE, ledger.TAX, amount * tax)
            lab.pay(ledger.OUTSIDE, ledger.STAFF, (amount + wholesale[lab.index]) * overhead)

    # resellers come and go --------------------------------------------------------------------------------------

    def reconsider(self, reseller: Reseller, labs: list[Lab]) -> None:
        """Let a reseller change the lab it sells for: now and then by expected profit, at once if its lab is gone."""
        settings = self.model.parameters.resellers
        stranded = not self.model.labs[reseller.lab].alive
        chance, pick = reseller.draws.random(), reseller.draws.random()
        if not stranded and chance >= settings.switching_hazard:
            return
        wholesale = np.array([lab.wholesale_price for lab in labs])
        profits = self.standing.profit_of_carrying(
            price=reseller.price_with(wholesale),
            cost=reseller.marginal_cost(wholesale),
            quality=np.array([lab.quality for lab in labs]),
            added_value=reseller.added_value,
        )
        scale = max(float(np.abs(profits).max()), 1e-300)
        weights = np.exp(settings.choice_sharpness * (profits - profits.max()) / scale).tolist()
        chosen = bisect_left(list(accumulate(weights)), pick * sum(weights))
        reseller.carry(labs[min(chosen, len(labs) - 1)])

    def admit_reseller(self) -> None:
        """Let one reseller enter where incumbents' margins are above what entry needs."""
        model, settings = self.model, self.model.parameters.resellers
        incumbents = model.open_resellers
        revenue = sum(reseller.statement.revenue for reseller in incumbents)
        profit = sum(reseller.statement.operating_profit for reseller in incumbents)
        if not settings.entry or revenue <= 0 or profit <= settings.entry_return * revenue:
            return
        newcomer = Reseller(model, len(model.resellers))
        model.resellers.append(newcomer)
        newcomer.added_value = settings.added_value_spread * (newcomer.draws.random() - 0.5)
        newcomer.raise_money(settings.staff * settings.opening_months)
        pattern = incumbents[int(newcomer.draws.integers(len(incumbents)))]
        newcomer.price, newcomer.wholesale_price, newcomer.lab = pattern.price, pattern.wholesale_price, pattern.lab
