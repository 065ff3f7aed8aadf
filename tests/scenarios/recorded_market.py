"""A stand-in for the market of which a few numbers are known functions of three parameters."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from pretend_market import ROWS, table

from market import Parameters
from market.parameters.dates import month_of


def simulate(parameters: Parameters, seed: int) -> Any:
    rounds = parameters.horizon.rounds
    tables = {name: table(name, rows, rounds, np.random.default_rng(1)) for name, rows in ROWS.items()}
    months = [month_of(parameters.horizon.start, number) for number in range(rounds)]
    tables["rounds"] = tables["rounds"].assign(month=months, **numbers(parameters))
    tables["rounds"].attrs = table("rounds", 1, 1, np.random.default_rng(1)).attrs
    return SimpleNamespace(**tables, parameters=parameters, seed=seed, conservation_error=0.0)


def numbers(parameters: Parameters) -> dict[str, float]:
    """Three numbers that together tell two parameters, and one that tells the product of two others alone."""
    substitution, growth = parameters.vendors.substitution, parameters.population.need_growth
    return {
        "price_chip": 20_000 * (1 + 2 / substitution),
        "churn": 0.01 + 0.2 * growth + 0.002 * np.sin(substitution),
        "tokens": 1e6 * np.exp(20 * growth) * substitution,
        "unit_cost_token": 1000 / (parameters.fleet.throughput * parameters.fleet.target_utilisation),
    }
