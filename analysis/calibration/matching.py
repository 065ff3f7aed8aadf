"""Where a next wave of runs is worth making: points that emulators of the runs so far do not rule out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.calibration.misses import CUTOFF, all_but, implausibility, scaled
from analysis.sensitivity.emulator import GaussianProcess, Numbers, Trusted, emulated
from scenarios.files.record import Target

Places = NDArray[np.intp]
FEWEST = 20
"""Runs with a value below which a target is not emulated, and rules nothing out."""


@dataclass(frozen=True)
class StandIns:
    """Emulators of the targets, fitted to runs.

    Attributes:
        targets: Of the record.
        trusted: Of each; None where too few runs have a value, or all have one and the same.
    """

    targets: Sequence[Target]
    trusted: Sequence[Trusted | None]

    def implausible(self, points: Numbers, sure: bool = True) -> Numbers:
        """Return the implausibility of each target at points, [point, target].

        Args:
            points: Places in the ranges of the inputs, [point, input].
            sure: Whether the emulators' errors are allowed for; otherwise what is foretold counts as if it were run.
        """
        columns = [
            np.zeros(len(points))
            if one is None
            else implausibility(one.emulator.predict(points), target, one.error if sure else 0.0)
            for target, one in zip(self.targets, self.trusted, strict=True)
        ]
        return np.column_stack(columns)


def stand_ins(points: Numbers, values: Numbers, targets: Sequence[Target], seed: int) -> StandIns:
    """Return emulators of runs.

    Args:
        points: Places in the ranges of the inputs, 0 to 1: [run, input].
        values: [run, target]; NaN where a run has none.
        targets: Of the record.
        seed: Of what is random in the fit.
    """
    columns = [scaled(column, target) for column, target in zip(values.T, targets, strict=True)]
    return StandIns(targets, [_emulated(points, column, seed) for column in columns])


def _emulated(points: Numbers, outputs: Numbers, seed: int) -> Trusted | None:
    there = np.isfinite(outputs)
    if there.sum() < FEWEST or np.ptp(outputs[there]) <= 1e-12 * np.abs(outputs[there]).max():
        return None
    return emulated(points[there], outputs[there], seed, (GaussianProcess,))


@dataclass(frozen=True)
class Ranked:
    """Points in the order in which they are worth a run.

    Those first that are expected to agree with the record, then those that the emulators cannot rule out, each in the
    order in which they came; the others by how far they are off.

    Attributes:
        order: Numbers of the points.
        expected: How many are expected to agree.
        left: How many are not ruled out, those included.
    """

    order: Places
    expected: int
    left: int


def ranked(found: StandIns, points: Numbers, may_miss: int) -> Ranked:
    """Return how much points are worth a run, by emulators of the runs so far: [point, input]."""
    worst = all_but(found.implausible(points), may_miss)
    expected = all_but(found.implausible(points, sure=False), may_miss) <= CUTOFF
    left = worst <= CUTOFF
    kind = np.where(expected, 0.0, np.where(left, 1.0, 2.0 + worst))
    return Ranked(np.argsort(kind, kind="stable"), int(expected.sum()), int((left | expected).sum()))


def nearer(points: Numbers, chosen: Places, number: int, rng: np.random.Generator) -> Numbers:
    """Return new points around the chosen ones, spread half as far as they are from each other: [point, input]."""
    around = points[chosen]
    spread = 0.5 * around.std(axis=0)
    drawn = around[rng.integers(len(around), size=number)] + spread * rng.standard_normal((number, around.shape[1]))
    return np.asarray(np.clip(drawn, 0.0, 1.0), dtype=np.float64)
