"""Where a market begins: prices that no seller would change, users with the providers they would come to have."""

from dataclasses import dataclass, replace
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from market.arrays import TINY, Matrix, Vector
from market.conduct.pricing import BestResponse
from market.equilibrium.path import Approach, Progress
from market.markets.tokens import setters
from market.markets.tokens.contracts import agree, has_terms
from market.markets.tokens.demand import TokenDemand
from market.parameters.plans import SMALL

if TYPE_CHECKING:
    from market.model import TokenMarket


ANSWER = BestResponse(patience=0.9, largest_move=0.5)
"""How sellers of every rule answer each other before the first month."""
LIST, WHOLESALE, RESOLD = 2.0, 1.5, 1.2
"""Times marginal cost at which prices start that are then answered."""
TIMES_TO_SETTLE = 2
MONTHS_TO_SETTLE = 240
SETTLED, AT_HOME = 1e-8, 1e-6
"""Relative change in a round of answers that is none of prices, in a month that is none of users' providers."""
LOST = 1e-4
"""Relative change in a round of answers farther than which prices have come to no rest."""
WITHOUT_PROGRESS = 40
"""Rounds in which prices come no nearer to rest, by half, after which they are taken to have none."""


class Search(NamedTuple):
    """How prices at rest are looked for.

    Attributes:
        every: Rounds of which one leaps ahead.
        rounds: Of answers at most.
        until: Relative change in a round that is none where users' providers are only looked for.
        looking: Rounds of that at most.
        lost: Relative change in these farther than which the search is given up.
    """

    every: int
    rounds: int
    until: float
    looking: int
    lost: float


LEAPING = Search(every=1, rounds=120, until=1e-2, looking=60, lost=inf)
DRIFTING = Search(every=8, rounds=300, until=SETTLED, looking=300, lost=LOST)
"""For prices that leaps lead to and fro: they go to a rest far away by little, past many small kinks of demand."""

SHARED: dict[str, "Settled"] = {}
"""Where markets settled, by their parameters: runs that differ by their seed alone open alike."""
MOST_SHARED = 64
WHILE_SETTLING = [Lock() for _ in range(MOST_SHARED)]
"""Held while a market settles: threads that open markets of the same parameters wait for the first."""


@dataclass(frozen=True)
class Settled:
    """Prices and users settled with each other.

    Attributes:
        labs: [producer, price], retail and wholesale prices, fee, and prices beyond an allowance and of a small model.
        resold: [reseller], prices or fees.
        terms: [reseller], what each pays over its lab's wholesale price.
        shares: By segment, [type, offer], of the active users.
        servers: [product], USD per accelerator.
    """

    labs: Matrix
    resold: Vector
    terms: Vector
    shares: list[Matrix]
    servers: Vector


def settle(model: "TokenMarket") -> Settled:
    """Let prices and users settle with each other; the scenario's rules start there.

    Leaps to where the last rounds lead find a rest soon. Where they come to none, seldom ones may; where neither do,
    the market opens where leaps came nearest.
    """
    found, farthest = _settled_by(model, LEAPING)
    if farthest > LOST:
        for segment in model.segments:
            segment.people.settle(0.0)  # nobody has a provider, as before
        again, less = _settled_by(model, DRIFTING)
        if less < farthest:
            return again
        open_as(model, found)
    return found


def _settled_by(model: "TokenMarket", search: Search) -> tuple[Settled, float]:
    """Return where prices and users come to, and how far the price that moves most still moves in a round.

    Infinitely far where the search is given up.
    """
    _ask(model)
    shares: list[Matrix] = []
    for _ in range(TIMES_TO_SETTLE):  # users with a provider answer less to prices, and prices decide which they have
        if play_best_responses(model, search.until, search.looking, search) > search.lost:
            return Settled(*_posted(model), shares, model.servers.price), inf
        shares = expected_shares(model)
        _give(model, shares)
    farthest = play_best_responses(model, SETTLED, search.rounds, search)
    return Settled(*_posted(model), shares, model.servers.price), farthest


def alone(key: str) -> Lock:
    """Return what is held while a market of these parameters settles."""
    return WHILE_SETTLING[hash(key) % len(WHILE_SETTLING)]


def share(key: str, settled: Settled) -> None:
    """Keep where a market settled for those of the same parameters."""
    if len(SHARED) == MOST_SHARED:
        SHARED.pop(next(iter(SHARED)))
    SHARED[key] = settled


def open_as(model: "TokenMarket", settled: Settled) -> None:
    """Open as a market of the same parameters has."""
    _ask(model)
    _post(model, settled.labs, settled.resold, settled.terms)
    model.retail.publish_demand()
    _give(model, settled.shares)
    model.retail.publish_demand()


def _ask(model: "TokenMarket") -> None:
    """Put up the prices and fees that sellers first answer, some way above cost."""
    tariffs, small = model.parameters.tariffs, SMALL in model.parameters.small
    labs, resellers = model.open_producers, model.resellers
    costs = model.retail.costs().marginal_cost.tolist()
    for lab, cost in zip(labs, costs, strict=True):
        lab.retail_price, lab.wholesale_price = LIST * cost, WHOLESALE * cost
    for lab in model.open_labs:
        lab.beyond = lab.retail_price if tariffs.subscription == "two-part" else inf
        lab.small_price = lab.retail_price / model.parameters.small_models.lightness if small else inf
        lab.free_allowance = tariffs.free_allowance
    for reseller in resellers:
        reseller.wholesale_price = reseller.asked_by(model.labs[reseller.lab])
    model.retail.publish_demand()
    for lab, cost, use in zip(
        model.open_labs, costs, setters.use_per_subscriber(model.retail.posted_demand), strict=False
    ):
        lab.fee = LIST * cost * use
    for reseller in resellers:
        reseller.price = RESOLD * reseller.marginal_cost(reseller.wholesale_price)


def play_best_responses(model: "TokenMarket", until: float, rounds: int, search: Search = LEAPING) -> float:
    """Let producers and resellers answer each other's prices until none moves by more than this, relatively.

    Where they do not come to rest they end as near as they came: of few types of users one after the other gives a
    plan up as its fee rises, and answers may go round such a step for ever.

    Returns:
        How far the price that moved most moved in the round in which they moved least.
    """
    retail, labs, resellers = model.retail, model.open_producers, model.resellers
    everybody = list(range(len(labs)))
    retail.publish_demand()
    posted, approach, progress = all_posted(model), Approach(every=search.every), Progress(WITHOUT_PROGRESS)
    nearest, least = posted, inf
    for _ in range(rounds):
        costs = retail.costs()
        layer = replace(setters.lab_layer(retail.posted_demand, labs, costs, ANSWER.patience), capacity=np.inf)
        agree(model, ANSWER.post(layer), everybody, labs, costs)
        for reseller in resellers:
            reseller.pass_on(reseller.asked_by(model.labs[reseller.lab]))
        if resellers:
            wanted = ANSWER.post(setters.reseller_layer(retail.posted_demand, resellers, ANSWER.patience))
            for reseller, price in zip(resellers, wanted.tolist(), strict=True):
                reseller.price = price
        before, posted = posted, all_posted(model)
        moved = np.abs(posted - before)
        move = np.divide(moved, before, out=np.zeros_like(before), where=before > 0)
        farthest = float(move.max(initial=0.0))
        if (moved <= until * before).all():
            retail.publish_demand()
            return farthest
        if farthest < least:
            nearest, least = before, farthest
        if progress.ends(farthest):
            break
        posted = approach.after(before, posted)
        _post_all(model, posted)
        retail.publish_demand()
    _post_all(model, nearest)
    retail.publish_demand()
    return least


def _posted(model: "TokenMarket") -> tuple[Matrix, Vector, Vector]:
    """Return all prices and fees: of labs, as `Settled` has them; of resellers; and terms."""
    of_labs = [
        (lab.retail_price, lab.wholesale_price, lab.fee, lab.beyond, lab.small_price) for lab in model.open_producers
    ]
    resellers = model.resellers
    resold, terms = [reseller.price for reseller in resellers], [reseller.terms for reseller in resellers]
    return np.array(of_labs, dtype=np.float64), np.array(resold), np.array(terms)


def all_posted(model: "TokenMarket") -> Vector:
    """Return the prices and fees there are, one after the other, and the terms of resellers that have their own."""
    of_labs, resold, terms = _posted(model)
    return np.concatenate([of_labs[np.isfinite(of_labs)], resold, terms[_with_terms(model)]])


def _with_terms(model: "TokenMarket") -> list[int]:
    return [place for place, reseller in enumerate(model.resellers) if has_terms(reseller)]


def _post(model: "TokenMarket", of_labs: Matrix, resold: Vector, terms: Vector) -> None:
    """Put up all prices and fees, as `_posted` returns them; resellers pay what their labs ask."""
    for lab, prices in zip(model.open_producers, of_labs.tolist(), strict=True):
        lab.retail_price, lab.wholesale_price, lab.fee, lab.beyond, lab.small_price = prices
    for reseller, price, over in zip(model.resellers, resold.tolist(), terms.tolist(), strict=True):
        reseller.terms = over
        reseller.price, reseller.wholesale_price = price, reseller.asked_by(model.labs[reseller.lab])


def _post_all(model: "TokenMarket", posted: Vector) -> None:
    """Put up all prices and fees, as `all_posted` returns them."""
    of_labs, resold, terms = _posted(model)
    there = np.isfinite(of_labs)
    of_labs[there], resold, rest = np.split(posted, [there.sum(), there.sum() + resold.size])
    terms[_with_terms(model)] = rest
    _post(model, of_labs, resold, terms)


def _give(model: "TokenMarket", shares: list[Matrix]) -> None:
    """Give the active users providers, by shares [type, offer] of each segment."""
    for segment, share in zip(model.segments, shares, strict=True):
        segment.people.settle(share)


def expected_shares(model: "TokenMarket") -> list[Matrix]:
    """Return the providers users would come to have, tilted to the larger labs by ``share_ratio``, by segment."""
    demand = model.retail.expected()
    users, hosted = _settled(demand), demand.offers.lab >= len(model.open_labs)
    tilted = np.where(hosted, 0.0, users * model.parameters.labs.share_ratio**demand.offers.lab)
    of_labs = np.where(hosted, 0.0, users).sum(axis=1, keepdims=True)
    tilted *= of_labs / np.maximum(tilted.sum(axis=1, keepdims=True), TINY)
    active = np.maximum(demand.mass.sum(axis=1, keepdims=True), TINY)
    found = np.where(hosted, users, tilted) / active
    return [np.clip(share, 0.0, 1.0) for share in np.split(found, len(model.segments))]


def _settled(demand: TokenDemand) -> Matrix:
    """Return the people [type, offer] of a market in which, month after month, as many come to an offer as leave it."""
    choice, mass = demand.choice, demand.mass
    users = choice.users
    for _ in range(MONTHS_TO_SETTLE):
        without = mass.sum(axis=1) - users.sum(axis=1)
        mass = np.column_stack([users, np.maximum(without, 0.0)])
        before, users = users, choice.of(mass).users
        if np.abs(users - before).sum() <= AT_HOME * users.sum():
            break
    return users
