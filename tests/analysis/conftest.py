import numpy as np
import pytest
from small_economy import SETTINGS, batch

from analysis.results import BatchResults


@pytest.fixture(scope="session")
def results() -> BatchResults:
    return batch(SETTINGS)


@pytest.fixture(scope="session")
def crowd() -> BatchResults:
    """Sixteen settings, as in the experiment on competition, some of them with long names."""
    rng = np.random.default_rng(5)
    names = ["baseline", *(f"a-setting-with-a-name-{k}" for k in range(15))]
    return batch({name: {"chip": rng.uniform(0.4, 1.5), "price": rng.uniform(0.7, 2)} for name in names}, 3, 12)
