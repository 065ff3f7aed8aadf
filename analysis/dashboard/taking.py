"""Copies of what the views need of a model."""

from typing import Any

import numpy as np
import pandas as pd

from market import TokenMarket
from market.economy import Economy


def tables_of(model: Economy) -> dict[str, Any]:
    """Return the fields of a snapshot that are copied out of a model, which has played a round at least.

    The token market alone has fleets, and users with a provider.
    """
    tables = model.results()
    earned = tables.layers.groupby("layer", observed=True)["profit"].sum().to_dict()
    found: dict[str, Any] = {"tables": tables, "earned": earned}
    return found | ({"fleet": fleet_of(model), "moves": moves_of(model)} if isinstance(model, TokenMarket) else {})


def fleet_of(model: TokenMarket) -> pd.DataFrame:
    """Return accelerators in service of all labs by first month of service and chip vendor."""
    servers = model.assets.servers
    table = pd.DataFrame({"since": servers.since, "vendor": servers.vendor, "accelerators": servers.units})
    return table.groupby(["since", "vendor"])["accelerators"].sum().reset_index()


def moves_of(model: TokenMarket) -> pd.DataFrame:
    """Return people expected to go from one provider to another in the last month, [from, to] by seller's name."""
    choice = model.retail.demand.choice
    names = [*model.retail.offers.sellers, "no provider"]
    people = np.zeros((len(names), len(names)))
    for row in range(choice.mass.shape[0]):
        of_type = choice.probabilities.of_types(slice(row, row + 1))
        people += choice.mass[row][:, None] * of_type.dense(choice.nest)[0]
    return pd.DataFrame(people, index=names, columns=names)
