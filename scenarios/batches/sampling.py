"""Where the runs of a sensitivity study lie: Morris' trajectories, or a sample that fills the space."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.batches.correlations import together
from scenarios.errors import BadInput
from scenarios.files.study import Method

LEVELS = 4
"""Places in each range that trajectories visit (Morris 1991)."""
TRAJECTORIES = 10
"""Where no number of runs is asked for."""
FEWEST_TRAJECTORIES = 4
SAMPLE_PER_INPUT, SMALLEST_SAMPLE = 10, 128
"""Where no number of runs is asked for: runs to train an emulator on (Loeppky, Sacks and Welch 2009)."""
FEWEST_PER_INPUT, FEWEST_SAMPLED = 2, 20
SPARE = 8
"""Times as many points are drawn as are wanted, as some make no sense."""
SHOWN_REFUSALS = 5

Shares = NDArray[np.float64]
"""Places in the ranges of the inputs, 0 to 1: [point, input]."""
Refusal = Callable[[Shares], str | None]
"""Says of a point why it makes no sense; None if it does."""


@dataclass(frozen=True)
class Drawn:
    """The points of a design that make sense.

    Attributes:
        points: In the order in which they are run.
        number: Points that were looked at.
        refusals: How often which reason spoke against one.
    """

    points: Shares
    number: int
    refusals: Counter[str]


def design(
    method: Method,
    inputs: int,
    runs: int | None,
    seed: int,
    refusal: Refusal | None = None,
    copula: Shares | None = None,
) -> Drawn:
    """Return where to run a model.

    Trajectories with a point that makes no sense, and such points of a sample, are left out, and others drawn instead.

    Args:
        method: ``morris`` for trajectories; otherwise a scrambled Sobol sequence, on which an emulator is trained.
        inputs: How many there are.
        runs: At most so many; as many as the method is known to need if omitted.
        seed: Of the random numbers.
        refusal: Tells which points make no sense; all do if omitted.
        copula: [input, input], correlations of the normal scores of a sample; none if omitted.

    Raises:
        BadInput: If there are too few runs for the inputs, or too few points that make sense.
    """
    block = inputs + 1 if method == "morris" else 1
    wanted = _blocks(method, inputs, runs)
    draw = _trajectories if method == "morris" else sequence
    drawn = draw(inputs, SPARE * wanted if refusal else wanted, seed)
    candidates = (drawn if copula is None else together(drawn, copula)).reshape(-1, block, inputs)
    kept: list[Shares] = []
    refusals: Counter[str] = Counter()
    looked = 0
    for candidate in candidates:
        if len(kept) == wanted:
            break
        looked += 1
        reasons = [reason for point in candidate if refusal and (reason := refusal(point)) is not None]
        refusals.update(reasons)
        if not reasons:
            kept.append(candidate)
    if len(kept) < wanted:
        what = "trajectories" if method == "morris" else "points"
        why = refusals.most_common(1)[0][0]
        raise BadInput(
            f"only {len(kept)} of {looked} {what} make sense as scenarios, {wanted} are needed; fewer inputs (--input) "
            f"may do. Most often: {why}"
        )
    return Drawn(np.concatenate(kept), looked * block, refusals)


def _blocks(method: Method, inputs: int, runs: int | None) -> int:
    """Return the number of trajectories, or of points of a sample."""
    if method == "morris":
        if runs is None:
            return TRAJECTORIES
        least = FEWEST_TRAJECTORIES * (inputs + 1)
        _check(runs, least, f"{FEWEST_TRAJECTORIES} trajectories of {inputs + 1} runs", inputs)
        return runs // (inputs + 1)
    if runs is None:
        return max(SMALLEST_SAMPLE, SAMPLE_PER_INPUT * inputs)
    _check(runs, max(FEWEST_SAMPLED, FEWEST_PER_INPUT * inputs), "to train an emulator", inputs)
    return runs


def _check(runs: int, least: int, what: str, inputs: int) -> None:
    if runs < least:
        count = f"{inputs} inputs" if inputs != 1 else "1 input"
        raise BadInput(f"--runs {runs}: {count} need {least} at least ({what}); name fewer with --input")


def problem(inputs: int) -> dict[str, Any]:
    """Return what SALib calls a problem: so many inputs, each from 0 to 1."""
    return {"num_vars": inputs, "names": [f"x{place}" for place in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}


def _trajectories(inputs: int, number: int, seed: int) -> Shares:
    from SALib.sample import morris

    drawn: Shares = morris.sample(problem(inputs), number, num_levels=LEVELS, seed=seed)
    return np.clip(drawn, 0.0, 1.0)


def sequence(inputs: int, number: int, seed: int) -> Shares:
    """Return the first points of a scrambled Sobol sequence (Owen 1998), [point, input]."""
    from scipy.stats import qmc

    drawn: Shares = qmc.Sobol(inputs, rng=seed).random_base2((number - 1).bit_length())
    return drawn[:number]
