"""Waves of a calibration: each is a batch whose settings are points in the ranges of the inputs."""

import os
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

from scenarios.batches.batch import Summary, Watch, run_batch
from scenarios.batches.sampling import Shares
from scenarios.batches.sensitivity import values_at
from scenarios.batches.worker import Simulate
from scenarios.files.experiment import Experiment, SettingSpec
from scenarios.files.record import Record
from scenarios.files.study import Input


def wave_experiment(record: Record, number: int, inputs: Sequence[Input], points: Shares, seed: int) -> Experiment:
    """Return the experiment that runs the points of a wave; all with the same luck."""
    digits = len(str(len(points)))
    experiment = Experiment(
        name=f"wave-{number}",
        title=f"{record.title}: wave {number}"[:200],
        question=record.question,
        scenario=record.scenario,
        rounds=record.rounds,
        users=record.users,
        replications=1,
        seed=seed,
        set=record.set,
        settings=tuple(
            SettingSpec(name=f"point {place:0{digits}d}", set=values_at(inputs, point))
            for place, point in enumerate(points.tolist(), start=1)
        ),
    )
    experiment._folder = record._folder
    return experiment


def run_wave(
    experiment: Experiment,
    folder: Path,
    workers: int | None = None,
    executor: Executor | None = None,
    resume: bool = False,
    watch: Watch | None = None,
    simulate: Simulate | None = None,
) -> Summary:
    """Run a wave, or what is missing of it where the folder is there and ``resume`` is asked for."""
    again = resume and os.path.isdir(folder)
    return run_batch(experiment, None, workers, executor, folder, again, watch, simulate)
