"""What has become faster since a commit: `python -m benchmarks.against COMMIT [COMMIT] [--turns 5]`.

Both commits (the second one is HEAD if omitted) are taken out of the repository into folders of their own and played in
turns, each turn in a fresh process, so that a busy machine slows both. Times are of the processor, medians over turns
of the least in each, for what else the machine does only adds to them: `opening` of a market whose parameters are new,
`round`, and `run` of the cohort baseline with a million users, from its parameters to tables as a batch's worker hands
them over. `batch` is what all processes of a batch on two workers take for each run beyond the first few.
"""

import argparse
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

ROUNDS, RUNS = 36, 10
FEW, MANY = 2, 42


def play() -> dict[str, float]:
    """Return milliseconds of the processor per opening, round and run, compiled code loaded."""
    from market import Parameters, TokenMarket
    from scenarios import schema
    from scenarios.simulation import simulate

    def economy(users: int) -> Parameters:
        return Parameters(population={"engine": "cohort", "users": users}, horizon={"rounds": ROUNDS})

    parameters, tables = economy(10**6), getattr(schema, "COLUMNS", None) or schema.TABLES  # before, and since
    simulate(parameters, 0)
    opening, playing, running = [], [], []
    for seed in range(1, RUNS + 1):
        new = economy(10**6 + seed)
        started = time.process_time()
        model = TokenMarket(new, rng=seed, collect=False)
        opened = time.process_time()
        for _ in range(ROUNDS - 1):
            model.step()
        playing.append((time.process_time() - opened) / (ROUNDS - 1))
        opening.append(opened - started)
        started = time.process_time()
        results, run = simulate(parameters, seed), {"setting": "", "replication": seed, "seed": seed}
        for name in tables:
            schema.encode(name, getattr(results, name), run)
        running.append(time.process_time() - started)
    times = {"opening": opening, "round": playing, "run": running}
    return {name: 1e3 * min(seconds) for name, seconds in times.items()}


def batch(runs: int) -> float:
    """Return milliseconds of the processor that a batch of so many runs takes in all its processes."""
    from scenarios import Experiment, run_batch

    fixed = {"population.engine": "cohort", "population.users": 10**6}
    experiment = Experiment(name="benchmark", question="How fast?", rounds=ROUNDS, replications=runs, set=fixed)
    with tempfile.TemporaryDirectory() as folder:
        run_batch(experiment, workers=2, out=Path(folder) / "batch")
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return 1e3 * sum(part.ru_utime + part.ru_stime for part in used)


def check_out(commit: str, folder: Path) -> None:
    """Put the files of a commit into a folder."""
    packed = subprocess.run(["git", "archive", commit], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")


def measured(folder: Path) -> dict[str, float]:
    """Return all times of the program in a folder, from fresh processes."""
    found = _alone(folder, "play")
    few, many = (_alone(folder, str(runs))["batch"] for runs in (FEW, MANY))
    return found | {"batch": (many - few) / (MANY - FEW)}


def _alone(folder: Path, what: str) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__).resolve()), "--only", what]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("commits", nargs="*", metavar="COMMIT", help="the older one first; HEAD if there is no second")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(play() if chosen.only == "play" else {"batch": batch(int(chosen.only))}))
        return
    if len(chosen.commits) not in (1, 2):
        parser.error("name one commit or two")
    with tempfile.TemporaryDirectory() as place:
        folders = {commit: Path(place) / str(number) for number, commit in enumerate([*chosen.commits, "HEAD"][:2])}
        for commit, folder in folders.items():
            check_out(commit, folder)
        turns = [{commit: measured(folder) for commit, folder in folders.items()} for _ in range(chosen.turns)]
    print("| ms of the processor | " + " | ".join(folders) + " | times as fast |\n|---|---|---|---|")
    for name in turns[0][chosen.commits[0]]:
        before, after = (statistics.median(turn[commit][name] for turn in turns) for commit in folders)
        print(f"| {name} | {before:.2f} | {after:.2f} | {before / after:.2f} |")


if __name__ == "__main__":
    main()
