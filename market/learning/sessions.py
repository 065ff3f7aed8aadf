"""Sessions of the game: sellers who begin knowing nothing of each other and learn until their prices settle.

Each has random numbers of its own, so that it comes out the same alone, among others and with any number of threads.
"""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from math import exp
from threading import Event
from typing import Final

import numpy as np

from market.arrays import Floats, Integers, Matrix, Vector
from market.learning.game import PricingGame

MOST_CELLS: Final = 2**25
"""Numbers that the sellers of a session may have to learn: 256 MB."""

STREAM: Final = 20
"""Of the random numbers of sessions, apart from those of firms."""


MOMENT: Final = 1_000_000
"""Periods after which a session that has been stopped ends, where it is not looked at more often."""


@dataclass(frozen=True)
class Learners:
    """How sellers learn, all in the same way; defaults are the baseline of Calvano et al. (2020).

    Attributes:
        rate: α, the weight of what a price has just brought.
        discount: δ, of a period's profit against that of the period before.
        decay: β; in period t a seller tries any price with probability exp(−βt).
        memory: Past periods whose prices sellers see, 0 or 1.
        every_price: Whether they learn about every price, as if they knew what it would have brought beside the
            rivals' prices (synchronous), or about that charged alone (asynchronous).
        stable: Periods without a change of a greedy price after which a session has converged.
        longest: Periods after which it ends in any case.
    """

    rate: float = 0.15
    discount: float = 0.95
    decay: float = 4e-6
    memory: int = 1
    every_price: bool = False
    stable: int = 100_000
    longest: int = 1_250_000_000


@dataclass(frozen=True)
class Session:
    """What became of a session.

    Attributes:
        game: That was played.
        values: Q in the end, [seller, state, step].
        policy: [seller, state], the greedy price's step.
        cycle: [period], outcomes of greedy sellers, from where play ended for ever.
        periods: Played.
        converged: Whether greedy prices had stood still for long enough.
        sums: [window, fact], facts of the outcomes added up over windows of periods; after the last period played
            sellers go through the cycle.
    """

    game: PricingGame
    values: Floats
    policy: Integers
    cycle: Integers
    periods: int
    converged: bool
    sums: Matrix

    @cached_property
    def profit(self) -> Vector:
        """[seller], per period of the cycle, in money per user."""
        return self.game.profits[self.cycle].mean(axis=0)

    @property
    def profit_gain(self) -> float:
        """Of all sellers together, 0 as in price competition, 1 as in a cartel."""
        return float(self.game.gain(self.profit.sum()))

    @property
    def price(self) -> float:
        """Mean over sellers and periods of the cycle."""
        return float(self.game.prices[self.cycle].mean())


def cells(sellers: int, steps: int, memory: int) -> int:
    """Return the numbers that the sellers of a session learn."""
    return sellers * int(steps ** (sellers * memory + 1))


def first_values(game: PricingGame, learners: Learners) -> Floats:
    """Return Q at the start, [seller, state, step]: profit against rivals of any prices, for ever."""
    states = len(game.prices) if learners.memory else 1
    by_step = [
        np.moveaxis(game.profits[:, seller].reshape((game.steps,) * game.sellers), seller, 0)
        .reshape(game.steps, -1).mean(axis=1)
        for seller in range(game.sellers)
    ]  # fmt: skip
    first = np.stack(by_step) / (1 - learners.discount)
    return np.repeat(first[:, None, :], states, axis=1)


def sessions(
    game: PricingGame,
    learners: Learners,
    count: int,
    seed: int,
    facts: Matrix | None = None,
    windows: int = 0,
    window: int = MOMENT,
    threads: int | None = None,
) -> Iterator[Session]:
    """Play sessions, several at a time, and yield them in their order.

    Args:
        game: To be played.
        learners: How its sellers learn.
        count: Sessions.
        seed: Of all of them; each has a stream of its own.
        facts: [outcome, fact], what is added up over windows.
        windows: How many of them, from the first period.
        window: Periods of each.
        threads: Sessions at a time, by default as many as there are processors.

    Raises:
        ValueError: If sellers would have more to learn than the memory is meant for.
    """
    if (size := cells(game.sellers, game.steps, learners.memory)) > MOST_CELLS:
        raise ValueError(f"{size:,} values are more than the {MOST_CELLS:,} that a session may have to learn")
    seen = np.empty((len(game.prices), 0)) if facts is None else facts
    stopped, at_a_time = Event(), threads or os.cpu_count() or 1
    begun: deque[Future[Session]] = deque()
    with ThreadPoolExecutor(at_a_time) as pool:
        try:
            for number in range(count):
                begun.append(pool.submit(play, game, learners, seed, number, seen, windows, window, stopped))
                if len(begun) > at_a_time:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            stopped.set()


def play(
    game: PricingGame,
    learners: Learners,
    seed: int,
    number: int,
    facts: Matrix,
    windows: int,
    window: int,
    stopped: Event,
) -> Session:
    """Play the session of a number, or part of it if it is stopped; the other arguments are those of `sessions`."""
    from market.learning import kernels

    values = first_values(game, learners)
    policy = values.argmax(axis=2)
    draws = np.random.SeedSequence(seed, spawn_key=(STREAM, number))
    key, fall = draws.generate_state(1, np.uint64)[0], exp(-learners.decay)
    state = int(np.random.default_rng(draws).integers(policy.shape[1]))
    sums, visits = np.zeros((windows, facts.shape[1])), np.zeros(len(facts), np.int64)
    period, unchanged, exploring = 0, 0, 1.0
    while period < learners.longest and unchanged < learners.stable and not stopped.is_set():
        current = period // window
        until = min((current + 1) * window, learners.longest)
        period, unchanged, state, exploring = kernels.play_on(
            values, policy, game.profits, game.places, learners.rate, learners.discount, fall, learners.memory,
            learners.every_price, learners.stable, key, until, period, unchanged, state, exploring, visits,
        )  # fmt: skip
        if current < windows:
            sums[current] = visits @ facts
        visits[:] = 0
    cycle = kernels.limit_cycle(policy, game.places, learners.memory, state)
    left = np.clip(np.arange(1, windows + 1) * window - period, 0, window)
    sums += left[:, None] * facts[cycle].mean(axis=0)
    return Session(game, values, policy, cycle, period, unchanged >= learners.stable, sums)
