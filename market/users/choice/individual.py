import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from queue import Empty, SimpleQueue
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from market.arrays import Integers
from market.users.choice import staged
from market.users.choice.expected import Probabilities
from market.users.choice.people import People, Stage, renumbering

LARGEST_NUMBER = 2**16 - 1
USERS_WORTH_THREADS = 200_000
PARTS_PER_THREAD = 4  # so that a thread kept waiting by other work holds up less


@cache
def _move() -> Callable[..., None]:
    """Give the pass over the users: compiled, or in arrays where there is no numba."""
    try:
        import numba  # noqa: F401
    except ImportError:
        return staged.move
    from market.users.choice import draw_kernels

    return draw_kernels.move


class Individuals(People):
    """Every user for itself, by its own random number: a hash of (seed, round, stage, user).

    `last` [user] is all that is stored, 2 bytes each: users stand in order of type, active ones first, so the type
    is known from the place. Choices do not depend on the number of threads, nor on whether numba is there.
    """

    name: ClassVar[str] = "individual"

    def __init__(self, users_per_type: ArrayLike, offers: int, seed: int, threads: int | None = None) -> None:
        """See `People`. threads: at most this many for a pass, by default as many as there are processors."""
        super().__init__(users_per_type, offers, seed)
        _check_number(offers)
        self.threads = threads or os.cpu_count() or 1
        self.last = np.full(int(self.users_per_type.sum()), offers, dtype=np.uint16)
        self._first = np.concatenate([[0], np.cumsum(self.users_per_type)[:-1]]).astype(np.int64)

    def adopt(self, active_per_type: ArrayLike) -> None:
        """See `People.adopt`."""
        before, present = self.counts.copy(), self.active
        super().adopt(active_per_type)
        wanted = self.active
        for t in np.flatnonzero(wanted > present):
            self.last[self._first[t] + present[t] : self._first[t] + wanted[t]] = self.offers
        for t in np.flatnonzero(wanted < present):
            users = self.last[self._first[t] : self._first[t] + present[t]]
            order = np.argsort(users, kind="stable")
            rank = np.arange(present[t]) - np.repeat(np.cumsum(before[t]) - before[t], before[t])
            stays = np.empty(users.size, dtype=bool)
            stays[order] = rank < self.counts[t, users[order]]
            users[: wanted[t]] = users[stays]

    def settle(self, shares: ArrayLike) -> None:
        """See `People.settle`."""
        super().settle(shares)
        for t, count in enumerate(self.counts):
            users = np.repeat(np.arange(count.size, dtype=np.uint16), count)
            self.last[self._first[t] : self._first[t] + users.size] = users

    def choose(self, table: Probabilities, nest: ArrayLike, round: int) -> Integers:
        """See `People.choose`."""
        self._draw(staged.choice_draw(table, self._nests(table, nest)), round, Stage.CHOICE)
        return self.counts.copy()

    def turn_away(self, served_share: ArrayLike, round: int) -> Integers:
        """See `People.turn_away`."""
        share = self._served(served_share)
        if share is not None:
            self._draw(staged.service_draw(share), round, Stage.SERVICE)
        return self.counts[:, :-1].copy()

    def reindex(self, mapping: ArrayLike, offers: int) -> None:
        """See `People.reindex`."""
        new = renumbering(mapping, self.offers, offers)
        _check_number(offers)
        super().reindex(mapping, offers)
        self.last[:] = new.astype(np.uint16)[self.last]

    def _draw(self, draw: staged.StagedDraw, round: int, stage: Stage) -> None:
        """Move every active user by this draw, in parts shared out among threads, and count them anew."""
        key, step = self._stream(round, stage)
        bounds = np.concatenate([[0], np.cumsum(self.active)]).astype(np.int64)
        threads = self.threads if bounds[-1] >= USERS_WORTH_THREADS else 1
        parts = 1 if threads == 1 else PARTS_PER_THREAD * threads
        edges = [int(edge) for edge in np.linspace(0, bounds[-1], parts + 1)]
        counts = np.zeros((parts, *self.counts.shape), dtype=np.int64)
        move = _move()

        remaining: SimpleQueue[int] = SimpleQueue()
        for part in range(parts):
            remaining.put(part)

        def work() -> None:
            with suppress(Empty):
                while True:
                    part = remaining.get_nowait()
                    move(
                        self.last, self._first, bounds, edges[part], edges[part + 1], draw.start, draw.scale, draw.row,
                        draw.threshold, draw.outcome, key, step, counts[part],
                    )  # fmt: skip

        with ThreadPoolExecutor(threads) as pool:
            helpers = [pool.submit(work) for _ in range(threads - 1)]
            work()
            for helper in helpers:
                helper.result()
        self.counts = counts.sum(axis=0)

    def _stream(self, round: int, stage: Stage) -> tuple[np.uint64, np.uint64]:
        """Give key and step of the counters of a round and stage; the step is odd and, as in SplitMix, irregular."""
        key, step = np.random.SeedSequence(self.seed, spawn_key=(round, stage)).generate_state(2, np.uint64)
        odd = int(step) | 1
        if (odd ^ (odd >> 1)).bit_count() < 24:
            odd ^= 0xAAAAAAAAAAAAAAAA
        return key, np.uint64(odd)


def _check_number(offers: int) -> None:
    if offers > LARGEST_NUMBER:
        raise ValueError(f"individual users can have at most {LARGEST_NUMBER} offers, not {offers}")
