"""Draws for single users from tables without an exponential: first a section, then an offer from the section's row."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from market.arrays import Floats, Integers, Shorts, Words
from market.users.choice.expected import Probabilities

BLOCK = 1 << 16  # users done at once without numba, to bound the memory


@dataclass(frozen=True, slots=True)
class StagedDraw:
    """Tables to turn one uniform number and a user's last provider into the next, for each type.

    With n = offers + 1 outcomes, none the last: of the three sections of last provider ℓ, u falls into the one, at
    4ℓ, 4ℓ + 1 or 4ℓ + 2, with the largest start ≤ u. There x = (u − start) scale and slot = row + ⌊x⌋ give
    outcome[2 slot] if x < threshold[slot], else outcome[2 slot + 1].
    """

    start: Floats
    """[type, 4n] where each section begins."""
    scale: Floats
    """[type, 4n] columns of the section's row over its probability; 0 for a row of one column."""
    row: Words
    """[type, 4n] first slot of the section's row."""
    threshold: Floats
    """[type, slot]."""
    outcome: Shorts
    """[type, 2 slots]."""


def choice_draw(table: Probabilities, nests: Integers) -> StagedDraw:
    """Give the draw of the choice. Last providers of a nest share their rows, hence O(types × offers) in all."""
    from market.users.choice import draw_kernels

    return StagedDraw(
        *draw_kernels.choice_tables(table.within, table.stay, table.captive, table.elsewhere, table.fresh, nests)
    )


def service_draw(share: Floats) -> StagedDraw:
    """Give the draw of who is served, with probability share [type, offer]; who is not becomes none."""
    types, offers = share.shape
    columns = offers + 1
    start = np.ones((types, columns, 4))
    start[:, :, 0], start[:, :offers, 1] = 0.0, share
    row = np.zeros((types, columns, 4), dtype=np.uint32)
    row[:, :, 0], row[:, :, 1] = np.arange(columns), offers
    outcome = np.repeat(np.arange(columns, dtype=np.uint16), 2)
    return StagedDraw(
        start.reshape(types, -1), np.zeros((types, 4 * columns)), row.reshape(types, -1),
        np.ones((types, columns)), np.tile(outcome, (types, 1)),
    )  # fmt: skip


def mix(counter: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """`draw_kernels.mix` for arrays."""
    bits = (counter ^ (counter >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def move(
    last: Shorts, first: Integers, bounds: Integers, begin: int, end: int, start: Floats, scale: Floats, row: Words,
    threshold: Floats, outcome: Shorts, key: np.uint64, step: np.uint64, counts: Integers,
) -> None:  # fmt: skip
    """Draw a new provider for the active users begin…end, in arrays: `draw_kernels.move` where there is no numba.

    last [user] is changed; type t has its users from first[t] on, and bounds[t] active users are of earlier types.
    The tables are those of `StagedDraw`; the random number of user i is mix(key + i step); new providers are added
    to counts [type, outcome].
    """
    for t in range(first.size):
        low, high = max(begin, int(bounds[t])), min(end, int(bounds[t + 1]))
        for position in range(low, high, BLOCK):
            users = np.arange(position, min(position + BLOCK, high)) + (first[t] - bounds[t])
            u = (mix(key + users.astype(np.uint64) * step) >> np.uint64(11)).astype(np.float64) * 2.0**-53
            at = 4 * last[users].astype(np.int64)
            at += (u >= start[t, at + 1]).astype(np.int64) + (u >= start[t, at + 2])
            x = (u - start[t, at]) * scale[t, at]
            slot = row[t, at] + x.astype(np.int64)
            chosen = outcome[t, 2 * slot + (x >= threshold[t, slot])]
            last[users] = chosen
            counts[t] += np.bincount(chosen, minlength=counts.shape[1])
