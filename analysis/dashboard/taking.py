"""Copies of what the views need of a model."""

from typing import Any

import numpy as np
import pandas as pd

from market import TokenMarket


def tables_of(model: TokenMarket) -> dict[str, Any]:
    """Return the fields of a snapshot that are copied out of a model, which has played a round at least."""
    return {"tables": model.results(), "fleet": fleet_of(model), "moves": moves_of(model)}


def fleet_of(model: TokenMarket) -> pd.DataFrame:
    """Return accelerators in service of all labs by first month of service and chip vendor."""
    servers = model.assets.servers
    table = pd.DataFrame({"since": servers.since, "vendor": servers.vendor, "accelerators": servers.units})
    return table.groupby(["since", "vendor"], as_index=False)["accelerators"].sum()


def moves_of(model: TokenMarket) -> pd.DataFrame | None:
    """Return people expected to go from one provider to another in the last month, [from, to] by seller's name.

    None where compute is rented: users there are one demand curve.
    """
    if model.rented:
        return None
    choice = model.retail.demand.choice
    names = [*model.retail.offers.sellers, "no provider"]
    people = np.zeros((len(names), len(names)))
    for row in range(choice.mass.shape[0]):
        of_type = choice.probabilities.of_types(slice(row, row + 1))
        people += choice.mass[row][:, None] * of_type.dense(choice.nest)[0]
    return pd.DataFrame(people, index=names, columns=names)
