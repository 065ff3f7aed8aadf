"""Draws for single users, compiled. Imported only when needed, because importing numba takes long."""

import numpy as np

from market.arrays import Floats, Integers, Shorts, Words
from market.users.choice.compiled import compiled

# Scales are this much too small, so that rounding never leads beyond the end of a row.
INSIDE = 1.0 - 2.0**-50


BLOCK = 512  # users taken through each step at once, to stay in the first-level cache


@compiled
def alias_row(weight: Floats, threshold: Floats, outcome: Shorts, waiting: Integers) -> None:
    """Walker's alias table, built as in Vose (1991), for weights [column], which are used up.

    For x uniform on [0, columns) and k = ⌊x⌋ the draw is outcome[2k] if x < threshold[k], else outcome[2k + 1].
    A row without any weight stays as it is.
    """
    columns, total = weight.size, weight.sum()
    if total == 0.0:
        return
    short, full = 0, columns
    for k in range(columns):
        weight[k] *= columns / total
        threshold[k] = k + 1.0
        outcome[2 * k] = k
        outcome[2 * k + 1] = k
        if weight[k] < 1.0:
            waiting[short] = k
            short += 1
        else:
            full -= 1
            waiting[full] = k
    while short > 0 and full < columns:
        short -= 1
        k, giver = waiting[short], waiting[full]
        threshold[k] = k + weight[k]
        outcome[2 * k + 1] = giver
        weight[giver] -= 1.0 - weight[k]
        if weight[giver] < 1.0:
            full += 1
            waiting[short] = giver
            short += 1


@compiled
def choice_rows(
    within: Floats, elsewhere: Floats, fresh: Floats, nest: Integers, threshold: Floats, outcome: Shorts
) -> None:
    """Fill in the slots of one type: for each nest its offers, for each nest all else, all, and each outcome alone."""
    offers, nests = nest.size, fresh.size - 1
    columns = offers + 1
    weight, waiting = np.empty(columns), np.empty(columns, np.int64)
    for part in range(2 * nests + 1):
        weight[offers] = 0.0
        if part >= nests:
            pool = fresh if part == 2 * nests else elsewhere[part - nests]
            weight[offers] = pool[nests]
            for j in range(offers):
                weight[j] = within[j] * pool[nest[j]]
        else:
            for j in range(offers):
                weight[j] = within[j] if nest[j] == part else 0.0
        low, high = part * columns, (part + 1) * columns
        alias_row(weight, threshold[low:high], outcome[2 * low : 2 * high], waiting)
    for k in range(columns):
        slot = (2 * nests + 1) * columns + k
        threshold[slot] = 1.0
        outcome[2 * slot] = k
        outcome[2 * slot + 1] = k


@compiled
def choice_sections(
    stay: Floats, captive: Floats, nest: Integers, nests: int, start: Floats, scale: Floats, row: Words
) -> None:
    """Fill in the sections of one type: captive, free within the nest, away from it; who had none is always away."""
    offers = nest.size
    columns = offers + 1
    for k in range(columns):
        own, stays, held = nests, 0.0, 0.0
        if k < offers:
            own, stays = nest[k], stay[k]
            held = stays * captive[k]
        row[4 * k] = (2 * nests + 1) * columns + k
        row[4 * k + 1] = own * columns
        row[4 * k + 2] = (nests + own) * columns
        start[4 * k + 1], start[4 * k + 2] = held, stays
        if stays > held:
            scale[4 * k + 1] = INSIDE * columns / (stays - held)
        if stays < 1.0:
            scale[4 * k + 2] = INSIDE * columns / (1.0 - stays)


@compiled
def choice_tables(
    within: Floats, stay: Floats, captive: Floats, elsewhere: Floats, fresh: Floats, nest: Integers
) -> tuple[Floats, Floats, Words, Floats, Shorts]:
    """Tables of `market.users.choice.staged.StagedDraw` for the choice, in its order."""
    types, columns = within.shape[0], within.shape[1] + 1
    nests = elsewhere.shape[1]
    slots = (2 * nests + 2) * columns
    start, scale = np.zeros((types, 4 * columns)), np.zeros((types, 4 * columns))
    row = np.zeros((types, 4 * columns), np.uint32)
    threshold, outcome = np.ones((types, slots)), np.zeros((types, 2 * slots), np.uint16)
    for t in range(types):
        choice_rows(within[t], elsewhere[t], fresh[t], nest, threshold[t], outcome[t])
        choice_sections(stay[t], captive[t], nest, nests, start[t], scale[t], row[t])
    return start, scale, row, threshold, outcome


@compiled
def mix(counter: np.uint64) -> np.uint64:
    """Turn a counter into 64 random bits: the output function of SplitMix64 (Steele, Lea, Flood 2014; Stafford 13)."""
    bits = (counter ^ (counter >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@compiled
def move(
    last: Shorts, first: Integers, bounds: Integers, begin: int, end: int, start: Floats, scale: Floats, row: Words,
    threshold: Floats, outcome: Shorts, key: np.uint64, step: np.uint64, counts: Integers,
) -> None:  # fmt: skip
    """Draw a new provider for the active users begin…end; see `market.users.choice.staged.move`, which does the same.

    No branch depends on a random number: that would cost more than all the rest. Three short loops over a block let
    the processor work on more users at once than a long one. Indices are unsigned, as numba guards signed ones.
    """
    uniform, place, slots = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK, np.uint32)
    one, two, four = np.uint32(1), np.uint32(2), np.uint32(4)
    for t in range(first.size):
        tally = counts[t]
        low, high = max(begin, bounds[t]), min(end, bounds[t + 1])
        starts, scales, rows, thresholds, outcomes = start[t], scale[t], row[t], threshold[t], outcome[t]
        for position in range(low, high, BLOCK):
            user = first[t] + position - bounds[t]
            size = min(BLOCK, high - position)
            counter = key + np.uint64(user) * step
            for i in range(size):
                uniform[i] = np.int64(mix(counter + np.uint64(i) * step) >> np.uint64(11)) * 2.0**-53
            part = last[user : user + size]
            for i in range(size):
                at = four * np.uint32(part[i])
                at += np.uint32(uniform[i] >= starts[at + one]) + np.uint32(uniform[i] >= starts[at + two])
                place[i] = (uniform[i] - starts[at]) * scales[at]
                slots[i] = rows[at] + np.uint32(np.int32(place[i]))
            for i in range(size):
                chosen = outcomes[two * slots[i] + np.uint32(place[i] >= thresholds[slots[i]])]
                part[i] = chosen
                tally[chosen] += 1
