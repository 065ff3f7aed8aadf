"""Loops over types and offers. Imported only when needed, because importing numba takes long.

Nested logit with one ρ for G nests and the outside option alone at utility 0: weights within a nest ∝ exp(V/(1−ρ)),
D = their sum, nest weight D^(1−ρ). A user's last provider ℓ has `loyalty` added to its utility. As only this one
weight differs from user to user of a type, the choice of a user of (t, ℓ) is drawn in steps that share their tables:

1. stay in ℓ's nest or leave it (`stay`, `leave`);
2. who stays is captive and takes ℓ (`captive`), or free and draws from the nest as anybody would (`free`, `within`);
3. who leaves draws another nest or nothing (`elsewhere`), then an offer of that nest (`within`).
"""

import math

import numpy as np
from numpy.typing import NDArray

from market.choice.compiled import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Shorts = NDArray[np.uint16]
Words = NDArray[np.uint32]

# Scales are this much too small, so that rounding never leads beyond the end of a row.
INSIDE = 1.0 - 2.0**-50
BLOCK = 512  # users taken through each step at once, to stay in the first-level cache


@compiled
def logistic(x: float) -> tuple[float, float, float]:
    """log(1 + eˣ), 1/(1 + e⁻ˣ) and 1/(1 + eˣ), each to full precision for every x."""
    e = math.exp(-abs(x))
    large = 1.0 / (1.0 + e)
    small = e * large
    if x > 0.0:
        return x + math.log(1.0 + e), large, small
    return math.log(1.0 + e), small, large


@compiled
def within_nests(
    utility: Floats, nest: Integers, rho: float, within: Floats, log_within: Floats, value: Floats
) -> None:
    """Shares within the nests of one type, their logarithms, and each nest's inclusive value (−∞ where it is empty)."""
    nests = value.size - 1
    top = np.full(nests, -np.inf)
    total = np.zeros(nests)
    for j in range(nest.size):
        top[nest[j]] = max(top[nest[j]], utility[j])
    for j in range(nest.size):
        log_within[j] = -np.inf
        if utility[j] > -np.inf:
            log_within[j] = (utility[j] - top[nest[j]]) / (1.0 - rho)
        within[j] = math.exp(log_within[j])
        total[nest[j]] += within[j]
    for j in range(nest.size):
        if within[j] > 0.0:
            within[j] /= total[nest[j]]
    for g in range(nests):
        value[g] = -np.inf
        if total[g] > 0.0:
            total[g] = math.log(total[g])
            value[g] = top[g] + (1.0 - rho) * total[g]
    for j in range(nest.size):
        log_within[j] -= total[nest[j]]


@compiled
def between_nests(value: Floats, without: int, share: Floats) -> float:
    """Shares of the nests and the outside option, nest `without` left out; returns the inclusive value."""
    top = 0.0
    for h in range(value.size):
        if h != without:
            top = max(top, value[h])
    total = 0.0
    for h in range(value.size):
        share[h] = 0.0 if h == without else math.exp(value[h] - top)
        total += share[h]
    for h in range(value.size):
        share[h] /= total
    return top + math.log(total)


@compiled
def probabilities(
    utility: Floats, loyalty: Floats, nest: Integers, nests: int, rho: float
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats]:
    """Tables of `market.choice.expected.Probabilities`, in its order."""
    types, offers = utility.shape
    within, stay, leave = np.empty((types, offers)), np.empty((types, offers)), np.empty((types, offers))
    captive, free = np.empty((types, offers)), np.empty((types, offers))
    elsewhere, fresh = np.empty((types, nests, nests + 1)), np.empty((types, nests + 1))
    log_sum = np.empty((types, offers + 1))
    log_within, value, value_elsewhere = np.empty(offers), np.zeros(nests + 1), np.empty(nests)
    for t in range(types):
        within_nests(utility[t], nest, rho, within[t], log_within, value)
        log_sum[t, offers] = between_nests(value, -1, fresh[t])
        for g in range(nests):
            value_elsewhere[g] = between_nests(value, g, elsewhere[t, g])
        boost = loyalty[t] / (1.0 - rho)
        log_boost = boost + math.log(-math.expm1(-boost)) if boost > 0.0 else -np.inf
        for j in range(offers):
            g = nest[j]
            gain, captive[t, j], free[t, j] = logistic(log_within[j] + log_boost)
            odds = value[g] - value_elsewhere[g] + (1.0 - rho) * gain
            gain, stay[t, j], leave[t, j] = logistic(odds)
            log_sum[t, j] = value_elsewhere[g] + gain
    return within, stay, leave, captive, free, elsewhere, fresh, log_sum


@compiled
def expect(
    within: Floats, stay: Floats, leave: Floats, captive: Floats, free: Floats, elsewhere: Floats, fresh: Floats,
    log_sum: Floats, nest: Integers, mass: Floats,
) -> tuple[Floats, Floats, Floats, float]:  # fmt: skip
    """Return expected users [type, offer], outside [type], mass-weighted inclusive value [type], and churn."""
    types, offers = within.shape
    nests = elsewhere.shape[1]
    users, outside, value = np.empty((types, offers)), np.empty(types), np.empty(types)
    drawing, leaving = np.empty(nests + 1), np.empty(nests)
    churn = 0.0
    for t in range(types):
        leaving[:] = 0.0
        drawing[:] = mass[t, offers] * fresh[t]
        value[t] = mass[t, offers] * log_sum[t, offers]
        for j in range(offers):
            value[t] += mass[t, j] * log_sum[t, j]
            leaving[nest[j]] += mass[t, j] * leave[t, j]
            freely = mass[t, j] * stay[t, j] * free[t, j]
            drawing[nest[j]] += freely
            churn += mass[t, j] * leave[t, j] + freely * (1.0 - within[t, j])
        for g in range(nests):
            drawing += leaving[g] * elsewhere[t, g]
        for j in range(offers):
            users[t, j] = mass[t, j] * stay[t, j] * captive[t, j] + drawing[nest[j]] * within[t, j]
        outside[t] = drawing[nests]
    return users, outside, value, churn


@compiled
def curvature(
    stay: Floats, leave: Floats, captive: Floats, free: Floats, elsewhere: Floats, fresh: Floats, nest: Integers,
    rho: float, mass: Floats, users: Floats, diagonal: Floats, cross: Floats, common: Floats,
) -> None:  # fmt: skip
    """Fill in, for one type, the three parts of Σ_ℓ mass ∂P(j|ℓ)/∂V_k.

    With q = within and g = nest, it is
    δ_jk diagonal_j − q_k cross[g(k), j] − q_j cross[g(j), k] − q_j q_k common[g(j), g(k)],
    the sum of ∂P_j/∂V_k = P_j (s δ_jk − (s−1) [same nest] P_k|g − P_k), s = 1/(1−ρ), over ℓ, where P_j is
    stay·captive at j = ℓ plus q_j times the probability of a common draw from j's nest.
    """
    offers, nests = nest.size, cross.shape[0]
    excess = rho / (1.0 - rho)
    draw = np.empty(nests)
    common[:] = 0.0
    for j in range(offers + 1):
        own = nest[j] if j < offers else -1
        for h in range(nests):
            if own < 0:
                draw[h] = fresh[h]
            else:
                draw[h] = stay[j] * free[j] if h == own else leave[j] * elsewhere[own, h]
        for g in range(nests):
            common[g, g] += mass[j] * excess * draw[g] * (free[j] if g == own else 1.0)
            for h in range(nests):
                common[g, h] += mass[j] * draw[g] * draw[h]
        if own >= 0:
            taken = mass[j] * stay[j] * captive[j]
            diagonal[j] = (1.0 + excess) * users[j] - taken * captive[j] * (stay[j] + excess)
            for h in range(nests):
                cross[h, j] = taken * draw[h]
            cross[own, j] += taken * excess * free[j]


@compiled
def response(
    within: Floats, stay: Floats, leave: Floats, captive: Floats, free: Floats, elsewhere: Floats, fresh: Floats,
    nest: Integers, rho: float, mass: Floats, users: Floats, left: Floats, right: Floats,
) -> Floats:  # fmt: skip
    """Σ_t left[t, j] right[t, k] Σ_ℓ mass[t, ℓ] ∂P(j|t, ℓ)/∂V[t, k] as [j, k]."""
    types, offers = within.shape
    nests = elsewhere.shape[1]
    result = np.zeros((offers, offers))
    diagonal, cross, common = np.empty(offers), np.empty((nests, offers)), np.empty((nests, nests))
    weighted, masked, row = np.empty((nests, offers)), np.zeros((nests, offers)), np.empty(nests)
    for t in range(types):
        curvature(
            stay[t], leave[t], captive[t], free[t], elsewhere[t], fresh[t], nest, rho, mass[t], users[t],
            diagonal, cross, common,
        )  # fmt: skip
        for k in range(offers):
            result[k, k] += left[t, k] * right[t, k] * diagonal[k]
            masked[nest[k], k] = right[t, k] * within[t, k]
            for g in range(nests):
                weighted[g, k] = right[t, k] * cross[g, k]
        for j in range(offers):
            g, level = nest[j], left[t, j] * within[t, j]
            for h in range(nests):
                row[h] = left[t, j] * cross[h, j] + level * common[g, h]
            for k in range(offers):
                result[j, k] -= level * weighted[g, k]
            for h in range(nests):
                for k in range(offers):
                    result[j, k] -= row[h] * masked[h, k]
    return result


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
    """Tables of `market.choice.staged.StagedDraw` for the choice, in its order."""
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
    """Draw a new provider for the active users begin…end; see `market.choice.staged.move`, which does the same.

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
