"""Both user engines over many seeds: the same economy, up to chance."""

import numpy as np
import pytest
from scipy import stats

from scenarios import load, run

SEEDS = range(200)
MONTHS = 4
USERS = 3_000


def profits(engine: str) -> dict[str, np.ndarray]:
    """Operating profit of each layer over the run, [seed]."""
    scenario = load("baseline", {"population.engine": engine, "population.users": USERS})
    sums = [run(scenario, seed, rounds=MONTHS).layers.groupby("layer")["profit"].sum() for seed in SEEDS]
    return {layer: np.array([row[layer] for row in sums]) for layer in ("hardware", "labs", "resellers")}


@pytest.mark.slow
def test_layer_profits_have_one_distribution_over_two_hundred_seeds():
    """The engines draw different numbers, so that profits differ by chance; mean, spread and shape may not."""
    individual, cohort = profits("individual"), profits("cohort")
    for layer, ours in individual.items():
        assert np.ptp(ours) > 0
        assert not np.array_equal(ours, cohort[layer])
        assert stats.ttest_ind(ours, cohort[layer], equal_var=False).pvalue > 0.001, layer
        assert stats.levene(ours, cohort[layer]).pvalue > 0.001, layer
        assert stats.ks_2samp(ours, cohort[layer]).pvalue > 0.001, layer
