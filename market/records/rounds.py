"""The table ``rounds``: the market as a whole, one row a month."""

from operator import attrgetter, mul
from typing import TYPE_CHECKING

import numpy as np

from market.parameters.plans import FREE, METERED
from market.records.measures import NAN, herfindahl, mean, ratio
from market.table import Column, Table

if TYPE_CHECKING:
    from market.model import TokenMarket
    from market.records.sales import Sales


ALIKE = 1e-9
"""Doublings by which models differ that are as good as each other."""

RENTED, RUNNING, SERVED, ABLE = map(attrgetter, ("rented", "running", "served", "full_capacity"))
"""Of a producer."""


class MarketMonth:
    """What a row shows: the market in the month just played, and sums that several columns are read from.

    Attributes:
        moved: USD paid.
        error: By how much accounts are out of balance, relative to all money moved so far.
        producers: Labs and hosts in business.
        tokens: [offer], Mtok served.
        total: Mtok served.
        by_producer: [producer], Mtok served.
        resold: [reseller in business], Mtok served.
        all_resold: Mtok served that resellers sold.
        demanded: Mtok.
        chips, older_chips: [vendor], accelerators sold, and those of the generation before the newest.
        people: Active, with a provider or without.
        sales: By offer and plan.
    """

    def __init__(self, model: "TokenMarket", sales: "Sales", moved: float, error: float) -> None:
        self.model, self.sales, self.moved, self.error = model, sales, moved, error
        self.retail, self.demand = model.retail, model.retail.demand
        self.producers, self.offers = model.open_producers, model.retail.offers
        self.tokens = self.retail.sold.sum(axis=0)
        self.total = float(self.tokens.sum())
        self.by_producer: list[float] = self.offers.by_lab(self.tokens).tolist()
        self.resold: list[float] = self.tokens[self.offers.resold].tolist()
        self.all_resold = sum(self.resold)
        self.demanded = sum(self.retail.asked)
        self.chips = [vendor.sold for vendor in model.vendors]
        self.older_chips = [vendor.sold_older for vendor in model.vendors]
        self.people = float(self.demand.mass.sum())

    @property
    def unit_costs(self) -> list[float]:
        """[producer in business], USD per Mtok sold."""
        return [maker.load * cost for maker, cost in zip(self.producers, self.retail.marginal_costs(), strict=True)]

    @property
    def qualities(self) -> list[float]:
        """[producer in business], doublings, on the mean of what it sold."""
        best, menu = [maker.quality for maker in self.producers], self.offers.menu
        if menu is None or menu.models is None:
            return best
        behind = self.offers.by_lab(self.sales.tokens @ menu.behind).tolist()
        return [own - (less / sold if sold > 0 else 0.0)
                for own, less, sold in zip(best, behind, self.by_producer, strict=True)]  # fmt: skip

    @property
    def frontier(self) -> float:
        """USD per Mtok that the lab with the best model asks of users; not a number where there is no lab."""
        labs = self.model.open_labs
        return labs[int(self.offers.quality[: len(labs)].argmax())].earns if labs else NAN

    @property
    def as_good(self) -> float:
        """USD per Mtok for which a model is sold that is as good as the best was at the start; NaN where none is."""
        menu, quality, price = self.offers.menu, self.offers.quality[:, None], self.offers.price[:, None]
        if menu is not None:  # by the token are sold the last plans
            quality, price = quality - menu.behind[METERED:], menu.price[:, METERED:]
        asked = float(price[quality >= -ALIKE].min(initial=np.inf))
        return asked if np.isfinite(asked) else NAN

    @property
    def gpu_hour(self) -> float:
        """USD; not a number where nobody lets."""
        compute = self.model.compute
        return compute.price / self.model.parameters.horizon.hours if compute.clouds else NAN

    @property
    def free_allowance(self) -> float:
        """Mtok/month; not a number where nothing is given for nothing."""
        tariffs = self.model.parameters.tariffs
        if not tariffs.free.gives:
            return NAN
        labs = self.model.open_labs
        given = mean([lab.free_allowance for lab in labs], self.sales.users_of_producers[: len(labs)])
        return tariffs.tokens_in(given, self.model.now.need_factor)

    @property
    def hosted(self) -> list[float]:
        """[host in business], Mtok served."""
        return self.by_producer[len(self.model.open_labs) :]

    @property
    def unserved(self) -> float:
        """Share of what is demanded, as capacity counts it."""
        asked = sum([maker.demanded for maker in self.producers])
        return max(1 - float(self.retail.load.sum()) / asked, 0.0) if asked > 0 else 0.0

    @property
    def paid_for_resold(self) -> float:
        """What resellers paid labs, USD."""
        bought = self.retail.load[self.offers.resold].tolist()
        return sum(map(mul, bought, [reseller.wholesale_price for reseller in self.model.open_resellers]))


# fmt: off
def table() -> Table[MarketMonth]:
    """Return the table; its columns are in the order of the files."""
    return Table("rounds", (
        Column("round", "month", int, "Months since the first",
            lambda seen: seen.model.round),
        Column("month", "YYYY-MM", str, "Calendar month",
            lambda seen: seen.model.month),
        Column("active_users", "people", float, "People who have taken up AI, with a provider or without one",
            lambda seen: seen.people, stock=True),
        Column("tokens", "Mtok", float, "Tokens served, direct and resold",
            lambda seen: seen.total, stock=True, always=True),
        Column("tokens_demanded", "Mtok", float, "Tokens asked for, served or not",
            lambda seen: seen.demanded, stock=True, always=True),
        Column("unserved_share", "1", float, "Share of the tokens demanded for which capacity was missing",
            lambda seen: seen.unserved),
        Column("price_retail", "USD/Mtok", float, "Mean price that users paid, weighted by tokens",
            lambda seen: ratio(sum(seen.retail.revenue), seen.total)),
        Column("price_frontier", "USD/Mtok", float, "What the lab with the best model asks of users for its tokens",
            lambda seen: seen.frontier),
        Column("price_constant_quality", "USD/Mtok", float,
            "Lowest price by the token of a model as good as the best was in the first month",
            lambda seen: seen.as_good),
        Column("price_wholesale", "USD/Mtok", float, "Mean price that resellers paid labs, weighted by tokens",
            lambda seen: ratio(seen.paid_for_resold, seen.all_resold)),
        Column("price_chip", "USD/accelerator", float, "Mean price of chip vendors, weighted by accelerators sold",
            lambda seen: mean([vendor.sale()[0] for vendor in seen.model.vendors], seen.chips)),
        Column("price_chip_older", "USD/accelerator", float,
            "The same of chips of the generation before the newest, where they are sold beside it",
            lambda seen: mean([vendor.older_price for vendor in seen.model.vendors], seen.older_chips)),
        Column("price_server", "USD/accelerator", float, "Mean price of servers, weighted by accelerators shipped",
            lambda seen: mean(seen.model.servers.price.tolist(), seen.model.servers.shipped.tolist())),
        Column("price_kwh", "USD/kWh", float, "Price of electricity at which the power market cleared",
            lambda seen: seen.model.power.price),
        Column("price_gpu_hour", "USD/hour", float, "Spot price of an hour of an accelerator of the first month",
            lambda seen: seen.gpu_hour),
        Column("price_gpu_hour_new", "USD/hour", float, "The same of an accelerator sold this month",
            lambda seen: seen.gpu_hour * seen.model.technology.performance),
        Column("rented_share", "1", float, "Share of the compute that labs and hosts use that is rented",
            lambda seen: ratio(*(sum([read(maker) for maker in seen.producers]) for read in (RENTED, RUNNING)))),
        Column("unit_cost_token", "USD/Mtok", float, "Mean marginal cost of labs and hosts, weighted by tokens",
            lambda seen: mean(seen.unit_costs, seen.by_producer)),
        Column("quality_frontier", "doubling", float, "Quality of the frontier, over the best model of the first month",
            lambda seen: seen.model.progress),
        Column("quality_mean", "doubling", float, "Mean quality of models, weighted by tokens",
            lambda seen: mean(seen.qualities, seen.by_producer)),
        Column("consumer_surplus", "USD", float, "What their choice of offers is worth to users beyond what they pay",
            lambda seen: seen.demand.consumer_surplus, always=True),
        Column("hhi_vendors", "1", float, "Herfindahl index of chip vendors, by accelerators sold",
            lambda seen: herfindahl(seen.chips)),
        Column("hhi_labs", "1", float, "Herfindahl index of labs and hosts, by tokens served",
            lambda seen: herfindahl(seen.by_producer)),
        Column("hhi_resellers", "1", float, "Herfindahl index of resellers, by tokens resold",
            lambda seen: herfindahl(seen.resold)),
        Column("churn", "1", float, "Share of the people with a provider who are expected to leave it",
            lambda seen: ratio(seen.demand.choice.churn, float(seen.demand.mass[:, :-1].sum()))),
        Column("utilisation", "1", float, "Tokens served over what the servers that serve could do",
            lambda seen: ratio(*(sum([read(maker) for maker in seen.producers]) for read in (SERVED, ABLE)))),
        Column("accelerators", "accelerator", float, "Accelerators in service, of labs and clouds",
            lambda seen: sum([operator.accelerators for operator in seen.model.open_operators]), stock=True),
        Column("accelerators_ordered", "accelerator", float, "Accelerators that chip vendors sold",
            lambda seen: sum(seen.chips), stock=True),
        Column("accelerators_older", "accelerator", float, "Those of them of the generation before the newest",
            lambda seen: sum(seen.older_chips), stock=True),
        Column("accelerators_own", "accelerator", float, "Accelerators made for labs that have chips of their own",
            lambda seen: float(seen.model.servers.foundry.made.sum()), stock=True),
        Column("power_mw", "MW", float, "Power that servers asked for",
            lambda seen: seen.model.power.load / 1e3, stock=True),
        Column("vendors", "firm", int, "Chip vendors",
            lambda seen: len(seen.model.vendors)),
        Column("labs", "firm", int, "Labs in business",
            lambda seen: len(seen.model.open_labs)),
        Column("hosts", "firm", int, "Hosts of open models in business",
            lambda seen: len(seen.model.open_hosts)),
        Column("price_hosts", "USD/Mtok", float, "Mean price of hosts, weighted by tokens",
            lambda seen: mean([host.retail_price for host in seen.model.open_hosts], seen.hosted)),
        Column("quality_open", "doubling", float, "Quality of the best model whose weights are open, which hosts serve",
            lambda seen: seen.model.open_weights.best.quality if seen.model.open_hosts else NAN),
        Column("hosted_share", "1", float, "Share of the tokens served that hosts served",
            lambda seen: ratio(sum(seen.hosted), seen.total)),
        Column("resellers", "firm", int, "Resellers in business",
            lambda seen: len(seen.model.open_resellers)),
        Column("outside_share", "1", float, "Share of the active people who are expected to choose no provider",
            lambda seen: ratio(float(seen.demand.choice.outside.sum()), seen.people)),
        Column("resold_share", "1", float, "Share of the tokens served that resellers sold",
            lambda seen: ratio(seen.all_resold, seen.total)),
        Column("paying_share", "1", float, "People who pay anything over people with a provider",
            lambda seen: ratio(seen.sales.payers, float(seen.sales.users.sum()))),
        Column("free_token_share", "1", float, "Share of the tokens served that are free",
            lambda seen: ratio(float(seen.sales.tokens[:, FREE].sum()), seen.total)),
        Column("revenue_per_payer", "USD/month", float, "What those who pay anything pay on the mean",
            lambda seen: ratio(sum(seen.retail.revenue), seen.sales.payers), stock=True),
        Column("conversion", "1", float, "Share of last month's free users who are expected to pay this month",
            lambda seen: seen.sales.conversion),
        Column("free_allowance", "Mtok/month", float, "What labs give for nothing, mean weighted by their own users",
            lambda seen: seen.free_allowance, stock=True),
        Column("money_moved", "USD", float, "All payments of the month",
            lambda seen: seen.moved, always=True),
        Column("conservation_error", "1", float, "Imbalance of all accounts relative to all money moved so far",
            lambda seen: seen.error),
    ))
# fmt: on


TABLE = table()
