"""Sellers that learn, period by period. Imported only when needed, because importing numba takes long."""

import numpy as np

from market.arrays import Floats, Integers
from market.users.choice.compiled import compiled
from market.users.choice.draw_kernels import mix

UNIT = 2.0**-53


@compiled
def uniform(key: np.uint64, count: int) -> float:
    """Return the draw of this number of a stream, in [0, 1): SplitMix64, whose step is the golden ratio."""
    return np.int64(mix(key + np.uint64(count) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(11)) * UNIT


@compiled
def highest(values: Floats, seller: int, state: int) -> int:
    """Return the place of the highest of a seller's values in a state, the first of equals."""
    best, top = 0, values[seller, state, 0]
    for a in range(1, values.shape[2]):
        value = values[seller, state, a]
        if value > top:
            best, top = a, value
    return best


@compiled
def learn_all(
    values: Floats, best: Integers, seller: int, state: int, action: int, rate: float, outcome: int, place: int,
    profit: Floats, discount: float, remembers: int, targets: Floats,
) -> int:  # fmt: skip
    """Move Q(s, ·) of every price towards what it would have brought beside the rivals' prices.

    Returns:
        1 if the greedy price in this state is the same as before, 0 if not.

    Args:
        values: Q, [seller, state, step].
        best: [seller, state], greedy prices, kept up to date.
        seller: That learns.
        state: s.
        action: Its part of the outcome.
        rate: α.
        outcome: That came about.
        place: By how much a step of this seller moves the number of an outcome.
        profit: [outcome, seller].
        discount: δ.
        remembers: 1 if the next state is the outcome, 0 if there is but one state.
        targets: [step], to be written over.
    """
    for a in range(targets.size):
        other = outcome + (a - action) * place
        after = other * remembers
        targets[a] = profit[other, seller] + discount * values[seller, after, best[seller, after]]
    for a in range(targets.size):
        values[seller, state, a] = (1.0 - rate) * values[seller, state, a] + rate * targets[a]
    top, greedy = highest(values, seller, state), best[seller, state]
    if values[seller, state, top] == values[seller, state, greedy]:
        return 1
    best[seller, state] = top
    return 0


@compiled
def play_on(
    values: Floats, best: Integers, profit: Floats, places: Integers, rate: float, discount: float, fall: float,
    remembers: int, every_price: bool, stable: int, key: np.uint64, until: int, period: int, unchanged: int, state: int,
    exploring: float, visits: Integers,
) -> tuple[int, int, int, float]:  # fmt: skip
    """Go on with a session until no greedy price has changed for long, or a time is reached.

    All sellers choose, then each learns by Q(s, a) ← (1 − α) Q(s, a) + α (π + δ max Q(s′, ·)).

    Args:
        values: Q, [seller, state, step].
        best: [seller, state], greedy prices.
        profit: [outcome, seller].
        places: [seller], by how much a step moves the number of an outcome.
        rate: α.
        discount: δ.
        fall: Of the probability of trying any price, from period to period, as a factor.
        remembers: 1 if the state is the last outcome, 0 if there is but one state.
        every_price: Whether sellers learn about every price, or about that charged alone.
        stable: Periods without a change after which they are taken to have converged.
        key: Of the random numbers.
        until: Period to stop at.
        period: Played so far.
        unchanged: Periods without a change so far.
        state: Of the game now.
        exploring: Probability now of trying any price.
        visits: [outcome], how often each came about; is added to.

    Returns:
        The same of period, unchanged, state and exploring in the end.
    """
    sellers, steps = values.shape[0], values.shape[2]
    action, targets = np.empty(sellers, np.int64), np.empty(steps)
    drawn = 2 * sellers * period
    while period < until and unchanged < stable:
        outcome = 0
        for i in range(sellers):
            action[i] = best[i, state]
            if uniform(key, drawn + i) < exploring:
                action[i] = int(uniform(key, drawn + sellers + i) * steps)
            outcome += action[i] * places[i]
        after = outcome * remembers
        unchanged += 1
        for i in range(sellers):
            a, greedy = action[i], best[i, state]
            if every_price:
                unchanged *= learn_all(
                    values, best, i, state, a, rate, outcome, places[i], profit, discount, remembers, targets
                )
                continue
            # Written out, not called: handing on arrays would take three times as long as all the rest.
            before = values[i, state, a]
            target = profit[outcome, i] + discount * values[i, after, best[i, after]]
            now = (1.0 - rate) * before + rate * target
            values[i, state, a] = now
            if a != greedy:
                if now > values[i, state, greedy]:
                    best[i, state] = a
            elif now < before:
                best[i, state] = highest(values, i, state)
            unchanged *= best[i, state] == greedy
        visits[outcome] += 1
        drawn += 2 * sellers
        state, exploring, period = after, exploring * fall, period + 1
    return period, unchanged, state, exploring


@compiled
def limit_cycle(best: Integers, places: Integers, remembers: int, state: int) -> Integers:
    """Return the outcomes that greedy sellers [seller, state] come back to from a state, in their order."""
    visited = np.full(best.shape[1], -1, np.int64)
    path = np.empty(best.shape[1] + 1, np.int64)
    length = 0
    while visited[state] < 0:
        visited[state] = length
        outcome = 0
        for i in range(best.shape[0]):
            outcome += best[i, state] * places[i]
        path[length] = outcome
        length += 1
        state = outcome * remembers
    return path[visited[state] : length]
