"""Nested-logit price equilibria against PyBLP, which shares no line of code with ours."""

import numpy as np
import pandas as pd
import pyblp
import pytest

from market.demand import NestedLogit
from market.equilibrium import bertrand_nash

MARKETS = 50


@pytest.fixture(scope="module")
def markets() -> pd.DataFrame:
    """Random markets of 6 to 20 offers by 2 to 5 firms in 2 to 4 nests."""
    rng, tables = np.random.default_rng(3), []
    for market in range(MARKETS):
        offers = int(rng.integers(6, 21))
        table = pd.DataFrame({
            "market_ids": market,
            "firm_ids": rng.integers(0, rng.integers(2, 6), offers),
            "nesting_ids": rng.integers(0, rng.integers(2, 5), offers),
            "value": rng.normal(1, 1.5, offers),
            "cost": rng.uniform(0, 3, offers),
        })  # fmt: skip
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


@pytest.mark.parametrize(("coefficient", "rho"), [(0.8, 0.0), (1.5, 0.4), (2.5, 0.8)])
@pytest.mark.filterwarnings("ignore")
def test_prices_and_shares_agree_in_fifty_markets(markets: pd.DataFrame, coefficient: float, rho: float):
    pyblp.options.verbose = False
    nested = {} if rho == 0 else {"rho": rho}
    data = markets.drop(columns="nesting_ids") if rho == 0 else markets
    simulation = pyblp.Simulation(
        (pyblp.Formulation("0 + prices + value"), None, pyblp.Formulation("0 + cost")),
        data,
        beta=[-coefficient, 1],
        gamma=[1],
        xi=np.zeros(len(data)),
        omega=np.zeros(len(data)),
        **nested,
    )
    iteration = pyblp.Iteration("simple", {"atol": 1e-14, "max_evaluations": 100_000})
    expected = simulation.replace_endogenous(iteration=iteration).product_data
    for market, offers in markets.groupby("market_ids"):
        demand = NestedLogit(offers["value"], coefficient, offers["nesting_ids"], rho)
        ownership = np.equal.outer(offers["firm_ids"].to_numpy(), offers["firm_ids"].to_numpy()).astype(float)
        found = bertrand_nash(demand, offers["cost"], ownership)
        here = expected["market_ids"].ravel() == market
        assert found.converged
        np.testing.assert_allclose(found.prices, expected["prices"][here].ravel(), rtol=0, atol=1e-8)
        np.testing.assert_allclose(found.quantities, expected["shares"][here].ravel(), rtol=0, atol=1e-8)
