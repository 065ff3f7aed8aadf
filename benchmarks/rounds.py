"""Where a round's time goes: `python -m benchmarks.rounds [--rounds 60]`.

Every verb of `TokenMarket.step` is timed over a run of the cohort engine, first rounds left out. The user kernel is the
work on users' types: the *user engine*, which draws who chooses what and who is served, and the *expected demand*:
utilities, choices and quantities with their derivatives. Both are timed by themselves, so that what is left is the cost
of the market around them. A second table times whole runs of more and more users, in turns so that a slow machine slows
all of them.
"""

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

STAGES = (
    "turn_the_page", "enter_and_exit", "adopt", "deliver_servers", "age_fleets", "clear_power", "plan_investment",
    "trade_servers", "post_prices", "choose", "serve", "bill", "tend_commons", "train", "close_books",
)  # fmt: skip
KERNEL = ("user engine", "expected demand")
SIZES = {"5 labs, 12 resellers, 3 vendors": (5, 12, 3), "50 labs, 200 resellers, 3 vendors": (50, 200, 3)}
USERS = (10**6, 10**8, 10**10)
WARM = 3


class Stopwatch:
    """Adds up the seconds within some functions, round by round; a call within a call counts once."""

    def __init__(self) -> None:
        self.rounds: list[float] = []
        self.running = False

    def timed(self, inner: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same and is timed."""

        def outer(*arguments: Any, **options: Any) -> Any:
            if self.running:
                return inner(*arguments, **options)
            self.running, started = True, time.perf_counter()
            found = inner(*arguments, **options)
            self.rounds[-1] += time.perf_counter() - started
            self.running = False
            return found

        return outer


@contextmanager
def demand_timed(watch: Stopwatch) -> Iterator[None]:
    """Time everything that is asked of a `TokenDemand`."""
    from market.markets.tokens.demand import TokenDemand

    asked = [member for member in vars(TokenDemand).values() if isinstance(member, cached_property)]
    before, carrying = [member.func for member in asked], TokenDemand.profit_of_carrying
    for member in asked:
        member.func = watch.timed(member.func)
    TokenDemand.profit_of_carrying = watch.timed(carrying)  # type: ignore[method-assign]
    try:
        yield
    finally:
        TokenDemand.profit_of_carrying = carrying  # type: ignore[method-assign]
        for member, function in zip(asked, before, strict=True):
            member.func = function


def profile(labs: int, resellers: int, vendors: int, rounds: int) -> dict[str, float]:
    """Return the median milliseconds of a round, of each of its stages, and of the parts of the user kernel in them.

    Rounds are timed on a market of their own, played in turns with the one whose parts are timed.
    """
    from market import Parameters, TokenMarket

    counts = {"labs": {"count": labs}, "resellers": {"count": resellers}, "vendors": {"count": vendors}}
    parameters = Parameters(population={"engine": "cohort"}, **counts)
    whole, model = (TokenMarket(parameters, rng=1, collect=False) for _ in range(2))
    watches = {label: Stopwatch() for label in (*STAGES, "record", *KERNEL, "round")}
    engine = ("adopt", "mass", "choose", "remember")
    timed = [(model.recorder, "record", "record"), (whole, "step", "round")]
    timed += [(model, stage, stage) for stage in STAGES]
    timed += [(segment, name, "user engine") for segment in model.segments for name in engine]
    for owner, name, label in timed:
        setattr(owner, name, watches[label].timed(getattr(owner, name)))
    for _ in range(rounds):
        for watch in watches.values():
            watch.rounds.append(0.0)
        whole.step()
        with demand_timed(watches["expected demand"]):
            model.step()
    return {label: 1e3 * statistics.median(watch.rounds[WARM:]) for label, watch in watches.items()}


def whole_runs(rounds: int, repeats: int = 5) -> dict[int, float]:
    """Return the median seconds of a run by number of users."""
    from market import Parameters, TokenMarket

    taken: dict[int, list[float]] = defaultdict(list)
    for _ in range(repeats):
        for users in USERS:
            started = time.perf_counter()
            model = TokenMarket(Parameters(population={"engine": "cohort", "users": users}), rng=1, collect=False)
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
