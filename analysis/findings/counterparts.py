"""What stands for a reported firm in the model, and what is measured of it over some months of each run."""

from collections.abc import Collection
from typing import Any, Final, NamedTuple

import pandas as pd

from analysis.results import RUN_KEYS, BatchResults
from market.parameters.plans import FREE, PLANS, SUBSCRIPTION
from market.parameters.resellers import AGGREGATOR, CHANNEL, WRAPPER
from market.records.columns import TABLES
from scenarios.errors import BadInput, did_you_mean, quoted
from scenarios.files.periods import first_and_last_month
from scenarios.files.record import MARKET


class Counterpart(NamedTuple):
    """What stands for a reported firm in the model.

    Attributes:
        kind: The kind of firm it is about.
        place: By revenue; 0 for all firms of the kind.
        forms: Of resellers; any if empty.
    """

    kind: str
    place: int
    forms: tuple[str, ...] = ()


COUNTERPARTS: Final = {
    "chip vendor": Counterpart("chip vendor", 1),
    "second chip vendor": Counterpart("chip vendor", 2),
    "chip vendors": Counterpart("chip vendor", 0),
    "server maker": Counterpart("server maker", 0),
    "power supplier": Counterpart("power supplier", 0),
    "GPU cloud": Counterpart("cloud", 0),
    "lab A": Counterpart("lab", 1),
    "lab B": Counterpart("lab", 2),
    "labs": Counterpart("lab", 0),
    "aggregator": Counterpart("reseller", 0, (AGGREGATOR,)),
    "app wrapper": Counterpart("reseller", 0, (WRAPPER,)),
    "resellers by the token": Counterpart("reseller", 0, (CHANNEL, AGGREGATOR)),
    "consumers": Counterpart("lab", 0),
}

OF_PLANS: Final = ("paying_share", "revenue_per_payer")
OF_MARKET: Final = tuple(column.name for column in TABLES["rounds"].columns if column.type in (int, float))
PROFITS: Final = ("gross_margin", "operating_margin", "net_margin", "ebitda_margin")
"""What is kept for the test: no parameter may be set to it."""
OF_FIRMS: Final = (
    *PROFITS,
    "training_share",
    "take_rate",
    "retail_over_list",
    "revenue",
    "share_of_revenue",
    "price",
    "list_price",
    "relative_price",
)

_SUMS: Final = ["revenue", "cost_of_goods", "depreciation", "training", "operating_profit", "cost_of_tokens"]
_SUMS_OF_PRICES: Final = ["quantity", "at_price", "listed", "at_list"]


def measures_of(agent: str) -> tuple[str, ...]:
    """Return what can be measured of an agent; nothing where it has no counterpart."""
    if agent == MARKET:
        return OF_MARKET
    if agent not in COUNTERPARTS:
        return ()
    return OF_PLANS if agent == "consumers" else OF_FIRMS


def check_measure(where: str, agent: str, measure: str) -> None:
    """Refuse what nothing in the model stands for.

    Raises:
        BadInput: Of an agent or a measure that is unknown, with the nearest; ``where`` opens the message.
    """
    known = measures_of(agent)
    if not known:
        raise BadInput(f"{where}: there is no agent {quoted(agent)}{did_you_mean(agent, COUNTERPARTS)}")
    if measure not in known:
        raise BadInput(f"{where}: {agent} has no measure {quoted(measure)}{did_you_mean(measure, known)}")


def measured_in(
    batch: BatchResults, months: "pd.Series[str]", agent: str, measure: str, period: str, since: str = ""
) -> "pd.Series[float]":
    """Return a measure in a period, [run], as `measured` does; where ``since`` is given, its ratio to that period.

    Args:
        batch: Runs that play these months.
        months: Month of each round, as `calendar` gives them.
        agent: One of ``COUNTERPARTS``, or ``market``.
        measure: One of ``measures_of`` the agent.
        period: As `first_and_last_month` takes it.
        since: Another.
    """
    first, last = first_and_last_month(period)
    value = measured(batch, months.index[(months >= first) & (months <= last)], agent, measure)
    return value / measured_in(batch, months, agent, measure, since) if since else value


def measured(batch: BatchResults, rounds: Collection[int], agent: str, measure: str) -> "pd.Series[float]":
    """Return a measure over some rounds, [run] by setting, replication and seed; runs without it are left out.

    Money is summed over the rounds, shares and margins are quotients of sums, a price is the mean over what was sold;
    a list price and what a market has is the mean over months.

    Args:
        batch: Runs that play these rounds.
        rounds: Numbers of months.
        agent: One of ``COUNTERPARTS``, or ``market``.
        measure: One of ``measures_of`` the agent.
    """
    if agent == MARKET:
        seen = _within(batch.rounds, rounds)
        return seen[measure].groupby([seen[key] for key in RUN_KEYS], observed=True).mean().dropna()
    if measure in OF_PLANS:
        return _of_consumers(_within(batch.plans, rounds), measure)
    return _of_firms(_within(batch.firms, rounds), COUNTERPARTS[agent], measure)


def _within(table: pd.DataFrame, rounds: Collection[int]) -> pd.DataFrame:
    return table[table["round"].isin(list(rounds))]


def _of_consumers(plans: pd.DataFrame, measure: str) -> "pd.Series[float]":
    """What labs' own free plans and subscriptions come to in each run; runs without both are left out.

    Who pays by the token is no consumer of an app, which is what is reported.
    """
    own = plans[(plans["seller"] == "lab") & plans["plan"].isin([PLANS[FREE], PLANS[SUBSCRIPTION]])]
    paying = own["plan"] == PLANS[SUBSCRIPTION]
    sums = own.assign(payers=own["users"].where(paying, 0.0)).groupby(RUN_KEYS, observed=True)
    books = sums[["users", "payers", "revenue"]].sum()
    if measure == "paying_share":
        books = books[books["users"] > books["payers"]]
        return books["payers"] / books["users"]
    books = books[books["payers"] > 0]
    return books["revenue"] / books["payers"]


def _of_firms(firms: pd.DataFrame, who: Counterpart, measure: str) -> "pd.Series[float]":
    """What is measured of a counterpart in each run; runs without sales are left out."""
    firms = firms[firms["kind"] == who.kind]
    if who.forms:
        firms = firms[firms["form"].isin(who.forms)]
    if measure == "retail_over_list":
        sold = firms[(firms["quantity"] > 0) & (firms["list_price"] > 0)]
        return (sold["price"] / sold["list_price"]).groupby([sold[key] for key in RUN_KEYS], observed=True).median()
    firms = firms.assign(
        at_price=firms["price"].where(firms["quantity"] > 0, 0.0) * firms["quantity"],
        listed=firms["list_price"].notna().astype(float),
        at_list=firms["list_price"].fillna(0.0),
    )
    sums = firms.groupby([*RUN_KEYS, "firm"], observed=True)[[*_SUMS, *_SUMS_OF_PRICES]].sum()
    ranks = sums["revenue"].groupby(RUN_KEYS, observed=True).rank(ascending=False, method="first")
    every, first = (part.groupby(RUN_KEYS, observed=True).sum() for part in (sums, sums[ranks == 1]))
    books = sums[ranks == who.place].groupby(RUN_KEYS, observed=True).sum() if who.place else every
    books = books[books["revenue"] > 0]
    return _quotient(books, every.reindex(books.index), first.reindex(books.index), measure)


def _quotient(books: Any, every: Any, first: Any, measure: str) -> "pd.Series[float]":
    """What the books of a firm say, beside those of all of its kind and of the first of them."""
    found: dict[str, Any] = {
        "revenue": lambda: books["revenue"],
        "share_of_revenue": lambda: books["revenue"] / every["revenue"],
        "price": lambda: _price(books),
        "list_price": lambda: books["at_list"] / books["listed"].where(books["listed"] > 0),
        "relative_price": lambda: _price(books) / _price(first),
        "take_rate": lambda: 1 - books["cost_of_tokens"] / books["revenue"],
        "gross_margin": lambda: 1 - (books["cost_of_goods"] + books["depreciation"]) / books["revenue"],
        "training_share": lambda: books["training"] / books["revenue"],
    }
    quotient: pd.Series[float] = found.get(measure, lambda: books["operating_profit"] / books["revenue"])()
    return quotient.dropna()


def _price(books: Any) -> Any:
    return books["at_price"] / books["quantity"].where(books["quantity"] > 0)
