"""The table ``plans``: what people pay nothing for, pay by the month or by the token, one row a month, seller and plan.

Sellers are labs, hosts and the forms of resellers. Where everything is sold by the token the only plan is ``metered``.
"""

from collections.abc import Sequence
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from market.parameters.plans import PLANS
from market.parameters.resellers import FORMS
from market.records.measures import ratio
from market.table import Column, Table

if TYPE_CHECKING:
    from market.firms import Reseller
    from market.records.sales import Sales

LAB, HOST = "lab", "host"
SELLERS = (LAB, HOST, *FORMS)
"""Kinds of sellers to users, in the order of rows."""


class Sold(NamedTuple):
    """What sellers of a kind sold by a plan; see the columns."""

    seller: str
    plan: str
    users: float
    tokens: float
    revenue: float
    cost: float
    serving: float

    @property
    def layer(self) -> str:
        """Of the sellers."""
        return "labs" if self.seller in (LAB, HOST) else "resellers"


class PlansMonth(NamedTuple):
    """What the rows show: every plan that was on offer in the month just played.

    Attributes:
        round: Months since the first.
        sold: By kind of seller and plan, in their orders.
    """

    round: int
    sold: Sequence[Sold]

    @classmethod
    def of(cls, round_: int, sales: "Sales", resellers: Sequence["Reseller"]) -> "PlansMonth":
        """Add up sales over the sellers of each kind; ``resellers`` are those in business."""
        kinds = np.array(
            [maker.kind for maker in sales.producers] + [reseller.form for reseller in resellers], dtype=object
        )
        sold = []
        for seller in SELLERS:
            members = kinds == seller
            for plan in np.flatnonzero(sales.offered[members].any(axis=0)).tolist():
                parts = (sales.users, sales.tokens, sales.revenue, sales.cost, sales.serving)
                sold.append(Sold(seller, PLANS[plan], *(float(part[members, plan].sum()) for part in parts)))
        return cls(round_, sold)


# fmt: off
def table() -> Table[PlansMonth]:
    """Return the table; its columns are in the order of the files."""
    return Table("plans", (
        Column("round", "month", int, "Months since the first",
            lambda seen: repeat(seen.round, len(seen.sold))),
        Column("seller", "name", str, "lab, host, or the form of a reseller: channel, aggregator or wrapper",
            lambda seen: [sold.seller for sold in seen.sold]),
        Column("layer", "name", str, "labs or resellers",
            lambda seen: [sold.layer for sold in seen.sold]),
        Column("plan", "name", str,
            "free, subscription (a fee a month), metered (a price per token) or small (a small model by the token)",
            lambda seen: [sold.plan for sold in seen.sold]),
        Column("users", "people", float, "People served by the plan",
            lambda seen: [sold.users for sold in seen.sold], stock=True),
        Column("tokens", "Mtok", float, "Tokens they used",
            lambda seen: [sold.tokens for sold in seen.sold], stock=True, always=True),
        Column("revenue", "USD", float, "What they paid",
            lambda seen: [sold.revenue for sold in seen.sold], stock=True, always=True),
        Column("cost", "USD", float, "What the tokens cost the seller: serving, of resellers purchase and support",
            lambda seen: [sold.cost for sold in seen.sold], stock=True, always=True),
        Column("serving_cost", "USD", float, "Running and wear of the labs' servers that served them, by tokens",
            lambda seen: [sold.serving for sold in seen.sold], stock=True, always=True),
        Column("revenue_per_user", "USD", float, "Revenue over users",
            lambda seen: [ratio(sold.revenue, sold.users) for sold in seen.sold], stock=True),
        Column("cost_per_user", "USD", float, "Cost over users",
            lambda seen: [ratio(sold.cost, sold.users) for sold in seen.sold], stock=True),
    ))
# fmt: on


TABLE = table()
