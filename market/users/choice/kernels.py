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

from market.arrays import Floats, Integers
from market.users.choice.compiled import compiled


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
def free_shares(utility: Floats, nest: Integers, rho: float) -> tuple[Floats, Floats]:
    """Shares within the nests and of all, [type, offer], without loyalty."""
    types, offers = utility.shape
    nests = nest.max() + 1 if offers else 1
    within, share = np.empty((types, offers)), np.empty((types, offers))
    log_within, value, fresh = np.empty(offers), np.zeros(nests + 1), np.empty(nests + 1)
    for t in range(types):
        within_nests(utility[t], nest, rho, within[t], log_within, value)
        between_nests(value, -1, fresh)
        for j in range(offers):
            share[t, j] = fresh[nest[j]] * within[t, j]
    return within, share


@compiled
def probabilities(
    utility: Floats, loyalty: Floats, nest: Integers, nests: int, rho: float
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats]:
    """Tables of `market.users.choice.expected.Probabilities`, in its order."""
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
    gone, squared, mixed = np.zeros(nests), np.zeros(nests), np.zeros(nests)
    for g in range(nests):
        for h in range(nests):
            common[g, h] = mass[offers] * fresh[g] * fresh[h]
        common[g, g] += mass[offers] * excess * fresh[g]
    for j in range(offers):
        own, stays = nest[j], stay[j] * free[j]
        gone[own] += mass[j] * leave[j]
        squared[own] += mass[j] * leave[j] ** 2
        mixed[own] += mass[j] * leave[j] * stays
        common[own, own] += mass[j] * stays * (excess * free[j] + stays)
        taken = mass[j] * stay[j] * captive[j]
        diagonal[j] = (1.0 + excess) * users[j] - taken * captive[j] * (stay[j] + excess)
        for h in range(nests):
            cross[h, j] = taken * leave[j] * elsewhere[own, h]
        cross[own, j] = taken * (stays + excess * free[j])
    for own in range(nests):  # those who leave it: nobody chooses it elsewhere
        for g in range(nests):
            for h in range(nests):
                common[g, h] += squared[own] * elsewhere[own, g] * elsewhere[own, h]
            common[g, g] += excess * gone[own] * elsewhere[own, g]
            common[own, g] += mixed[own] * elsewhere[own, g]
            common[g, own] += mixed[own] * elsewhere[own, g]


@compiled
def respond(
    stay: Floats, leave: Floats, captive: Floats, free: Floats, elsewhere: Floats, fresh: Floats, within: Floats,
    nest: Integers, rho: float, mass: Floats, users: Floats, left: Floats, right: Floats, answer: Floats,
) -> None:  # fmt: skip
    """Add Σ_t left[t, a, j] right[t, b, k] Σ_ℓ mass ∂P_j/∂V_k to answer[a, j, b, k]; see `curvature` for its parts."""
    types, offers = within.shape
    nests = elsewhere.shape[1]
    diagonal, cross, common = np.empty(offers), np.empty((nests, offers)), np.empty((nests, nests))
    loss = np.empty(offers)
    for t in range(types):
        curvature(
            stay[t], leave[t], captive[t], free[t], elsewhere[t], fresh[t], nest, rho, mass[t], users[t],
            diagonal, cross, common,
        )  # fmt: skip
        for j in range(offers):
            for k in range(offers):
                drawn = cross[nest[k], j] + within[t, j] * common[nest[j], nest[k]]
                loss[k] = within[t, k] * drawn + within[t, j] * cross[nest[j], k]
            for a in range(left.shape[1]):
                if left[t, a, j] == 0.0:  # as where a plan is not open to the type
                    continue
                for b in range(right.shape[1]):
                    for k in range(offers):
                        answer[a, j, b, k] -= left[t, a, j] * right[t, b, k] * loss[k]
                    answer[a, j, b, j] += left[t, a, j] * right[t, b, j] * diagonal[j]
