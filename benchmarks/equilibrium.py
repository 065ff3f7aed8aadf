"""What price equilibria cost: `python -m benchmarks.equilibrium`.

Solves a hundred random nested-logit markets of fifty offers by ten firms, five times, and prints one JSON object: the
median time of all hundred, that of one look at their demand with its derivatives, and how many looks a market takes.
"""

import json
import statistics
import time

import numpy as np

from market.demand import NestedLogit
from market.equilibrium import bertrand_nash

MARKETS, OFFERS, ROUNDS = 100, 50, 5


def main() -> None:
    """Measure and print."""
    rng, owned = np.random.default_rng(1), np.kron(np.eye(10), np.ones((5, 5)))
    markets = [
        (
            NestedLogit(
                rng.normal(1, 2, OFFERS), rng.uniform(0.5, 3), rng.integers(0, 5, OFFERS), rng.uniform(0, 0.95)
            ),
            rng.uniform(0, 3, OFFERS),
        )
        for _ in range(MARKETS)
    ]
    solving, looking = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = [bertrand_nash(demand, cost, owned) for demand, cost in markets]
        solving.append(time.perf_counter() - start)
        start = time.perf_counter()
        for (demand, _), equilibrium in zip(markets, found, strict=True):
            demand.split(equilibrium.prices)
        looking.append(time.perf_counter() - start)
    took, look = statistics.median(solving), statistics.median(looking)
    result = {
        "markets": MARKETS,
        "offers": OFFERS,
        "converged": sum(equilibrium.converged for equilibrium in found),
        "seconds": round(took, 4),
        "seconds_of_one_look_at_all": round(look, 5),
        "looks_per_market": round(took / look, 1),
        "median_iterations": statistics.median(equilibrium.iterations for equilibrium in found),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
