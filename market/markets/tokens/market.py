"""The market for tokens from the labs' posted prices to the users' bills."""

from itertools import compress, pairwise
from typing import TYPE_CHECKING

import numpy as np

from market.accounts import ledger
from market.arrays import TINY, Matrix, Vector
from market.conduct.following import posted
from market.firms.financed import usual_revenue
from market.firms.lab import Lab
from market.firms.producer import Producer
from market.firms.reseller import Reseller
from market.markets.derived_demand import DerivedDemand
from market.markets.tokens import setters
from market.markets.tokens.contracts import agree, keep_to_policy, paid_beyond
from market.markets.tokens.demand import TokenDemand
from market.markets.tokens.giving import give
from market.markets.tokens.listing import offers_of
from market.markets.tokens.menus import MenuDemand
from market.markets.tokens.offers import Offers
from market.markets.tokens.prices import LabCosts
from market.markets.tokens.rationing import ration
from market.markets.tokens.tastes import Tastes
from market.users.types import Types

if TYPE_CHECKING:
    from market.model import TokenMarket


DEEP_CUT = 0.2
"""Share of its price by which a lab must undercut others for them to take notice: launches alone seldom bring that."""


class RetailMarket:
    """Offers, the users' demand for them, and what is sold.

    Attributes:
        offers: This month's.
        posted_demand: Demand at the prices posted last month: what every decision of this month rests on.
        demand: Demand at this month's prices.
        served: [type, offer], people served this month.
        sold: [type, offer], Mtok served this month.
        load: [offer], Mtok served this month, as capacity counts them.
        asked: [producer in business], Mtok asked for this month by those who chose its model.
        revenue: [offer], USD that users paid this month.
        undercut: Producers whose price fell so far last month that rivals do not wait for a launch of their own.
        rows: [segment], where its types are among all types.
    """

    def __init__(self, model: "TokenMarket") -> None:
        self.model = model
        self.tastes = self._tastes()
        ends = np.cumsum([0, *(segment.weight.size for segment in model.segments)]).tolist()
        self.rows = [slice(*between) for between in pairwise(ends)]
        self.offers = Offers.none()
        self.undercut: set[Producer] = set()
        self.served: Matrix = np.zeros((self.tastes.types.people.size, 0))
        self.sold = self.served
        self.load: Vector = np.zeros(0)
        self.asked: list[float] = []
        self.revenue: list[float] = []

    def _tastes(self) -> Tastes:
        """Return the tastes of all users' types as they are in force."""
        return Tastes.of(Types.stack([segment.types for segment in self.model.segments]), self.model.parameters)

    @property
    def net_share_wholesale(self) -> float:
        """Share of wholesale revenue that labs keep after costs that follow it."""
        return 1 - self.model.parameters.labs.overhead_on_sales - self.model.commons.licence_share

    @property
    def net_share_retail(self) -> float:
        """Share of retail revenue that labs keep after costs that follow it."""
        return self.net_share_wholesale - self.model.parameters.policy.token_tax

    @property
    def pass_through(self) -> Vector:
        """[reseller in business], ∂its price/∂wholesale price where it keeps its margin in USD."""
        return 1 / np.array([reseller.net_share for reseller in self.model.open_resellers])

    def take_notice(self) -> None:
        """Follow parameters that have changed: users' tastes, and posted prices that are no longer allowed."""
        self.tastes = self._tastes()
        keep_to_policy(self.model, self.costs())

    def list_offers(self) -> None:
        """Draw up offers at posted prices; users of an offer that is gone lose their provider."""
        offers = offers_of(self.model.open_producers, self.model.open_resellers, self.model.parameters)
        if offers.sellers != self.offers.sellers:
            place = {name: number for number, name in enumerate(offers.sellers)}
            mapping = [place.get(name, -1) for name in self.offers.sellers]
            for segment in self.model.segments:
                segment.people.reindex(mapping, len(offers))
        elif np.array_equal(offers.lab, self.offers.lab) and (offers.menu is None) == (self.offers.menu is None):
            parts = ("price", "quality", "added_value", "at_list", "menu")
            offers = self.offers.at(**{name: getattr(offers, name) for name in parts})
        self.offers = offers

    def expected(self) -> TokenDemand:
        """Return the expected demand of today's users at today's offers."""
        mass = np.concatenate([segment.mass() for segment in self.model.segments])
        kind = TokenDemand if self.offers.menu is None else MenuDemand
        return kind(self.tastes, self.offers, mass, self.model.now.need_factor, self.model.progress)

    def publish_demand(self) -> None:
        """Publish demand at the posted prices."""
        self.list_offers()
        self.posted_demand = self.demand = self.expected()
        for reseller, use in zip(self.model.open_resellers, setters.use_per_unit(self.posted_demand), strict=True):
            reseller.per_unit = use

    def marginal_costs(self) -> list[float]:
        """[producer in business], USD per Mtok before costs that follow revenue."""
        mtok = self.model.technology.mtok
        return [producer.marginal_cost(mtok) for producer in self.model.open_producers]

    def costs(self) -> LabCosts:
        """Return what producers pay to sell a token."""
        return LabCosts(
            marginal_cost=np.array(self.marginal_costs()),
            net_share_retail=self.net_share_retail,
            net_share_wholesale=self.net_share_wholesale,
            pass_through=self.pass_through,
            fees=paid_beyond(self.model),
        )

    # prices -----------------------------------------------------------------------------------------------------

    def derived_demand(self, users: TokenDemand) -> DerivedDemand:
        """Return how tokens answer to the cost of each operator, [operator, operator].

        What a server costs tells on a token by as much less as it serves more of them. Clouds sell none; what servers
        cost them is what they cost hosts, each a part of whose servers is each cloud's.
        """
        model = self.model
        places = [lab.index for lab in model.open_labs]
        mtok = model.technology.mtok * model.parameters.fleet.target_utilisation
        answer = setters.derived_demand(users, model.open_producers, self.costs(), mtok).semi_elasticity
        per_server = np.array([1 / producer.lightness for producer in model.open_producers])
        operators, labs, clouds = len(model.operators), len(places), model.compute.clouds
        of_labs = answer[:labs, :labs] * per_server[:labs]
        if labs == operators and not model.hosts:
            return DerivedDemand(of_labs, mtok)
        semi = np.zeros((operators, operators))
        semi[np.ix_(places, places)] = of_labs
        if model.hosts and clouds:
            of_hosts = answer[:labs, labs:] @ per_server[labs:] / len(clouds)
            semi[np.ix_(places, [cloud.owner for cloud in clouds])] = of_hosts[:, None]
        return DerivedDemand(semi, mtok)

    def post_prices(self) -> None:
        """Let producers, then resellers, set prices on the published demand and its true derivative."""
        producers, resellers = self.model.open_producers, self.model.open_resellers
        if producers:
            self._post_producer_prices(producers)
        for reseller in resellers:
            reseller.pass_on(reseller.asked_by(self.model.labs[reseller.lab]))
        if resellers:
            self._post_reseller_prices(resellers)
        self.list_offers()

    def _post_producer_prices(self, producers: list[Producer]) -> None:
        repricing = [
            place
            for place, producer in enumerate(producers)
            if producer.reconsiders(undercut=bool(self.undercut - {producer}))
        ]
        before, self.undercut = [producer.retail_price for producer in producers], set()
        if not repricing:
            return
        rules, costs = [producer.own.pricing for producer in producers], self.costs()
        wanted = posted(
            rules,
            lambda following: setters.lab_layer(
                self.posted_demand, producers, costs, following.rule.looks_ahead, following
            ),
        )
        for place in repricing:
            producers[place].turn()
        agree(self.model, wanted, repricing, producers, costs)
        self.undercut = {
            producers[place] for place in repricing if producers[place].retail_price < (1 - DEEP_CUT) * before[place]
        }
        if isinstance(self.posted_demand, MenuDemand):
            labs = [producer for producer in map(producers.__getitem__, repricing) if isinstance(producer, Lab)]
            give(self.model, labs, self.posted_demand, costs)

    def _post_reseller_prices(self, resellers: list[Reseller]) -> None:
        repricing = [reseller.may_reprice(reseller.own.repricing_hazard) for reseller in resellers]
        if not any(repricing):
            return
        rules = [reseller.own.pricing for reseller in resellers]
        wanted = posted(
            rules,
            lambda following: setters.reseller_layer(
                self.posted_demand, resellers, following.rule.looks_ahead, following
            ),
        )
        for reseller, price in compress(zip(resellers, wanted.tolist(), strict=True), repricing):
            reseller.turn()
            reseller.price = price

    # sales ------------------------------------------------------------------------------------------------------

    def choose(self) -> Matrix:
        """Let users choose; return people [type, offer]."""
        self.demand = self.expected()
        table, nest, now = self.demand.choice.probabilities, self.demand.nest, self.model.round
        chosen = [
            segment.choose(table.of_types(rows), nest, now)
            for segment, rows in zip(self.model.segments, self.rows, strict=True)
        ]
        return np.concatenate(chosen)[:, :-1]

    def serve(self, chosen: Matrix) -> Matrix:
        """Serve people as far as producers' capacity goes; return them, [type, offer].

        Of those who got less than they wanted some leave, as many as the share that was missing; they have no provider
        next month.
        """
        labs = self.model.open_producers
        self.asked = self.offers.by_lab((chosen * self.demand.tokens).sum(axis=0)).tolist()
        service = ration(chosen, self.demand, np.array([lab.capacity for lab in labs]))
        found = zip(service.demanded.tolist(), service.taken_in.tolist(), service.served.tolist(), strict=True)
        for lab, (demanded, taken_in, served) in zip(labs, found, strict=True):
            lab.demanded, lab.taken_in, lab.served = demanded, taken_in, served
            lab.learn_demand(demanded)
        if (service.share < 1).any():
            for segment in self.model.segments:
                segment.remember(service.share[self.offers.lab], self.model.round)
        return service.people

    def bill(self, served: Matrix) -> None:
        """Meter tokens and bill users for them, then resellers; sellers pay what follows revenue."""
        model = self.model
        labs, resellers = model.open_producers, model.open_resellers
        self.served, self.sold = served, served * self.demand.tokens
        self.load = (served * self.demand.load).sum(axis=0)
        revenue = self.demand.bills(served)
        for segment, rows in zip(model.segments, self.rows, strict=True):
            bills = revenue[rows].sum(axis=0).tolist()
            model.ledger.pay_each(segment.account, self.offers.sellers, ledger.RETAIL, bills)
        sold, paid = self.sold.sum(axis=0), revenue.sum(axis=0).tolist()
        tokens, resold = sold[: len(labs)].tolist(), self.load[len(labs) :].tolist()
        overhead, tax = model.parameters.labs.overhead_on_sales, model.parameters.policy.token_tax
        wholesale = dict.fromkeys((lab.name for lab in labs), 0.0)
        self.revenue = paid
        for reseller, amount, bills in zip(resellers, resold, paid[len(labs) :], strict=True):
            supplier = model.labs[reseller.lab].name
            wholesale[supplier] += reseller.sell(amount, bills, supplier)
        for lab, amount, metered in zip(labs, paid[: len(labs)], tokens, strict=True):
            lab.paid, lab.metered = amount, metered
            lab.pay_tax(tax, amount)
            lab.pay(ledger.OUTSIDE, ledger.STAFF, (amount + wholesale[lab.name]) * overhead)
        took, of = self.offers.by_lab(self.load), self.offers.by_lab(sold)
        loads = np.divide(took, of, out=np.ones_like(of), where=of > TINY)
        for lab, load in zip(labs, loads.tolist(), strict=True):
            lab.load = load
        for lab, usual in zip(model.open_labs, usual_revenue(model.open_labs), strict=True):
            lab.pay(ledger.OUTSIDE, ledger.STAFF, usual * model.parameters.labs.fixed_overhead_share)
        for host in model.open_hosts:
            host.pay_team()
