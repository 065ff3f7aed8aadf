"""What a round of choices costs: `python -m benchmarks.choice [--most 1e7] [--csv FILE]`.

Four ways to let every user choose once, each in a process of its own: plain Mesa (one agent per user), Gumbel-max in
numpy (float64, the whole array at once unless it would take more than 1 GiB), and both engines of this project. All
draw the same logit model with loyalty; nests are left out as Gumbel-max knows none, they cost the engines nothing.
Times are medians over rounds; all ratios come from one run on one machine.
"""

import argparse
import csv
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZES = [10**4, 10**5, 10**6, 10**7]
OFFERS = [12, 60]
TYPES = 64
MOST_AGENTS = 10**5
MOST_NUMBERS = 2**27  # of one float64 array: 1 GiB
SECONDS = 4.0


def setting(offers: int) -> dict[str, object]:
    """Utilities [type, offer], loyalties [type] and nests [offer] of the benchmark, as arrays."""
    import numpy as np

    draw = np.random.default_rng(1)
    return {
        "utility": draw.normal(size=(TYPES, offers)),
        "loyalty": draw.uniform(0, 2, TYPES),
        "nest": np.arange(offers) % 2,
    }


def mesa_agents(users: int, offers: int) -> Callable[[int], object]:
    import mesa

    given = setting(offers)
    utility, loyalty = given["utility"].tolist(), given["loyalty"].tolist()

    class User(mesa.Agent):
        def __init__(self, model, kind):
            super().__init__(model)
            self.kind = kind
            self.last = offers

        def choose(self):
            weights = [math.exp(value) for value in utility[self.kind]]
            weights.append(1.0)
            if self.last < offers:
                weights[self.last] *= math.exp(loyalty[self.kind])
            self.last = self.random.choices(range(offers + 1), weights)[0]
            self.model.counts[self.kind][self.last] += 1

    model = mesa.Model(rng=1)
    for i in range(users):
        User(model, i * TYPES // users)

    def round_(_):
        model.counts = [[0] * (offers + 1) for _ in range(TYPES)]
        model.agents.do("choose")
        return model.counts

    return round_


def numpy_gumbel(users: int, offers: int) -> Callable[[int], object]:
    import numpy as np

    given = setting(offers)
    value = np.concatenate([given["utility"], np.zeros((TYPES, 1))], axis=1)
    bonus = given["loyalty"]
    kind = np.arange(users) * TYPES // users
    last = np.full(users, offers)
    draw = np.random.default_rng(1)
    block = max(1, MOST_NUMBERS // (offers + 1))

    def round_(_):
        for start in range(0, users, block):
            part = slice(start, start + block)
            total = value[kind[part]]
            with_provider = np.flatnonzero(last[part] < offers)
            total[with_provider, last[part][with_provider]] += bonus[kind[part][with_provider]]
            total += draw.gumbel(size=total.shape)
            last[part] = total.argmax(axis=1)
        return np.bincount(kind * (offers + 1) + last, minlength=TYPES * (offers + 1))

    return round_


def engine(name: str) -> Callable[[int, int], Callable[[int], object]]:
    def prepare(users, offers):
        import numpy as np

        from market.users.choice import ENGINES, probabilities

        per_type = np.diff(np.arange(TYPES + 1) * users // TYPES)
        people = ENGINES[name](per_type, offers, 1)
        people.adopt(per_type)
        given = setting(offers)
        return lambda k: people.choose(probabilities(**given, rho=0.0), given["nest"], round=k)

    return prepare


METHODS = {
    "plain Mesa": mesa_agents,
    "numpy Gumbel": numpy_gumbel,
    "individual": engine("individual"),
    "cohort": engine("cohort"),
}


def median_seconds(work: Callable[[int], object], least: int = 3, most: int = 40) -> float:
    """Median duration of rounds 1, 2, …, as many as fit the time."""
    taken: list[float] = []
    while len(taken) < least or (sum(taken) < SECONDS and len(taken) < most):
        start = time.perf_counter()
        work(len(taken) + 1)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def measure(method: str, users: int, offers: int) -> dict[str, float]:
    """Start-up (imports, loading of compiled code, first round), median round and peak memory of this process."""
    start = time.perf_counter()
    work = METHODS[method](users, offers)
    work(0)
    first = time.perf_counter() - start
    seconds = median_seconds(work)
    import numpy as np

    counts = np.asarray(work(99)).reshape(TYPES, offers + 1)
    assert counts.sum() == users
    return {
        "seconds": seconds,
        "start": first - seconds,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "outside": float(counts[:, -1].sum() / users),
    }


def stream(last, _):
    """Read and write every entry."""
    for i in range(last.size):
        last[i] ^= 1


def numbers_with(mix):
    """Give the part that makes a random number for every user."""

    def numbers(last, uniform):
        for start in range(0, last.size, 1024):
            for i in range(1024):
                uniform[i] = (mix(start + i) >> 11) * 2.0**-53

    return numbers


def look_up(last, tools):
    """Read one entry of a table for every user."""
    table, places, found = tools
    for _ in range(0, last.size, 1024):
        for i in range(1024):
            found[i] = table[places[i]]


def count(last, tools):
    """Count the choice of every user."""
    tally, choices = tools
    for _ in range(0, last.size, 1024):
        for i in range(1024):
            tally[choices[i]] += 1


def exponentials(_, often):
    """Take exponentials."""
    total = 0.0
    for i in range(often):
        total += math.exp(-1e-4 * i)
    return total


def bound(users: int, offers: int, threads: int) -> dict[str, float]:
    """Seconds that the parts of a pass take alone, on as many threads as the individual engine uses.

    A user's entry must be read and written (4 bytes), get a random number, be looked up in two tables of the size of
    a type's (section, then row) and be counted; each (type, offer) needs three exponentials and two logarithms.
    Rates are taken over at least ten million users, so that starting threads does not count.
    """
    from concurrent.futures import ThreadPoolExecutor

    import numba
    import numpy as np

    from market.users.choice import draw_kernels

    draw = np.random.default_rng(1)
    table = draw.random(6 * (offers + 1))
    places, choices = (draw.integers(0, size, 1024).astype(np.uint16) for size in (table.size, offers + 1))
    parts = {
        stream: lambda: 0,
        numbers_with(draw_kernels.mix): lambda: np.empty(1024),
        look_up: lambda: (table, places, np.empty(1024)),
        count: lambda: (np.zeros(offers + 1, np.int64), choices),
    }
    size = max(users, 10**7) // threads
    result = {}
    with ThreadPoolExecutor(threads) as pool:
        for part, tools in parts.items():
            work = numba.njit(nogil=True, error_model="numpy")(part)
            pieces = [(np.zeros(size, np.uint16), tools()) for _ in range(threads)]
            work(*pieces[0])
            seconds = median_seconds(lambda _, do=work, on=pieces: list(pool.map(lambda piece: do(*piece), on)), most=9)
            result[part.__name__] = seconds * users / (size * threads)
    work = numba.njit(error_model="numpy")(exponentials)
    result["exponentials"] = median_seconds(lambda _: work(0, TYPES * offers * 5), most=9)
    return result


def child(task: str, *arguments: object, **environment: str) -> dict[str, float]:
    """Result of `measure` or `bound` in a new process."""
    command = [sys.executable, str(Path(__file__)), "--task", json.dumps([task, *arguments])]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": path} | environment, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def cases(users: int, offers: int) -> list[dict[str, object]]:
    """Rows of all methods for one size; plain Mesa beyond its largest size by the time per user it had there."""
    rows: list[dict[str, object]] = []
    for method in METHODS:
        agents = min(users, MOST_AGENTS) if method == "plain Mesa" else users
        found = child("measure", method, agents, offers)
        scale = users / agents
        rows.append({
            "users": users, "offers": offers, "method": method, "extrapolated": scale > 1,
            "round_ms": 1e3 * scale * found["seconds"],
            "ns_per_user_offer": 1e9 * found["seconds"] / agents / offers,
            "peak_MiB": None if scale > 1 else found["memory"], "start_s": None if scale > 1 else found["start"],
            "outside_share": found["outside"],
        })  # fmt: skip
    individual = next(row for row in rows if row["method"] == "individual")
    for row in rows:
        row["times_individual"] = row["round_ms"] / individual["round_ms"]
    from market.users.choice.individual import USERS_WORTH_THREADS

    parts = child("bound", users, offers, (os.cpu_count() or 1) if users >= USERS_WORTH_THREADS else 1)
    individual["bytes_ms"] = 1e3 * (parts["stream"] + parts["exponentials"])
    individual["bound_ms"] = individual["bytes_ms"] + 1e3 * (parts["numbers"] + 2 * parts["look_up"] + parts["count"])
    individual["bound_ratio"] = individual["round_ms"] / individual["bound_ms"]
    return rows


COLUMNS = [
    ("round_ms", "round, ms", ".3g"), ("ns_per_user_offer", "ns per user and offer", ".3g"),
    ("times_individual", "time / individual", ".3g"), ("peak_MiB", "peak, MiB", ".0f"),
    ("start_s", "start-up, s", ".2f"), ("bytes_ms", "bytes and exps, ms", ".3g"), ("bound_ms", "bound, ms", ".3g"),
    ("bound_ratio", "round / bound", ".2f"), ("outside_share", "outside", ".4f"),
]  # fmt: skip


def line(row: dict[str, object]) -> str:
    cells = [
        f"{row['users']:.0e}",
        str(row["offers"]),
        f"{row['method']}{' (extrapolated)' if row['extrapolated'] else ''}",
    ]
    cells += ["" if row.get(key) is None else format(row[key], form) for key, _, form in COLUMNS]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--most", type=float, default=SIZES[-1], help="largest number of users")
    parser.add_argument("--csv", type=Path, help="also write the table to this file")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        name, *arguments = json.loads(given.task)
        print(json.dumps({"measure": measure, "bound": bound}[name](*arguments)))
        return
    for method in ("individual", "cohort"):
        with tempfile.TemporaryDirectory() as empty:
            cold = child("measure", method, 10**4, 12, NUMBA_CACHE_DIR=empty)["start"]
            print(f"start-up of the {method} engine where nothing is compiled yet: {cold:.1f} s", flush=True)
    print("| users | offers | method | " + " | ".join(title for _, title, _ in COLUMNS) + " |")
    print("|---" * (3 + len(COLUMNS)) + "|", flush=True)
    rows = []
    for offers in OFFERS:
        for users in (size for size in SIZES if size <= given.most):
            rows += cases(users, offers)
            print("\n".join(line(row) for row in rows[-len(METHODS) :]), flush=True)
    if given.csv:
        with given.csv.open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(dict.fromkeys(key for row in rows for key in row)))
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
