"""The table ``firms``: every firm there has ever been, one row a month."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from market.firms.lab import Lab
from market.firms.operator import Operator
from market.records.measures import NAN, ratio
from market.table import Column, Table

if TYPE_CHECKING:
    from market.firms import Firm
    from market.firms.producer import Producer

Sale = tuple[float, float, float, str]
"""Price and marginal cost, USD per unit, NaN of a firm that has left; quantity; unit."""

Tokens = tuple["Producer | None", float]
"""The firm if it makes tokens with servers, and its wholesale price, USD/Mtok, NaN where it has none."""


class Terms(NamedTuple):
    """On what terms a firm buys and sells tokens; what it does not have is NaN.

    Attributes:
        form: Of a reseller; empty of others.
        fee: USD a month.
        list_price: What a lab that sells by the token asks of users for its best model, or the lab of a reseller that
            does, USD/Mtok.
        cost_of_tokens: What a reseller paid labs, USD.
        free_allowance: What a lab gives to those who pay nothing, Mtok/month.
        cost_of_free: What serving these cost it, USD.
    """

    form: str = ""
    fee: float = NAN
    list_price: float = NAN
    cost_of_tokens: float = NAN
    free_allowance: float = NAN
    cost_of_free: float = NAN


class FirmsMonth:
    """What the rows show: all firms in the month just played, and what several columns are read from, [firm].

    Attributes:
        round: Months since the first.
        firms: By kind and index.
        books: Their statements.
        price, unit_cost, quantity, unit: Of what each sells.
        sold: What all firms of a kind sold, by kind.
        operating, capitalised, cash: Profit, USD.
        funding: What owners put in, USD, by firm that received any.
        windfall: Tax on profit above normal, USD, by firm that paid any.
        producers: The firms that make tokens with servers; None in place of others.
        wholesale_price: USD/Mtok, NaN of those that have none.
        terms: On which each buys and sells tokens.
    """

    def __init__(
        self,
        round_: int,
        firms: Sequence["Firm"],
        sales: Sequence[Sale],
        tokens: Sequence[Tokens],
        terms: Sequence[Terms],
        funding: Mapping[str, float],
        windfall: Mapping[str, float],
    ) -> None:
        self.round, self.firms, self.terms, self.funding = round_, firms, terms, funding
        self.windfall = [windfall.get(firm.name, 0.0) for firm in firms]
        self.books = [firm.statement for firm in firms]
        self.price, self.unit_cost, self.quantity, self.unit = zip(*sales, strict=True)
        self.producers, self.wholesale_price = zip(*tokens, strict=True)
        self.sold: defaultdict[str, float] = defaultdict(float)
        for firm, quantity in zip(firms, self.quantity, strict=True):
            self.sold[firm.kind] += quantity
        self.operating = [books.operating_profit for books in self.books]
        self.capitalised = [firm.capitalised_profit for firm in firms]
        self.cash = [firm.cash_profit for firm in firms]

    def of_producers(self, read: Callable[["Producer"], float]) -> list[float]:
        """Return what only firms have that make tokens with servers."""
        return [NAN if maker is None else read(maker) for maker in self.producers]

    def of_labs(self, read: Callable[[Lab], float]) -> list[float]:
        """Return what only labs have that train models."""
        return [read(maker) if isinstance(maker, Lab) else NAN for maker in self.producers]


# fmt: off
def table() -> Table[FirmsMonth]:
    """Return the table; its columns are in the order of the files."""
    return Table("firms", (
        Column("round", "month", int, "Months since the first",
            lambda seen: repeat(seen.round, len(seen.firms))),
        Column("layer", "name", str, "hardware, labs or resellers",
            lambda seen: [firm.layer for firm in seen.firms]),
        Column("kind", "name", str, "chip vendor, server maker, power supplier, cloud, lab, host or reseller",
            lambda seen: [firm.kind for firm in seen.firms], collected=True),
        Column("firm", "name", str, "Its kind and its number",
            lambda seen: [firm.name for firm in seen.firms], collected=True),
        Column("alive", "yes/no", bool, "Whether it is in business at the end of the month",
            lambda seen: [firm.alive for firm in seen.firms]),
        Column("price", "USD/unit", float, "Its price: of a lab that to users, of a server maker the mean",
            lambda seen: seen.price, stock=True, collected=True),
        Column("unit_cost", "USD/unit", float, "Its marginal cost",
            lambda seen: seen.unit_cost, stock=True, collected=True),
        Column("quantity", "unit", float, "What it sold",
            lambda seen: seen.quantity, stock=True, collected=True),
        Column("unit", "name", str, "What quantities are counted in",
            lambda seen: seen.unit),
        Column("market_share", "1", float, "Share of what all firms of its kind sold",
            lambda seen: list(map(ratio, seen.quantity, [seen.sold[firm.kind] for firm in seen.firms]))),
        Column("lerner", "1", float, "Lerner index: price less marginal cost, over price",
            lambda seen: [ratio(price - cost, price) for price, cost in zip(seen.price, seen.unit_cost, strict=True)]),
        Column("wholesale_price", "USD/Mtok", float, "What a lab asks of resellers",
            lambda seen: seen.wholesale_price),
        Column("revenue", "USD", float, "Sales",
            lambda seen: [books.revenue for books in seen.books], stock=True, always=True, collected=True),
        Column("cost_of_goods", "USD", float, "What it bought for what it sold, and the running of servers that serve",
            lambda seen: [books.cost_of_goods for books in seen.books], always=True),
        Column("depreciation", "USD", float, "Wear of servers and buildings, but for the part that trained",
            lambda seen: [books.depreciation for books in seen.books], always=True),
        Column("training", "USD", float, "Pay of researchers, and the wear and running of servers that train",
            lambda seen: [books.training for books in seen.books], always=True),
        Column("staff", "USD", float, "Pay of staff, a chip vendor's research included",
            lambda seen: [books.staff for books in seen.books], always=True),
        Column("operating_profit", "USD", float, "Revenue less the four costs, before financing and tax on income",
            lambda seen: seen.operating, always=True, collected=True),
        Column("capitalised_profit", "USD", float, "Operating profit if training were written off over a model's life",
            lambda seen: seen.capitalised),
        Column("cash_profit", "USD", float, "Operating cash flow less investment",
            lambda seen: seen.cash),
        Column("cash", "USD", float, "What is in its account at the end of the month",
            lambda seen: [firm.cash for firm in seen.firms], always=True, collected=True),
        Column("funding", "USD", float, "What owners put in: investors, and vendors that invest",
            lambda seen: [seen.funding.get(firm.name, 0.0) for firm in seen.firms]),
        Column("windfall_tax", "USD", float, "Tax on what of its operating profit is above normal",
            lambda seen: seen.windfall),
        Column("quality", "doubling", float, "Of a lab's or a host's model, over the best model of the first month",
            lambda seen: seen.of_producers(lambda lab: lab.quality)),
        Column("capacity", "Mtok/month", float, "What a lab or a host can serve",
            lambda seen: seen.of_producers(lambda lab: lab.capacity), stock=True),
        Column("utilisation", "1", float, "Tokens that a lab or a host served over what its serving servers could do",
            lambda seen: seen.of_producers(lambda lab: lab.utilisation)),
        Column("accelerators", "accelerator", float, "Accelerators in service that a lab or a cloud owns",
            lambda seen: [firm.accelerators if isinstance(firm, Operator) else NAN for firm in seen.firms], stock=True),
        Column("tokens_unserved", "Mtok", float, "Tokens asked of a lab or a host beyond what it served",
            lambda seen: seen.of_producers(lambda lab: max(lab.demanded - lab.served, 0.0)), stock=True),
        Column("training_wanted", "USD", float, "What a lab's rule asked to train with: at user cost, researchers paid",
            lambda seen: seen.of_labs(lambda lab: lab.this_month.wanted * lab.training_cost), stock=True),
        Column("training_planned", "USD", float, "What it planned of that for this month, as money and time allow",
            lambda seen: seen.of_labs(lambda lab: lab.this_month.planned * lab.training_cost), stock=True),
        Column("training_carried_out", "USD", float, "What it trained with, as far as servers were there",
            lambda seen: seen.of_labs(lambda lab: lab.trained * lab.training_cost), stock=True),
        Column("value", "USD", float, "What a lab is worth to investors who count on the growth that is expected",
            lambda seen: seen.of_labs(lambda lab: lab.value() if lab.alive else NAN)),
        Column("form", "name", str, "Of a reseller: channel, aggregator or wrapper; empty of others",
            lambda seen: [terms.form for terms in seen.terms]),
        Column("fee", "USD/month", float, "What a lab or a wrapper asks for a subscription",
            lambda seen: [terms.fee for terms in seen.terms], stock=True),
        Column("list_price", "USD/Mtok", float,
            "What a lab that sells by the token asks of users for its best model; beside a reseller that does, its lab",
            lambda seen: [terms.list_price for terms in seen.terms], stock=True),
        Column("cost_of_tokens", "USD", float, "What a reseller paid labs",
            lambda seen: [terms.cost_of_tokens for terms in seen.terms], stock=True),
        Column("free_allowance", "Mtok/month", float, "What a lab gives a user for nothing",
            lambda seen: [terms.free_allowance for terms in seen.terms], stock=True),
        Column("cost_of_free", "USD", float, "Part of a lab's cost of goods and depreciation that served free tokens",
            lambda seen: [terms.cost_of_free for terms in seen.terms], stock=True),
    ))
# fmt: on


TABLE = table()
