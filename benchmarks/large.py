"""Long and large markets: `python -m benchmarks.large`.

Seconds of processor time to open a market, of a month of it, and of the last one, which also plays the price games; the
most memory the process has held, for each size in a process of its own.
"""

import argparse
import resource
import statistics
import time
from multiprocessing import get_context

SIZES: dict[str, tuple[int, dict[str, int]]] = {
    "baseline, 600 months": (600, {}),
    "60 labs": (24, {"labs.count": 60}),
    "60 labs, 1,000 resellers": (8, {"labs.count": 60, "resellers.count": 1_000}),
    "200 labs, 1,000 resellers": (8, {"labs.count": 200, "resellers.count": 1_000}),
    "200 labs, 50 vendors": (24, {"labs.count": 200, "vendors.count": 50}),
    "50 vendors, 50 makers": (24, {"vendors.count": 50, "makers.count": 50}),
    "1,024 types": (8, {"population.types": 1_024}),
}


def taken(months: int, counts: dict[str, int]) -> tuple[float, float, float, float]:
    """Return the seconds to open, of a month in the middle and of the last one, and the most memory held, MiB."""
    from market import TokenMarket

    warm = TokenMarket(**{"population.engine": "cohort", "horizon.rounds": 2}, rng=1)
    warm.step()
    warm.step()
    started = time.process_time()
    model = TokenMarket(**{"population.engine": "cohort", "horizon.rounds": months} | counts, rng=1, collect=False)
    opened, seconds = time.process_time() - started, []
    for _ in range(months):
        started = time.process_time()
        model.step()
        seconds.append(time.process_time() - started)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return opened, statistics.median(seconds[:-1]), seconds[-1], held


def main() -> None:
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    print("| market | opening, s | a month, s | last month, s | all, s | memory, MiB |\n|---|---|---|---|---|---|")
    for name, (months, counts) in SIZES.items():
        with get_context("spawn").Pool(1) as pool:
            opened, month, last, held = pool.apply(taken, (months, counts))
        whole = opened + month * (months - 1) + last
        print(f"| {name} | {opened:.2f} | {month:.3f} | {last:.2f} | {whole:.1f} | {held:.0f} |", flush=True)


if __name__ == "__main__":
    main()
