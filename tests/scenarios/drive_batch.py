"""Run a batch of the pretend market as a process of its own: drive_batch.py OUT COUNT REPLICATIONS [WORKERS]."""

import sys

from pretend_market import simulate

from scenarios.batches.batch import Stopped, run_batch
from scenarios.files.experiment import Experiment

if __name__ == "__main__":
    out, count, replications, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    asked = Experiment(
        name="driven",
        question="Does it survive?",
        rounds=3,
        replications=replications,
        set={"resellers.count": count},
        settings=("baseline", "lab-duopoly"),
    )
    try:
        summary = run_batch(asked, workers=workers, out=out, resume=True, simulate=simulate)
    except Stopped as stopped:
        print(f"stopped {stopped.summary.done}")
        raise SystemExit(1) from None
    print(f"finished {summary.done} {summary.fresh}")
