"""Draws for single users from tables without an exponential: first a section, then an offer from the section's row."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from market.choice.expected import Floats, Integers, Probabilities

Shorts = NDArray[np.uint16]
Words = NDArray[np.uint32]

# Scales are this much too small, so that rounding never leads beyond the end of a row.
INSIDE = 1.0 - 2.0**-50

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


def _sections(middle: Floats, last: Floats) -> Floats:
    """Starts [type, last provider, 4] of sections 0, `middle` and `last`, each [type, last provider]."""
    nothing = np.zeros_like(middle)
    return np.stack([nothing, middle, last, nothing], axis=2)


def _flat(table: Floats) -> Floats:
    return table.reshape(table.shape[0], -1)


def choice_draw(table: Probabilities, nests: Integers) -> StagedDraw:
    """Give the draw of the choice: captive users, free ones who stay in the nest, and those who leave it.

    Rows are shared by all last providers of a nest, hence O(types × offers) in all: for each nest its offers, then
    for each nest everything else, then everything, then a row of one column for each outcome.
    """
    from market.choice import kernels

    types, offers = table.within.shape
    columns, count = offers + 1, table.elsewhere.shape[1]
    weights = np.zeros((types, 2 * count + 1, columns))
    weights[:, :count, :offers] = table.within[:, None] * (nests == np.arange(count)[:, None])
    pool = np.concatenate([table.elsewhere, table.fresh[:, None]], axis=1)
    weights[:, count:, :offers] = table.within[:, None] * pool[:, :, nests]
    weights[:, count:, offers] = pool[:, :, -1]
    shared = weights.shape[1] * columns
    threshold = np.ones((types, shared + columns))
    outcome = np.empty((types, 2 * (shared + columns)), dtype=np.uint16)
    outcome[:, 2 * shared :] = np.repeat(np.arange(columns), 2)
    kernels.alias_rows(weights, threshold, outcome)
    stay = np.concatenate([table.stay, np.zeros((types, 1))], axis=1)
    start = _sections(stay * np.concatenate([table.captive, np.zeros((types, 1))], axis=1), stay)
    width = np.stack([start[:, :, 2] - start[:, :, 1], 1.0 - start[:, :, 2]], axis=2)
    scale = np.zeros_like(start)
    np.divide(columns * INSIDE, width, out=scale[:, :, 1:3], where=width > 0.0)
    row = np.zeros(start.shape, dtype=np.uint32)
    row[:, :, 0] = shared + np.arange(columns)
    row[:, :offers, 1] = nests * columns
    row[:, :, 2] = np.append(nests + count, 2 * count) * columns
    return StagedDraw(_flat(start), _flat(scale), row.reshape(types, -1), threshold, outcome)


def service_draw(share: Floats) -> StagedDraw:
    """Give the draw of who is served, with probability share [type, offer]; who is not becomes none."""
    types, offers = share.shape
    served = np.concatenate([share, np.ones((types, 1))], axis=1)
    start = _sections(served, np.ones_like(served))
    row = np.zeros(start.shape, dtype=np.uint32)
    row[:, :, 0], row[:, :, 1] = np.arange(offers + 1), offers
    outcome = np.repeat(np.arange(offers + 1, dtype=np.uint16), 2)
    return StagedDraw(
        _flat(start), np.zeros_like(_flat(start)), row.reshape(types, -1), np.ones((types, offers + 1)),
        np.tile(outcome, (types, 1)),
    )  # fmt: skip


def mix(counter: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """`kernels.mix` for arrays."""
    bits = (counter ^ (counter >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def move(
    last: Shorts, first: Integers, bounds: Integers, begin: int, end: int, start: Floats, scale: Floats, row: Words,
    threshold: Floats, outcome: Shorts, key: np.uint64, step: np.uint64, counts: Integers,
) -> None:  # fmt: skip
    """Draw a new provider for the active users begin…end, in arrays: `kernels.move` where there is no numba.

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
