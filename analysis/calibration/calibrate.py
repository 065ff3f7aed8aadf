"""A calibration: waves of runs, each where those before do not rule the inputs out, and what is left in the end."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.calibration.matching import Places, nearer, ranked, stand_ins
from analysis.calibration.misses import CUTOFF, all_but, check_targets, distance, implausibility, scaled, values_of
from analysis.results import read_results
from analysis.sensitivity.emulator import Numbers
from market.parameters.dates import month_of
from scenarios.batches.batch import Watch
from scenarios.batches.sampling import sequence
from scenarios.batches.sensitivity import refusal
from scenarios.batches.waves import run_wave, wave_experiment
from scenarios.batches.worker import Simulate
from scenarios.errors import BadInput, WorkFailed
from scenarios.files.loading import Scenario
from scenarios.files.record import Record
from scenarios.files.study import Input

RUNS, WAVES, MEMBERS = 300, 4, 200
"""Runs of a wave, waves at most, and members that are kept: where there are as many no further wave is needed."""
FEWEST_RUNS = 10
CANDIDATES = 13
"""Binary logarithm of the points among which those of a wave are chosen."""

ZOOMS = 6
"""Times that points nearer to what is expected to agree are looked at."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Calibration:
    """What a calibration found.

    Attributes:
        record: To which the scenario was held.
        scenario: As it was before anything moved.
        inputs: That moved.
        points: Place of each run in the ranges: [run, input].
        values: What each run has of each target: [run, target].
        wave: Of each run.
        seed: Of the design and of every run.
    """

    record: Record
    scenario: Scenario
    inputs: tuple[Input, ...]
    points: Numbers
    values: Numbers
    wave: Numbers
    seed: int

    @cached_property
    def implausible(self) -> Numbers:
        """Implausibility of each run by target, [run, target]."""
        columns = zip(self.values.T, self.record.targets, strict=True)
        return np.column_stack([implausibility(scaled(values, target), target) for values, target in columns])

    @cached_property
    def worst(self) -> Numbers:
        """The largest implausibility that counts, [run]."""
        return all_but(self.implausible, self.record.may_miss)

    @cached_property
    def distance(self) -> Numbers:
        """Of each run from the record, in standard deviations, all targets taken together by their weights."""
        return distance(self.implausible, np.array([target.weight for target in self.record.targets]))

    @cached_property
    def members(self) -> Places:
        """Numbers of the runs that the record does not rule out, the nearest to it first."""
        left = np.flatnonzero(self.worst <= CUTOFF)
        return left[np.argsort(self.distance[left], kind="stable")]

    @cached_property
    def nearest(self) -> int:
        """Number of the run that is nearest to the record, ruled out or not."""
        return int(self.members[0]) if len(self.members) else int(np.argmin(self.distance))


def calibrate(
    record: Record,
    out: str | os.PathLike[str],
    runs: int = RUNS,
    waves: int = WAVES,
    workers: int | None = None,
    executor: Executor | None = None,
    seed: int = 1,
    resume: bool = False,
    watch: Watch | None = None,
    simulate: Simulate | None = None,
    tell: Tell | None = None,
) -> Calibration:
    """Find the values of the inputs that a record does not rule out.

    The first wave fills the ranges evenly. Of each target an emulator is fitted to all runs so far, and the next wave
    runs points that the emulators do not rule out, until enough runs themselves agree with the record.

    Args:
        record: Scenario, inputs and targets.
        out: Folder; each wave is a batch in it.
        runs: Of each wave.
        waves: At most so many.
        workers: Processes on this machine; one per core if omitted.
        executor: Does the runs instead of processes on this machine.
        seed: Of the design and of every run.
        resume: Go on with what the folder holds.
        watch: Told of progress of each wave.
        simulate: Plays a run instead of the scenario's model; for tests.
        tell: Told what each wave found, in a sentence.

    Raises:
        BadInput: If the record or the folder will not do; nothing has been run.
        WorkFailed: If no run of a wave comes to an end.
    """
    scenario, inputs = record.load()
    _check(record, scenario, inputs, runs, waves)
    candidates = _candidates(scenario, inputs, max(CANDIDATES, (8 * runs - 1).bit_length()), seed)
    if len(candidates) < runs:
        raise BadInput(f"{record.name}: only {len(candidates)} points of the ranges make sense as scenarios")
    points, folder = candidates[:runs], Path(out)
    found: list[tuple[Numbers, Numbers]] = []
    while True:
        number = len(found) + 1
        experiment = wave_experiment(record, number, inputs, points, seed)
        done = run_wave(experiment, folder / experiment.name, workers, executor, resume, watch, simulate)
        if not done.done:
            raise WorkFailed(f"{done.folder}: no run came to an end: {next(iter(done.failures.values()))}")
        names = [setting.name for setting in experiment.settings]
        values = values_of(read_results(done.folder), record.targets).reindex(pd.Index(names)).to_numpy(dtype=float)
        found.append((points, values))
        so_far = _so_far(record, scenario, inputs, found, seed)
        if tell:
            tell(f"wave {number}: {len(so_far.members)} of {len(so_far.points)} runs are not ruled out")
        if number == waves or len(so_far.members) >= MEMBERS:
            return so_far
        points = _next(so_far, candidates, runs, tell)


def _check(record: Record, scenario: Scenario, inputs: Sequence[Input], runs: int, waves: int) -> None:
    if not FEWEST_RUNS <= runs <= 100_000:
        raise BadInput(f"--runs {runs} must be an integer from {FEWEST_RUNS} to 100,000")
    if not 1 <= waves <= 50:
        raise BadInput(f"--waves {waves} must be an integer from 1 to 50")
    start = scenario.parameters.horizon.start
    check_targets(record, [month_of(start, 0), month_of(start, record.rounds - 1)])


def _candidates(scenario: Scenario, inputs: Sequence[Input], power: int, seed: int) -> Numbers:
    """Return the points of an even sequence that make sense as scenarios, [point, input]."""
    drawn = sequence(len(inputs), 2**power, seed)
    return drawn[[refusal(scenario, inputs, point) is None for point in drawn]]


def _so_far(
    record: Record, scenario: Scenario, inputs: tuple[Input, ...], found: Sequence[tuple[Numbers, Numbers]], seed: int
) -> Calibration:
    wave = np.concatenate([np.full(len(points), number) for number, (points, _) in enumerate(found, start=1)])
    points, values = (np.concatenate([part[place] for part in found]) for place in (0, 1))
    return Calibration(record, scenario, inputs, points, values, wave, seed)


def _next(so_far: Calibration, candidates: Numbers, runs: int, tell: Tell | None) -> Numbers:
    """Return the points of the next wave, none of which has been run.

    Where too few of an even sequence are expected to agree with the record, points around the nearest are looked at.
    """
    from threadpoolctl import threadpool_limits

    known = {point.tobytes() for point in so_far.points}
    points = candidates[[point.tobytes() not in known for point in candidates]]
    rng = np.random.default_rng([so_far.seed, int(so_far.wave.max())])
    may_miss = so_far.record.may_miss
    with threadpool_limits(1):
        emulators = stand_ins(so_far.points, so_far.values, so_far.record.targets, so_far.seed)
        found = ranked(emulators, points, may_miss)
        if tell:
            tell(
                f"emulators expect {found.expected} of {len(points)} points to agree, and do not rule out {found.left}"
            )
        for _ in range(ZOOMS):
            if found.expected >= runs:
                break
            near = nearer(points, found.order[:runs], len(candidates) // 2, rng)
            points = np.concatenate([points[found.order[:runs]], near])
            found = ranked(emulators, points, may_miss)
    fit = (point for point in points[found.order] if refusal(so_far.scenario, so_far.inputs, point) is None)
    return np.array(list(islice(fit, runs)))
