"""Copies of what the views need of a model; tables of them are drawn up where they are asked for."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import pandas as pd

from market import TokenMarket
from market.arrays import Integers, Vector
from market.economy import Economy
from market.records.columns import RECORDED
from market.records.results import Results
from market.users.choice import Expected


@dataclass(frozen=True)
class Taken:
    """What was taken of a market; drawing up a long run's tables takes a while, which its thread does not have.

    Attributes:
        earned: Profit so far by layer, USD.
    """

    earned: dict[str, float]
    _tables: Callable[[], Results]
    _fleet: Callable[[], pd.DataFrame | None]
    _moves: Callable[[], pd.DataFrame | None]

    @cached_property
    def tables(self) -> Results:
        """The run so far."""
        return self._tables()

    @cached_property
    def fleet(self) -> pd.DataFrame | None:
        """Servers in service: ``since`` (round of the first month), ``vendor``, ``accelerators``."""
        return self._fleet()

    @cached_property
    def moves(self) -> pd.DataFrame | None:
        """People expected to move in the last month, [from, to]; the last row and column are without provider."""
        return self._moves()


def take(model: Economy) -> Taken:
    """Return what the views need of a model, which has played a round at least.

    The token market alone has fleets, and users with a provider.
    """
    tables = model.recorder.so_far()
    if not isinstance(model, TokenMarket):
        return Taken(earned(model), tables, nothing, nothing)
    servers, choice = model.assets.servers, model.retail.demand.choice
    whose = np.where(servers.vendor < len(model.vendors), servers.vendor, -1)
    fleet = partial(in_service, servers.since.copy(), whose, servers.units.copy())
    kept = replace(choice, mass=choice.mass.copy())
    return Taken(earned(model), tables, fleet, partial(moving, kept, list(model.retail.offers.sellers)))


def nothing() -> None:
    """Return what is not there."""


def earned(model: Economy) -> dict[str, float]:
    """Return the profit so far by layer, USD."""
    names, sums = RECORDED["layers"].names, dict[str, float]()
    layer, profit = names.index("layer"), names.index("profit")
    for row in model.recorder.rows["layers"]:
        sums[row[layer]] = sums.get(row[layer], 0.0) + row[profit]
    return sums


def in_service(since: Vector, vendor: Integers, units: Vector) -> pd.DataFrame:
    """Return accelerators in service of all labs by first month of service and chip vendor, −1 for labs' own."""
    table = pd.DataFrame({"since": since, "vendor": vendor, "accelerators": units})
    return table.groupby(["since", "vendor"])["accelerators"].sum().reset_index()


def moving(choice: Expected, sellers: list[str]) -> pd.DataFrame:
    """Return people expected to go from one provider to another in the last month, [from, to] by seller's name."""
    names = [*sellers, "no provider"]
    people = np.zeros((len(names), len(names)))
    for row in range(choice.mass.shape[0]):
        of_type = choice.probabilities.of_types(slice(row, row + 1))
        people += choice.mass[row][:, None] * of_type.dense(choice.nest)[0]
    return pd.DataFrame(people, index=names, columns=names)
