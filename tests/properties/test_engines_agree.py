"""Both user engines over many seeds: the same economy, up to chance."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from market import TokenMarket
from scenarios import load

SEEDS = range(100)
MONTHS = 4
USERS = 3_000


def profits(engine: str) -> dict[str, np.ndarray]:
    """Operating profit of each layer over the months, [seed]."""
    size = {"population.users": USERS, "horizon.rounds": MONTHS + 1}  # profit gains are worked out in the last month
    parameters = load("baseline", {"population.engine": engine, **size}).parameters
    sums = [profit_by_layer(TokenMarket(parameters, rng=seed)) for seed in SEEDS]
    return {layer: np.array([row[layer] for row in sums]) for layer in ("hardware", "labs", "resellers")}


def profit_by_layer(model: TokenMarket) -> pd.Series:
    for _ in range(MONTHS):
        model.step()
    return model.results().layers.groupby("layer")["profit"].sum()


@pytest.mark.slow
def test_layer_profits_have_one_distribution_over_a_hundred_seeds():
    """The engines draw different numbers, so that profits differ by chance; mean, spread and shape may not."""
    individual, cohort = profits("individual"), profits("cohort")
    for layer, ours in individual.items():
        assert np.ptp(ours) > 0
        assert not np.array_equal(ours, cohort[layer])
        assert stats.ttest_ind(ours, cohort[layer], equal_var=False).pvalue > 0.001, layer
        assert stats.levene(ours, cohort[layer]).pvalue > 0.001, layer
        assert stats.ks_2samp(ours, cohort[layer]).pvalue > 0.001, layer
