"""What menus of plans cost: `python -m benchmarks.menus [--rounds 24] [--turns 7]`.

Months of the baseline, with free plans, subscriptions and wrappers, against those where all is sold by the token, in
turns so that a slow machine slows both; by engine, and the opening by itself.
"""

import argparse
import statistics
import time
from functools import partial

from scenarios.files.loading import load

SCENARIOS = ("by-the-token", "baseline")
USERS = {"individual": 20_000, "cohort": 10**6}


def months(engine: str, rounds: int) -> list[float]:
    """Return the processor time of a month of each, ms, played month by month in turns; opening and first left out."""
    from market import TokenMarket

    changes = {"population.users": USERS[engine], "population.engine": engine}
    models = [TokenMarket(load(name, changes).parameters, rng=1, collect=False) for name in SCENARIOS]
    spent = [0.0 for _ in models]
    for number in range(rounds + 1):
        for place, model in enumerate(models):
            started = time.process_time()
            model.step()
            spent[place] += (time.process_time() - started) * (number > 0)
    return [seconds / rounds * 1e3 for seconds in spent]


def opening(name: str) -> float:
    """Return the processor time of an opening, ms."""
    from market import TokenMarket
    from market.settling import SHARED

    SHARED.clear()
    parameters = load(name, {"population.users": 20_000}).parameters
    started = time.process_time()
    TokenMarket(parameters, rng=1)
    return (time.process_time() - started) * 1e3


def openings() -> list[float]:
    """Return the processor time of an opening of each, ms."""
    return [opening(name) for name in SCENARIOS]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=24)
    parser.add_argument("--turns", type=int, default=7)
    arguments = parser.parse_args()
    measures = {f"month, {engine}": partial(months, engine, arguments.rounds) for engine in USERS}
    print(f"{'ms':<20}{SCENARIOS[0]:>14}{SCENARIOS[1]:>14}{'ratio':>10}")
    for what, measure in (measures | {"opening": openings}).items():
        pairs = [measure() for _ in range(arguments.turns)]
        plain, menus = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(after / before for before, after in pairs)
        print(f"{what:<20}{plain:>14.2f}{menus:>14.2f}{ratio:>10.2f}")


if __name__ == "__main__":
    main()
