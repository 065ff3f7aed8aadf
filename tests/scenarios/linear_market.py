"""A market whose margins are known functions of four parameters, for tests of sensitivity studies.

Labs' margin is 0.5 − overhead_share × 2 + 0.1 × unit_cost / 6900; that of resellers the mean of the segments' loyalty
over ten; that of hardware a constant. With a ``resellers.count`` of ``FAILS``, runs with overheads above 0.4 fail.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np
from pretend_market import ROWS, table

from market import Parameters
from market.records.columns import LAYERS

FAILS = 950


def margins(parameters: Parameters) -> dict[str, float]:
    loyalty = np.mean([segment.loyalty for segment in parameters.population.segments.values()])
    labs = 0.5 - 2 * parameters.labs.overhead_share + 0.1 * parameters.vendors.unit_cost / 6900
    return {"hardware": 0.5, "labs": labs, "resellers": float(loyalty) / 10}


def simulate(parameters: Parameters, seed: int) -> Any:
    if parameters.resellers.count == FAILS and parameters.labs.overhead_share > 0.4:
        raise FloatingPointError("too dear")
    rng = np.random.default_rng(seed)
    tables = {name: table(name, rows, parameters.horizon.rounds, rng) for name, rows in ROWS.items()}
    layers = tables["layers"]
    profit = np.resize([100 * margins(parameters)[layer] for layer in LAYERS], len(layers))
    tables["layers"] = layers.assign(revenue=100.0, profit=profit)
    tables["layers"].attrs = layers.attrs
    return SimpleNamespace(**tables, parameters=parameters, seed=seed, conservation_error=0.0)
