"""Where a round's time goes: `python -m benchmarks.rounds [--rounds 60]`.

Every verb of `TokenMarket.step` is timed over a run of the cohort engine, first rounds left out. The user kernel is the
work on users' types: the utility and the tokens of every offer to every type, the draws of choices and of who is
served, and the expected demand with its derivatives; it is timed by itself, so that what is left is the cost of the
market around it. A second table times whole runs of more and
more users, measured in turns so that a slow machine slows all of them.
"""

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

STAGES = (
    "turn_the_page", "enter_and_exit", "take_up", "deliver_servers", "age_fleets", "clear_power", "plan_investment",
    "trade_servers", "post_prices", "choose", "serve", "bill", "tend_commons", "train", "close_books",
)  # fmt: skip
DRAWS = ("choose", "turn_away")
KERNEL = ("utility and tokens", "draws", "expected demand")
SIZES = {"5 labs, 12 resellers, 3 vendors": (5, 12, 3), "50 labs, 200 resellers, 3 vendors": (50, 200, 3)}
USERS = (10**6, 10**8, 10**10)
WARM = 3


def stopwatch(owner: Any, name: str, label: str, spent: dict[str, list[float]]) -> None:
    """Replace a method by one that adds its duration to the round's last entry under ``label``."""
    inner: Callable[..., Any] = getattr(owner, name)

    def timed(*arguments: Any, **options: Any) -> Any:
        started = time.perf_counter()
        found = inner(*arguments, **options)
        spent[label][-1] += time.perf_counter() - started
        return found

    setattr(owner, name, timed)


def profile(labs: int, resellers: int, vendors: int, rounds: int) -> dict[str, float]:
    """Return the median milliseconds of a round, of each of its stages, and of the parts of the user kernel in them."""
    from market import Parameters, TokenMarket, tokens

    counts = {"labs": {"count": labs}, "resellers": {"count": resellers}, "vendors": {"count": vendors}}
    model = TokenMarket(Parameters(population={"engine": "cohort"}, **counts), rng=1)
    spent: dict[str, list[float]] = defaultdict(list)
    for stage in STAGES:
        stopwatch(model, stage, stage, spent)
    stopwatch(model.recorder, "record", "record", spent)
    for segment in model.segments:
        for name in DRAWS:
            stopwatch(segment.people, name, KERNEL[1], spent)
    parts = [(tokens.Tastes, name, KERNEL[0]) for name in ("utility", "tokens", "price_slope")]
    parts += [(tokens, "expected", KERNEL[2]), (tokens.TokenDemand, "_answer", KERNEL[2])]
    before = [getattr(owner, name) for owner, name, _ in parts]
    for owner, name, label in parts:
        stopwatch(owner, name, label, spent)
    for _ in range(rounds):
        for label in (*STAGES, "record", *KERNEL, "round"):
            spent[label].append(0.0)
        started = time.perf_counter()
        model.step()
        spent["round"][-1] = time.perf_counter() - started
    for (owner, name, _), whole in zip(parts, before, strict=True):
        setattr(owner, name, whole)
    return {label: 1e3 * statistics.median(seconds[WARM:]) for label, seconds in spent.items()}


def whole_runs(rounds: int, repeats: int = 5) -> dict[int, float]:
    """Return the median seconds of a run by number of users."""
    from market import Parameters, TokenMarket

    taken: dict[int, list[float]] = defaultdict(list)
    for _ in range(repeats):
        for users in USERS:
            started = time.perf_counter()
            model = TokenMarket(Parameters(population={"engine": "cohort", "users": users}), rng=1)
            for _ in range(rounds):
                model.step()
            model.results()
            taken[users].append(time.perf_counter() - started)
    return {users: statistics.median(seconds) for users, seconds in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    found = {name: profile(*counts, rounds) for name, counts in SIZES.items()}
    print("| stage | " + " | ".join(f"{name}: ms | share" for name in SIZES) + " |")
    print("|---" * (1 + 2 * len(SIZES)) + "|")
    for label in (*STAGES, "record", *KERNEL, "round"):
        cells = [f"{times[label]:.2f} | {times[label] / times['round']:.0%}" for times in found.values()]
        print(f"| {label} | " + " | ".join(cells) + " |")
    kernel = [sum(times[part] for part in KERNEL) for times in found.values()]
    outside = [
        f"{times['round'] - inside:.2f} | {1 - inside / times['round']:.0%}"
        for times, inside in zip(found.values(), kernel, strict=True)
    ]
    print("| outside the kernel | " + " | ".join(outside) + " |\n")
    seconds = whole_runs(rounds)
    print("| users | run of the baseline, s | times the smallest |\n|---|---|---|")
    for users, taken in seconds.items():
        print(f"| {users:.0e} | {taken:.2f} | {taken / seconds[USERS[0]]:.2f} |")


if __name__ == "__main__":
    main()
