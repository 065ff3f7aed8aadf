"""What a batch costs beyond its runs: `python -m benchmarks.batch [--runs 1000] [--rounds 60] [--workers 2]`.

Serial: runs of the cohort baseline one after another in one process, before and after the batch, compiled code loaded.
Batch: the same runs through ``run_batch`` in a fresh process, from its start to the final files. Efficiency by clock
is the batch's rate over the workers times the serial rate, and suffers from whatever else the machine does (its load is
printed); efficiency by processor time is what the runs alone take over what all processes of the batch take. Reading:
10,000 runs × 60 rounds × layers from disk into pandas.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SERIAL = 12
READ_RUNS = 10_000
STARTED = "BENCHMARK_STARTED"


def market(parameters: Any, seed: int) -> Any:
    """Play the market; note when the first run of a batch begins."""
    from scenarios.simulation import simulate

    if path := os.environ.get(STARTED):
        with open(path, "a") as file:
            file.write(f"{time.time()}\n")
    return simulate(parameters, seed)


def numbers(parameters: Any, seed: int) -> Any:
    """Give tables of the right shape at once: one firm and one flow a round, but all the layers."""
    import numpy as np
    import pandas as pd

    from market.records.columns import TABLES

    draw = np.random.default_rng(seed)
    tables = {}
    for name, table in TABLES.items():
        length = parameters.horizon.rounds * (3 if name == "layers" else 1)
        values = {
            float: draw.normal(size=length),
            int: np.arange(length),
            bool: np.arange(length) % 2 == 0,
            str: np.resize(["hardware", "labs", "resellers"], length),
        }
        tables[name] = pd.DataFrame({column.name: values[column.type] for column in table.columns})
    return SimpleNamespace(**tables, parameters=parameters, seed=seed, conservation_error=0.0)


def experiment(runs: int, rounds: int) -> Any:
    from scenarios import Experiment

    fixed = {"population.engine": "cohort"}
    return Experiment(name="benchmark", question="How fast?", rounds=rounds, replications=runs, set=fixed)


def serial(rounds: int) -> dict[str, float]:
    """Seconds per run, one after another, by the clock and of processor time."""
    from scenarios.batches.plan import Plan

    plan = Plan(experiment(SERIAL, rounds))
    parameters = plan.parameters(plan.settings[0])
    market(parameters, 0)
    started, busy = time.perf_counter(), time.process_time()
    for replication in range(SERIAL):
        market(parameters, plan.seed(replication))
    return {"clock": (time.perf_counter() - started) / SERIAL, "busy": (time.process_time() - busy) / SERIAL}


def batch(runs: int, rounds: int, workers: int, out: str) -> dict[str, float]:
    """Run the batch; return its peak memory and the processor time of it and its workers."""
    from scenarios import run_batch

    run_batch(experiment(runs, rounds), workers=workers, out=out, simulate=market)
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
    return {"peak": own.ru_maxrss / 1024, "busy": busy, "parent_busy": own.ru_utime + own.ru_stime}


def read(folder: Path) -> dict[str, float]:
    """Seconds and mebibytes to make and read ``READ_RUNS`` runs of layers."""
    from scenarios import run_batch
    from scenarios.results.store import read_table

    started = time.perf_counter()
    run_batch(experiment(READ_RUNS, 60), out=folder, simulate=numbers)
    made = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    layers = read_table(folder, "layers")
    seconds = time.perf_counter() - started
    assert len(layers) == READ_RUNS * 60 * 3
    size = sum(path.stat().st_size for path in folder.glob("*.parquet")) / 2**20
    return {"make_10k_runs_s": made, "peak_making_10k_runs_mib": peak, "read_layers_s": seconds, "files_mib": size}


def measure(runs: int, rounds: int, workers: int, folder: Path) -> dict[str, float]:
    """Return everything about the batch."""
    before = _alone("serial", rounds)
    log = folder / "started"
    began = time.time()
    environment = {**os.environ, STARTED: str(log)}
    found = _alone("batch", runs, rounds, workers, folder / "batch", environment=environment)
    wall = time.time() - began
    after = _alone("serial", rounds)
    starts = sorted(float(line) for line in log.read_text().splitlines())
    clock, busy = ((before[key] + after[key]) / 2 for key in ("clock", "busy"))
    return {
        "serial_s_per_run_before": before["clock"],
        "serial_s_per_run_after": after["clock"],
        "batch_s": wall,
        "start_up_s": starts[0] - began,
        "efficiency_by_the_clock": runs * clock / wall / workers,
        "efficiency_by_processor_time": runs * busy / found["busy"],
        "parent_busy_s": found["parent_busy"],
        "parent_peak_mib": found["peak"],
    }


def _alone(what: str, *arguments: object, environment: dict[str, str] | None = None) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.batch", "--only", what, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def only(what: str, *arguments: str) -> None:
    if what == "serial":
        print(json.dumps(serial(int(arguments[0]))))
    else:
        runs, rounds, workers, out = arguments
        print(json.dumps(batch(int(runs), int(rounds), int(workers), out)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", nargs="+", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only:
        only(*chosen.only)
        return
    folder = Path(tempfile.mkdtemp(prefix="batch-benchmark-"))
    try:
        found = {"load": os.getloadavg()[0], **measure(chosen.runs, chosen.rounds, chosen.workers, folder)}
        found |= read(folder / "read")
    finally:
        shutil.rmtree(folder)
    print(json.dumps({name: round(value, 3) for name, value in found.items()}, indent=1))


if __name__ == "__main__":
    main()
